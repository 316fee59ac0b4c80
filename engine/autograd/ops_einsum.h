// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

#include "engine/tensor/tensor.h"

namespace fc {

/// Einstein's summation over two operands, "bhid,bhjd->bhij": each letter names an axis; a letter twice in an
/// operand takes its diagonal; letters that are not in the result are summed over. Matrix products are done
/// as such, on views where the order of the letters allows. Batches, outer products, element by element
/// products and contractions over any axes are patterns of this kind. Throws Error naming the pattern and the
/// shapes when they do not fit each other.
Tensor einsum(std::string_view pattern, const Tensor& a, const Tensor& b);
/// The same of one operand: "ij->ji", "ii->" (trace), "ii->i" (diagonal), "bij->b".
Tensor einsum(std::string_view pattern, const Tensor& x);

/// View of the diagonal of two axes of one size: they go, and the diagonal comes last. Throws Error naming
/// the shape when the sizes differ.
Tensor diagonal(const Tensor& x, int axis0 = -2, int axis1 = -1);

}  // namespace fc
