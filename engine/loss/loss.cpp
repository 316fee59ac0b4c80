// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/loss/loss.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_shape.h"
#include "engine/loss/cells.h"
#include "engine/loss/point_losses.h"

namespace fc {

namespace {

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

/// One number of each channel -> [C]; undefined when the series' units are not known.
template <typename Number>
Tensor ofChannels(const LossSpec& spec, Number number)
{
    if (spec.channels.empty())
        return {};
    Tensor numbers = Tensor::empty({static_cast<std::int64_t>(spec.channels.size())});
    std::ranges::transform(spec.channels, numbers.data(),
                           [&](const ChannelUnit& each) { return static_cast<float>(number(each)); });
    return numbers;
}

/// Percentages do not change with the scale: in scaled units the series lies at y + center / scale.
Tensor shiftOf(const LossSpec& spec)
{
    return ofChannels(spec, [](const ChannelUnit& each) { return each.center / each.scale; });
}

Tensor shifted(const Tensor& target, const Tensor& shift)
{
    if (!shift.defined())
        return target;
    const Tensor x = target.contiguous();
    Tensor y = Tensor::empty(x.shape());
    kernels::addPeriodic(x.count(), shift.count(), shift.data(), x.data(), y.data());
    return y;
}

/// The target in the unit of the series.
Tensor unscaled(const LossSpec& spec, const Tensor& target)
{
    const Tensor scale = ofChannels(spec, [](const ChannelUnit& each) { return each.scale; });
    if (!scale.defined())
        return target;
    Tensor y = shifted(target, shiftOf(spec));
    kernels::multiplyPeriodic(y.count(), scale.count(), scale.data(), y.data(), y.data());
    return y;
}

LossWeights withHorizon(const LossSpec& spec, LossWeights weights)
{
    if (spec.horizonWeights.empty())
        return weights;
    Tensor steps = Tensor::empty({static_cast<std::int64_t>(spec.horizonWeights.size())});
    std::ranges::transform(spec.horizonWeights, steps.data(), [](double w) { return static_cast<float>(w); });
    weights.horizon = weights.horizon.defined() ? mul(weights.horizon, steps) : steps;
    return weights;
}

Likelihood likelihoodOf(const Distribution& distribution)
{
    switch (distribution.family) {
        case Family::Normal:
            return {"normal", kernels::normalNll};
        case Family::StudentT:
            return {"student_t", kernels::studentTNll, 3};
        case Family::Laplace:
            return {"laplace", kernels::laplaceNll};
        case Family::Poisson:
            return {"poisson", kernels::poissonNll, 1};
        case Family::NegativeBinomial:
            return {"negative_binomial", kernels::negativeBinomialNll};
        case Family::GaussianMixture:
            return {"gaussian_mixture", kernels::mixtureNll, 3, distribution.components};
    }
    return {};
}

Tensor distributionLoss(const LossSpec& spec, const Tensor& forecast, const Tensor& target,
                        const Distribution& distribution, const LossWeights& weights)
{
    const Likelihood likelihood =
        spec.kind == LossKind::Crps ? Likelihood{"crps", kernels::normalCrps} : likelihoodOf(distribution);
    const Tensor y = distribution.isCount() ? unscaled(spec, target) : target;
    return likelihoodLoss(likelihood, {forecast}, y, cellWeights(likelihood.name, target, weights),
                          LossReduction::Mean);
}

Tensor percentageLoss(const LossSpec& spec, const Tensor& forecast, const Tensor& target,
                      const LossWeights& weights)
{
    const Tensor shift = shiftOf(spec);
    const Tensor y = shifted(target, shift);
    if (spec.kind == LossKind::PercentageError)
        return pointLoss({"mape", kernels::absoluteError}, forecast, target,
                         overTarget(cellWeights("mape", target, weights), y), LossReduction::Mean);
    return symmetricPercentageError(shift.defined() ? add(forecast, shift) : forecast, y, SymmetricRange::Two,
                                    {.weights = weights});
}

Tensor scaledLoss(const LossSpec& spec, const Tensor& forecast, const Tensor& target,
                  const LossWeights& weights)
{
    CellWeights cells = cellWeights("mase", target, weights);
    const Tensor inverse = ofChannels(spec, [](const ChannelUnit& each) { return 1 / each.naiveError; });
    if (inverse.defined())
        cells = timesChannel(cells, target, inverse);
    return pointLoss({"mase", kernels::absoluteError}, forecast, target, cells, LossReduction::Mean);
}

Tensor ofPoints(const LossSpec& spec, const Tensor& forecast, const Tensor& target,
                const LossWeights& weights)
{
    const LossOptions options{.weights = weights};
    switch (spec.kind) {
        case LossKind::AbsoluteError:
            return absoluteError(forecast, target, options);
        case LossKind::RootSquaredError:
            return rootSquaredError(forecast, target, weights);
        case LossKind::Huber:
            return huber(forecast, target, spec.delta, options);
        case LossKind::SmoothL1:
            return smoothL1(forecast, target, spec.beta, options);
        case LossKind::LogCosh:
            return logCosh(forecast, target, options);
        case LossKind::PercentageError:
        case LossKind::SymmetricPercentageError:
            return percentageLoss(spec, forecast, target, weights);
        case LossKind::ScaledError:
            return scaledLoss(spec, forecast, target, weights);
        case LossKind::SquaredError:
        case LossKind::Quantile:
        case LossKind::Normal:
        case LossKind::StudentT:
        case LossKind::Laplace:
        case LossKind::Poisson:
        case LossKind::NegativeBinomial:
        case LossKind::GaussianMixture:
        case LossKind::Crps:
            break;
    }
    return squaredError(forecast, target, options);
}

}  // namespace

double ChannelUnit::level() const
{
    return std::abs(center) + scale;
}

std::optional<Distribution> LossSpec::distribution() const
{
    switch (kind) {
        case LossKind::Normal:
        case LossKind::Crps:
            return Distribution{Family::Normal};
        case LossKind::StudentT:
            return Distribution{Family::StudentT};
        case LossKind::Laplace:
            return Distribution{Family::Laplace};
        case LossKind::Poisson:
            return Distribution{Family::Poisson};
        case LossKind::NegativeBinomial:
            return Distribution{Family::NegativeBinomial};
        case LossKind::GaussianMixture:
            return Distribution{Family::GaussianMixture, components};
        case LossKind::SquaredError:
        case LossKind::AbsoluteError:
        case LossKind::RootSquaredError:
        case LossKind::Huber:
        case LossKind::SmoothL1:
        case LossKind::LogCosh:
        case LossKind::PercentageError:
        case LossKind::SymmetricPercentageError:
        case LossKind::ScaledError:
        case LossKind::Quantile:
            break;
    }
    return std::nullopt;
}

int LossSpec::outputs() const
{
    if (kind == LossKind::Quantile)
        return static_cast<int>(quantiles.size());
    const std::optional<Distribution> described = distribution();
    return described ? described->outputs() : 1;
}

Tensor loss(const LossSpec& spec, const Tensor& forecast, const Tensor& target, const LossWeights& given)
{
    checkShapes(spec, forecast, target);
    const LossWeights weights = withHorizon(spec, given);
    if (const std::optional<Distribution> distribution = spec.distribution())
        return distributionLoss(spec, forecast, target, *distribution, weights);
    if (spec.kind == LossKind::Quantile)
        return pinball(forecast, target, spec.quantiles, OverQuantiles::Mean, {.weights = weights});
    return ofPoints(spec, squeeze(forecast, -1), target, weights);
}

}  // namespace fc
