// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>

#include "engine/tensor/kernels/kernels.h"

namespace fc::kernels {

/// Calls row(offsets) for every index of all axes but the last; the row itself is the caller's loop.
template <int Operands, typename Row>
inline void eachRow(const Walk& walk, Row&& row)
{
    std::array<std::int64_t, Operands> at{};
    for (int axis = 0; axis < walk.rank; ++axis) {
        if (walk.size[axis] == 0)
            return;
    }
    if (walk.rank <= 1) {
        row(at);
        return;
    }
    std::array<std::int64_t, Walk::maxRank> index{};
    for (;;) {
        row(at);
        int axis = walk.rank - 2;
        for (;; --axis) {
            if (axis < 0)
                return;
            const auto d = static_cast<std::size_t>(axis);
            for (int o = 0; o < Operands; ++o)
                at[static_cast<std::size_t>(o)] += walk.stride[o][axis];
            if (++index[d] < walk.size[axis])
                break;
            for (int o = 0; o < Operands; ++o)
                at[static_cast<std::size_t>(o)] -= walk.stride[o][axis] * walk.size[axis];
            index[d] = 0;
        }
    }
}

/// Length of the innermost loop; a walk without axes is one element.
inline std::int64_t rowLength(const Walk& walk)
{
    return walk.rank == 0 ? 1 : walk.size[walk.rank - 1];
}
inline std::int64_t rowStride(const Walk& walk, int operand)
{
    return walk.rank == 0 ? 1 : walk.stride[operand][walk.rank - 1];
}

}  // namespace fc::kernels
