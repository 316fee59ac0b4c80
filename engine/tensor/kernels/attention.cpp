// SPDX-License-Identifier: GPL-3.0-or-later
// One head after the other. Keys and values are laid out once for all queries of a head; a tile of scores
// never leaves the nearest caches.
#include <cmath>

#include "engine/tensor/kernels/attention_tiles.h"

namespace fc::kernels {

namespace {

constexpr std::int64_t tileKeys = 256;
constexpr std::int64_t tileQueries = 12;

/// The running maximum and sum of one query.
struct Running {
    float top = minusInfinity;
    float sum = 0.0F;
};

/// Scores -> weights relative to the new maximum. Returns what the sums so far must be multiplied by.
float takeRow(float* scores, std::int64_t n, Running& running)
{
    Lanes top = everywhere(running.top);
    for (std::int64_t j = 0; j < n; j += laneWidth)
        top = maxOf(loadLanes(scores + j), top);
    const float newTop = maxOfLanes(top);
    const float from = newTop == minusInfinity ? 0.0F : newTop;
    Lanes sum = {};
    for (std::int64_t j = 0; j < n; j += laneWidth) {
        const Lanes weight = weightOf(loadLanes(scores + j) - from);
        storeLanes(scores + j, weight);
        sum += weight;
    }
    const float kept = running.top == minusInfinity ? 0.0F : std::exp(running.top - newTop);
    running.sum = running.sum * kept + sumOfLanes(sum);
    running.top = newTop;
    return kept;
}

void scaleRow(float* row, std::int64_t n, float factor)
{
    for (std::int64_t d = 0; d < n; d += laneWidth)
        storeLanes(row + d, loadLanes(row + d) * factor);
}

/// All queries of a head.
struct ForwardHead {
    Head head;
    KeyPanels panels;
    std::int64_t padded;  ///< depth in whole registers
    const float* keys;
    const float* values;  ///< [padded keys][padded depth]
    float* q;             ///< [tileQueries][padded depth]
    float* scores;        ///< [tileQueries][tileKeys]
    float* sums;          ///< [tileQueries][padded depth]

    void run(std::int64_t first, std::int64_t rows, const HeadView<float>& y, float* logSum) const
    {
        const Attention& a = head.a;
        Running running[tileQueries];
        copyRows(headOf(a.q, head.b, head.h) + first * a.q.row, a.q.row, a.q.step, rows, a.depth, padded, q);
        turnRows(a, first, rows, padded, 1.0F, q);
        std::fill(sums, sums + rows * padded, 0.0F);
        const std::int64_t visible = head.visible(first + rows);
        for (std::int64_t key = 0; key < visible; key += tileKeys)
            takeTile(first, rows, key, std::min(tileKeys, visible - key), running);
        for (std::int64_t r = 0; r < rows; ++r) {
            const std::int64_t query = first + r;
            putRows(sums + r * padded, padded, running[r].sum > 0.0F ? 1.0F / running[r].sum : 0.0F, 1,
                    a.depth, headOf(y, head.b, head.h) + query * y.row, y.row, y.step);
            if (logSum != nullptr)
                logSum[head.index() * a.queries + query] = running[r].top + std::log(running[r].sum);
        }
    }

private:
    void takeTile(std::int64_t first, std::int64_t rows, std::int64_t key, std::int64_t count,
                  Running* running) const
    {
        const Attention& a = head.a;
        const std::int64_t wide = roundedUp(count, laneWidth);
        multiply({.rows = rows,
                  .columns = wide,
                  .operands = {.k = a.depth,
                               .a = q,
                               .aRow = padded,
                               .aStep = 1,
                               .b = keys + key * a.depth,
                               .bStep = panels.width},
                  .bPanel = panels.width * a.depth,
                  .c = scores,
                  .cRow = tileKeys,
                  .add = false});
        for (std::int64_t r = 0; r < rows; ++r) {
            float* row = scores + r * tileKeys;
            head.finishScores(first + r, key, wide, row);
            const float kept = takeRow(row, wide, running[r]);
            if (kept != 1.0F && key > 0)
                scaleRow(sums + r * padded, padded, kept);
            head.drop(first + r, key, count, row);
        }
        multiply({.rows = rows,
                  .columns = padded,
                  .operands = {.k = count,
                               .a = scores,
                               .aRow = tileKeys,
                               .aStep = 1,
                               .b = values + key * padded,
                               .bStep = padded},
                  .bPanel = 2 * laneWidth,
                  .c = sums,
                  .cRow = padded,
                  .add = true});
    }
};

}  // namespace

std::uint64_t attentionDropBlocks(const Attention& a)
{
    return blocksOf(a.batch * a.heads * a.queries * roundedUp(a.keys, valuesAtOnce));
}

std::int64_t attentionScratch(const Attention& a)
{
    const KeyPanels panels(a);
    const std::int64_t padded = roundedUp(a.depth, laneWidth);
    return panels.padded + panels.floats() + panels.padded * padded + tileQueries * (tileKeys + 2 * padded) +
           6 * 16;
}

void attentionForward(const Attention& a, std::int64_t first, std::int64_t last, const HeadView<float>& y,
                      float* logSum, float* scratch)
{
    const KeyPanels panels(a);
    const std::int64_t padded = roundedUp(a.depth, laneWidth);
    Scratch s{scratch};
    float* mask = s.take(panels.padded);
    float* keys = s.take(panels.floats());
    float* values = s.take(panels.padded * padded);
    float* q = s.take(tileQueries * padded);
    float* scores = s.take(tileQueries * tileKeys);
    float* sums = s.take(tileQueries * padded);
    for (std::int64_t i = first; i < last; ++i) {
        const Head head{a, i / a.heads, i % a.heads, mask};
        head.fillMask(mask, panels.padded);
        // The room of the values holds the keys until they are turned and laid out.
        copyRows(headOf(a.k, head.b, head.h), a.k.row, a.k.step, a.keys, a.depth, padded, values);
        turnRows(a, 0, a.keys, padded, 1.0F, values);
        panels.fill(values, padded, keys);
        copyRows(headOf(a.v, head.b, head.h), a.v.row, a.v.step, a.keys, a.depth, padded, values);
        const ForwardHead forward{head, panels, padded, keys, values, q, scores, sums};
        for (std::int64_t query = 0; query < a.queries; query += tileQueries)
            forward.run(query, std::min(tileQueries, a.queries - query), y, logSum);
    }
}

}  // namespace fc::kernels
