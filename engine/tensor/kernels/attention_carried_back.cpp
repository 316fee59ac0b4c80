// SPDX-License-Identifier: GPL-3.0-or-later
// Registers hold keys here: the gradients of k and v are sums over queries, which need no lanes of their own.
#include "engine/tensor/kernels/attention_carried.h"

namespace fc::kernels {

namespace {

constexpr std::int64_t backwardQueries = 3 * tileRowsFor(2);

/// Queries of a head, a tile of them at a time, and all its keys. q, k [score depth][steps]; v, dy, dv
/// [depth][steps]; keyRows [keys][score depth]; weights, slopes [tile][keys]; dq [tile][score depth].
struct BackwardHead {
    const Group& g;
    const float* q;
    const float* k;
    const float* v;
    const float* dy;
    const float* keyRows;
    const float* shift;
    const float* factor;
    const float* through;  ///< of each query, the sum of dy y
    float* dk;             ///< of the first layer; those of the others are one strip behind the other
    float* dv;
    float* weights;
    float* slopes;
    float* dq;

    /// to [rows][keys] = columns `query` on of a [depth][steps], transposed, times b [depth][steps].
    void overKeys(std::int64_t query, std::int64_t rows, std::int64_t depth, const float* a, const float* b,
                  float* to) const
    {
        multiply({.rows = rows,
                  .columns = g.e.keys,
                  .operands =
                      {.k = depth, .a = a + query, .aRow = 1, .aStep = g.e.steps, .b = b, .bStep = g.e.steps},
                  .bPanel = 2 * laneWidth,
                  .c = to,
                  .cRow = g.e.keys,
                  .add = false});
    }
    /// to [depth][steps] (+)= columns `query` on of a [depth][steps] times tile [rows][keys].
    void overQueries(std::int64_t query, std::int64_t rows, const float* a, const float* tile,
                     float* to) const
    {
        multiply(
            {.rows = g.c.depth,
             .columns = g.e.keys,
             .operands =
                 {.k = rows, .a = a + query, .aRow = g.e.steps, .aStep = 1, .b = tile, .bStep = g.e.keys},
             .bPanel = 2 * laneWidth,
             .c = to,
             .cRow = g.e.steps,
             .add = query > 0});
    }

    /// From scores and gradients of the weights to weights P and gradients of the scores, P o (dP - sum of
    /// P o dP); that sum is dy y.
    void takeSlopes(std::int64_t query, std::int64_t rows) const
    {
        for (std::int64_t r = 0; r < rows; ++r) {
            const float rowShift = shift[query + r];
            const float rowFactor = factor[query + r];
            const float sum = through[query + r];
            for (std::int64_t j = r * g.e.keys; j < (r + 1) * g.e.keys; j += laneWidth) {
                const Lanes weight = weightOf(loadLanes(weights + j) * g.c.scale - rowShift) * rowFactor;
                storeLanes(weights + j, weight);
                storeLanes(slopes + j, weight * (loadLanes(slopes + j) - sum));
            }
        }
    }

