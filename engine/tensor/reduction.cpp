// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/reduction.h"

namespace fc::raw {

namespace {

kernels::Reduction reductionOf(const Shape& shape, const AxisSet& axes)
{
    kernels::Reduction r;
    for (int axis = 0; axis < shape.rank(); ++axis) {
        if (shape[axis] == 1)
            continue;
        const bool reduced = axes[static_cast<std::size_t>(axis)];
        if (r.rank > 0 && r.reduced[r.rank - 1] == reduced) {
            r.size[r.rank - 1] *= shape[axis];
        } else {
            r.size[r.rank] = shape[axis];
            r.reduced[r.rank++] = reduced;
        }
    }
    if (r.rank == 0) {
        r.rank = 1;
        r.size[0] = 1;
        r.reduced[0] = true;
    }
    return r;
}

}  // namespace

Shape keptShape(const Shape& shape, const AxisSet& axes)
{
    Shape kept = shape;
    for (int axis = 0; axis < shape.rank(); ++axis) {
        if (axes[static_cast<std::size_t>(axis)])
            kept[axis] = 1;
    }
    return kept;
}

Shape droppedShape(const Shape& shape, const AxisSet& axes)
{
    std::array<std::int64_t, Shape::maxRank> sizes{};
    std::size_t rank = 0;
    for (int axis = 0; axis < shape.rank(); ++axis) {
        if (!axes[static_cast<std::size_t>(axis)])
            sizes[rank++] = shape[axis];
    }
    return Shape(std::span(sizes).first(rank));
}

Tensor reduce(ReduceKernel kernel, const Tensor& x, const AxisSet& axes)
{
    const Tensor dense = x.contiguous();
    Tensor y = Tensor::empty(keptShape(x.shape(), axes));
    kernel(reductionOf(x.shape(), axes), dense.data(), y.data());
    return y;
}

Tensor reduce(CenteredReduceKernel kernel, const Tensor& x, const Tensor& center, const AxisSet& axes)
{
    const Tensor dense = x.contiguous();
    Tensor y = Tensor::empty(keptShape(x.shape(), axes));
    kernel(reductionOf(x.shape(), axes), dense.data(), center.data(), y.data());
    return y;
}

}  // namespace fc::raw
