// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/autograd/ops_shape.h"
#include "engine/nn/recurrent.h"
#include "tests/engine/golden_layers.h"

namespace fc {

namespace {

Tensor optional(const GoldenValues& v, const std::string& name)
{
    return v.contains(name) ? v.at(name) : Tensor();
}

RecurrentKind kindOf(const GoldenCase& golden)
{
    const std::string cell = golden.config.at("cell");
    if (cell == "RNN")
        return golden.setting<std::string>("nonlinearity", "tanh") == "relu" ? RecurrentKind::RnnRelu
                                                                             : RecurrentKind::RnnTanh;
    return cell == "GRU" ? RecurrentKind::Gru : RecurrentKind::Lstm;
}

/// The layer's weights under the names of the case, so that each name and place is checked.
void useWeights(Recurrent& layer, const Weights& weights, const GoldenValues& v)
{
    for (Recurrent::Layer& one : layer.layers) {
        for (Tensor* weight : {&one.weightIh, &one.weightHh, &one.biasIh, &one.biasHh}) {
            for (const NamedWeight& named : weights.all()) {
                if (weight->defined() && named.value.id() == weight->id()) {
                    *weight = v.at(named.name);
                    break;
                }
            }
        }
    }
}

}  // namespace

std::optional<Differences> runRecurrentCase(const GoldenCase& golden)
{
    const bool batchFirst = golden.setting("batch_first", true);
    return checkGolden(golden, [&](const GoldenValues& v) {
        Weights weights;
        Rng rng(1);
        Recurrent layer(WeightScope(weights, rng), kindOf(golden), golden.config.at("input_size"),
                        golden.config.at("hidden_size"),
                        {.layers = golden.config.at("num_layers"),
                         .dropout = golden.setting("dropout", 0.0),
                         .bidirectional = golden.setting("bidirectional", false),
                         .bias = golden.has("bias_ih_l0")});
        useWeights(layer, weights, v);
        const Tensor x = batchFirst ? v.at("x") : transpose(v.at("x"), 0, 1);
        const Recurrent::States states = layer.run(x, optional(v, "h0"), optional(v, "c0"), {});
        GoldenValues results{{"y", batchFirst ? states.outputs : transpose(states.outputs, 0, 1)},
                             {"hn", states.hidden}};
        if (states.cell.defined())
            results["cn"] = states.cell;
        return results;
    });
}

}  // namespace fc
