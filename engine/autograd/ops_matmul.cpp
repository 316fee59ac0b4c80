// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/autograd/ops_matmul.h"

#include "engine/autograd/activation_probe.h"
#include "engine/autograd/linear_of.h"
#include "engine/autograd/ops_shape.h"
#include "engine/autograd/tape.h"
#include "engine/tensor/elementwise.h"
#include "engine/tensor/product.h"
#include "engine/tensor/reduction.h"
#include "engine/tensor/strided.h"

namespace fc {

namespace {

Error shapesDiffer(const char* operation, const Tensor& a, const Tensor& b)
{
    return Error(Message(TR("engine", "The operation %1 cannot multiply the shapes %2 and %3."), operation,
                         print(a.shape()), print(b.shape())));
}

/// One matrix for all of the batch: the leading axes of the other operand become rows of one product.
Tensor matmulShared(const Tensor& a, const Tensor& b)
{
    Shape shape = a.shape();
    shape[-1] = b.size(1);
    const Tensor rows = reshape(a, {-1, a.size(-1)});
    return reshape(matmul(rows, b), shape);
}

Tensor asRows(const Tensor& x)
{
    const std::int64_t n = x.size(-1);
    return reshapedView(x.contiguous(), {n > 0 ? x.count() / n : 0, n});
}

}  // namespace

Tensor matmul(const Tensor& a, const Tensor& b)
{
    if (a.rank() == 0 || b.rank() == 0)
        throw shapesDiffer("matmul", a, b);
    if (a.rank() == 1)
        return squeeze(matmul(unsqueeze(a, 0), b), b.rank() == 1 ? 0 : -2);
    if (b.rank() == 1)
        return squeeze(matmul(a, unsqueeze(b, 1)), -1);
    if (a.size(-1) != b.size(-2))
        throw shapesDiffer("matmul", a, b);
    if (a.rank() > 2 && b.rank() == 2 && a.isContiguous())
        return matmulShared(a, b);
    return record(raw::matmul(a, b), {a, b}, [a, b](const Tensor& dy, Grads& grads) {
        if (grads.wanted(0))
            grads.add(0, raw::sumTo(raw::matmul(dy, transpose(b)), a.shape()));
        if (grads.wanted(1))
            grads.add(1, raw::sumTo(raw::matmul(transpose(a), dy), b.shape()));
    });
}

namespace {

void checkLinear(const Tensor& x, const Tensor& weight, const Tensor& bias)
{
    if (x.rank() == 0 || weight.rank() != 2 || x.size(-1) != weight.size(1))
        throw shapesDiffer("linear", x, weight);
    if (bias.defined() && !(bias.shape() == Shape{weight.size(0)}))
        throw Error(
            Message(TR("engine", "The operation linear got a bias of shape %1 for weights of shape %2."),
                    print(bias.shape()), print(weight.shape())));
}

/// A weight as products read it, converted when it is stored in half precision.
Tensor matrixOf(const Tensor& weight)
{
    return weight.to(DType::F32).contiguous();
}

/// rows weight^T + bias in the shape of x, cut at 0 when `relu`.
Tensor affineMap(const Tensor& x, const Tensor& rows, const Tensor& weight, const Tensor& bias, bool relu)
{
    const std::int64_t in = weight.size(1);
    const std::int64_t out = weight.size(0);
    const Tensor matrix = matrixOf(weight);
    const Tensor added = bias.contiguous();
    Shape shape = x.shape();
    shape[-1] = out;
    Tensor y = Tensor::empty(shape);
    raw::gemm({.transB = true,
               .m = rows.size(0),
               .n = out,
               .k = in,
               .a = rows.data(),
               .lda = in,
               .b = matrix.data(),
               .ldb = in,
               .c = y.data(),
               .ldc = out,
               .bias = added.defined() ? added.data() : nullptr,
               .relu = relu});
    return y;
}

}  // namespace

void addLinearGrads(const Tensor& dy, const Tensor& x, const Tensor& weight, Grads& grads)
{
    const bool reusesInput = x.ownsStorageAlone() && x.isContiguous();
    const Tensor dRows = asRows(dy);
    const Tensor rows = asRows(x);
    const std::int64_t n = dRows.size(0);
    const std::int64_t in = weight.size(1);
    const std::int64_t out = weight.size(0);
    if (grads.wanted(1)) {
        const Grads::Sum dw = grads.sum(1);
        raw::gemm({.transA = true,
                   .m = out,
                   .n = in,
                   .k = n,
                   .a = dRows.data(),
                   .lda = out,
                   .b = rows.data(),
                   .ldb = in,
                   .beta = dw.beta,
                   .c = dw.values.data(),
                   .ldc = in});
    }
    if (grads.wanted(2))
        grads.add(2, raw::sumTo(dRows, {out}));
    if (!grads.wanted(0))
        return;
    // Nobody looks at x any more: its place is large enough and still in the caches.
    Tensor dx = reusesInput ? x : Tensor::empty(x.shape());
    const Tensor matrix = matrixOf(weight);
    raw::gemm({.m = n,
               .n = in,
               .k = out,
               .a = dRows.data(),
               .lda = out,
               .b = matrix.data(),
               .ldb = in,
               .c = dx.data(),
               .ldc = in});
    grads.add(0, dx);
}

Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias)
{
    checkLinear(x, weight, bias);
    const Tensor rows = asRows(x);
    const Tensor y = affineMap(x, rows, weight, bias, false);
    return record(y, {x, weight, bias}, [input = x.contiguous(), weight](const Tensor& dy, Grads& grads) {
        addLinearGrads(dy, input, weight, grads);
    });
}

Tensor linearRelu(const Tensor& x, const Tensor& weight, const Tensor& bias)
{
    checkLinear(x, weight, bias);
    const Tensor rows = asRows(x);
    const Tensor y = affineMap(x, rows, weight, bias, true);
    noteActivation(y);
    return record(y, {x, weight, bias}, [input = x.contiguous(), weight, y](const Tensor& dy, Grads& grads) {
        addLinearGrads(raw::unaryGrad(kernels::reluGrad, dy, y), input, weight, grads);
    });
}

}  // namespace fc
