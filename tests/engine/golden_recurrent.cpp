// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/lstm.h"
#include "tests/engine/golden_layers.h"

namespace fc {

namespace {

Tensor optional(const GoldenValues& v, const std::string& name)
{
    return v.contains(name) ? v.at(name) : Tensor();
}

}  // namespace

std::optional<Differences> runRecurrentCase(const GoldenCase& golden)
{
    if (golden.config.at("cell") != "LSTM" || golden.config.at("bidirectional") == true ||
        !golden.has("bias_ih_l0"))
        return std::nullopt;
    const int count = golden.config.at("num_layers");
    const std::int64_t hidden = golden.config.at("hidden_size");
    return checkGolden(golden, [&](const GoldenValues& v) {
        Weights weights;
        Rng rng(1);
        Lstm encoder(WeightScope(weights, rng), golden.config.at("input_size"), hidden, count, 0);
        for (int i = 0; i < count; ++i) {
            const std::string suffix = "_l" + std::to_string(i);
            encoder.layers[static_cast<size_t>(i)] = {v.at("weight_ih" + suffix), v.at("weight_hh" + suffix),
                                                      v.at("bias_ih" + suffix), v.at("bias_hh" + suffix)};
        }
        const Tensor zero = Tensor::zeros({count, v.at("x").size(0), hidden});
        const Lstm::States states = encoder.run(v.at("x"), v.contains("h0") ? v.at("h0") : zero,
                                                v.contains("c0") ? v.at("c0") : zero, {});
        return GoldenValues{{"y", states.outputs}, {"hn", states.hidden}, {"cn", states.cell}};
    });
}

}  // namespace fc
