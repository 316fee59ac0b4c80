// SPDX-License-Identifier: GPL-3.0-or-later
// Powers that make values more nearly normal: Box & Cox, 1964; Yeo & Johnson, 2000.
#pragma once

#include <span>

namespace fc {

/// (x^lambda - 1) / lambda, ln x for lambda 0; x > 0. Without loss of digits near lambda = 0.
double boxCox(double x, double lambda);
/// The x of a Box-Cox value; infinity or 0 beyond the values there are.
double boxCoxInverse(double g, double lambda);

/// Any x: Box-Cox of 1 + x with lambda from 0 on, minus Box-Cox of 1 - x with 2 - lambda below.
double yeoJohnson(double x, double lambda);
/// The x of a Yeo-Johnson value; infinite beyond the values there are.
double yeoJohnsonInverse(double g, double lambda);

/// The lambda in [-3, 3] under which the transformed values are likeliest to be normal (Brent's search, to
/// 1e-7); 1 when all values are equal. None may be missing; those of Box-Cox are above 0. Yeo-Johnson's range
/// is narrower where large values would lose their digits.
double boxCoxLambda(std::span<const double> values);
double yeoJohnsonLambda(std::span<const double> values);

}  // namespace fc
