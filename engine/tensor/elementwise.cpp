// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/elementwise.h"

#include <algorithm>
#include <cassert>

#include "engine/tensor/blocks.h"
#include "engine/tensor/reduction.h"
#include "engine/tensor/strided.h"

namespace fc::raw {

namespace {

/// Below this, handing work to another thread costs more than it saves.
constexpr std::int64_t grain = std::int64_t{1} << 16;

/// body(begin, count) over [0, n), on several threads when it is long.
template <typename Body>
void split(std::int64_t n, Body&& body)
{
    if (n <= grain) {
        body(std::int64_t{0}, n);
        return;
    }
    eachBlock(n, grain, [&body](std::int64_t begin, std::int64_t end) { body(begin, end - begin); });
}

/// body(part, offsets) for pieces of the walk along its longest outer axis, or once when it is short.
template <typename Body>
void splitWalk(const kernels::Walk& walk, Body&& body)
{
    std::int64_t count = 1;
    for (int axis = 0; axis < walk.rank; ++axis)
        count *= walk.size[axis];
    const std::int64_t none[kernels::Walk::maxOperands] = {};
    if (count <= grain || walk.rank == 0) {
        body(walk, none);
        return;
    }
    const std::int64_t inner = count / walk.size[0];
    const std::int64_t rows = std::max<std::int64_t>(1, grain / std::max<std::int64_t>(1, inner));
    eachBlock(walk.size[0], rows, [&](std::int64_t begin, std::int64_t end) {
        kernels::Walk part = walk;
        part.size[0] = end - begin;
        std::int64_t offset[kernels::Walk::maxOperands];
        for (int o = 0; o < kernels::Walk::maxOperands; ++o)
            offset[o] = begin * walk.stride[o][0];
        body(part, offset);
    });
}

}  // namespace

Tensor unary(kernels::UnaryKernel kernel, const Tensor& x, float p, float q)
{
    const Tensor dense = x.contiguous();
    Tensor y = Tensor::empty(x.shape());
    const float* from = dense.data();
    float* to = y.data();
    split(y.count(), [=](std::int64_t at, std::int64_t n) { kernel({n, from + at, to + at, p, q}); });
    return y;
}

Tensor unaryGrad(kernels::UnaryGradKernel kernel, const Tensor& dy, const Tensor& saved, float p, float q)
{
    const bool inPlace = dy.ownsStorageAlone() && dy.isContiguous();
    const Tensor denseDy = dy.contiguous();
    const Tensor denseSaved = saved.contiguous();
    Tensor dx = inPlace ? dy : Tensor::empty(dy.shape());
    const float* from = denseDy.data();
    const float* at = denseSaved.data();
    float* to = dx.data();
    split(dx.count(), [=](std::int64_t i, std::int64_t n) { kernel({n, from + i, at + i, to + i, p, q}); });
    return dx;
}

Tensor binary(kernels::BinaryKernel kernel, const Shape& shape, const Tensor& a, const Tensor& b)
{
    Tensor y = Tensor::empty(shape);
    const Tensor* operands[] = {&y, &a, &b};
    float* to = y.data();
    const float* left = a.data();
    const float* right = b.data();
    splitWalk(walkOver(shape, operands), [=](const kernels::Walk& walk, const std::int64_t* at) {
        kernel(walk, to + at[0], left + at[1], right + at[2]);
    });
    return y;
}

Tensor ternary(kernels::TernaryKernel kernel, const Shape& shape, const Tensor& a, const Tensor& b,
               const Tensor& c)
{
    Tensor y = Tensor::empty(shape);
    const Tensor* operands[] = {&y, &a, &b, &c};
    float* to = y.data();
    const float* first = a.data();
    const float* second = b.data();
    const float* third = c.data();
    splitWalk(walkOver(shape, operands), [=](const kernels::Walk& walk, const std::int64_t* at) {
        kernel(walk, to + at[0], first + at[1], second + at[2], third + at[3]);
    });
    return y;
}

void accumulate(Tensor& target, const Tensor& x)
{
    const Tensor* operands[] = {&target, &x};
    kernels::accumulate(walkOver(target.shape(), operands), target.data(), x.data());
}

Tensor sumTo(const Tensor& x, const Shape& shape)
{
    if (x.shape() == shape)
        return x;
    AxisSet axes{};
    for (int axis = 0; axis < x.rank(); ++axis) {
        const int own = axis - (x.rank() - shape.rank());
        axes[static_cast<std::size_t>(axis)] = own < 0 || (shape[own] == 1 && x.size(axis) != 1);
    }
    return reshapedView(reduce(kernels::sum, x, axes), shape);
}

}  // namespace fc::raw
