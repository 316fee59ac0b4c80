// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/autograd/ops_complex.h"

#include "engine/autograd/ops_einsum.h"
#include "engine/autograd/ops_math.h"
#include "engine/autograd/tape.h"
#include "engine/tensor/elementwise.h"
#include "engine/tensor/kernels/kernels_blocks.h"
#include "engine/tensor/strided.h"

namespace fc {

namespace {

/// Not recorded; all parts contiguous and of one shape.
Spectrum rawProduct(const Spectrum& a, const Spectrum& b, bool conjugateB)
{
    Spectrum y{Tensor::empty(a.re.shape()), Tensor::empty(a.re.shape())};
    kernels::complexProduct({.n = y.re.count(),
                             .aRe = a.re.data(),
                             .aIm = a.im.data(),
                             .bRe = b.re.data(),
                             .bIm = b.im.data(),
                             .conjugateB = conjugateB,
                             .re = y.re.data(),
                             .im = y.im.data()});
    return y;
}

Spectrum spread(const Spectrum& x, const Shape& shape)
{
    return {broadcastView(x.re, shape).contiguous(), broadcastView(x.im, shape).contiguous()};
}

/// The gradient of an output, zeros where nothing reached it.
Tensor reached(const Tensor& dy, const Shape& shape)
{
    return dy.defined() ? dy.contiguous() : Tensor::zeros(shape);
}

void addBoth(Grads& grads, int first, const Spectrum& gradient, const Shape& shape)
{
    grads.add(first, raw::sumTo(gradient.re, shape));
    grads.add(first + 1, raw::sumTo(gradient.im, shape));
}

Spectrum product(const char* name, const Spectrum& left, const Spectrum& right, bool conjugated)
{
    if (!(left.re.shape() == left.im.shape()) || !(right.re.shape() == right.im.shape()))
        throw Error(
            Message(TR("engine", "The operation %1 got real and imaginary parts of shapes %2 and %3."), name,
                    print(left.re.shape()), print(left.im.shape())));
    const Shape shape = broadcastShape(name, left.re.shape(), right.re.shape());
    const Spectrum a = spread(left, shape);
    const Spectrum b = spread(right, shape);
    const Spectrum y = rawProduct(a, b, conjugated);
    const std::array outputs{y.re, y.im};
    const std::array inputs{left.re, left.im, right.re, right.im};
    recordAll(outputs, inputs,
              [a, b, conjugated, shape, leftShape = left.re.shape(), rightShape = right.re.shape()](
                  std::span<const Tensor> dy, Grads& grads) {
                  const Spectrum d{reached(dy[0], shape), reached(dy[1], shape)};
                  // Of y = a b: dy conj(b) and dy conj(a); of y = a conj(b): dy b and a conj(dy).
                  if (grads.wanted(0) || grads.wanted(1))
                      addBoth(grads, 0, rawProduct(d, b, !conjugated), leftShape);
                  if (grads.wanted(2) || grads.wanted(3))
                      addBoth(grads, 2, conjugated ? rawProduct(a, d, true) : rawProduct(d, a, true),
                              rightShape);
              });
    return y;
}

}  // namespace

Spectrum complexMul(const Spectrum& a, const Spectrum& b)
{
    return product("complexMul", a, b, false);
}

Spectrum complexMulConjugate(const Spectrum& a, const Spectrum& b)
{
    return product("complexMulConjugate", a, b, true);
}

Spectrum complexEinsum(std::string_view pattern, const Spectrum& a, const Spectrum& b)
{
    return {sub(einsum(pattern, a.re, b.re), einsum(pattern, a.im, b.im)),
            add(einsum(pattern, a.re, b.im), einsum(pattern, a.im, b.re))};
}

}  // namespace fc
