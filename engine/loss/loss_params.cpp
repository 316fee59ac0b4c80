// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <functional>

#include "engine/loss/loss.h"
#include "engine/params/number_list.h"

namespace fc {

namespace {

struct NamedLoss {
    const char* id;
    LossKind kind;
};

constexpr std::array namedLosses = {
    NamedLoss{"mse", LossKind::SquaredError},
    NamedLoss{"mae", LossKind::AbsoluteError},
    NamedLoss{"rmse", LossKind::RootSquaredError},
    NamedLoss{"huber", LossKind::Huber},
    NamedLoss{"smooth_l1", LossKind::SmoothL1},
    NamedLoss{"log_cosh", LossKind::LogCosh},
    NamedLoss{"mape", LossKind::PercentageError},
    NamedLoss{"smape", LossKind::SymmetricPercentageError},
    NamedLoss{"mase", LossKind::ScaledError},
    NamedLoss{"quantile", LossKind::Quantile},
    NamedLoss{"normal", LossKind::Normal},
    NamedLoss{"student_t", LossKind::StudentT},
    NamedLoss{"laplace", LossKind::Laplace},
    NamedLoss{"gaussian_mixture", LossKind::GaussianMixture},
    NamedLoss{"poisson", LossKind::Poisson},
    NamedLoss{"negative_binomial", LossKind::NegativeBinomial},
    NamedLoss{"crps", LossKind::Crps},
};

bool makesQuantiles(const LossSpec& spec)
{
    return spec.kind == LossKind::Quantile || spec.distribution();
}

/// The ids of those that make quantiles.
std::vector<std::string> lossesWithSpread()
{
    std::vector<std::string> ids;
    for (const NamedLoss& named : namedLosses)
        if (makesQuantiles({.kind = named.kind}))
            ids.emplace_back(named.id);
    return ids;
}

std::vector<double> parseQuantiles(const std::string& list)
{
    const std::vector<double> quantiles = numberList(list).value_or(std::vector<double>{});
    const auto inside = [](double q) { return q > 0 && q < 1; };
    if (quantiles.empty() || !std::ranges::all_of(quantiles, inside) ||
        std::ranges::adjacent_find(quantiles, std::greater_equal<>()) != quantiles.end())
        throw UsageError(
            Message(TR("engine",
                       "quantiles is \"%1\"; it must be a list of rising numbers between 0 and 1, as "
                       "in \"0.1,0.5,0.9\"."),
                    list));
    return quantiles;
}

std::vector<double> parseHorizonWeights(const std::string& list)
{
    if (list.empty())
        return {};
    const std::vector<double> weights = numberList(list).value_or(std::vector<double>{});
    const auto negative = [](double w) { return w < 0; };
    const auto positive = [](double w) { return w > 0; };
    if (std::ranges::any_of(weights, negative) || std::ranges::none_of(weights, positive))
        throw UsageError(
            Message(TR("engine",
                       "horizon_weights is \"%1\"; it must be a list of numbers, one per forecast step, none "
                       "below 0 and not all 0, as in \"1,1,0.5\"."),
                    list));
    return weights;
}

/// Errors of a point forecast and their own numbers.
void describePoint(LossParams& p, ParamVisitor& v)
{
    v.field(p.huberDelta,
            {.id = "huber_delta",
             .label = TR("engine", "Huber threshold"),
             .help = TR("engine", "Errors above this size, in scaled units, count by their absolute value."),
             .min = 1e-6,
             .max = 1e6,
             .logScale = true,
             .when = {"loss", {"huber"}}});
    v.field(p.smoothL1Beta,
            {.id = "smooth_l1_beta",
             .label = TR("engine", "Smooth L1 threshold"),
             .help = TR("engine", "Errors below this size, in scaled units, count by their square."),
             .min = 1e-6,
             .max = 1e6,
             .logScale = true,
             .when = {"loss", {"smooth_l1"}}});
    v.field(p.horizonWeights,
            {.id = "horizon_weights",
             .label = TR("engine", "Horizon weights"),
             .help = TR("engine",
                        "How much each forecast step counts in the loss: one number per step, separated by "
                        "commas. Empty: all count alike.")});
}

/// Forecasts with a spread.
void describeSpread(LossParams& p, ParamVisitor& v)
{
    v.field(p.quantiles,
            {.id = "quantiles",
             .label = TR("engine", "Quantiles"),
             .help = TR("engine",
                        "The quantiles of the forecast: rising numbers between 0 and 1, separated by commas. "
                        "The quantile loss trains them; the losses of distributions compute them."),
             .when = {"loss", lossesWithSpread()}});
    v.field(p.mixtureComponents, {.id = "mixture_components",
                                  .label = TR("engine", "Mixture components"),
                                  .help = TR("engine", "Normal distributions in the mixture."),
                                  .min = 1,
                                  .max = 64,
                                  .when = {"loss", {"gaussian_mixture"}}});
}

}  // namespace

void LossParams::describe(ParamVisitor& v)
{
    std::vector<std::string> ids;
    for (const NamedLoss& named : namedLosses)
        ids.emplace_back(named.id);
    v.field(
        loss,
        {.id = "loss",
         .label = TR("engine", "Loss"),
         .help =
             TR("engine",
                "What training makes small. Errors of one forecast: mse (mean squared), rmse (its root), mae "
                "(mean absolute), huber, smooth_l1 and log_cosh (squared for small errors, absolute for "
                "large ones), mape and smape (as shares of the values), mase (in units of the "
                "seasonal-naive error). Forecasts with intervals: quantile, or a distribution by its "
                "likelihood: normal, student_t, laplace, gaussian_mixture, and for counts poisson and "
                "negative_binomial; crps scores a normal distribution by its distance from the outcome."),
         .choices = ids});
    describeSpread(*this, v);
    describePoint(*this, v);
}

LossSpec lossSpec(const LossParams& params)
{
    check(schemaOf<LossParams>(), valuesOf(params));
    LossSpec spec{.kind = LossKind::SquaredError,
                  .delta = params.huberDelta,
                  .quantiles = {},
                  .beta = params.smoothL1Beta,
                  .components = params.mixtureComponents,
                  .horizonWeights = parseHorizonWeights(params.horizonWeights),
                  .channels = {}};
    for (const NamedLoss& named : namedLosses)
        if (params.loss == named.id)
            spec.kind = named.kind;
    if (makesQuantiles(spec))
        spec.quantiles = parseQuantiles(params.quantiles);
    return spec;
}

}  // namespace fc
