// SPDX-License-Identifier: GPL-3.0-or-later
// Operations over axes. No axes named = over all of them. A wrong axis throws Error naming the operation and
// the shape.
#pragma once

#include <array>
#include <initializer_list>
#include <span>

#include "engine/tensor/tensor.h"

namespace fc {

/// Axes to work over; negative ones count from the end; none = all.
class AxisList {
public:
    AxisList() = default;
    AxisList(int axis) : AxisList({axis}) {}  // NOLINT(google-explicit-constructor): sum(x, -1)
    AxisList(std::initializer_list<int> axes) : AxisList(std::span(axes.begin(), axes.size())) {}
    explicit AxisList(std::span<const int> axes);

    std::span<const int> axes() const { return std::span(m_axes).first(m_count); }

private:
    std::array<int, Shape::maxRank> m_axes{};
    std::size_t m_count = 0;
};

/// What becomes of the axes worked over.
enum class Keep {
    No,   ///< they go
    Yes,  ///< they stay with size 1
};

Tensor sum(const Tensor& x, const AxisList& axes = {}, Keep keep = Keep::No);
Tensor mean(const Tensor& x, const AxisList& axes = {}, Keep keep = Keep::No);
/// Largest and smallest; equal ones share the gradient evenly.
Tensor amax(const Tensor& x, const AxisList& axes = {}, Keep keep = Keep::No);
Tensor amin(const Tensor& x, const AxisList& axes = {}, Keep keep = Keep::No);
Tensor prod(const Tensor& x, int axis, Keep keep = Keep::No);
/// Mean squared deviation, the count less `correction`: 1 for samples, 0 for populations. Two passes.
Tensor variance(const Tensor& x, const AxisList& axes = {}, Keep keep = Keep::No, int correction = 1);
Tensor standardDeviation(const Tensor& x, const AxisList& axes = {}, Keep keep = Keep::No,
                         int correction = 1);
/// log(sum(exp(x))) without overflow.
Tensor logsumexp(const Tensor& x, const AxisList& axes = {}, Keep keep = Keep::No);

// Along one axis, same shape out.

Tensor softmax(const Tensor& x, int axis = -1);
Tensor logSoftmax(const Tensor& x, int axis = -1);
Tensor cumsum(const Tensor& x, int axis);
Tensor cumprod(const Tensor& x, int axis);
/// x[i + 1] - x[i] along an axis, `times` times; each makes it one shorter.
Tensor diff(const Tensor& x, int axis = -1, int times = 1);

}  // namespace fc
