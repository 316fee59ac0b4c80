// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/engine/golden_layers.h"

#include "engine/autograd/ops_conv.h"
#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_shape.h"
#include "engine/nn/linear.h"
#include "engine/nn/positions.h"
#include "engine/nn/weight_norm.h"
#include "tests/engine/golden_module.h"

namespace fc {

namespace {

std::optional<Differences> runLinear(const GoldenCase& golden)
{
    return checkModule(
        golden,
        [&](const WeightScope& scope) {
            const bool bias = golden.params.contains("bias");
            return Linear(scope, golden.config.at("in_features"), golden.config.at("out_features"),
                          bias ? Bias::Yes : Bias::No);
        },
        [](const Linear& layer, const GoldenValues& v) {
            return GoldenValues{{"y", layer(v.at("x"))}};
        });
}

std::optional<Differences> runDecomposition(const GoldenCase& golden)
{
    return checkGolden(golden, [&](const GoldenValues& v) {
        const Tensor x = transpose(v.at("x"), 1, 2);
        const Tensor trend = movingAvg(x, golden.config.at("kernel_size"));
        return GoldenValues{{"trend", transpose(trend, 1, 2)}, {"seasonal", transpose(x - trend, 1, 2)}};
    });
}

std::optional<Differences> runWeightNorm(const GoldenCase& golden)
{
    return checkGolden(golden, [&](const GoldenValues& v) {
        const Tensor weight = weightNorm(v.at("weight_v"), v.at("weight_g"));
        const Tensor bias = v.contains("bias") ? v.at("bias") : Tensor();
        const Conv1dOptions options{.stride = golden.setting("stride", std::int64_t{1}),
                                    .padding = golden.setting("padding", std::int64_t{0}),
                                    .dilation = golden.setting("dilation", std::int64_t{1}),
                                    .groups = golden.setting("groups", std::int64_t{1})};
        return GoldenValues{{"y", conv1d(v.at("x"), weight, bias, options)}, {"weight", weight}};
    });
}

std::optional<Differences> runPositions(const GoldenCase& golden)
{
    return checkGolden(golden, [&](const GoldenValues&) {
        return GoldenValues{
            {"pe", sinusoidalPositions(golden.config.at("length"), golden.config.at("d_model"),
                                       golden.setting("base", 10000.0))}};
    });
}

}  // namespace

std::optional<Differences> runLayerCase(const GoldenCase& golden)
{
    const std::map<std::string, std::optional<Differences> (*)(const GoldenCase&)> runners = {
        {"linear", runLinear},
        {"rnn", runRecurrentCase},
        {"series_decomp", runDecomposition},
        {"sinusoidal_pe", runPositions},
        {"weight_norm_conv1d", runWeightNorm},
    };
    if (const auto runner = runners.find(golden.op()); runner != runners.end())
        return runner->second(golden);
    if (std::optional<Differences> result = runModuleCase(golden))
        return result;
    return runForecasterCase(golden);
}

}  // namespace fc
