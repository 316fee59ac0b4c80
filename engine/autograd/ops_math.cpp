// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/autograd/ops_math.h"

#include "engine/autograd/activation_probe.h"
#include "engine/autograd/tape.h"
#include "engine/tensor/elementwise.h"
#include "engine/tensor/strided.h"

namespace fc {

namespace {

/// What the gradient is computed from.
enum class Saves { Input, Output };

/// A function of one operand and its gradient, side by side; see kernels.h for both.
Tensor unary(kernels::UnaryKernel forward, kernels::UnaryGradKernel gradient, Saves saves, const Tensor& x,
             float p = 0.0F, float q = 0.0F)
{
    const Tensor y = raw::unary(forward, x, p, q);
    const Tensor& saved = saves == Saves::Input ? x : y;
    return record(y, {x}, [gradient, saved, p, q](const Tensor& dy, Grads& grads) {
        grads.add(0, raw::unaryGrad(gradient, dy, saved, p, q));
    });
}

/// Adds a gradient of the broadcast shape to an input of a smaller one.
void addSummed(Grads& grads, int input, const Tensor& gradient, const Shape& shape)
{
    grads.add(input, raw::sumTo(gradient, shape));
}

/// maximum or minimum, with the rule for their gradients.
Tensor extreme(const char* name, kernels::BinaryKernel forward, kernels::TernaryKernel gradient,
               const Tensor& a, const Tensor& b)
{
    const Shape shape = broadcastShape(name, a.shape(), b.shape());
    return record(raw::binary(forward, shape, a, b), {a, b}, [=](const Tensor& dy, Grads& grads) {
        if (grads.wanted(0))
            addSummed(grads, 0, raw::ternary(gradient, shape, dy, a, b), a.shape());
        if (grads.wanted(1))
            addSummed(grads, 1, raw::ternary(gradient, shape, dy, b, a), b.shape());
    });
}

Tensor compare(const char* name, kernels::BinaryKernel kernel, const Tensor& a, const Tensor& b)
{
    return raw::binary(kernel, broadcastShape(name, a.shape(), b.shape()), a, b);
}

}  // namespace

Tensor add(const Tensor& a, const Tensor& b)
{
    const Shape shape = broadcastShape("add", a.shape(), b.shape());
    return record(raw::binary(kernels::add, shape, a, b), {a, b},
                  [left = a.shape(), right = b.shape()](const Tensor& dy, Grads& grads) {
                      if (grads.wanted(0))
                          addSummed(grads, 0, dy, left);
                      if (grads.wanted(1))
                          addSummed(grads, 1, dy, right);
                  });
}

Tensor sub(const Tensor& a, const Tensor& b)
{
    const Shape shape = broadcastShape("sub", a.shape(), b.shape());
    return record(raw::binary(kernels::subtract, shape, a, b), {a, b},
                  [left = a.shape(), right = b.shape()](const Tensor& dy, Grads& grads) {
                      if (grads.wanted(0))
                          addSummed(grads, 0, dy, left);
                      if (grads.wanted(1))
                          grads.add(1, raw::affine(raw::sumTo(dy, right), -1.0F, 0.0F));
                  });
}

Tensor mul(const Tensor& a, const Tensor& b)
{
    const Shape shape = broadcastShape("mul", a.shape(), b.shape());
    return record(raw::binary(kernels::multiply, shape, a, b), {a, b}, [=](const Tensor& dy, Grads& grads) {
        if (grads.wanted(0))
            addSummed(grads, 0, raw::binary(kernels::multiply, shape, dy, b), a.shape());
        if (grads.wanted(1))
            addSummed(grads, 1, raw::binary(kernels::multiply, shape, dy, a), b.shape());
    });
}

Tensor div(const Tensor& a, const Tensor& b)
{
    const Shape shape = broadcastShape("div", a.shape(), b.shape());
    return record(raw::binary(kernels::divide, shape, a, b), {a, b}, [=](const Tensor& dy, Grads& grads) {
        if (grads.wanted(0))
            addSummed(grads, 0, raw::binary(kernels::divide, shape, dy, b), a.shape());
        if (grads.wanted(1))
            addSummed(grads, 1, raw::ternary(kernels::divideGradDivisor, shape, dy, a, b), b.shape());
    });
}

Tensor pow(const Tensor& a, const Tensor& b)
{
    const Shape shape = broadcastShape("pow", a.shape(), b.shape());
    return record(raw::binary(kernels::powerOf, shape, a, b), {a, b}, [=](const Tensor& dy, Grads& grads) {
        if (grads.wanted(0))
            addSummed(grads, 0, raw::ternary(kernels::powerOfGradBase, shape, dy, a, b), a.shape());
        if (grads.wanted(1))
            addSummed(grads, 1, raw::ternary(kernels::powerOfGradExponent, shape, dy, a, b), b.shape());
    });
}

Tensor maximum(const Tensor& a, const Tensor& b)
{
    return extreme("maximum", kernels::maximum, kernels::maximumGrad, a, b);
}

Tensor minimum(const Tensor& a, const Tensor& b)
{
    return extreme("minimum", kernels::minimum, kernels::minimumGrad, a, b);
}

Tensor where(const Tensor& condition, const Tensor& a, const Tensor& b)
{
    const Shape shape =
        broadcastShape("where", condition.shape(), broadcastShape("where", a.shape(), b.shape()));
    return record(raw::ternary(kernels::select, shape, condition, a, b), {a, b},
                  [=, left = a.shape(), right = b.shape()](const Tensor& dy, Grads& grads) {
                      if (grads.wanted(0))
                          addSummed(grads, 0, raw::binary(kernels::keepWhere, shape, dy, condition), left);
                      if (grads.wanted(1))
                          addSummed(grads, 1, raw::binary(kernels::keepUnless, shape, dy, condition), right);
                  });
}

Tensor greater(const Tensor& a, const Tensor& b)
{
    return compare("greater", kernels::greater, a, b);
}

Tensor greaterEqual(const Tensor& a, const Tensor& b)
{
    return compare("greaterEqual", kernels::greaterEqual, a, b);
}

Tensor equal(const Tensor& a, const Tensor& b)
{
    return compare("equal", kernels::equal, a, b);
}

Tensor affine(const Tensor& x, float scale, float shift)
{
    return record(raw::affine(x, scale, shift), {x}, [scale](const Tensor& dy, Grads& grads) {
        grads.add(0, scale == 1.0F ? dy : raw::affine(dy, scale, 0.0F));
    });
}

Tensor div(const Tensor& x, float divisor)
{
    const Tensor by = Tensor::scalar(divisor);
    return record(raw::binary(kernels::divide, x.shape(), x, by), {x}, [by](const Tensor& dy, Grads& grads) {
        grads.add(0, raw::binary(kernels::divide, dy.shape(), dy, by));
    });
}

Tensor neg(const Tensor& x)
{
    return affine(x, -1.0F, 0.0F);
}

Tensor abs(const Tensor& x)
{
    return unary(kernels::abs, kernels::absGrad, Saves::Input, x);
}

Tensor exp(const Tensor& x)
{
    return unary(kernels::exp, kernels::expGrad, Saves::Output, x);
}

Tensor expm1(const Tensor& x)
{
    return unary(kernels::expm1, kernels::expm1Grad, Saves::Output, x);
}

Tensor log(const Tensor& x)
{
    return unary(kernels::log, kernels::logGrad, Saves::Input, x);
}

Tensor log1p(const Tensor& x)
{
    return unary(kernels::log1p, kernels::log1pGrad, Saves::Input, x);
}

Tensor sqrt(const Tensor& x)
{
    return unary(kernels::sqrt, kernels::sqrtGrad, Saves::Output, x);
}

Tensor rsqrt(const Tensor& x)
{
    return unary(kernels::rsqrt, kernels::rsqrtGrad, Saves::Output, x);
}

Tensor square(const Tensor& x)
{
    return unary(kernels::square, kernels::squareGrad, Saves::Input, x);
}

Tensor reciprocal(const Tensor& x)
{
    return unary(kernels::reciprocal, kernels::reciprocalGrad, Saves::Output, x);
}

Tensor pow(const Tensor& x, float exponent)
{
    return unary(kernels::power, kernels::powerGrad, Saves::Input, x, exponent);
}

Tensor sin(const Tensor& x)
{
    return unary(kernels::sin, kernels::sinGrad, Saves::Input, x);
}

Tensor cos(const Tensor& x)
{
    return unary(kernels::cos, kernels::cosGrad, Saves::Input, x);
}

Tensor erf(const Tensor& x)
{
    return unary(kernels::erf, kernels::erfGrad, Saves::Input, x);
}

Tensor tanh(const Tensor& x)
{
    return unary(kernels::tanh, kernels::tanhGrad, Saves::Output, x);
}

Tensor toFloat(const Tensor& x)
{
    if (x.dtype() == DType::F32)
        return x;
    return record(x.to(DType::F32), {x}, [](const Tensor& dy, Grads& grads) { grads.add(0, dy); });
}

Tensor sigmoid(const Tensor& x)
{
    return unary(kernels::sigmoid, kernels::sigmoidGrad, Saves::Output, x);
}

Tensor relu(const Tensor& x)
{
    const Tensor y = unary(kernels::relu, kernels::reluGrad, Saves::Output, x);
    noteActivation(y);
    return y;
}

Tensor leakyRelu(const Tensor& x, float slope)
{
    return unary(kernels::leakyRelu, kernels::leakyReluGrad, Saves::Input, x, slope);
}

Tensor elu(const Tensor& x, float alpha)
{
    return unary(kernels::elu, kernels::eluGrad, Saves::Output, x, alpha);
}

Tensor gelu(const Tensor& x)
{
    return unary(kernels::gelu, kernels::geluGrad, Saves::Input, x);
}

Tensor geluTanh(const Tensor& x)
{
    return unary(kernels::geluTanh, kernels::geluTanhGrad, Saves::Input, x);
}

Tensor silu(const Tensor& x)
{
    return unary(kernels::silu, kernels::siluGrad, Saves::Input, x);
}

Tensor softplus(const Tensor& x, float beta, float threshold)
{
    return unary(kernels::softplus, kernels::softplusGrad, Saves::Input, x, beta, threshold);
}

Tensor mish(const Tensor& x)
{
    return unary(kernels::mish, kernels::mishGrad, Saves::Input, x);
}

Tensor clamp(const Tensor& x, float low, float high)
{
    return unary(kernels::clamp, kernels::clampGrad, Saves::Input, x, low, high);
}

Tensor hardtanh(const Tensor& x, float low, float high)
{
    return clamp(x, low, high);
}

}  // namespace fc
