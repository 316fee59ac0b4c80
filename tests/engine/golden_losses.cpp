// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_reduce.h"
#include "engine/autograd/ops_shape.h"
#include "engine/loss/class_losses.h"
#include "engine/loss/crps.h"
#include "engine/loss/likelihoods.h"
#include "engine/loss/point_losses.h"
#include "tests/engine/golden_entropy.h"
#include "tests/engine/golden_layers.h"

namespace fc {

namespace {

using LossCase = GoldenValues (*)(const GoldenCase& golden, const GoldenValues& v);

LossOptions optionsOf(const GoldenCase& g, const GoldenValues& v)
{
    LossOptions options{.reduction = reductionOf(g)};
    if (v.contains("mask"))
        options.weights.mask = v.at("mask");
    return options;
}

/// A loss of pred and target.
template <typename Body>
GoldenValues ofPred(const GoldenCase& g, const GoldenValues& v, Body body)
{
    const LossOptions options = optionsOf(g, v);
    return {{"loss", body(v.at("pred"), v.at("target"), options)}};
}

/// The loss and, where the case asks for them, its cells.
template <typename Body>
GoldenValues withCells(const GoldenCase& g, const GoldenValues& v, Body body)
{
    GoldenValues results{{"loss", body(optionsOf(g, v))}};
    if (g.outputs.contains("per_element"))
        results["per_element"] = body(LossOptions{.reduction = LossReduction::None});
    return results;
}

std::map<std::string, LossCase> pointCases()
{
    return {
        {"mse", [](auto& g, auto& v) { return ofPred(g, v, squaredError); }},
        {"mse_masked", [](auto& g, auto& v) { return ofPred(g, v, squaredError); }},
        {"mae", [](auto& g, auto& v) { return ofPred(g, v, absoluteError); }},
        {"mae_masked", [](auto& g, auto& v) { return ofPred(g, v, absoluteError); }},
        {"log_cosh", [](auto& g, auto& v) { return ofPred(g, v, logCosh); }},
        {"msle", [](auto& g, auto& v) { return ofPred(g, v, squaredLogError); }},
        {"mape", [](auto& g, auto& v) { return ofPred(g, v, percentageError); }},
        {"huber",
         [](auto& g, auto& v) {
             return ofPred(
                 g, v, [&](auto& p, auto& t, auto& o) { return huber(p, t, g.setting("delta", 1.0), o); });
         }},
        {"smooth_l1",
         [](auto& g, auto& v) {
             return ofPred(
                 g, v, [&](auto& p, auto& t, auto& o) { return smoothL1(p, t, g.setting("beta", 1.0), o); });
         }},
        {"smape",
         [](auto& g, auto& v) {
             return ofPred(g, v, [](auto& p, auto& t, auto& o) {
                 return symmetricPercentageError(p, t, SymmetricRange::Two, o);
             });
         }},
        {"smape_half",
         [](auto& g, auto& v) {
             return ofPred(g, v, [](auto& p, auto& t, auto& o) {
                 return symmetricPercentageError(p, t, SymmetricRange::One, o);
             });
         }},
        {"rmse",
         [](auto& g, auto& v) {
             return ofPred(g, v, [](auto& p, auto& t, auto& o) { return rootSquaredError(p, t, o.weights); });
         }},
        {"wape",
         [](auto& g, auto& v) {
             return ofPred(
                 g, v, [](auto& p, auto& t, auto& o) { return weightedPercentageError(p, t, o.weights); });
         }},
        {"mase",
         [](auto& g, auto& v) {
             const Tensor scale =
                 seasonalNaiveError(v.at("insample"), g.setting("seasonality", std::int64_t{1}));
             return ofPred(g, v, [&](auto& p, auto& t, auto& o) { return scaledError(p, t, scale, o); });
         }},
        {"rmsse",
         [](auto& g, auto& v) {
             const Tensor scale =
                 seasonalNaiveSquaredError(v.at("insample"), g.setting("seasonality", std::int64_t{1}));
             return ofPred(g, v, [&](auto& p, auto& t, auto& o) {
                 return rootScaledSquaredError(p, t, scale, o.weights);
             });
         }},
    };
}

Tensor onePinball(const GoldenCase& g, const GoldenValues& v)
{
    const std::vector<double> level{g.config.at("q").get<double>()};
    const Tensor loss =
        pinball(unsqueeze(v.at("pred"), -1), v.at("target"), level, OverQuantiles::Mean, optionsOf(g, v));
    return reductionOf(g) == LossReduction::None ? squeeze(loss, -1) : loss;
}

GoldenValues quantiles(const GoldenCase& g, const GoldenValues& v)
{
    const auto levels = g.config.at("quantiles").get<std::vector<double>>();
    const bool summed = g.config.at("variant") == "mqloss_sum_over_quantiles";
    GoldenValues results{
        {"loss", pinball(v.at("pred"), v.at("target"), levels,
                         summed ? OverQuantiles::Sum : OverQuantiles::Mean, optionsOf(g, v))}};
    if (g.outputs.contains("per_quantile")) {
        const Tensor each = pinball(v.at("pred"), v.at("target"), levels, OverQuantiles::Mean,
                                    {.reduction = LossReduction::None});
        results["per_quantile"] = mean(each, {0, 1});
    }
    return results;
}

GoldenValues negativeBinomial(const GoldenCase& g, const GoldenValues& v)
{
    if (g.config.at("parameters") == "mu,alpha")
        return {{"loss", negativeBinomialNll(v.at("mu"), v.at("alpha"), v.at("target"), optionsOf(g, v))}};
    return {{"loss", negativeBinomialLogitsNll(v.at("total_count"), v.at("logits"), v.at("target"),
                                               optionsOf(g, v))}};
}

GoldenValues studentT(const GoldenCase& g, const GoldenValues& v)
{
    const bool raw = g.setting("raw_parameters", false);
    const Tensor df = raw ? softplus(v.at("df")) + 2.0F : v.at("df");
    const Tensor sigma = raw ? softplus(v.at("sigma")) : v.at("sigma");
    return {{"loss", studentTNll(df, v.at("mu"), sigma, v.at("target"), optionsOf(g, v))}};
}

Constant constantOf(const GoldenCase& g)
{
    return g.setting("full", false) ? Constant::Kept : Constant::Left;
}

std::map<std::string, LossCase> likelihoodCases()
{
    return {
        {"quantile",
         [](auto& g, auto& v) {
             return GoldenValues{{"loss", onePinball(g, v)}};
         }},
        {"mqloss", quantiles},
        {"gaussian_nll",
         [](auto& g, auto& v) {
             return GoldenValues{{"loss", gaussianNll(v.at("mu"), v.at("var"), v.at("target"), constantOf(g),
                                                      g.setting("eps", 1e-6), optionsOf(g, v))}};
         }},
        {"normal_nll",
         [](auto& g, auto& v) {
             return GoldenValues{
                 {"loss", normalNll(v.at("mu"), v.at("sigma"), v.at("target"), optionsOf(g, v))}};
         }},
        {"laplace_nll",
         [](auto& g, auto& v) {
             return GoldenValues{
                 {"loss", laplaceNll(v.at("mu"), v.at("b"), v.at("target"), optionsOf(g, v))}};
         }},
        {"student_t_nll", studentT},
        {"poisson_nll",
         [](auto& g, auto& v) {
             return GoldenValues{
                 {"loss",
                  poissonNll(v.at("input"), v.at("target"),
                             g.setting("log_input", true) ? PoissonInput::LogRate : PoissonInput::Rate,
                             constantOf(g), g.setting("eps", 1e-8), optionsOf(g, v))}};
         }},
        {"poisson_nll_exact",
         [](auto& g, auto& v) {
             return GoldenValues{{"loss", poissonExactNll(v.at("rate"), v.at("target"), optionsOf(g, v))}};
         }},
        {"negbin_nll", negativeBinomial},
        {"gaussian_mixture_nll",
         [](auto& g, auto& v) {
             return GoldenValues{{"loss", gaussianMixtureNll(v.at("logits"), v.at("mu"), v.at("sigma"),
                                                             v.at("target"), optionsOf(g, v))}};
         }},
        {"crps_gaussian",
         [](auto& g, auto& v) {
             return withCells(g, v, [&](const LossOptions& o) {
                 return crpsNormal(v.at("mu"), v.at("sigma"), v.at("target"), o);
             });
         }},
        {"crps_quantiles",
         [](auto& g, auto& v) {
             const auto levels = g.config.at("quantiles").template get<std::vector<double>>();
             return ofPred(g, v, [&](auto& p, auto& t, auto& o) { return crpsQuantiles(p, t, levels, o); });
         }},
        {"crps_samples",
         [](auto& g, auto& v) {
             const auto estimator =
                 g.config.at("estimator") == "fair" ? SampleEstimator::Fair : SampleEstimator::Energy;
             return withCells(g, v, [&](const LossOptions& o) {
                 return crpsSamples(v.at("samples"), v.at("target"), estimator, o);
             });
         }},
        {"cross_entropy", goldenCrossEntropy},
        {"bce_with_logits",
         [](auto& g, auto& v) {
             return GoldenValues{{"loss", binaryCrossEntropy(v.at("logits"), v.at("target"),
                                                             g.setting("pos_weight", 1.0), optionsOf(g, v))}};
         }},
    };
}

}  // namespace

std::optional<Differences> runLossCase(const GoldenCase& golden)
{
    static const std::map<std::string, LossCase> all = [] {
        std::map<std::string, LossCase> cases = pointCases();
        cases.merge(likelihoodCases());
        return cases;
    }();
    const auto found = all.find(golden.op());
    if (found == all.end())
        return std::nullopt;
    return checkGolden(golden, [&](const GoldenValues& v) { return found->second(golden, v); });
}

}  // namespace fc
