// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_shape.h"
#include "engine/loss/loss.h"
#include "tests/engine/golden_layers.h"

namespace fc {

namespace {

/// pred [...] and target [...] as the engine's losses want them.
Tensor asForecast(const Tensor& pred, std::int64_t outputs)
{
    return reshape(pred, {1, -1, 1, outputs});
}
Tensor asTarget(const Tensor& target)
{
    return reshape(target, {1, -1, 1});
}

std::optional<Differences> runPointLoss(const GoldenCase& golden, const LossSpec& spec)
{
    if (golden.config.at("reduction") != "mean")
        return std::nullopt;
    return checkGolden(golden, [&](const GoldenValues& v) {
        return GoldenValues{{"loss", loss(spec, asForecast(v.at("pred"), 1), asTarget(v.at("target")))}};
    });
}

std::optional<Differences> runQuantileLoss(const GoldenCase& golden)
{
    if (golden.config.at("variant") == "mqloss_masked")
        return std::nullopt;
    const LossSpec spec{.kind = LossKind::Quantile,
                        .quantiles = golden.config.at("quantiles").get<std::vector<double>>()};
    return checkGolden(golden, [&](const GoldenValues& v) {
        const Tensor forecast = asForecast(v.at("pred"), spec.outputs());
        const Tensor target = asTarget(v.at("target"));
        const bool summed = golden.config.at("variant") == "mqloss_sum_over_quantiles";
        GoldenValues results = {
            {"loss", loss(spec, forecast, target) * (summed ? static_cast<float>(spec.outputs()) : 1.0F)}};
        std::vector<Tensor> each;
        for (std::int64_t i = 0; i < spec.outputs(); ++i)
            each.push_back(
                loss({.kind = LossKind::Quantile, .quantiles = {spec.quantiles[static_cast<size_t>(i)]}},
                     slice(forecast, 3, i, i + 1), target));
        if (golden.outputs.contains("per_quantile"))
            results["per_quantile"] = stack(each, 0);
        return results;
    });
}

}  // namespace

std::optional<Differences> runLossCase(const GoldenCase& golden)
{
    if (golden.op() == "mse")
        return runPointLoss(golden, {});
    if (golden.op() == "mae")
        return runPointLoss(golden, {.kind = LossKind::AbsoluteError});
    if (golden.op() == "huber")
        return runPointLoss(golden, {.kind = LossKind::Huber, .delta = golden.config.at("delta")});
    if (golden.op() == "quantile")
        return runPointLoss(golden,
                            {.kind = LossKind::Quantile, .quantiles = {golden.config.at("q").get<double>()}});
    if (golden.op() == "mqloss")
        return runQuantileLoss(golden);
    return std::nullopt;
}

}  // namespace fc
