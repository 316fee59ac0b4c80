// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/autograd/tape.h"
#include "engine/nn/weights.h"
#include "tests/engine/golden_layers.h"

namespace fc {

/// Copies the parameters of the case into `weights` and returns all values of the case, parameters as the
/// weights themselves. Notes in `problems` what one has and the other lacks, or in another shape.
inline GoldenValues valuesInto(const GoldenCase& golden, const Weights& weights, Differences& problems)
{
    GoldenValues values = goldenValues(golden);
    for (const auto& [name, array] : golden.params) {
        const NamedWeight* weight = weights.find(name);
        if (!weight || !(weight->value.shape() == array.shape)) {
            problems.push_back("the layer has no " + name + " of the shape " + print(array.shape));
            continue;
        }
        Tensor value = weight->value;
        copyInto(value, array.tensor());
        values[name] = value;
    }
    for (const NamedWeight& weight : weights.all()) {
        if (weight.trainable && !golden.params.contains(weight.name))
            problems.push_back("the case has no " + weight.name);
    }
    return values;
}

/// Makes a layer with the parameters of the case and compares what forward(layer, values) gives.
template <typename Make, typename Forward>
Differences checkModule(const GoldenCase& golden, const Make& make, const Forward& forward)
{
    Weights weights;
    Rng rng(1);
    const auto layer = make(WeightScope(weights, rng));
    Differences problems;
    const GoldenValues values = valuesInto(golden, weights, problems);
    if (!problems.empty())
        return problems;
    return checkGolden(golden, values, [&](const GoldenValues& v) { return forward(layer, v); });
}

}  // namespace fc
