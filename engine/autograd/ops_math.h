// SPDX-License-Identifier: GPL-3.0-or-later
// Elementwise operations. One operand: same shape out. Two operands: NumPy's broadcasting; the gradient of a
// repeated operand is summed to its shape. All throw Error naming the operation and both shapes when they do
// not fit.
#pragma once

#include <limits>

#include "engine/tensor/tensor.h"

namespace fc {

Tensor add(const Tensor& a, const Tensor& b);
Tensor sub(const Tensor& a, const Tensor& b);
Tensor mul(const Tensor& a, const Tensor& b);
Tensor div(const Tensor& a, const Tensor& b);
/// a ^ b.
Tensor pow(const Tensor& a, const Tensor& b);
/// Where both are equal, each gets half of the gradient.
Tensor maximum(const Tensor& a, const Tensor& b);
Tensor minimum(const Tensor& a, const Tensor& b);
/// `a` where `condition` is not 0, else `b`; all three broadcast. The condition gets no gradient.
Tensor where(const Tensor& condition, const Tensor& a, const Tensor& b);

/// 1 where it holds, else 0; no gradient.
Tensor greater(const Tensor& a, const Tensor& b);
Tensor greaterEqual(const Tensor& a, const Tensor& b);
Tensor equal(const Tensor& a, const Tensor& b);

/// scale x + shift.
Tensor affine(const Tensor& x, float scale, float shift);
inline Tensor add(const Tensor& x, float value)
{
    return affine(x, 1.0F, value);
}
inline Tensor sub(const Tensor& x, float value)
{
    return affine(x, 1.0F, -value);
}
inline Tensor mul(const Tensor& x, float factor)
{
    return affine(x, factor, 0.0F);
}
Tensor div(const Tensor& x, float divisor);

Tensor neg(const Tensor& x);
/// Gradient 0 at 0.
Tensor abs(const Tensor& x);
Tensor exp(const Tensor& x);
/// exp(x) - 1, exact near 0.
Tensor expm1(const Tensor& x);
Tensor log(const Tensor& x);
/// log(1 + x), exact near 0.
Tensor log1p(const Tensor& x);
Tensor sqrt(const Tensor& x);
/// 1 / sqrt(x).
Tensor rsqrt(const Tensor& x);
Tensor square(const Tensor& x);
Tensor reciprocal(const Tensor& x);
/// x ^ exponent.
Tensor pow(const Tensor& x, float exponent);
Tensor sin(const Tensor& x);
Tensor cos(const Tensor& x);
Tensor erf(const Tensor& x);

/// `x` in float32, whatever it is stored in; so is its gradient.
Tensor toFloat(const Tensor& x);

Tensor tanh(const Tensor& x);
Tensor sigmoid(const Tensor& x);
/// Gradient 0 at 0.
Tensor relu(const Tensor& x);
/// Gradient `slope` at 0.
Tensor leakyRelu(const Tensor& x, float slope = 0.01F);
/// x above 0, alpha (exp(x) - 1) below (Clevert, Unterthiner & Hochreiter, 2016).
Tensor elu(const Tensor& x, float alpha = 1.0F);
/// x Phi(x) by the error function (Hendrycks & Gimpel, 2016).
Tensor gelu(const Tensor& x);
/// The tanh approximation of the same paper.
Tensor geluTanh(const Tensor& x);
/// x sigmoid(x).
Tensor silu(const Tensor& x);
/// log(1 + exp(beta x)) / beta, and x itself where beta x > threshold.
Tensor softplus(const Tensor& x, float beta = 1.0F, float threshold = 20.0F);
/// x tanh(softplus(x)) (Misra, 2019).
Tensor mish(const Tensor& x);
/// x kept within [low, high]; the gradient passes on the bounds.
Tensor clamp(const Tensor& x, float low, float high = std::numeric_limits<float>::infinity());
/// clamp to [low, high] under its activation's name.
Tensor hardtanh(const Tensor& x, float low = -1.0F, float high = 1.0F);

inline Tensor operator+(const Tensor& a, const Tensor& b)
{
    return add(a, b);
}
inline Tensor operator-(const Tensor& a, const Tensor& b)
{
    return sub(a, b);
}
inline Tensor operator*(const Tensor& a, const Tensor& b)
{
    return mul(a, b);
}
inline Tensor operator/(const Tensor& a, const Tensor& b)
{
    return div(a, b);
}
inline Tensor operator+(const Tensor& a, float b)
{
    return affine(a, 1.0F, b);
}
inline Tensor operator-(const Tensor& a, float b)
{
    return affine(a, 1.0F, -b);
}
inline Tensor operator*(const Tensor& a, float b)
{
    return affine(a, b, 0.0F);
}
inline Tensor operator/(const Tensor& a, float b)
{
    return div(a, b);
}
inline Tensor operator+(float a, const Tensor& b)
{
    return affine(b, 1.0F, a);
}
inline Tensor operator-(float a, const Tensor& b)
{
    return affine(b, -1.0F, a);
}
inline Tensor operator*(float a, const Tensor& b)
{
    return affine(b, a, 0.0F);
}
inline Tensor operator/(float a, const Tensor& b)
{
    return mul(reciprocal(b), a);
}
inline Tensor operator-(const Tensor& x)
{
    return neg(x);
}

}  // namespace fc
