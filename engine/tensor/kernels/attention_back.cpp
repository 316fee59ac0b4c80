// SPDX-License-Identifier: GPL-3.0-or-later
// The weights of a tile are computed again from the scores and the kept sums (Dao et al., 2022, algorithm 4).
#include "engine/tensor/kernels/attention_tiles.h"

namespace fc::kernels {

namespace {

constexpr std::int64_t gradTileKeys = 128;
constexpr std::int64_t gradTileQueries = 36;

/// Queries of a head, a tile of them at a time, and all its keys. q, dy, sums of dq:
/// [gradTileQueries][padded] of the tile; k, sums of dk and dv: [keys][padded] of the head.
struct BackwardHead {
    Head head;
    KeyPanels panels;
    std::int64_t padded;
    const float* keyPanels;
    const float* valuePanels;
    const float* k;
    float* q;
    float* dy;
    float* dq;
    float* dk;
    float* dv;
    float* weights;  ///< [gradTileQueries][gradTileKeys]
    float* slopes;   ///< likewise

    void run(std::int64_t first, std::int64_t rows, const AttentionGrads& g) const
    {
        const Attention& a = head.a;
        copyRows(headOf(a.q, head.b, head.h) + first * a.q.row, a.q.row, a.q.step, rows, a.depth, padded, q);
        turnRows(a, first, rows, padded, 1.0F, q);
        copyRows(headOf(g.dy, head.b, head.h) + first * g.dy.row, g.dy.row, g.dy.step, rows, a.depth, padded,
                 dy);
        float through[gradTileQueries];
        for (std::int64_t r = 0; r < rows; ++r)
            through[r] = alongOutput(g, first + r, dy + r * padded);
        std::fill(dq, dq + rows * padded, 0.0F);
        const std::int64_t visible = head.visible(first + rows);
        for (std::int64_t key = 0; key < visible; key += gradTileKeys)
            takeTile(first, rows, key, std::min(gradTileKeys, visible - key), through, g);
        turnRows(a, first, rows, padded, -1.0F, dq);
        putRows(dq, padded, a.scale, rows, a.depth, headOf(g.dq, head.b, head.h) + first * g.dq.row, g.dq.row,
                g.dq.step);
    }

private:
    /// sum of y dy of one query, which is the sum of its weights times their gradients.
    float alongOutput(const AttentionGrads& g, std::int64_t query, const float* dyRow) const
    {
        const float* y = headOf(g.y, head.b, head.h) + query * g.y.row;
        float sum = 0.0F;
        for (std::int64_t d = 0; d < head.a.depth; ++d)
            sum += y[d * g.y.step] * dyRow[d];
        return sum;
    }

    void takeTile(std::int64_t first, std::int64_t rows, std::int64_t key, std::int64_t count,
                  const float* through, const AttentionGrads& g) const
    {
        const std::int64_t wide = roundedUp(count, laneWidth);
        scoreProduct(q, keyPanels, rows, key, wide, weights);
        scoreProduct(dy, valuePanels, rows, key, wide, slopes);
        for (std::int64_t r = 0; r < rows; ++r)
            slopesOfRow(first + r, key, count, through[r], weights + r * gradTileKeys,
                        slopes + r * gradTileKeys, g);
        multiply({.rows = rows,
                  .columns = padded,
                  .operands = {.k = count,
                               .a = slopes,
                               .aRow = gradTileKeys,
                               .aStep = 1,
                               .b = k + key * padded,
                               .bStep = padded},
                  .bPanel = 2 * laneWidth,
                  .c = dq,
                  .cRow = padded,
                  .add = true});
        keyProduct(slopes, q, rows, count, dk + key * padded);
        keyProduct(weights, dy, rows, count, dv + key * padded);
    }

    void scoreProduct(const float* rowsOf, const float* columns, std::int64_t rows, std::int64_t key,
                      std::int64_t wide, float* to) const
    {
        multiply({.rows = rows,
                  .columns = wide,
                  .operands = {.k = panels.depth,
                               .a = rowsOf,
                               .aRow = padded,
                               .aStep = 1,
                               .b = columns + key * panels.depth,
                               .bStep = panels.width},
                  .bPanel = panels.width * panels.depth,
                  .c = to,
                  .cRow = gradTileKeys,
                  .add = false});
    }

