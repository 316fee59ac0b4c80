// SPDX-License-Identifier: GPL-3.0-or-later
// What both ways of attention share: products of small matrices, rows laid out for them, and the masks of a
// head.
#pragma once

#include <algorithm>
#include <limits>

#include "engine/tensor/kernels/kernels_attention.h"
#include "engine/tensor/kernels/lanes.h"

namespace fc::kernels {

constexpr float minusInfinity = -std::numeric_limits<float>::infinity();

inline std::int64_t roundedUp(std::int64_t n, std::int64_t to)
{
    return (n + to - 1) / to * to;
}

/// C (+)= A B. B lies in panels of two registers, `bPanel` floats apart; the last may be one register wide.
struct Product {
    std::int64_t rows;
    std::int64_t columns;  ///< a multiple of laneWidth
    TileOperands operands;
    std::int64_t bPanel;
    float* c;
    std::int64_t cRow;
    bool add;
};

void multiply(const Product& p);

/// Columns of keys as the score products read them: panels [depth][width], zeros behind the last key.
struct KeyPanels {
    std::int64_t keys;
    std::int64_t padded;
    std::int64_t width;
    std::int64_t depth;

    explicit KeyPanels(const Attention& a)
        : keys(a.keys),
          padded(a.keys <= laneWidth ? laneWidth : roundedUp(a.keys, 2 * laneWidth)),
          width(std::min(padded, 2 * laneWidth)),
          depth(a.depth)
    {
    }
    std::int64_t floats() const { return padded * depth; }

    /// From rows [keys], `row` floats apart.
    void fill(const float* from, std::int64_t row, float* to) const
    {
        for (std::int64_t key = 0; key < padded; key += laneWidth) {
            const std::int64_t rows = std::clamp<std::int64_t>(keys - key, 0, laneWidth);
            float* column = to + key / width * width * depth + key % width;
            for (std::int64_t d = 0; d < depth; d += laneWidth)
                transposeLanes(from + key * row + d, row, rows, std::min(laneWidth, depth - d),
                               column + d * width, width);
        }
    }
};

/// Rows [count][padded depth], zeros behind the depth.
void copyRows(const float* from, std::int64_t row, std::int64_t step, std::int64_t count, std::int64_t depth,
              std::int64_t padded, float* to);
/// The other way: rows times `factor` to where they belong.
void putRows(const float* from, std::int64_t padded, float factor, std::int64_t count, std::int64_t depth,
             float* to, std::int64_t row, std::int64_t step);
/// Turns rows of queries or keys to their positions, `first` and on; back with sign -1.
void turnRows(const Attention& a, std::int64_t first, std::int64_t count, std::int64_t padded, float sign,
              float* rows);

/// Hands out parts of a scratch buffer, each on a cache line of its own.
struct Scratch {
    float* next;
    float* take(std::int64_t floats)
    {
        float* taken = next;
        next += roundedUp(floats, 16);
        return taken;
    }
};

template <typename Float>
Float* headOf(const HeadView<Float>& view, std::int64_t b, std::int64_t h)
{
    return view.data + b * view.batch + h * view.head;
}

/// What is added to the scores of a head: `mask` [padded keys] holds 0 or -infinity.
struct Head {
    const Attention& a;
    std::int64_t b;
    std::int64_t h;
    const float* mask;

    std::int64_t index() const { return b * a.heads + h; }

    /// How many keys the queries before `end` see.
    std::int64_t visible(std::int64_t end) const { return a.causal ? std::min(a.keys, end) : a.keys; }

    void fillMask(float* to, std::int64_t padded) const
    {
        for (std::int64_t j = 0; j < padded; ++j) {
            const bool hidden = j >= a.keys || (a.padding != nullptr && a.padding[b * a.keys + j] != 0.0F);
            to[j] = hidden ? minusInfinity : 0.0F;
        }
    }

    /// scores of one query and keys [first, first + n) from q k^T, in place; n is rounded up to lanes.
    void finishScores(std::int64_t query, std::int64_t first, std::int64_t n, float* scores) const
    {
        const float* biasRow = a.bias.data != nullptr ? headOf(a.bias, b, h) + query * a.bias.row : nullptr;
        const bool crosses = a.causal && first + n > query + 1;
        for (std::int64_t j = 0; j < n; j += laneWidth) {
            Lanes s = loadLanes(scores + j) * a.scale + loadLanes(mask + first + j);
            if (biasRow != nullptr)
                s += biasOf(biasRow, first + j);
            if (crosses)
                s = laneNumbers() > static_cast<std::int32_t>(query - first - j) ? everywhere(minusInfinity)
                                                                                 : s;
            storeLanes(scores + j, s);
        }
    }

    /// Drops weights of one query in place; the keys begin at a whole set of random numbers, and so does each
    /// tile.
    void drop(std::int64_t query, std::int64_t first, std::int64_t n, float* weights) const
    {
        if (a.dropShare == 0.0F)
            return;
        const std::int64_t at = (index() * a.queries + query) * roundedUp(a.keys, valuesAtOnce) + first;
        RandomPlace place = a.dropPlace;
        place.counter += blocksOf(at);
        dropout(n, place, a.dropShare, weights, weights);
    }

private:
    Lanes biasOf(const float* row, std::int64_t key) const
    {
        const std::int64_t n = std::min(laneWidth, a.keys - key);
        if (a.bias.step == 1)
            return loadLanes(row + key, n);
        Lanes v = {};
        for (std::int64_t l = 0; l < n; ++l)
            v[l] = row[(key + l) * a.bias.step];
        return v;
    }
};

inline Lanes weightOf(Lanes score)
{
    return score < -87.0F ? Lanes{} : expOfNegative(score);
}

}  // namespace fc::kernels
