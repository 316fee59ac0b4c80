// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

#include "engine/tensor/tensor.h"

namespace fc {

enum class Family { Normal, StudentT, Laplace, Poisson, NegativeBinomial, GaussianMixture };

/// A family of distributions whose numbers a model gives for each forecast step, in this order:
///   Normal             mu, sigma
///   StudentT           mu, sigma (the scale), df
///   Laplace            mu, b
///   Poisson            rate
///   NegativeBinomial   mu, alpha: variance mu + alpha mu^2
///   GaussianMixture    K logits, K mu, K sigma
struct Distribution {
    Family family = Family::Normal;
    int components = 1;  ///< K of GaussianMixture

    /// Numbers a forecast step.
    int outputs() const;
    /// Counts live in the unit of the series; the others in the scaled unit.
    bool isCount() const { return family == Family::Poisson || family == Family::NegativeBinomial; }
};

/// What a model's raw outputs were normalised by; each [B, C] or undefined.
struct OutputScale {
    Tensor center = {};  ///< undefined: 0
    Tensor scale = {};   ///< undefined: 1
    Tensor level = {};   ///< size of a channel in the unit of the series, for counts; undefined: 1
};

/// A model's raw outputs [B, h, C, M] -> the numbers of the distribution, same shape, with o = softplus(raw)
/// + 1e-5:
///   mu = raw * scale + center, sigma = b = o * scale, df = 2 + softplus(raw), logits = raw
///   rate = mu of NegativeBinomial = o * level, alpha = o
/// so that the network works with numbers near 1 whatever the size of the series. Counts cannot be shifted,
/// only multiplied: as in Salinas et al., 2020, section 3.3, but alpha is not divided by sqrt(level), because
/// the relative spread of large counts, sqrt(alpha), does not depend on their size. One pass, recorded.
Tensor distributionNumbers(const Distribution& distribution, const Tensor& outputs,
                           const OutputScale& by = {});

// Of one forecast step; `numbers` as listed above.

/// P(X <= x).
double distributionCdf(const Distribution& distribution, std::span<const float> numbers, double x);
/// The smallest x with P(X <= x) >= p, 0 < p < 1: closed forms, else safeguarded Newton steps or, for counts,
/// a search for the whole number.
double distributionQuantile(const Distribution& distribution, std::span<const float> numbers, double p);
/// The continuous ranked probability score of the outcome y: closed forms (Jordan, Krueger & Lerch, 2019;
/// Grimit et al., 2006), for counts the sum over whole numbers, on a grid of sd / 40 when sd > 200.
double distributionCrps(const Distribution& distribution, std::span<const float> numbers, double y);

}  // namespace fc
