// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/loss/crps.h"

#include "engine/autograd/ops_math.h"
#include "engine/loss/cells.h"
#include "engine/loss/point_losses.h"

namespace fc {

Tensor crpsNormal(const Tensor& mu, const Tensor& sigma, const Tensor& target, const LossOptions& options)
{
    const CellWeights weights = cellWeights("crps", target, options.weights);
    return likelihoodLoss({"crps", kernels::normalCrps}, {mu, sigma}, target, weights, options.reduction);
}

Tensor crpsQuantiles(const Tensor& forecast, const Tensor& target, std::span<const double> quantiles,
                     const LossOptions& options)
{
    return mul(pinball(forecast, target, quantiles, OverQuantiles::Mean, options), 2.0F);
}

Tensor crpsSamples(const Tensor& samples, const Tensor& target, SampleEstimator estimator,
                   const LossOptions& options)
{
    const std::int64_t m = samples.rank() > 0 ? samples.size(-1) : 0;
    const std::int64_t least = estimator == SampleEstimator::Fair ? 2 : 1;
    if (samples.rank() != target.rank() + 1 || m < least || samples.count() != target.count() * m)
        refuseShapes("crps", samples, target);
    const CellWeights weights = cellWeights("crps", target, options.weights);
    const double share = options.reduction == LossReduction::Mean ? 1.0 / weights.divisor : 1.0;
    const Tensor x = samples.contiguous();
    const Tensor t = target.contiguous();
    Slopes slopes = slopesFor({samples});
    Tensor values = options.reduction == LossReduction::None ? Tensor::empty(target.shape()) : Tensor();
    float* slope = slopes[0].defined() ? slopes[0].data() : nullptr;
    float* value = values.defined() ? values.data() : nullptr;
    const double sum = blockSum(t.count(), 16, [&](std::int64_t begin, std::int64_t end) {
        return kernels::sampleCrps(
            {.n = end - begin,
             .m = m,
             .samples = x.data() + begin * m,
             .target = t.data() + begin,
             .factor = weights.factor.defined() ? weights.factor.data() + begin : nullptr,
             .pairs =
                 static_cast<double>(m) * static_cast<double>(estimator == SampleEstimator::Fair ? m - 1 : m),
             .scale = static_cast<float>(share),
             .slopes = slope ? slope + begin * m : nullptr,
             .values = value ? value + begin : nullptr});
    });
    if (!values.defined())
        values = Tensor::scalar(static_cast<float>(sum * share));
    return withSlopes(values, {samples}, slopes);
}

}  // namespace fc
