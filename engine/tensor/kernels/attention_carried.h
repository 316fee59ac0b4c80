// SPDX-License-Identifier: GPL-3.0-or-later
// Attention that carries its scores works on a group of heads after the other. Columns of q, k and v become
// rows first, so that the steps fill whole registers however narrow a head is.
#pragma once

#include <bit>

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

/// Where the columns of a group begin when they are laid out as rows.
struct ColumnPlaces {
    float* first;
    std::int64_t steps;  ///< floats between columns of one head
    std::int64_t heads;  ///< floats between heads
    int headBits = 62;   ///< columns of a head, as a power of two; 62 where the group is one head

    float* operator()(std::int64_t i) const
    {
        return first + (i >> headBits) * heads + (i & ((std::int64_t{1} << headBits) - 1)) * steps;
    }
};

/// Columns of rows [steps], `row` floats apart, go to their places, zeros behind the last step.
inline void layOutColumns(const Group& g, const float* from, std::int64_t row, const ColumnPlaces& places)
{
    for (std::int64_t step = 0; step < g.e.steps; step += laneWidth) {
        const std::int64_t rows = std::clamp<std::int64_t>(g.c.steps - step, 0, laneWidth);
        for (std::int64_t i = 0; i < g.columns; i += laneWidth) {
            const std::int64_t columns = std::min(laneWidth, g.columns - i);
            // By value: what is stored could change what a reference sees.
            transposeLanes(
                rows, columns,
                [=, at = from + step * row + i](std::int64_t j) {
                    __builtin_prefetch(at + j * row + laneWidth);  // for the next group
                    return loadLanes(at + j * row, columns);
                },
                [=, to = places](std::int64_t k, Lanes v) { storeLanes(to(i + k) + step, v); });
        }
    }
}
inline void layOutColumns(const Group& g, const float* from, std::int64_t row, float* to)
{
    layOutColumns(g, from, row, {.first = to, .steps = g.e.steps, .heads = 0});
}

/// Part 0 (q) or 1 (k) of all layers as [heads][score depth][steps].
inline void layOutScores(const Group& g, std::int64_t part, float* to)
{
    // Heads that share a register are a power of two wide: no column needs a division to know its head.
    const int headBits = g.e.together > 1 ? std::countr_zero(static_cast<std::uint64_t>(g.c.depth)) : 62;
    for (std::int64_t layer = 0; layer < g.c.layers; ++layer) {
        layOutColumns(g, g.c.projections[layer] + g.part(part), g.row(),
                      {.first = to + layer * g.c.depth * g.e.steps,
                       .steps = g.e.steps,
                       .heads = g.e.scoreDepth * g.e.steps,
                       .headBits = headBits});
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
inline void putColumns(const Group& g, const float* from, Putting put, float* to, std::int64_t row)
{
    for (std::int64_t step = 0; step < g.c.steps; step += laneWidth) {
        const std::int64_t rows = std::min(laneWidth, g.c.steps - step);
        for (std::int64_t i = 0; i < g.columns; i += laneWidth) {
            const std::int64_t columns = std::min(laneWidth, g.columns - i);
            transposeLanes(
                columns, rows,
                [=, at = from + i * g.e.steps + step, next = g.e.steps](std::int64_t j) {
                    return loadLanes(at + j * next);
                },
                [=, at = to + step * row + i](std::int64_t k, Lanes v) { put(at + k * row, v, columns); });
        }
    }
}

}  // namespace fc::kernels
