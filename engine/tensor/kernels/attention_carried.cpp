// SPDX-License-Identifier: GPL-3.0-or-later
// Registers hold queries here: the weights of a query are summed without looking across lanes.
#include "engine/tensor/kernels/attention_carried.h"

namespace fc::kernels {

namespace {

constexpr std::int64_t forwardQueries = 2 * laneWidth;

/// Weights of Parts registers of queries up to a factor, from scores [keys][Parts registers] in place.
template <int Parts>
void weigh(const Carried& c, float* scores, Lanes (&shift)[Parts], Lanes (&factor)[Parts])
{
    constexpr std::int64_t row = Parts * laneWidth;
    for (int p = 0; p < Parts; ++p) {
        Lanes top = everywhere(minusInfinity);
        for (std::int64_t key = 0; key < c.steps; ++key)
            top = maxOf(loadLanes(scores + key * row + p * laneWidth) * c.scale, top);
        shift[p] = top;
    }
    Lanes sum[Parts] = {};
    for (std::int64_t key = 0; key < c.steps; ++key, scores += row) {
        for (int p = 0; p < Parts; ++p) {
            const Lanes weight = weightOf(loadLanes(scores + p * laneWidth) * c.scale - shift[p]);
            storeLanes(scores + p * laneWidth, weight);
            sum[p] += weight;
        }
    }
    for (int p = 0; p < Parts; ++p)
        factor[p] = 1.0F / sum[p];
}

/// The queries of a head, a tile of them at a time. q, k [score depth][steps]; v, y [depth][steps]; scores
/// [keys][tile].
struct ForwardHead {
    const Group& g;
    const float* q;
    const float* k;
    const float* v;
    float* y;
    float* rows;  ///< see carriedForward()
    float* scores;

    template <int Parts>
    void run(std::int64_t query) const
    {
        constexpr std::int64_t wide = Parts * laneWidth;
        const std::int64_t steps = g.e.steps;
        multiply(
            {.rows = g.c.steps,
             .columns = wide,
             .operands =
                 {.k = g.e.scoreDepth, .a = k, .aRow = 1, .aStep = steps, .b = q + query, .bStep = steps},
             .bPanel = wide,
             .c = scores,
             .cRow = wide,
             .add = false});
        Lanes shift[Parts];
        Lanes factor[Parts];
        weigh(g.c, scores, shift, factor);
        float* to = y + query;
        multiply({.rows = g.c.depth,
                  .columns = wide,
                  .operands = {.k = g.c.steps, .a = v, .aRow = steps, .aStep = 1, .b = scores, .bStep = wide},
                  .bPanel = wide,
                  .c = to,
                  .cRow = steps,
                  .add = false});
        for (int p = 0; p < Parts; ++p) {
            for (std::int64_t d = 0; d < g.c.depth; ++d) {
                float* row = to + d * steps + p * laneWidth;
                storeLanes(row, loadLanes(row) * factor[p]);
            }
            const std::int64_t n = g.c.steps - query - p * laneWidth;
            if (rows == nullptr || n <= 0)
                continue;
            storeLanes(rows + query + p * laneWidth, shift[p], n);
            storeLanes(rows + g.c.steps + query + p * laneWidth, factor[p], n);
        }
    }
};

}  // namespace

std::int64_t carriedGroups(const Carried& c)
{
    return c.batch * Extent(c).groups;
}

std::int64_t carriedScratch(const Carried& c)
{
    const Extent e(c);
    return 2 * e.scoreStrip() + 2 * e.strip() + c.steps * forwardQueries + 5 * 16;
}

void carriedForward(const Carried& c, std::int64_t first, std::int64_t last, float* y, float* rows,
                    float* scratch)
{
    const Extent e(c);
    Scratch room{scratch};
    float* q = room.take(e.scoreStrip());
    float* k = room.take(e.scoreStrip());
    float* v = room.take(e.strip());
    float* sums = room.take(e.strip());
    float* scores = room.take(c.steps * forwardQueries);
    for (std::int64_t i = first; i < last; ++i) {
        const Group g(c, e, i);
        layOutScores(g, 0, q);
        layOutScores(g, 1, k);
        layOutColumns(g, g.own() + g.part(2), g.row(), v);
        for (std::int64_t h = 0; h < g.heads; ++h) {
            const std::int64_t at = h * e.scoreDepth * e.steps;
            const std::int64_t column = h * c.depth * e.steps;
            const ForwardHead head{g,          q + at,        k + at,
                                   v + column, sums + column, rows != nullptr ? rows + g.rowsOf(h) : nullptr,
                                   scores};
            for (std::int64_t query = 0; query < c.steps; query += forwardQueries)
                c.steps - query > laneWidth ? head.run<2>(query) : head.run<1>(query);
        }
        putColumns(g, sums, {.factor = 1.0F, .add = false}, y + g.joinedPart(), g.joined());
    }
}

}  // namespace fc::kernels
