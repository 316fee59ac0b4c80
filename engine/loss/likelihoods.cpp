// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/loss/likelihoods.h"

#include "engine/loss/cells.h"

namespace fc {

namespace {

Tensor plain(const Likelihood& loss, const std::array<Tensor, 3>& inputs, const Tensor& target,
             const LossOptions& options)
{
    return likelihoodLoss(loss, inputs, target, cellWeights(loss.name, target, options.weights),
                          options.reduction);
}

}  // namespace

Tensor normalNll(const Tensor& mu, const Tensor& sigma, const Tensor& target, const LossOptions& options)
{
    return plain({"normal", kernels::normalNll}, {mu, sigma}, target, options);
}

Tensor gaussianNll(const Tensor& mu, const Tensor& variance, const Tensor& target, Constant constant,
                   double eps, const LossOptions& options)
{
    return plain(
        {.name = "gaussian", .kernel = kernels::gaussianNll, .p = eps, .option = constant == Constant::Kept},
        {mu, variance}, target, options);
}

Tensor laplaceNll(const Tensor& mu, const Tensor& b, const Tensor& target, const LossOptions& options)
{
    return plain({"laplace", kernels::laplaceNll}, {mu, b}, target, options);
}

Tensor studentTNll(const Tensor& df, const Tensor& mu, const Tensor& sigma, const Tensor& target,
                   const LossOptions& options)
{
    return plain({"student_t", kernels::studentTNll, 3}, {mu, sigma, df}, target, options);
}

Tensor poissonNll(const Tensor& input, const Tensor& target, PoissonInput kind, Constant constant, double eps,
                  const LossOptions& options)
{
    return plain({.name = "poisson",
                  .kernel = kind == PoissonInput::LogRate ? kernels::poissonLogNll : kernels::poissonRateNll,
                  .inputs = 1,
                  .p = eps,
                  .option = constant == Constant::Kept},
                 {input}, target, options);
}

Tensor poissonExactNll(const Tensor& rate, const Tensor& target, const LossOptions& options)
{
    return plain({"poisson", kernels::poissonNll, 1}, {rate}, target, options);
}

Tensor negativeBinomialNll(const Tensor& mu, const Tensor& alpha, const Tensor& target,
                           const LossOptions& options)
{
    return plain({"negative_binomial", kernels::negativeBinomialNll}, {mu, alpha}, target, options);
}

Tensor negativeBinomialLogitsNll(const Tensor& totalCount, const Tensor& logits, const Tensor& target,
                                 const LossOptions& options)
{
    return plain({"negative_binomial", kernels::negativeBinomialLogitsNll}, {totalCount, logits}, target,
                 options);
}

Tensor gaussianMixtureNll(const Tensor& logits, const Tensor& mu, const Tensor& sigma, const Tensor& target,
                          const LossOptions& options)
{
    const std::int64_t components = logits.rank() > 0 ? logits.size(-1) : 0;
    if (components < 1 || components > kernels::LikelihoodCells::maxWidth ||
        !(logits.shape() == mu.shape()) || !(mu.shape() == sigma.shape()))
        refuseShapes("gaussian_mixture", logits, target);
    return plain({"gaussian_mixture", kernels::mixtureNll, 3, components}, {logits, mu, sigma}, target,
                 options);
}

}  // namespace fc
