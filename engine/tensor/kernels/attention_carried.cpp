// SPDX-License-Identifier: GPL-3.0-or-later
// One head after the other. All scores of a row of queries lie side by side, since the next layer wants them
// stored; everything else of a head stays in the nearest caches.
#include "engine/tensor/kernels/attention_tiles.h"

namespace fc::kernels {

namespace {

constexpr std::int64_t forwardQueries = 12;
constexpr std::int64_t backwardQueries = 36;

/// Sizes that all arrays of a pass share.
struct Extent {
    KeyPanels panels;
    std::int64_t depth;  ///< in whole registers
    std::int64_t wide;   ///< keys in whole registers

    explicit Extent(const Attention& a)
        : panels(a), depth(roundedUp(a.depth, laneWidth)), wide(roundedUp(a.keys, laneWidth))
    {
    }
};

/// to [rows][padded keys] = rowsOf [rows][padded depth] times columns laid out in panels.
void scoreProduct(const Extent& e, const float* rowsOf, const float* columns, std::int64_t rows, float* to)
{
    multiply({.rows = rows,
              .columns = e.wide,
              .operands = {.k = e.panels.depth,
                           .a = rowsOf,
                           .aRow = e.depth,
                           .aStep = 1,
                           .b = columns,
                           .bStep = e.panels.width},
              .bPanel = e.panels.width * e.panels.depth,
              .c = to,
              .cRow = e.wide,
              .add = false});
}

/// to [rows][padded depth] = tile [rows][padded keys] times b [keys][padded depth].
void queryProduct(const Extent& e, const float* tile, const float* b, std::int64_t rows, float* to)
{
    multiply(
        {.rows = rows,
         .columns = e.depth,
         .operands = {.k = e.panels.keys, .a = tile, .aRow = e.wide, .aStep = 1, .b = b, .bStep = e.depth},
         .bPanel = 2 * laneWidth,
         .c = to,
         .cRow = e.depth,
         .add = false});
}

/// to [keys][padded depth] (+)= tile^T b [rows][padded depth].
void keyProduct(const Extent& e, const float* tile, const float* b, std::int64_t rows, bool add, float* to)
{
    multiply({.rows = e.panels.keys,
              .columns = e.depth,
              .operands = {.k = rows, .a = tile, .aRow = 1, .aStep = e.wide, .b = b, .bStep = e.depth},
              .bPanel = 2 * laneWidth,
              .c = to,
              .cRow = e.depth,
              .add = add});
}

/// How one query weighs its keys: weight = exp(score - shift) factor.
struct RowWeight {
    float shift;
    float factor;
};

/// From products to scores, which are stored, and on to weights up to a factor; `row` is [padded keys].
RowWeight takeRow(const Attention& a, const float* previous, float* row, float* scores)
{
    Lanes top = everywhere(minusInfinity);
    for (std::int64_t j = 0; j < a.keys; j += laneWidth) {
        const std::int64_t n = std::min(laneWidth, a.keys - j);
        Lanes s = loadLanes(row + j) * a.scale;
        if (previous != nullptr)
            s += loadLanes(previous + j, n);
        storeLanes(scores + j, s, n);
        s = laneNumbers() < static_cast<std::int32_t>(n) ? s : everywhere(minusInfinity);
        storeLanes(row + j, s);
        top = maxOf(s, top);
    }
    const float most = maxOfLanes(top);
    const float shift = most == minusInfinity ? 0.0F : most;
    Lanes sum = {};
    for (std::int64_t j = 0; j < a.keys; j += laneWidth) {
        const Lanes weight = weightOf(loadLanes(row + j) - shift);
        storeLanes(row + j, weight);
        sum += weight;
    }
    const float all = sumOfLanes(sum);
    return {.shift = shift, .factor = all > 0.0F ? 1.0F / all : 0.0F};
}

/// `weights` gets the weights of one query and `slopes`, the gradients of the weights so far, those of the
/// scores: P o (dP - sum of P o dP) + dscores.
void slopesOfRow(const Attention& a, const RowWeight& by, const float* scores, const float* dScores,
                 float* weights, float* slopes)
{
    Lanes through = {};
    for (std::int64_t j = 0; j < a.keys; j += laneWidth) {
        const std::int64_t n = std::min(laneWidth, a.keys - j);
        const Lanes weight = firstLanes(weightOf(loadLanes(scores + j, n) - by.shift) * by.factor, n);
        storeLanes(weights + j, weight);
        through += weight * loadLanes(slopes + j);
    }
    const float sum = sumOfLanes(through);
    for (std::int64_t j = 0; j < a.keys; j += laneWidth) {
        Lanes slope = loadLanes(weights + j) * (loadLanes(slopes + j) - sum);
        if (dScores != nullptr)
            slope += loadLanes(dScores + j, std::min(laneWidth, a.keys - j));
        storeLanes(slopes + j, slope);
    }
}

/// Queries of a head, a tile of them at a time, and all its keys. q, dy, dq: [tile][padded depth]; k, dk, dv:
/// [keys][padded depth]; weights, slopes: [tile][padded keys].
struct BackwardHead {
    const Attention& a;
    const Extent& extent;
    std::int64_t b;
    std::int64_t h;
    const float* valuePanels;
    const float* k;
    float* q;
    float* dy;
    float* dq;
    float* dk;
    float* dv;
    float* weights;
    float* slopes;

