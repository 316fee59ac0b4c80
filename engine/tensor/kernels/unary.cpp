// SPDX-License-Identifier: GPL-3.0-or-later
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <unsupported/Eigen/SpecialFunctions>

#include "engine/tensor/kernels/kernels.h"

namespace fc::kernels {

namespace {

using Values = Eigen::Array<float, Eigen::Dynamic, 1>;

Eigen::Map<const Values> in(const Unary& u)
{
    return {u.x, u.n};
}
Eigen::Map<Values> out(const Unary& u)
{
    return {u.y, u.n};
}
Eigen::Map<const Values> dy(const UnaryGrad& u)
{
    return {u.dy, u.n};
}
Eigen::Map<const Values> saved(const UnaryGrad& u)
{
    return {u.saved, u.n};
}
Eigen::Map<Values> dx(const UnaryGrad& u)
{
    return {u.dx, u.n};
}

template <typename F>
void each(const Unary& u, F&& f)
{
    const float* x = u.x;
    float* y = u.y;
#pragma omp simd
    for (std::int64_t i = 0; i < u.n; ++i)
        y[i] = f(x[i]);
}

template <typename F>
void eachGrad(const UnaryGrad& u, F&& f)
{
    const float* d = u.dy;
    const float* s = u.saved;
    float* x = u.dx;
#pragma omp simd
    for (std::int64_t i = 0; i < u.n; ++i)
        x[i] = f(d[i], s[i]);
}

/// Values of one block of a longer array, on the stack: composed functions keep their parts in the nearest
/// cache.
constexpr std::int64_t blockLength = 256;
using Block = Eigen::Array<float, Eigen::Dynamic, 1, 0, blockLength, 1>;

template <typename F>
void eachBlock(std::int64_t n, F&& f)
{
    for (std::int64_t begin = 0; begin < n; begin += blockLength)
        f(begin, std::min(blockLength, n - begin));
}

Eigen::Map<const Values> part(const float* x, std::int64_t begin, std::int64_t n)
{
    return {x + begin, n};
}

constexpr float sqrtHalf = 0.70710678118654752F;
constexpr float invSqrt2Pi = 0.39894228040143268F;
constexpr float twoOverSqrtPi = 1.12837916709551257F;

// gelu(x) ~ x/2 (1 + tanh(a (x + b x^3))), Hendrycks & Gimpel, 2016.
constexpr float geluScale = 0.79788456080286536F;
constexpr float geluCubic = 0.044715F;

/// log(1 + exp(x)) without overflow.
template <typename X>
Block stableSoftplus(const X& x)
{
    return x.max(0.0F) + (-x.abs()).exp().log1p();
}

template <typename X>
Block logistic(const X& x)
{
    return (1.0F + (-x).exp()).inverse();
}

}  // namespace

void affine(const Unary& u)
{
    const float p = u.p;
    const float q = u.q;
    each(u, [p, q](float x) { return p * x + q; });
}

void abs(const Unary& u)
{
    each(u, [](float x) { return std::fabs(x); });
}
void absGrad(const UnaryGrad& u)
{
    eachGrad(u, [](float d, float x) { return x > 0.0F ? d : (x < 0.0F ? -d : 0.0F); });
}

void exp(const Unary& u)
{
    out(u) = in(u).exp();
}
void expGrad(const UnaryGrad& u)
{
    dx(u) = dy(u) * saved(u);
}

void expm1(const Unary& u)
{
    out(u) = in(u).expm1();
}
void expm1Grad(const UnaryGrad& u)
{
    dx(u) = dy(u) * (saved(u) + 1.0F);
}

void log(const Unary& u)
{
    out(u) = in(u).log();
}
void logGrad(const UnaryGrad& u)
{
    dx(u) = dy(u) / saved(u);
}

void log1p(const Unary& u)
{
    out(u) = in(u).log1p();
}
void log1pGrad(const UnaryGrad& u)
{
    dx(u) = dy(u) / (saved(u) + 1.0F);
}

void sqrt(const Unary& u)
{
    each(u, [](float x) { return std::sqrt(x); });
}
void sqrtGrad(const UnaryGrad& u)
{
    eachGrad(u, [](float d, float y) { return 0.5F * d / y; });
}

void rsqrt(const Unary& u)
{
    each(u, [](float x) { return 1.0F / std::sqrt(x); });
}
void rsqrtGrad(const UnaryGrad& u)
{
    eachGrad(u, [](float d, float y) { return -0.5F * d * y * y * y; });
}

void square(const Unary& u)
{
    each(u, [](float x) { return x * x; });
}
void squareGrad(const UnaryGrad& u)
{
    eachGrad(u, [](float d, float x) { return 2.0F * d * x; });
}

void reciprocal(const Unary& u)
{
    each(u, [](float x) { return 1.0F / x; });
}
void reciprocalGrad(const UnaryGrad& u)
{
    eachGrad(u, [](float d, float y) { return -d * y * y; });
}

void power(const Unary& u)
{
    for (std::int64_t i = 0; i < u.n; ++i)
        u.y[i] = std::pow(u.x[i], u.p);
}
void powerGrad(const UnaryGrad& u)
{
    for (std::int64_t i = 0; i < u.n; ++i)
        u.dx[i] = u.p == 0.0F ? 0.0F : u.dy[i] * u.p * std::pow(u.saved[i], u.p - 1.0F);
}

void sin(const Unary& u)
{
    out(u) = in(u).sin();
}
void sinGrad(const UnaryGrad& u)
{
    dx(u) = dy(u) * saved(u).cos();
}

void cos(const Unary& u)
{
    out(u) = in(u).cos();
}
void cosGrad(const UnaryGrad& u)
{
    dx(u) = -dy(u) * saved(u).sin();
}

void erf(const Unary& u)
{
    out(u) = in(u).erf();
}
void erfGrad(const UnaryGrad& u)
{
    dx(u) = dy(u) * twoOverSqrtPi * (-saved(u).square()).exp();
}

void tanh(const Unary& u)
{
    out(u) = in(u).tanh();
}
void tanhGrad(const UnaryGrad& u)
{
    eachGrad(u, [](float d, float y) { return d * (1.0F - y * y); });
}

void sigmoid(const Unary& u)
{
    out(u) = (1.0F + (-in(u)).exp()).inverse();
}
void sigmoidGrad(const UnaryGrad& u)
{
    eachGrad(u, [](float d, float y) { return d * y * (1.0F - y); });
}

void relu(const Unary& u)
{
    // This way round a NaN stays one.
    each(u, [](float x) { return x < 0.0F ? 0.0F : x; });
}
void reluGrad(const UnaryGrad& u)
{
    eachGrad(u, [](float d, float y) { return y > 0.0F ? d : 0.0F; });
}

void leakyRelu(const Unary& u)
{
    const float slope = u.p;
    each(u, [slope](float x) { return x > 0.0F ? x : slope * x; });
}
void leakyReluGrad(const UnaryGrad& u)
{
    const float slope = u.p;
    eachGrad(u, [slope](float d, float x) { return x > 0.0F ? d : slope * d; });
}

void elu(const Unary& u)
{
    eachBlock(u.n, [&u](std::int64_t begin, std::int64_t n) {
        const auto x = part(u.x, begin, n);
        const Block negative = u.p * x.min(0.0F).expm1();
        float* y = u.y + begin;
        const float* source = u.x + begin;
        for (std::int64_t i = 0; i < n; ++i)
            y[i] = source[i] > 0.0F ? source[i] : negative[i];
    });
}
void eluGrad(const UnaryGrad& u)
{
    // Below zero the derivative is p exp(x) = y + p.
    const float alpha = u.p;
    eachGrad(u, [alpha](float d, float y) { return y > 0.0F ? d : d * (y + alpha); });
}

void gelu(const Unary& u)
{
    out(u) = 0.5F * in(u) * (1.0F + (in(u)*sqrtHalf).erf());
}
void geluGrad(const UnaryGrad& u)
{
    eachBlock(u.n, [&u](std::int64_t begin, std::int64_t n) {
        const auto x = part(u.saved, begin, n);
        const Block cdf = 0.5F * (1.0F + (x * sqrtHalf).erf());
        const Block slope = cdf + x * invSqrt2Pi * (-0.5F * x.square()).exp();
        Eigen::Map<Values>(u.dx + begin, n) = part(u.dy, begin, n) * slope;
    });
}

void geluTanh(const Unary& u)
{
    eachBlock(u.n, [&u](std::int64_t begin, std::int64_t n) {
        const auto x = part(u.x, begin, n);
        const Block inner = geluScale * (x + geluCubic * x.cube());
        Eigen::Map<Values>(u.y + begin, n) = 0.5F * x * (1.0F + inner.tanh());
    });
}
void geluTanhGrad(const UnaryGrad& u)
{
    eachBlock(u.n, [&u](std::int64_t begin, std::int64_t n) {
        const auto x = part(u.saved, begin, n);
        const Block inner = geluScale * (x + geluCubic * x.cube());
        const Block t = inner.tanh();
        const Block innerSlope = geluScale * (1.0F + 3.0F * geluCubic * x.square());
        const Block slope = 0.5F * (1.0F + t) + 0.5F * x * (1.0F - t.square()) * innerSlope;
        Eigen::Map<Values>(u.dx + begin, n) = part(u.dy, begin, n) * slope;
    });
}

void silu(const Unary& u)
{
    out(u) = in(u) / (1.0F + (-in(u)).exp());
}
void siluGrad(const UnaryGrad& u)
{
    eachBlock(u.n, [&u](std::int64_t begin, std::int64_t n) {
        const auto x = part(u.saved, begin, n);
        const Block s = logistic(x);
        Eigen::Map<Values>(u.dx + begin, n) = part(u.dy, begin, n) * s * (1.0F + x * (1.0F - s));
    });
}

void softplus(const Unary& u)
{
    eachBlock(u.n, [&u](std::int64_t begin, std::int64_t n) {
        const Block scaled = u.p * part(u.x, begin, n);
        const Block soft = stableSoftplus(scaled) / u.p;
        for (std::int64_t i = 0; i < n; ++i)
            u.y[begin + i] = scaled[i] > u.q ? u.x[begin + i] : soft[i];
    });
}
void softplusGrad(const UnaryGrad& u)
{
    eachBlock(u.n, [&u](std::int64_t begin, std::int64_t n) {
        const Block scaled = u.p * part(u.saved, begin, n);
        const Block slope = logistic(scaled);
        for (std::int64_t i = 0; i < n; ++i)
            u.dx[begin + i] = scaled[i] > u.q ? u.dy[begin + i] : u.dy[begin + i] * slope[i];
    });
}

void mish(const Unary& u)
{
    eachBlock(u.n, [&u](std::int64_t begin, std::int64_t n) {
        const auto x = part(u.x, begin, n);
        const Block soft = stableSoftplus(x);
        Eigen::Map<Values>(u.y + begin, n) = x * soft.tanh();
    });
}
void mishGrad(const UnaryGrad& u)
{
    eachBlock(u.n, [&u](std::int64_t begin, std::int64_t n) {
        const auto x = part(u.saved, begin, n);
        const Block soft = stableSoftplus(x);
        const Block t = soft.tanh();
        const Block slope = t + x * (1.0F - t.square()) * logistic(x);
        Eigen::Map<Values>(u.dx + begin, n) = part(u.dy, begin, n) * slope;
    });
}

void clamp(const Unary& u)
{
    const float low = u.p;
    const float high = u.q;
    each(u, [low, high](float x) { return x < low ? low : (x > high ? high : x); });
}
void clampGrad(const UnaryGrad& u)
{
    const float low = u.p;
    const float high = u.q;
    eachGrad(u, [low, high](float d, float x) { return x >= low && x <= high ? d : 0.0F; });
}

}  // namespace fc::kernels
