// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/autograd/ops_matmul.h"

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

Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias)
{
    if (x.rank() == 0 || weight.rank() != 2 || x.size(-1) != weight.size(1))
        throw shapesDiffer("linear", x, weight);
    const std::int64_t in = weight.size(1);
    const std::int64_t out = weight.size(0);
    if (bias.defined() && !(bias.shape() == Shape{out}))
        throw Error(
            Message(TR("engine", "The operation linear got a bias of shape %1 for weights of shape %2."),
                    print(bias.shape()), print(weight.shape())));
    const Tensor rows = asRows(x);
    const Tensor matrix = weight.contiguous();
    Shape shape = x.shape();
    shape[-1] = out;
    Tensor y = Tensor::empty(shape);
    if (bias.defined()) {
        Tensor start = reshapedView(y, {rows.size(0), out});
        copyInto(start, broadcastView(bias, start.shape()));
    }
    raw::gemm({.transB = true,
               .m = rows.size(0),
               .n = out,
               .k = in,
               .a = rows.data(),
               .lda = in,
               .b = matrix.data(),
               .ldb = in,
               .beta = bias.defined() ? 1.0F : 0.0F,
               .c = y.data(),
               .ldc = out});
    return record(y, {x, weight, bias}, [rows, matrix, shape = x.shape()](const Tensor& dy, Grads& grads) {
        const Tensor dRows = asRows(dy);
        const std::int64_t n = dRows.size(0);
        const std::int64_t from = matrix.size(1);
        const std::int64_t to = matrix.size(0);
        if (grads.wanted(0)) {
            Tensor dx = Tensor::empty(shape);
            raw::gemm({.m = n,
                       .n = from,
                       .k = to,
                       .a = dRows.data(),
                       .lda = to,
                       .b = matrix.data(),
                       .ldb = from,
                       .c = dx.data(),
                       .ldc = from});
            grads.add(0, dx);
        }
        if (grads.wanted(1)) {
            Tensor& dw = grads.into(1);
            raw::gemm({.transA = true,
                       .m = to,
                       .n = from,
                       .k = n,
                       .a = dRows.data(),
                       .lda = to,
                       .b = rows.data(),
                       .ldb = from,
                       .beta = 1.0F,
                       .c = dw.data(),
                       .ldc = from});
        }
        if (grads.wanted(2))
            grads.add(2, raw::sumTo(dRows, {to}));
    });
}

}  // namespace fc
