// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/autograd/ops_adaptive_pool.h"

#include "engine/autograd/tape.h"
#include "engine/tensor/kernels/kernels_blocks.h"
#include "engine/tensor/kernels/kernels_index.h"

namespace fc {

namespace {

kernels::AdaptiveWindows windowsOf(const char* operation, const Tensor& x, std::int64_t size)
{
    if (x.rank() == 0 || x.size(-1) == 0 || size < 1)
        throw Error(Message(TR("engine", "The operation %1 cannot make %2 values of the shape %3."),
                            operation, size, print(x.shape())));
    return {.rows = x.count() / x.size(-1), .length = x.size(-1), .out = size};
}

Shape pooledShape(const Tensor& x, std::int64_t size)
{
    Shape shape = x.shape();
    shape[-1] = size;
    return shape;
}

}  // namespace

Tensor adaptiveAvgPool1d(const Tensor& x, std::int64_t size)
{
    const kernels::AdaptiveWindows windows = windowsOf("adaptiveAvgPool1d", x, size);
    const Tensor from = x.contiguous();
    Tensor y = Tensor::empty(pooledShape(x, size));
    kernels::adaptiveAverage(windows, from.data(), y.data());
    return record(y, {x}, [windows](const Tensor& dy, Grads& grads) {
        const Tensor d = dy.contiguous();
        kernels::adaptiveAverageGrad(windows, d.data(), grads.into(0).data());
    });
}

Tensor adaptiveMaxPool1d(const Tensor& x, std::int64_t size)
{
    const kernels::AdaptiveWindows windows = windowsOf("adaptiveMaxPool1d", x, size);
    const Tensor from = x.contiguous();
    Tensor y = Tensor::empty(pooledShape(x, size));
    Tensor index = Tensor::empty(y.shape());
    kernels::adaptiveMax(windows, from.data(), y.data(), index.data());
    return record(y, {x}, [windows, index](const Tensor& dy, Grads& grads) {
        const Tensor d = dy.contiguous();
        kernels::scatterAdd({.rows = windows.rows, .source = windows.length, .count = windows.out},
                            index.data(), d.data(), grads.into(0).data());
    });
}

}  // namespace fc
