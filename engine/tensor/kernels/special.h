// SPDX-License-Identifier: GPL-3.0-or-later
// Special functions of one number, in double: what likelihoods and their quantiles need.
#pragma once

#include "engine/tensor/kernels/kernels.h"

namespace fc::kernels {

/// log Gamma(x), x > 0. Unlike std::lgamma() it writes no global sign, so threads may share it.
FC_KERNELS_API double logGamma(double x);
/// d log Gamma(x) / dx, x > 0.
FC_KERNELS_API double digamma(double x);

/// log(1 + exp(x)) without overflow.
FC_KERNELS_API double softplusOf(double x);
/// 1 / (1 + exp(-x)), the slope of softplusOf().
FC_KERNELS_API double sigmoidOf(double x);

/// Density and distribution function of the standard normal.
FC_KERNELS_API double normalDensity(double z);
FC_KERNELS_API double normalCdf(double z);
/// z with normalCdf(z) = p, 0 < p < 1.
FC_KERNELS_API double normalQuantile(double p);

/// The regularized incomplete beta function I_x(a, b); a, b > 0, 0 <= x <= 1.
FC_KERNELS_API double incompleteBeta(double a, double b, double x);
/// The lower regularized incomplete gamma function P(a, x); a > 0, x >= 0.
FC_KERNELS_API double incompleteGamma(double a, double x);

}  // namespace fc::kernels
