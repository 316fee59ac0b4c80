// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/strided.h"

#include <algorithm>
#include <cassert>
#include <cstddef>

namespace fc {

static_assert(kernels::Walk::maxRank == Shape::maxRank);

namespace {

/// Stride of `x` along `axis` of `shape`, to which it broadcasts.
std::int64_t broadcastStride(const Tensor& x, const Shape& shape, int axis)
{
    const int own = axis - (shape.rank() - x.rank());
    return own < 0 || x.size(own) == 1 ? 0 : x.stride(own);
}

}  // namespace

Strides contiguousStrides(const Shape& shape)
{
    Strides strides{};
    std::int64_t next = 1;
    for (int axis = shape.rank() - 1; axis >= 0; --axis) {
        strides[static_cast<std::size_t>(axis)] = next;
        next *= shape[axis];
    }
    return strides;
}

Shape broadcastShape(std::string_view operation, const Shape& a, const Shape& b)
{
    if (a == b)
        return a;
    Shape result = a.rank() >= b.rank() ? a : b;
    for (int back = 1; back <= std::min(a.rank(), b.rank()); ++back) {
        const std::int64_t left = a[-back];
        const std::int64_t right = b[-back];
        if (left != right && left != 1 && right != 1)
            throw Error(
                Message(TR("engine",
                           "The operation %1 cannot combine the shapes %2 and %3: sizes must be equal or 1."),
                        operation, print(a), print(b)));
        result[-back] = left == 1 ? right : left;
    }
    return result;
}

int axisOf(std::string_view operation, const Shape& shape, int axis)
{
    const int rank = std::max(1, shape.rank());
    if (axis < -rank || axis >= rank)
        throw Error(Message(TR("engine", "The operation %1 was asked for axis %2 of the shape %3."),
                            operation, axis, print(shape)));
    return axis < 0 ? axis + rank : axis;
}

Tensor broadcastView(const Tensor& x, const Shape& shape)
{
    if (x.shape() == shape)
        return x;
    Strides strides{};
    for (int axis = 0; axis < shape.rank(); ++axis)
        strides[static_cast<std::size_t>(axis)] = broadcastStride(x, shape, axis);
    return x.view(shape, std::span(strides).first(static_cast<std::size_t>(shape.rank())));
}

Tensor reshapedView(const Tensor& x, const Shape& shape)
{
    assert(x.isContiguous() && x.count() == shape.count());
    const Strides strides = contiguousStrides(shape);
    return x.view(shape, std::span(strides).first(static_cast<std::size_t>(shape.rank())));
}

kernels::Walk walkOver(const Shape& shape, std::span<const Tensor* const> operands)
{
    assert(operands.size() <= kernels::Walk::maxOperands);
    kernels::Walk walk;
    for (int axis = 0; axis < shape.rank(); ++axis) {
        if (shape[axis] == 1)
            continue;
        std::int64_t stride[kernels::Walk::maxOperands] = {};
        bool mergeable = walk.rank > 0;
        for (std::size_t o = 0; o < operands.size(); ++o) {
            stride[o] = broadcastStride(*operands[o], shape, axis);
            mergeable = mergeable && walk.stride[o][walk.rank - 1] == stride[o] * shape[axis];
        }
        if (mergeable)
            walk.size[walk.rank - 1] *= shape[axis];
        else
            walk.size[walk.rank++] = shape[axis];
        for (std::size_t o = 0; o < operands.size(); ++o)
            walk.stride[o][walk.rank - 1] = stride[o];
    }
    return walk;
}

}  // namespace fc
