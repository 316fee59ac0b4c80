// SPDX-License-Identifier: GPL-3.0-or-later
// Attention that carries its scores works on a group of heads after the other. Columns of q, k and v become
// rows first, so that the steps fill whole registers however narrow a head is.
#pragma once

#include "engine/tensor/kernels/attention_tiles.h"

namespace fc::kernels {

/// Sizes that all arrays of a pass share.
struct Extent {
    std::int64_t together;    ///< heads of a group
    std::int64_t groups;      ///< of one entry of the batch
    std::int64_t width;       ///< columns of a group
    std::int64_t scoreDepth;  ///< products that a score is the sum of
    std::int64_t steps;       ///< in whole panels
    std::int64_t keys;        ///< steps in whole registers
    std::int64_t keyRow;      ///< score depth in whole registers

    explicit Extent(const Carried& c)
        : together(c.depth < laneWidth && laneWidth % c.depth == 0 ? std::min(laneWidth / c.depth, c.heads)
                                                                   : 1),
          groups((c.heads + together - 1) / together),
          width(together * c.depth),
          scoreDepth(c.layers * c.depth),
          steps(c.steps <= laneWidth ? laneWidth : roundedUp(c.steps, 2 * laneWidth)),
          keys(roundedUp(c.steps, laneWidth)),
          keyRow(roundedUp(scoreDepth, laneWidth))
    {
    }
    std::int64_t strip() const { return width * steps; }
    std::int64_t scoreStrip() const { return together * scoreDepth * steps; }
};

/// The heads of one group, and where they lie in rows of q, k, v and y.
struct Group {
    const Carried& c;
    const Extent& e;
    std::int64_t b;
    std::int64_t head;   ///< the first
    std::int64_t heads;  ///< how many
    std::int64_t columns;

    Group(const Carried& carried, const Extent& extent, std::int64_t index)
        : c(carried),
          e(extent),
          b(index / e.groups),
          head(index % e.groups * e.together),
          heads(std::min(e.together, c.heads - head)),
          columns(heads * c.depth)
    {
    }
    std::int64_t joined() const { return c.heads * c.depth; }
    std::int64_t row() const { return 3 * joined(); }
    /// Offset of part 0 (q), 1 (k) or 2 (v) in a projection.
    std::int64_t part(std::int64_t index) const
    {
        return b * c.steps * row() + index * joined() + head * c.depth;
    }
    std::int64_t joinedPart() const { return b * c.steps * joined() + head * c.depth; }
    const float* own() const { return c.projections[c.layers - 1]; }
    /// Shift of the queries of a head of the group; the factors follow.
    std::int64_t rowsOf(std::int64_t h) const { return 2 * (b * c.heads + head + h) * c.steps; }
};

/// Column i of rows [steps], `row` floats apart, goes to place(i), zeros behind the last step.
template <typename Place>
inline void layOutColumns(const Group& g, const float* from, std::int64_t row, Place&& place)
{
    for (std::int64_t step = 0; step < g.e.steps; step += laneWidth) {
        const std::int64_t rows = std::clamp<std::int64_t>(g.c.steps - step, 0, laneWidth);
        for (std::int64_t i = 0; i < g.columns; i += laneWidth) {
            const std::int64_t columns = std::min(laneWidth, g.columns - i);
            transposeLanes(
                rows, columns,
                [&](std::int64_t j) { return loadLanes(from + (step + j) * row + i, columns); },
                [&](std::int64_t k, Lanes v) { storeLanes(place(i + k) + step, v); });
        }
    }
}
inline void layOutColumns(const Group& g, const float* from, std::int64_t row, float* to)
{
    layOutColumns(g, from, row, [&](std::int64_t i) { return to + i * g.e.steps; });
}

/// Part 0 (q) or 1 (k) of all layers as [heads][score depth][steps].
inline void layOutScores(const Group& g, std::int64_t part, float* to)
{
    for (std::int64_t layer = 0; layer < g.c.layers; ++layer) {
        layOutColumns(g, g.c.projections[layer] + g.part(part), g.row(), [&](std::int64_t i) {
            const std::int64_t at = i / g.c.depth * g.e.scoreDepth + layer * g.c.depth + i % g.c.depth;
            return to + at * g.e.steps;
        });
    }
}

/// What rows get from columns: values times a factor, in place of or on top of what is there.
struct Putting {
    float factor;
    bool add;

    void operator()(float* to, Lanes v, std::int64_t n) const
    {
        v *= factor;
        storeLanes(to, add ? loadLanes(to, n) + v : v, n);
    }
};

/// The other way round: columns i of rows `row` floats apart from from[i][steps].
inline void putColumns(const Group& g, const float* from, const Putting& put, float* to, std::int64_t row)
{
    for (std::int64_t step = 0; step < g.c.steps; step += laneWidth) {
        const std::int64_t rows = std::min(laneWidth, g.c.steps - step);
        for (std::int64_t i = 0; i < g.columns; i += laneWidth) {
            const std::int64_t columns = std::min(laneWidth, g.columns - i);
            transposeLanes(
                columns, rows, [&](std::int64_t j) { return loadLanes(from + (i + j) * g.e.steps + step); },
                [&](std::int64_t k, Lanes v) { put(to + (step + k) * row + i, v, columns); });
        }
    }
}

}  // namespace fc::kernels
