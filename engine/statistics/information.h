// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

namespace fc {

/// What knowing one column says about the other, in nats: 0 when they are independent, whatever the shape of
/// the dependence. Estimator 1 of Kraskov, Stoegbauer & Grassberger 2004 (eq. 8) over the `neighbors` nearest
/// neighbors in the maximum norm, on ranks turned into normal scores, so that neither the units nor a
/// monotone change of either side matter and ties break the same way every time. Pairs with a missing value
/// are left out; the estimate is cut at 0. NaN with `neighbors` + 1 pairs or fewer, or a constant side. About
/// n^1.5.
double mutualInformation(std::span<const double> x, std::span<const double> y, int neighbors = 3);

}  // namespace fc