    void run(std::int64_t first, std::int64_t rows, const CarriedGrads& g) const
    {
        copyRows(headOf(a.q, b, h) + first * a.q.row, a.q.row, a.q.step, rows, a.depth, extent.depth, q);
        copyRows(headOf(g.dy, b, h) + first * g.dy.row, g.dy.row, g.dy.step, rows, a.depth, extent.depth, dy);
        scoreProduct(extent, dy, valuePanels, rows, slopes);
        for (std::int64_t r = 0; r < rows; ++r) {
            const std::int64_t row = (b * a.heads + h) * a.queries + first + r;
            const std::int64_t at = row * a.keys;
            float* slopeRow = slopes + r * extent.wide;
            slopesOfRow(a, {g.rows[2 * row], g.rows[2 * row + 1]}, g.scores + at,
                        g.dScores != nullptr ? g.dScores + at : nullptr, weights + r * extent.wide, slopeRow);
            if (g.dPrevious != nullptr)
                std::copy(slopeRow, slopeRow + a.keys, g.dPrevious + at);
        }
        queryProduct(extent, slopes, k, rows, dq);
        putRows(dq, extent.depth, a.scale, rows, a.depth, headOf(g.dq, b, h) + first * g.dq.row, g.dq.row,
                g.dq.step);
        keyProduct(extent, slopes, q, rows, first > 0, dk);
        keyProduct(extent, weights, dy, rows, first > 0, dv);
    }
};

}  // namespace

std::int64_t carriedScratch(const Attention& a)
{
    const Extent e(a);
    return e.panels.floats() + a.keys * e.depth + forwardQueries * (2 * e.depth + e.wide) + 5 * 16;
}

void carriedForward(const Attention& a, std::int64_t first, std::int64_t last, const CarriedScores& s,
                    const HeadView<float>& y, float* scratch)
{
    const Extent e(a);
    Scratch room{scratch};
    float* keys = room.take(e.panels.floats());
    float* values = room.take(a.keys * e.depth);
    float* q = room.take(forwardQueries * e.depth);
    float* sums = room.take(forwardQueries * e.depth);
    float* tile = room.take(forwardQueries * e.wide);
    for (std::int64_t i = first; i < last; ++i) {
        const std::int64_t b = i / a.heads;
        const std::int64_t h = i % a.heads;
        // The room of the values holds the keys until they are laid out.
        copyRows(headOf(a.k, b, h), a.k.row, a.k.step, a.keys, a.depth, e.depth, values);
        e.panels.fill(values, e.depth, keys);
        copyRows(headOf(a.v, b, h), a.v.row, a.v.step, a.keys, a.depth, e.depth, values);
        for (std::int64_t query = 0; query < a.queries; query += forwardQueries) {
            const std::int64_t rows = std::min(forwardQueries, a.queries - query);
            copyRows(headOf(a.q, b, h) + query * a.q.row, a.q.row, a.q.step, rows, a.depth, e.depth, q);
            scoreProduct(e, q, keys, rows, tile);
            float factors[forwardQueries];
            for (std::int64_t r = 0; r < rows; ++r) {
                const std::int64_t row = i * a.queries + query + r;
                const std::int64_t at = row * a.keys;
                const RowWeight by = takeRow(a, s.previous != nullptr ? s.previous + at : nullptr,
                                             tile + r * e.wide, s.scores + at);
                factors[r] = by.factor;
                if (s.rows != nullptr) {
                    s.rows[2 * row] = by.shift;
                    s.rows[2 * row + 1] = by.factor;
                }
            }
            queryProduct(e, tile, values, rows, sums);
            float* to = headOf(y, b, h) + query * y.row;
            for (std::int64_t r = 0; r < rows; ++r)
                putRows(sums + r * e.depth, e.depth, factors[r], 1, a.depth, to + r * y.row, y.row, y.step);
        }
    }
}

std::int64_t carriedGradScratch(const Attention& a)
{
    const Extent e(a);
    return e.panels.floats() + 3 * a.keys * e.depth + backwardQueries * (3 * e.depth + 2 * e.wide) + 9 * 16;
}

void carriedBackward(const Attention& a, std::int64_t first, std::int64_t last, const CarriedGrads& g,
                     float* scratch)
{
    const Extent e(a);
    Scratch room{scratch};
    float* valuePanels = room.take(e.panels.floats());
    float* k = room.take(a.keys * e.depth);
    float* dk = room.take(a.keys * e.depth);
    float* dv = room.take(a.keys * e.depth);
    float* q = room.take(backwardQueries * e.depth);
    float* dy = room.take(backwardQueries * e.depth);
    float* dq = room.take(backwardQueries * e.depth);
    float* weights = room.take(backwardQueries * e.wide);
    float* slopes = room.take(backwardQueries * e.wide);
    for (std::int64_t i = first; i < last; ++i) {
        const std::int64_t b = i / a.heads;
        const std::int64_t h = i % a.heads;
        copyRows(headOf(a.v, b, h), a.v.row, a.v.step, a.keys, a.depth, e.depth, k);
        e.panels.fill(k, e.depth, valuePanels);
        copyRows(headOf(a.k, b, h), a.k.row, a.k.step, a.keys, a.depth, e.depth, k);
        const BackwardHead head{a, e, b, h, valuePanels, k, q, dy, dq, dk, dv, weights, slopes};
        for (std::int64_t query = 0; query < a.queries; query += backwardQueries)
            head.run(query, std::min(backwardQueries, a.queries - query), g);
        putRows(dk, e.depth, a.scale, a.keys, a.depth, headOf(g.dk, b, h), g.dk.row, g.dk.step);
        putRows(dv, e.depth, 1.0F, a.keys, a.depth, headOf(g.dv, b, h), g.dv.row, g.dv.step);
    }
}

}  // namespace fc::kernels
