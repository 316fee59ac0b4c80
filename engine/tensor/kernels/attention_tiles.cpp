// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/kernels/attention_tiles.h"

#include "engine/tensor/kernels/kernels_rotary.h"

namespace fc::kernels {

namespace {

/// Rows of A that pass by a panel of B together.
constexpr int rowsAtOnce = tileRowsFor(2);

template <int Parts>
void multiplyPanel(const Product& p, std::int64_t panel, const float* b)
{
    eachRowBlock<rowsAtOnce>(p.rows, [&]<int Rows>(std::int64_t row) {
        TileOperands t = p.operands;
        t.a += row * t.aRow;
        t.b = b;
        float* c = p.c + row * p.cRow + panel * 2 * laneWidth;
        Lanes sum[Rows][Parts] = {};
        if (p.add) {
            for (int r = 0; r < Rows; ++r) {
                for (int l = 0; l < Parts; ++l)
                    sum[r][l] = loadLanes(c + r * p.cRow + l * laneWidth);
            }
        }
        multiplyAdd<Rows, Parts>(t, sum);
        for (int r = 0; r < Rows; ++r) {
            for (int l = 0; l < Parts; ++l)
                storeLanes(c + r * p.cRow + l * laneWidth, sum[r][l]);
        }
    });
}

}  // namespace

void multiply(const Product& p)
{
    constexpr std::int64_t wide = 2 * laneWidth;
    const std::int64_t whole = p.columns / wide;
    for (std::int64_t panel = 0; panel < whole; ++panel)
        multiplyPanel<2>(p, panel, p.operands.b + panel * p.bPanel);
    if (p.columns % wide != 0)
        multiplyPanel<1>(p, whole, p.operands.b + whole * p.bPanel);
}

void copyRows(const float* from, std::int64_t row, std::int64_t step, std::int64_t count, std::int64_t depth,
              std::int64_t padded, float* to)
{
    for (std::int64_t i = 0; i < count; ++i, from += row, to += padded) {
        for (std::int64_t d = 0; d < padded; d += laneWidth) {
            const std::int64_t n = std::min(laneWidth, depth - d);
            if (step == 1) {
                storeLanes(to + d, loadLanes(from + d, n));
                continue;
            }
            for (std::int64_t l = 0; l < laneWidth; ++l)
                to[d + l] = l < n ? from[(d + l) * step] : 0.0F;
        }
    }
}

void putRows(const float* from, std::int64_t padded, float factor, std::int64_t count, std::int64_t depth,
             float* to, std::int64_t row, std::int64_t step)
{
    for (std::int64_t i = 0; i < count; ++i, from += padded, to += row) {
        for (std::int64_t d = 0; d < depth; d += laneWidth) {
            const std::int64_t n = std::min(laneWidth, depth - d);
            const Lanes value = loadLanes(from + d) * factor;
            if (step == 1)
                storeLanes(to + d, value, n);
            else
                for (std::int64_t l = 0; l < n; ++l)
                    to[(d + l) * step] = value[l];
        }
    }
}

void turnRows(const Attention& a, std::int64_t first, std::int64_t count, std::int64_t padded, float sign,
              float* rows)
{
    if (a.cosines == nullptr)
        return;
    rotary({.steps = count,
            .depth = padded,
            .pairs = a.pairs,
            .interleaved = a.interleaved,
            .sign = sign,
            .cosines = a.cosines + first * a.pairs,
            .sines = a.sines + first * a.pairs,
            .row = padded,
            .step = 1},
           rows, rows);
}

}  // namespace fc::kernels
