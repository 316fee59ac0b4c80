// SPDX-License-Identifier: GPL-3.0-or-later
// The loops over numbers: plain pointers in, plain pointers out, no shapes, no memory of their own. This
// library is built once per instruction set, so nothing but numbers and pointers may cross this interface.
#pragma once

#include <cstdint>

#ifdef _WIN32
#ifdef FC_KERNELS_BUILD
#define FC_KERNELS_API __declspec(dllexport)
#else
#define FC_KERNELS_API __declspec(dllimport)
#endif
#else
#define FC_KERNELS_API __attribute__((visibility("default")))
#endif

namespace fc::kernels {

/// "x86-64", "x86-64-v3", "x86-64-v4" or the machine's name.
FC_KERNELS_API const char* instructionSet();

/// C [m, n] = alpha op(A) op(B) + beta C, row-major; op(A) is [m, k], op(B) [k, n]. A transposed operand is
/// stored the other way round. With beta = 0, C is not read. On the way out `bias` [n] is added to every row
/// or `rowBias` [m] to every column and, with `relu`, what is negative becomes 0.
struct Gemm {
    bool transA = false;
    bool transB = false;
    std::int64_t m, n, k;
    float alpha = 1.0F;
    const float* a;
    std::int64_t lda;
    const float* b;
    std::int64_t ldb;
    float beta = 0.0F;
    float* c;
    std::int64_t ldc;
    const float* bias = nullptr;
    const float* rowBias = nullptr;
    bool relu = false;
};
FC_KERNELS_API void gemm(const Gemm& g);

/// gemm() with a B that is not transposed and whose k rows begin at g.b + rows[i], as a convolution wants it;
/// g.ldb does not count. Up to `gemmOverread` floats behind a row's n are read and do not count.
constexpr std::int64_t gemmOverread = 15;
FC_KERNELS_API void gemmOfRows(const Gemm& g, const std::int32_t* rows);

/// to[j, i] = from[i, j] for a matrix [rows, columns]; ld are the distances between rows.
FC_KERNELS_API void transpose(std::int64_t rows, std::int64_t columns, const float* from, std::int64_t ldFrom,
                              float* to, std::int64_t ldTo);

/// A nest of loops over up to four operands (the result first); strides count elements, 0 repeats a value.
struct Walk {
    static constexpr int maxRank = 6;
    static constexpr int maxOperands = 4;
    int rank = 0;
    std::int64_t size[maxRank] = {};
    std::int64_t stride[maxOperands][maxRank] = {};
};

/// y = x and y += x.
FC_KERNELS_API void copy(const Walk& walk, float* y, const float* x);
FC_KERNELS_API void accumulate(const Walk& walk, float* y, const float* x);
FC_KERNELS_API void fill(std::int64_t n, float* y, float value);
/// y += alpha x.
FC_KERNELS_API void axpy(std::int64_t n, float alpha, const float* x, float* y);

// Elementwise with one operand. y may be x, dx may be dy. `p` and `q` are the function's own numbers.

struct Unary {
    std::int64_t n;
    const float* x;
    float* y;
    float p = 0.0F;
    float q = 0.0F;
};
using UnaryKernel = void (*)(const Unary&);

/// dx = dy * derivative, computed from what was saved: the function's input or, where that is cheaper, its
/// output.
struct UnaryGrad {
    std::int64_t n;
    const float* dy;
    const float* saved;
    float* dx;
    float p = 0.0F;
    float q = 0.0F;
};
using UnaryGradKernel = void (*)(const UnaryGrad&);

/// p x + q.
FC_KERNELS_API void affine(const Unary& u);
FC_KERNELS_API void abs(const Unary& u);
FC_KERNELS_API void absGrad(const UnaryGrad& u);  ///< saves the input; 0 at 0
FC_KERNELS_API void exp(const Unary& u);
FC_KERNELS_API void expGrad(const UnaryGrad& u);  ///< saves the output
FC_KERNELS_API void expm1(const Unary& u);
FC_KERNELS_API void expm1Grad(const UnaryGrad& u);  ///< saves the output
FC_KERNELS_API void log(const Unary& u);
FC_KERNELS_API void logGrad(const UnaryGrad& u);  ///< saves the input
FC_KERNELS_API void log1p(const Unary& u);
FC_KERNELS_API void log1pGrad(const UnaryGrad& u);  ///< saves the input
FC_KERNELS_API void sqrt(const Unary& u);
FC_KERNELS_API void sqrtGrad(const UnaryGrad& u);  ///< saves the output
FC_KERNELS_API void rsqrt(const Unary& u);
FC_KERNELS_API void rsqrtGrad(const UnaryGrad& u);  ///< saves the output
FC_KERNELS_API void square(const Unary& u);
FC_KERNELS_API void squareGrad(const UnaryGrad& u);  ///< saves the input
FC_KERNELS_API void reciprocal(const Unary& u);
FC_KERNELS_API void reciprocalGrad(const UnaryGrad& u);  ///< saves the output
/// x ^ p.
FC_KERNELS_API void power(const Unary& u);
FC_KERNELS_API void powerGrad(const UnaryGrad& u);  ///< saves the input
FC_KERNELS_API void sin(const Unary& u);
FC_KERNELS_API void sinGrad(const UnaryGrad& u);  ///< saves the input
FC_KERNELS_API void cos(const Unary& u);
FC_KERNELS_API void cosGrad(const UnaryGrad& u);  ///< saves the input
FC_KERNELS_API void erf(const Unary& u);
FC_KERNELS_API void erfGrad(const UnaryGrad& u);  ///< saves the input
FC_KERNELS_API void tanh(const Unary& u);
FC_KERNELS_API void tanhGrad(const UnaryGrad& u);  ///< saves the output
FC_KERNELS_API void sigmoid(const Unary& u);
FC_KERNELS_API void sigmoidGrad(const UnaryGrad& u);  ///< saves the output
FC_KERNELS_API void relu(const Unary& u);
FC_KERNELS_API void reluGrad(const UnaryGrad& u);  ///< saves the output
/// x above 0, p x below.
FC_KERNELS_API void leakyRelu(const Unary& u);
FC_KERNELS_API void leakyReluGrad(const UnaryGrad& u);  ///< saves the input
/// x above 0, p (exp(x) - 1) below.
FC_KERNELS_API void elu(const Unary& u);
FC_KERNELS_API void eluGrad(const UnaryGrad& u);  ///< saves the output
FC_KERNELS_API void gelu(const Unary& u);
FC_KERNELS_API void geluGrad(const UnaryGrad& u);  ///< saves the input
FC_KERNELS_API void geluTanh(const Unary& u);
FC_KERNELS_API void geluTanhGrad(const UnaryGrad& u);  ///< saves the input
FC_KERNELS_API void silu(const Unary& u);
FC_KERNELS_API void siluGrad(const UnaryGrad& u);  ///< saves the input
/// log(1 + exp(p x)) / p, and x itself where p x > q.
FC_KERNELS_API void softplus(const Unary& u);
FC_KERNELS_API void softplusGrad(const UnaryGrad& u);  ///< saves the input
FC_KERNELS_API void mish(const Unary& u);
FC_KERNELS_API void mishGrad(const UnaryGrad& u);  ///< saves the input
/// x kept within [p, q]; the gradient passes on the bounds.
FC_KERNELS_API void clamp(const Unary& u);
FC_KERNELS_API void clampGrad(const UnaryGrad& u);  ///< saves the input

// Elementwise with broadcasting. Operands of the walk: the result, then the others in order.

using BinaryKernel = void (*)(const Walk& walk, float* y, const float* a, const float* b);
FC_KERNELS_API void add(const Walk& walk, float* y, const float* a, const float* b);
FC_KERNELS_API void subtract(const Walk& walk, float* y, const float* a, const float* b);
FC_KERNELS_API void multiply(const Walk& walk, float* y, const float* a, const float* b);
FC_KERNELS_API void divide(const Walk& walk, float* y, const float* a, const float* b);
FC_KERNELS_API void maximum(const Walk& walk, float* y, const float* a, const float* b);
FC_KERNELS_API void minimum(const Walk& walk, float* y, const float* a, const float* b);
FC_KERNELS_API void powerOf(const Walk& walk, float* y, const float* a, const float* b);
/// 1 where it holds, else 0.
FC_KERNELS_API void greater(const Walk& walk, float* y, const float* a, const float* b);
FC_KERNELS_API void greaterEqual(const Walk& walk, float* y, const float* a, const float* b);
FC_KERNELS_API void equal(const Walk& walk, float* y, const float* a, const float* b);
/// a where b is not 0, else 0.
FC_KERNELS_API void keepWhere(const Walk& walk, float* y, const float* a, const float* b);
/// a where b is 0, else 0.
FC_KERNELS_API void keepUnless(const Walk& walk, float* y, const float* a, const float* b);

using TernaryKernel = void (*)(const Walk& walk, float* y, const float* a, const float* b, const float* c);
/// b where a is not 0, else c.
FC_KERNELS_API void select(const Walk& walk, float* y, const float* a, const float* b, const float* c);
/// Gradient of b in a / b.
FC_KERNELS_API void divideGradDivisor(const Walk& walk, float* y, const float* dy, const float* a,
                                      const float* b);
/// dy where a > b, half of it where they are equal.
FC_KERNELS_API void maximumGrad(const Walk& walk, float* y, const float* dy, const float* a, const float* b);
/// dy where a < b, half of it where they are equal.
FC_KERNELS_API void minimumGrad(const Walk& walk, float* y, const float* dy, const float* a, const float* b);
FC_KERNELS_API void powerOfGradBase(const Walk& walk, float* y, const float* dy, const float* a,
                                    const float* b);
FC_KERNELS_API void powerOfGradExponent(const Walk& walk, float* y, const float* dy, const float* a,
                                        const float* b);
/// 2 dy (a - b).
FC_KERNELS_API void twiceTimesDifference(const Walk& walk, float* y, const float* dy, const float* a,
                                         const float* b);
/// dy where a equals b.
FC_KERNELS_API void whereEqual(const Walk& walk, float* y, const float* dy, const float* a, const float* b);
/// dy exp(a - b).
FC_KERNELS_API void timesExpDifference(const Walk& walk, float* y, const float* dy, const float* a,
                                       const float* b);

// Reductions of contiguous input; neighbours of one kind are merged, so kept and reduced axes alternate.

struct Reduction {
    int rank = 0;
    std::int64_t size[Walk::maxRank] = {};
    bool reduced[Walk::maxRank] = {};
};
FC_KERNELS_API void sum(const Reduction& r, const float* x, float* y);
FC_KERNELS_API void max(const Reduction& r, const float* x, float* y);
FC_KERNELS_API void min(const Reduction& r, const float* x, float* y);
/// Sum of (x - center)^2; `center` has the shape of y.
FC_KERNELS_API void sumSquares(const Reduction& r, const float* x, const float* center, float* y);
/// Sum of exp(x - center).
FC_KERNELS_API void sumExp(const Reduction& r, const float* x, const float* center, float* y);
/// How many elements equal `value`, which has the shape of y.
FC_KERNELS_API void countEqual(const Reduction& r, const float* x, const float* value, float* y);

}  // namespace fc::kernels