    /// to [count][padded] += tile^T b over the queries of the tile.
    void keyProduct(const float* tile, const float* b, std::int64_t rows, std::int64_t count, float* to) const
    {
        multiply(
            {.rows = count,
             .columns = padded,
             .operands = {.k = rows, .a = tile, .aRow = 1, .aStep = gradTileKeys, .b = b, .bStep = padded},
             .bPanel = 2 * laneWidth,
             .c = to,
             .cRow = padded,
             .add = true});
    }

    /// From products to what the sums need: `weightRow` gets the weights that met the values, `slopeRow` the
    /// gradients of the scores.
    void slopesOfRow(std::int64_t query, std::int64_t key, std::int64_t count, float through,
                     float* weightRow, float* slopeRow, const AttentionGrads& g) const
    {
        const Attention& a = head.a;
        const std::int64_t wide = roundedUp(count, laneWidth);
        const float logSum = g.logSum[head.index() * a.queries + query];
        const float from = logSum == minusInfinity ? 0.0F : logSum;
        head.finishScores(query, key, wide, weightRow);
        head.drop(query, key, count, slopeRow);
        for (std::int64_t j = 0; j < wide; j += laneWidth) {
            const Lanes weight = weightOf(loadLanes(weightRow + j) - from);
            storeLanes(weightRow + j, weight);
            storeLanes(slopeRow + j, weight * (loadLanes(slopeRow + j) - through));
        }
        head.drop(query, key, count, weightRow);
        if (g.dScores != nullptr)
            std::copy(slopeRow, slopeRow + count,
                      g.dScores + (head.index() * a.queries + query) * a.keys + key);
    }
};

}  // namespace

std::int64_t attentionGradScratch(const Attention& a)
{
    const KeyPanels panels(a);
    const std::int64_t padded = roundedUp(a.depth, laneWidth);
    return panels.padded + 2 * panels.floats() + 3 * panels.padded * padded +
           gradTileQueries * (3 * padded + 2 * gradTileKeys) + 11 * 16;
}

void attentionBackward(const Attention& a, std::int64_t first, std::int64_t last, const AttentionGrads& g,
                       float* scratch)
{
    const KeyPanels panels(a);
    const std::int64_t padded = roundedUp(a.depth, laneWidth);
    Scratch s{scratch};
    float* mask = s.take(panels.padded);
    float* keyPanels = s.take(panels.floats());
    float* valuePanels = s.take(panels.floats());
    float* k = s.take(panels.padded * padded);
    float* dk = s.take(panels.padded * padded);
    float* dv = s.take(panels.padded * padded);
    float* q = s.take(gradTileQueries * padded);
    float* dy = s.take(gradTileQueries * padded);
    float* dq = s.take(gradTileQueries * padded);
    float* weights = s.take(gradTileQueries * gradTileKeys);
    float* slopes = s.take(gradTileQueries * gradTileKeys);
    for (std::int64_t i = first; i < last; ++i) {
        const Head head{a, i / a.heads, i % a.heads, mask};
        head.fillMask(mask, panels.padded);
        copyRows(headOf(a.v, head.b, head.h), a.v.row, a.v.step, a.keys, a.depth, padded, k);
        panels.fill(k, padded, valuePanels);
        copyRows(headOf(a.k, head.b, head.h), a.k.row, a.k.step, a.keys, a.depth, padded, k);
        turnRows(a, 0, a.keys, padded, 1.0F, k);
        panels.fill(k, padded, keyPanels);
        std::fill(dk, dk + a.keys * padded, 0.0F);
        std::fill(dv, dv + a.keys * padded, 0.0F);
        const BackwardHead backward{head, panels, padded, keyPanels, valuePanels, k,     q,
                                    dy,   dq,     dk,     dv,        weights,     slopes};
        for (std::int64_t query = 0; query < a.queries; query += gradTileQueries)
            backward.run(query, std::min(gradTileQueries, a.queries - query), g);
        turnRows(a, 0, a.keys, padded, -1.0F, dk);
        putRows(dk, padded, a.scale, a.keys, a.depth, headOf(g.dk, head.b, head.h), g.dk.row, g.dk.step);
        putRows(dv, padded, 1.0F, a.keys, a.depth, headOf(g.dv, head.b, head.h), g.dv.row, g.dv.step);
    }
}

}  // namespace fc::kernels
