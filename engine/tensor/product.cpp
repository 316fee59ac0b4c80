// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/product.h"

#include <algorithm>
#include <array>

#include "engine/tensor/blocks.h"
#include "engine/tensor/strided.h"

namespace fc::raw {

namespace {

/// A matrix as GEMM reads it: transposed by flag, with the distance between its rows as stored.
struct Matrix {
    Tensor values;
    bool transposed;
    std::int64_t lead;
};

Matrix readable(const Tensor& x)
{
    const std::int64_t rows = x.size(-2);
    const std::int64_t columns = x.size(-1);
    if ((x.stride(-1) == 1 || columns == 1) && (rows == 1 || x.stride(-2) >= columns))
        return {x, false, rows == 1 ? columns : x.stride(-2)};
    if ((x.stride(-2) == 1 || rows == 1) && (columns == 1 || x.stride(-1) >= rows))
        return {x, true, columns == 1 ? rows : x.stride(-1)};
    return {x.clone(), false, columns};
}

/// Multiplications that are worth waking another thread for.
constexpr std::int64_t worthSplitting = std::int64_t{1} << 22;

/// Offsets of the matrices of batch entry `i`, for broadcast leading axes.
struct BatchWalk {
    Shape batch;
    std::array<Strides, 2> strides{};

    std::int64_t offset(std::size_t operand, std::int64_t i) const
    {
        std::int64_t at = 0;
        for (int axis = batch.rank() - 1; axis >= 0; --axis) {
            at += i % batch[axis] * strides[operand][static_cast<std::size_t>(axis)];
            i /= batch[axis];
        }
        return at;
    }
};

void setBatchStrides(BatchWalk& walk, std::size_t operand, const Tensor& x)
{
    const int own = x.rank() - 2;
    for (int axis = 0; axis < walk.batch.rank(); ++axis) {
        const int from = axis - (walk.batch.rank() - own);
        if (from >= 0 && x.size(from) != 1)
            walk.strides[operand][static_cast<std::size_t>(axis)] = x.stride(from);
    }
}

Shape leading(const Shape& shape)
{
    return Shape(shape.sizes().first(static_cast<std::size_t>(shape.rank() - 2)));
}

Shape withMatrix(const Shape& batch, std::int64_t rows, std::int64_t columns)
{
    std::array<std::int64_t, Shape::maxRank + 2> sizes{};
    std::ranges::copy(batch.sizes(), sizes.begin());
    const auto rank = static_cast<std::size_t>(batch.rank());
    sizes[rank] = rows;
    sizes[rank + 1] = columns;
    return Shape(std::span(sizes).first(rank + 2));
}

}  // namespace

void gemm(const kernels::Gemm& g)
{
    // A value of C is summed in one order however the product is cut, so the cut may follow the number of
    // threads.
    constexpr std::int64_t least = 64;
    const bool byRows = g.m >= g.n;
    const std::int64_t length = byRows ? g.m : g.n;
    const std::int64_t parts = std::min<std::int64_t>(threadCount(), length / least);
    if (parts < 2 || g.m * g.n * g.k < worthSplitting) {
        kernels::gemm(g);
        return;
    }
    eachBlock(length, (length + parts - 1) / parts, [&g, byRows](std::int64_t begin, std::int64_t end) {
        kernels::Gemm part = g;
        if (byRows) {
            part.m = end - begin;
            part.a += g.transA ? begin : begin * g.lda;
            part.c += begin * g.ldc;
        } else {
            part.n = end - begin;
            part.b += g.transB ? begin * g.ldb : begin;
            part.c += begin;
            part.bias += g.bias != nullptr ? begin : 0;
        }
        kernels::gemm(part);
    });
}

Tensor matmul(const Tensor& a, const Tensor& b)
{
    const Matrix left = readable(a);
    const Matrix right = readable(b);
    BatchWalk walk;
    walk.batch = broadcastShape("matmul", leading(a.shape()), leading(b.shape()));
    setBatchStrides(walk, 0, left.values);
    setBatchStrides(walk, 1, right.values);
    Tensor c = Tensor::empty(withMatrix(walk.batch, a.size(-2), b.size(-1)));
    kernels::Gemm whole{.transA = left.transposed,
                        .transB = right.transposed,
                        .m = a.size(-2),
                        .n = b.size(-1),
                        .k = a.size(-1),
                        .a = left.values.data(),
                        .lda = left.lead,
                        .b = right.values.data(),
                        .ldb = right.lead,
                        .c = c.data(),
                        .ldc = b.size(-1)};
    const std::int64_t count = walk.batch.count();
    if (count == 1) {
        raw::gemm(whole);
        return c;
    }
    const auto entries = [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            kernels::Gemm entry = whole;
            entry.a += walk.offset(0, i);
            entry.b += walk.offset(1, i);
            entry.c += i * whole.m * whole.n;
            kernels::gemm(entry);
        }
    };
    const std::int64_t each = std::max<std::int64_t>(1, whole.m * whole.n * whole.k);
    if (count * each < worthSplitting)
        entries(0, count);
    else
        eachBlock(count, std::max<std::int64_t>(1, worthSplitting / 4 / each), entries);
    return c;
}

}  // namespace fc::raw
