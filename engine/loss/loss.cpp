// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/loss/loss.h"

#include <algorithm>
#include <array>
#include <functional>

#include "engine/autograd/tape.h"
#include "engine/params/number_list.h"
#include "engine/tensor/kernels/kernels_loss.h"

namespace fc {

namespace {

struct NamedLoss {
    const char* id;
    LossKind kind;
};

constexpr std::array namedLosses = {
    NamedLoss{"mse", LossKind::SquaredError},
    NamedLoss{"mae", LossKind::AbsoluteError},
    NamedLoss{"huber", LossKind::Huber},
    NamedLoss{"quantile", LossKind::Quantile},
};

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

void checkShapes(const LossSpec& spec, const Tensor& forecast, const Tensor& target)
{
    const bool fits = forecast.rank() == 4 && target.rank() == 3 && forecast.size(0) == target.size(0) &&
                      forecast.size(1) == target.size(1) && forecast.size(2) == target.size(2) &&
                      forecast.size(3) == spec.outputs() && target.count() > 0;
    if (!fits)
        throw Error(Message(TR("engine",
                               "The loss needs forecasts [batch, horizon, channels, %1] and targets [batch, "
                               "horizon, channels], but got %2 and %3."),
                            spec.outputs(), print(forecast.shape()), print(target.shape())));
}

/// What the forward and the backward pass share; every member lives in pooled storage or in the struct
/// itself.
struct Errors {
    LossKind kind;
    float delta;
    Tensor quantiles;  ///< [M], or undefined
    Tensor forecast;
    Tensor target;

    double sum() const;
    /// scale * d sum / d forecast
    Tensor slopes(float scale) const;
};

double Errors::sum() const
{
    const std::int64_t n = target.count();
    const float* f = forecast.data();
    const float* t = target.data();
    switch (kind) {
        case LossKind::SquaredError:
            return kernels::squaredErrorSum(n, f, t);
        case LossKind::AbsoluteError:
            return kernels::absoluteErrorSum(n, f, t);
        case LossKind::Huber:
            return kernels::huberSum(n, f, t, delta);
        case LossKind::Quantile:
            return kernels::pinballSum(n, quantiles.count(), f, t, quantiles.data());
    }
    return 0;
}

Tensor Errors::slopes(float scale) const
{
    Tensor result = Tensor::empty(forecast.shape());
    const std::int64_t n = target.count();
    const float* f = forecast.data();
    const float* t = target.data();
    switch (kind) {
        case LossKind::SquaredError:
            kernels::squaredErrorSlopes(n, f, t, scale, result.data());
            break;
        case LossKind::AbsoluteError:
            kernels::absoluteErrorSlopes(n, f, t, scale, result.data());
            break;
        case LossKind::Huber:
            kernels::huberSlopes(n, f, t, delta, scale, result.data());
            break;
        case LossKind::Quantile:
            kernels::pinballSlopes(n, quantiles.count(), f, t, quantiles.data(), scale, result.data());
            break;
    }
    return result;
}

}  // namespace

void LossParams::describe(ParamVisitor& v)
{
    std::vector<std::string> ids;
    for (const NamedLoss& named : namedLosses)
        ids.emplace_back(named.id);
    v.field(loss,
            {.id = "loss",
             .label = TR("engine", "Loss"),
             .help = TR(
                 "engine",
                 "What training makes small: the mean squared error, the mean absolute error, the Huber loss "
                 "(squared for small errors, absolute for large ones), or the quantile loss, which gives "
                 "intervals."),
             .choices = ids});
    v.field(quantiles,
            {.id = "quantiles",
             .label = TR("engine", "Quantiles"),
             .help = TR(
                 "engine",
                 "The quantiles that the quantile loss forecasts: rising numbers between 0 and 1, separated "
                 "by commas. Other losses do not use them.")});
    v.field(
        huberDelta,
        {.id = "huber_delta",
         .label = TR("engine", "Huber threshold"),
         .help = TR("engine",
                    "Errors above this size, in scaled units, count by their absolute value. Only the Huber "
                    "loss uses it."),
         .min = 1e-6,
         .max = 1e6,
         .logScale = true});
}

LossSpec lossSpec(const LossParams& params)
{
    check(schemaOf<LossParams>(), valuesOf(params));
    LossSpec spec{.kind = LossKind::SquaredError, .delta = params.huberDelta, .quantiles = {}};
    for (const NamedLoss& named : namedLosses)
        if (params.loss == named.id)
            spec.kind = named.kind;
    if (spec.kind == LossKind::Quantile)
        spec.quantiles = parseQuantiles(params.quantiles);
    return spec;
}

Tensor loss(const LossSpec& spec, const Tensor& forecast, const Tensor& target)
{
    checkShapes(spec, forecast, target);
    Errors errors{.kind = spec.kind,
                  .delta = static_cast<float>(spec.delta),
                  .quantiles = {},
                  .forecast = forecast.contiguous(),
                  .target = target.contiguous()};
    if (spec.kind == LossKind::Quantile) {
        errors.quantiles = Tensor::empty({spec.outputs()});
        std::ranges::transform(spec.quantiles, errors.quantiles.data(),
                               [](double q) { return static_cast<float>(q); });
    }
    const double share = 1.0 / static_cast<double>(forecast.count());
    const Tensor value = Tensor::scalar(static_cast<float>(errors.sum() * share));
    return record(value, {forecast}, [errors, share](const Tensor& dy, Grads& grads) {
        grads.add(0, errors.slopes(static_cast<float>(share * dy.item())));
    });
}

}  // namespace fc
