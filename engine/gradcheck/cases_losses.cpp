// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/gradcheck/cases.h"
#include "engine/loss/loss.h"
#include "engine/nn/init.h"

namespace fc {

namespace {

/// Whole numbers from 1 to 4: what every loss can be asked about.
Tensor counts(const Shape& shape, Rng& rng)
{
    Tensor x = Tensor::empty(shape);
    for (std::int64_t i = 0; i < x.count(); ++i)
        x.data()[i] = static_cast<float>(1 + rng.below(4));
    return x;
}

}  // namespace

std::vector<GradientCase> lossCases()
{
    std::vector<GradientCase> all;
    const Schema schema = schemaOf<LossParams>();
    for (const std::string& name : find(schema, "loss")->spec.choices) {
        const LossSpec spec = lossSpec(paramsFrom<LossParams>({{"loss", name}}));
        Rng rng(6);
        Tensor forecast = Tensor::empty({3, 4, 2, spec.outputs()});
        normalInit(1.0)(forecast, rng);
        const Tensor target = counts({3, 4, 2}, rng);
        all.push_back(
            {.name = name, .tensors = {{"forecast", forecast}}, .outputs = [spec, forecast, target] {
                 const std::optional<Distribution> family = spec.distribution();
                 const Tensor numbers = family ? distributionNumbers(*family, forecast) : forecast;
                 return std::vector<Tensor>{loss(spec, numbers, target)};
             }});
    }
    return all;
}

}  // namespace fc
