// SPDX-License-Identifier: GPL-3.0-or-later
// Operations that pick values by position. Positions are whole numbers in a float tensor: exact up to 2^24,
// which is checked. They get no gradient. A position outside the axis throws Error naming it and the size.
#pragma once

#include <cstdint>
#include <span>

#include "engine/tensor/tensor.h"

namespace fc {

/// Whole numbers as a tensor of positions [n].
Tensor positions(std::span<const std::int64_t> values);

/// index [n] -> x with n entries along `axis`; repeated positions add their gradients.
Tensor indexSelect(const Tensor& x, int axis, const Tensor& index);
/// weight [V, D], index [...] -> [..., D]. The row `paddingIndex` gets no gradient; -1 for none.
Tensor embedding(const Tensor& weight, const Tensor& index, std::int64_t paddingIndex = -1);
/// y[.., i, ..] = x[.., index[.., i, ..], ..] along `axis`; index has the rank of x and its other sizes may
/// be smaller.
Tensor gather(const Tensor& x, int axis, const Tensor& index);
/// A copy of x with source[.., i, ..] added at index[.., i, ..] along `axis`; index and source have one
/// shape.
Tensor scatterAdd(const Tensor& x, int axis, const Tensor& index, const Tensor& source);
/// `value` where mask is not 0; the mask broadcasts.
Tensor maskedFill(const Tensor& x, const Tensor& mask, float value);
/// The values of x where mask (same shape) is not 0 -> [n], row-major.
Tensor maskedSelect(const Tensor& x, const Tensor& mask);

struct Picked {
    Tensor values;
    Tensor indices;  ///< positions along the axis, without gradient
};
/// All entries along an axis in order; equal values keep theirs.
Picked sort(const Tensor& x, int axis = -1, bool descending = false);
/// The k largest (or smallest) along an axis, in order.
Picked topk(const Tensor& x, std::int64_t k, int axis = -1, bool largest = true);
/// Largest and smallest along an axis, which goes; the first of equals gets the gradient.
Picked maxAlong(const Tensor& x, int axis);
Picked minAlong(const Tensor& x, int axis);

}  // namespace fc
