// SPDX-License-Identifier: GPL-3.0-or-later
// The part of ops_shape.h that copies: padding, repeating and reordering.
#include <algorithm>

#include "engine/autograd/ops_index.h"
#include "engine/autograd/ops_shape.h"
#include "engine/autograd/tape.h"
#include "engine/tensor/kernels/kernels_index.h"
#include "engine/tensor/strided.h"

namespace fc {

namespace {

/// y[.., j, ..] = x[.., source(j), ..]; the positions are sure to be within the axis.
template <typename Source>
Tensor rearranged(const Tensor& x, int axis, std::int64_t count, Source&& source)
{
    Tensor index = Tensor::empty({count});
    for (std::int64_t j = 0; j < count; ++j)
        index.data()[j] = static_cast<float>(source(j));
    return indexSelect(x, axis, index);
}

Tensor padConstant(const Tensor& x, int at, const Padding& padding)
{
    Shape shape = x.shape();
    shape[at] += padding.before + padding.after;
    const Tensor y = Tensor::full(shape, padding.value);
    const auto window = [at, from = padding.before, n = x.size(at)](const Tensor& whole) {
        return slice(whole, at, from, from + n);
    };
    Tensor middle = window(y);
    copyInto(middle, x);
    return record(y, {x}, [window](const Tensor& dy, Grads& grads) { grads.add(0, window(dy)); });
}

std::int64_t paddedSource(PadMode mode, std::int64_t i, std::int64_t n)
{
    switch (mode) {
        case PadMode::Reflect:
            return i < 0 ? -i : (i >= n ? 2 * (n - 1) - i : i);
        case PadMode::Circular:
            return ((i % n) + n) % n;
        case PadMode::Constant:
        case PadMode::Replicate:
            break;
    }
    return std::clamp<std::int64_t>(i, 0, n - 1);
}

}  // namespace

Tensor pad(const Tensor& x, int axis, const Padding& padding)
{
    const int at = axisOf("pad", x.shape(), axis);
    const std::int64_t n = x.rank() > 0 ? x.size(at) : 0;
    const std::int64_t limit = padding.mode == PadMode::Reflect ? n - 1 : toEnd / 4;
    const bool empty = n == 0 && padding.mode != PadMode::Constant;
    if (x.rank() == 0 || empty || padding.before > limit || padding.after > limit ||
        n + std::min<std::int64_t>(0, padding.before) + std::min<std::int64_t>(0, padding.after) < 0)
        throw Error(
            Message(TR("engine", "The operation pad cannot add %1 and %2 to axis %3 of the shape %4."),
                    padding.before, padding.after, axis, print(x.shape())));
    if (padding.before < 0 || padding.after < 0) {
        const Tensor cut = slice(x, at, std::max<std::int64_t>(0, -padding.before),
                                 n - std::max<std::int64_t>(0, -padding.after));
        Padding rest = padding;
        rest.before = std::max<std::int64_t>(0, padding.before);
        rest.after = std::max<std::int64_t>(0, padding.after);
        return pad(cut, at, rest);
    }
    if (padding.before == 0 && padding.after == 0)
        return x;
    if (padding.mode == PadMode::Constant)
        return padConstant(x, at, padding);
    return rearranged(x, at, n + padding.before + padding.after, [&padding, n](std::int64_t j) {
        return paddedSource(padding.mode, j - padding.before, n);
    });
}

Tensor flip(const Tensor& x, int axis)
{
    const std::int64_t n = x.size(axisOf("flip", x.shape(), axis));
    return rearranged(x, axis, n, [n](std::int64_t j) { return n - 1 - j; });
}

Tensor roll(const Tensor& x, std::int64_t shift, int axis)
{
    const std::int64_t n = x.size(axisOf("roll", x.shape(), axis));
    return rearranged(x, axis, n, [n, shift](std::int64_t j) { return (((j - shift) % n) + n) % n; });
}

Tensor repeat(const Tensor& x, std::span<const std::int64_t> counts)
{
    if (static_cast<int>(counts.size()) < x.rank())
        throw Error(Message(TR("engine", "The operation repeat got %1 counts for the shape %2."),
                            counts.size(), print(x.shape())));
    Tensor y = x;
    while (y.rank() < static_cast<int>(counts.size()))
        y = unsqueeze(y, 0);
    for (int axis = 0; axis < y.rank(); ++axis) {
        const std::int64_t n = y.size(axis);
        const std::int64_t count = counts[static_cast<std::size_t>(axis)];
        if (count != 1)
            y = rearranged(y, axis, n * count, [n](std::int64_t j) { return j % n; });
    }
    return y;
}

Tensor repeatInterleave(const Tensor& x, std::int64_t count, int axis)
{
    const std::int64_t n = x.size(axisOf("repeatInterleave", x.shape(), axis));
    return rearranged(x, axis, n * count, [count](std::int64_t j) { return j / count; });
}

namespace {

Tensor triangle(const Tensor& x, std::int64_t diagonal, bool lower)
{
    const Tensor dense = x.contiguous();
    Tensor y = Tensor::empty(x.shape());
    const std::int64_t plane = std::max<std::int64_t>(1, x.size(-2) * x.size(-1));
    kernels::triangle(x.count() / plane, x.size(-2), x.size(-1), diagonal, lower, dense.data(), y.data());
    return y;
}

Tensor recordTriangle(const char* name, const Tensor& x, std::int64_t diagonal, bool lower)
{
    if (x.rank() < 2)
        throw Error(Message(TR("engine", "The operation %1 needs two axes, but the shape is %2."), name,
                            print(x.shape())));
    return record(triangle(x, diagonal, lower), {x}, [diagonal, lower](const Tensor& dy, Grads& grads) {
        grads.add(0, triangle(dy, diagonal, lower));
    });
}

}  // namespace

Tensor tril(const Tensor& x, std::int64_t diagonal)
{
    return recordTriangle("tril", x, diagonal, true);
}

Tensor triu(const Tensor& x, std::int64_t diagonal)
{
    return recordTriangle("triu", x, diagonal, false);
}

}  // namespace fc
