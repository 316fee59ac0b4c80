// SPDX-License-Identifier: GPL-3.0-or-later
// Operations that move values without changing them. Negative axes count from the end; a wrong axis or size
// throws Error naming the operation and the shape. "View": shares storage and copies nothing.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <span>
#include <vector>

#include "engine/tensor/tensor.h"

namespace fc {

constexpr std::int64_t toEnd = std::numeric_limits<std::int64_t>::max();

/// A view when x is contiguous, else a copy.
Tensor reshape(const Tensor& x, const Shape& shape);
/// The same; one size may be -1 and follows from the others.
Tensor reshape(const Tensor& x, std::span<const std::int64_t> sizes);
inline Tensor reshape(const Tensor& x, std::initializer_list<std::int64_t> sizes)
{
    return reshape(x, std::span(sizes.begin(), sizes.size()));
}
/// Axes `first` to `last` become one.
Tensor flatten(const Tensor& x, int first = 0, int last = -1);
/// View: axis i of the result is axis axes[i] of x.
Tensor permute(const Tensor& x, std::span<const int> axes);
inline Tensor permute(const Tensor& x, std::initializer_list<int> axes)
{
    return permute(x, std::span(axes.begin(), axes.size()));
}
/// View: two axes change places.
Tensor transpose(const Tensor& x, int axis0 = -2, int axis1 = -1);
/// View: one axis goes to another place, the others keep their order.
Tensor moveAxis(const Tensor& x, int from, int to);
/// View without an axis of size 1; x itself when the size is not 1.
Tensor squeeze(const Tensor& x, int axis);
/// View with an axis of size 1 at `axis` of the result.
Tensor unsqueeze(const Tensor& x, int axis);
/// View that repeats axes of size 1, and in front.
Tensor expand(const Tensor& x, const Shape& shape);
/// View of [begin, end) along an axis, every `step`-th; negative positions count from the end and those
/// beyond it are cut, as in Python. step > 0.
Tensor slice(const Tensor& x, int axis, std::int64_t begin, std::int64_t end = toEnd, std::int64_t step = 1);
/// View without `axis`, at `index` of it.
Tensor select(const Tensor& x, int axis, std::int64_t index);
/// View: windows of `size` every `step` along an axis, which then counts the windows; their values come last.
Tensor unfold(const Tensor& x, int axis, std::int64_t size, std::int64_t step);
/// Views of the given sizes along an axis; their sum is the size of the axis.
std::vector<Tensor> split(const Tensor& x, std::span<const std::int64_t> sizes, int axis);
/// At most `count` views of equal size along an axis; the last may be smaller.
std::vector<Tensor> chunk(const Tensor& x, std::int64_t count, int axis);

/// Shapes agree but for the size along `axis`.
Tensor concat(std::span<const Tensor> parts, int axis);
inline Tensor concat(std::initializer_list<Tensor> parts, int axis)
{
    return concat(std::span(parts.begin(), parts.size()), axis);
}
/// Equal shapes -> a new axis that counts them.
Tensor stack(std::span<const Tensor> parts, int axis);
inline Tensor stack(std::initializer_list<Tensor> parts, int axis)
{
    return stack(std::span(parts.begin(), parts.size()), axis);
}

enum class PadMode {
    Constant,
    Replicate,  ///< the first and last value
    Reflect,    ///< mirrored at the ends, which are not repeated
    Circular,
};
struct Padding {
    std::int64_t before = 0;  ///< negative sizes cut
    std::int64_t after = 0;
    PadMode mode = PadMode::Constant;
    float value = 0.0F;  ///< of PadMode::Constant
};
Tensor pad(const Tensor& x, int axis, const Padding& padding);

Tensor flip(const Tensor& x, int axis);
/// y[i] = x[(i - shift) mod n].
Tensor roll(const Tensor& x, std::int64_t shift, int axis);
/// The whole tensor `counts[i]` times along axis i, with new axes in front where there are more counts than
/// axes.
Tensor repeat(const Tensor& x, std::span<const std::int64_t> counts);
/// Each entry along `axis` `count` times in a row.
Tensor repeatInterleave(const Tensor& x, std::int64_t count, int axis);
/// Zero above (tril) or below (triu) the given diagonal of the last two axes.
Tensor tril(const Tensor& x, std::int64_t diagonal = 0);
Tensor triu(const Tensor& x, std::int64_t diagonal = 0);

}  // namespace fc
