// SPDX-License-Identifier: GPL-3.0-or-later
// The part of ops_conv.h without weights: pooling, moving averages and interpolation along the last axis.
#include <algorithm>
#include <cmath>

#include "engine/autograd/ops_conv.h"
#include "engine/autograd/ops_index.h"
#include "engine/autograd/ops_matmul.h"
#include "engine/autograd/tape.h"
#include "engine/tensor/kernels/kernels_conv.h"
#include "engine/tensor/kernels/kernels_index.h"

namespace fc {

namespace {

Shape withLast(const Shape& shape, std::int64_t size)
{
    Shape changed = shape;
    changed[-1] = size;
    return changed;
}

std::int64_t rowsOf(const Tensor& x)
{
    return x.size(-1) > 0 ? x.count() / x.size(-1) : 0;
}

kernels::Windows windowsOf(const char* operation, const Tensor& x, const PoolOptions& o)
{
    const bool fits = x.rank() > 0 && o.size > 0 && o.stride > 0 && o.dilation > 0 && o.padding >= 0;
    const std::int64_t length = fits ? x.size(-1) : 0;
    const std::int64_t room = length + 2 * o.padding - o.dilation * (o.size - 1) - 1;
    if (!fits || (room < 0 && !(o.ceil && room > -o.stride)))
        throw Error(Message(TR("engine", "The operation %1 has no room for windows of %2 in the shape %3."),
                            operation, o.size, print(x.shape())));
    std::int64_t out = (room + (o.ceil ? o.stride - 1 : 0)) / o.stride + 1;
    if (o.ceil && (out - 1) * o.stride >= length + o.padding)
        --out;
    return {.rows = rowsOf(x),
            .length = length,
            .out = out,
            .size = o.size,
            .stride = o.stride,
            .padding = o.padding,
            .dilation = o.dilation,
            .countsPadding = o.countsPadding};
}

}  // namespace

Tensor avgPool1d(const Tensor& x, const PoolOptions& options)
{
    const kernels::Windows windows = windowsOf("avgPool1d", x, options);
    const Tensor dense = x.contiguous();
    Tensor y = Tensor::empty(withLast(x.shape(), windows.out));
    kernels::averageWindows(windows, dense.data(), y.data());
    return record(y, {x}, [windows](const Tensor& dy, Grads& grads) {
        const Tensor from = dy.contiguous();
        kernels::averageWindowsGrad(windows, from.data(), grads.into(0).data());
    });
}

Tensor maxPool1d(const Tensor& x, const PoolOptions& options)
{
    const kernels::Windows windows = windowsOf("maxPool1d", x, options);
    const Tensor dense = x.contiguous();
    Tensor y = Tensor::empty(withLast(x.shape(), windows.out));
    Tensor index = Tensor::empty(y.shape());
    kernels::maxWindows(windows, dense.data(), y.data(), index.data());
    return record(y, {x}, [windows, index](const Tensor& dy, Grads& grads) {
        const Tensor from = dy.contiguous();
        kernels::scatterAdd({.rows = windows.rows, .source = windows.length, .count = windows.out},
                            index.data(), from.data(), grads.into(0).data());
    });
}

Tensor movingAvg(const Tensor& x, std::int64_t size)
{
    if (x.rank() == 0 || x.size(-1) == 0 || size < 1)
        throw Error(Message(TR("engine", "The operation movingAvg cannot average %1 values in the shape %2."),
                            size, print(x.shape())));
    const Tensor dense = x.contiguous();
    Tensor y = Tensor::empty(x.shape());
    kernels::movingAverage(rowsOf(x), x.size(-1), size, dense.data(), y.data());
    return record(y, {x}, [size](const Tensor& dy, Grads& grads) {
        const Tensor from = dy.contiguous();
        kernels::movingAverageGrad(rowsOf(from), from.size(-1), size, from.data(), grads.into(0).data());
    });
}

Tensor interpolate(const Tensor& x, std::int64_t size, Interpolation mode)
{
    if (x.rank() == 0 || x.size(-1) == 0 || size < 1)
        throw Error(Message(TR("engine", "The operation interpolate cannot make %1 values of the shape %2."),
                            size, print(x.shape())));
    const std::int64_t n = x.size(-1);
    const double ratio = static_cast<double>(n) / static_cast<double>(size);
    if (mode == Interpolation::Nearest) {
        Tensor index = Tensor::empty({size});
        for (std::int64_t i = 0; i < size; ++i)
            index.data()[i] = static_cast<float>(std::min(n - 1, i * n / size));
        return indexSelect(x, -1, index);
    }
    // Each result weighs two neighbours: a product with a [in, out] matrix of two entries a column.
    Tensor weights = Tensor::zeros({n, size});
    for (std::int64_t i = 0; i < size; ++i) {
        const auto at = static_cast<double>(i);
        const double corners =
            size > 1 ? at * static_cast<double>(n - 1) / static_cast<double>(size - 1) : 0.0;
        const double source =
            mode == Interpolation::LinearCorners ? corners : std::max((at + 0.5) * ratio - 0.5, 0.0);
        const auto left = std::min(n - 1, static_cast<std::int64_t>(source));
        const double right = source - static_cast<double>(left);
        weights.data()[left * size + i] += static_cast<float>(1.0 - right);
        weights.data()[std::min(n - 1, left + 1) * size + i] += static_cast<float>(right);
    }
    return matmul(x, weights);
}

}  // namespace fc