    void run(std::int64_t query, std::int64_t rows) const
    {
        overKeys(query, rows, g.e.scoreDepth, q, k, weights);
        overKeys(query, rows, g.c.depth, dy, v, slopes);
        takeSlopes(query, rows);
        overQueries(query, rows, dy, weights, dv);
        for (std::int64_t layer = 0; layer < g.c.layers; ++layer)
            overQueries(query, rows, q + layer * g.c.depth * g.e.steps, slopes, dk + layer * g.e.strip());
        multiply({.rows = rows,
                  .columns = g.e.keyRow,
                  .operands = {.k = g.c.steps,
                               .a = slopes,
                               .aRow = g.e.keys,
                               .aStep = 1,
                               .b = keyRows,
                               .bStep = g.e.keyRow},
                  .bPanel = 2 * laneWidth,
                  .c = dq,
                  .cRow = g.e.keyRow,
                  .add = false});
    }
};

/// Keys of one head, those of all layers in a row of whole registers; up to a register behind the last row is
/// written.
void layOutKeyRows(const Group& g, std::int64_t h, float* to)
{
    const std::int64_t from = g.part(1) + h * g.c.depth;
    for (std::int64_t step = 0; step < g.c.steps; ++step, to += g.e.keyRow) {
        for (std::int64_t layer = 0; layer < g.c.layers; ++layer) {
            const float* key = g.c.projections[layer] + from + step * g.row();
            for (std::int64_t d = 0; d < g.c.depth; d += laneWidth)
                storeLanes(to + layer * g.c.depth + d, loadLanes(key + d, g.c.depth - d));
        }
    }
}

/// Gradients of `rows` queries of one head, those of each layer into rows [steps][width] of the whole group.
void gatherQueries(const Group& g, std::int64_t h, std::int64_t query, std::int64_t rows, const float* dq,
                   float* to)
{
    for (std::int64_t layer = 0; layer < g.c.layers; ++layer) {
        float* row = to + (layer * g.c.steps + query) * g.e.width + h * g.c.depth;
        const float* from = dq + layer * g.c.depth;
        for (std::int64_t r = 0; r < rows; ++r, row += g.e.width, from += g.e.keyRow) {
            for (std::int64_t d = 0; d < g.c.depth; d += laneWidth)
                storeLanes(row + d, loadLanes(from + d, g.c.depth - d), g.c.depth - d);
        }
    }
}

/// Rows [steps][width] of a group to where they belong.
void putStrip(const Group& g, const float* from, const Putting& put, float* to)
{
    for (std::int64_t step = 0; step < g.c.steps; ++step, from += g.e.width, to += g.row()) {
        for (std::int64_t i = 0; i < g.columns; i += laneWidth)
            put(to + i, loadLanes(from + i, g.columns - i), g.columns - i);
    }
}

/// Gradients of all layers to where they belong. dq [layers][steps][width]; dk [layers][width][steps]; dv
/// [width][steps].
void putAll(const Group& g, const CarriedGrads& to, const float* dq, const float* dk, const float* dv)
{
    for (std::int64_t layer = 0; layer < g.c.layers; ++layer) {
        const bool isLast = layer + 1 == g.c.layers;
        float* row = to.dProjections[layer];
        if (row == nullptr)
            continue;
        const Putting scaled{.factor = g.c.scale, .add = !isLast || to.addLast};
        putStrip(g, dq + layer * g.c.steps * g.e.width, scaled, row + g.part(0));
        putColumns(g, dk + layer * g.e.strip(), scaled, row + g.part(1), g.row());
        if (isLast)
            putColumns(g, dv, {.factor = 1.0F, .add = to.addLast}, row + g.part(2), g.row());
    }
}

/// Sum of dy y of each query of each head of a group, from columns laid out.
void sumProducts(const Group& g, const float* dy, const float* y, float* to)
{
    for (std::int64_t h = 0; h < g.heads; ++h, to += g.e.steps) {
        for (std::int64_t step = 0; step < g.e.steps; step += laneWidth) {
            Lanes sum = {};
            for (std::int64_t d = h * g.c.depth; d < (h + 1) * g.c.depth; ++d)
                sum += loadLanes(dy + d * g.e.steps + step) * loadLanes(y + d * g.e.steps + step);
            storeLanes(to + step, sum);
        }
    }
}

}  // namespace

std::int64_t carriedGradScratch(const Carried& c)
{
    const Extent e(c);
    return 2 * e.scoreStrip() + (4 + c.layers) * e.strip() + (c.steps + backwardQueries) * e.keyRow +
           laneWidth + 2 * backwardQueries * e.keys + e.together * e.steps + c.layers * c.steps * e.width +
           13 * 16;
}

void carriedBackward(const Carried& c, std::int64_t first, std::int64_t last, const CarriedGrads& to,
                     float* scratch)
{
    const Extent e(c);
    Scratch room{scratch};
    float* q = room.take(e.scoreStrip());
    float* k = room.take(e.scoreStrip());
    float* v = room.take(e.strip());
    float* dy = room.take(e.strip());
    float* y = room.take(e.strip());
    float* dk = room.take(c.layers * e.strip());
    float* dv = room.take(e.strip());
    float* keyRows = room.take(c.steps * e.keyRow + laneWidth);
    float* tile = room.take(backwardQueries * e.keyRow);
    float* dq = room.take(c.layers * c.steps * e.width);
    float* weights = room.take(backwardQueries * e.keys);
    float* slopes = room.take(backwardQueries * e.keys);
    float* through = room.take(e.together * e.steps);
    for (std::int64_t i = first; i < last; ++i) {
        const Group g(c, e, i);
        layOutScores(g, 0, q);
        layOutScores(g, 1, k);
        layOutColumns(g, g.own() + g.part(2), g.row(), v);
        layOutColumns(g, to.dy + g.joinedPart(), g.joined(), dy);
        layOutColumns(g, to.y + g.joinedPart(), g.joined(), y);
        sumProducts(g, dy, y, through);
        for (std::int64_t h = 0; h < g.heads; ++h) {
            layOutKeyRows(g, h, keyRows);
            const std::int64_t at = h * e.scoreDepth * e.steps;
            const std::int64_t column = h * c.depth * e.steps;
            const float* shift = to.rows + g.rowsOf(h);
            const BackwardHead head{g,
                                    q + at,
                                    k + at,
                                    v + column,
                                    dy + column,
                                    keyRows,
                                    shift,
                                    shift + c.steps,
                                    through + h * e.steps,
                                    dk + column,
                                    dv + column,
                                    weights,
                                    slopes,
                                    tile};
            for (std::int64_t query = 0; query < c.steps; query += backwardQueries) {
                const std::int64_t rows = std::min(backwardQueries, c.steps - query);
                head.run(query, rows);
                gatherQueries(g, h, query, rows, tile, dq);
            }
        }
        putAll(g, to, dq, dk, dv);
    }
}

}  // namespace fc::kernels
