// SPDX-License-Identifier: GPL-3.0-or-later
// How the weights of recurrent layers lie for the tiles of a step: panel by panel in the order the tiles read
// them, biases, input weights, recurrent weights; on the way back the recurrent weights alone.
#pragma once

#include <algorithm>

#include "engine/tensor/kernels/kernels_recurrent.h"
#include "engine/tensor/kernels/lanes.h"

namespace fc::kernels {

inline std::int64_t unitBlocks(std::int64_t hidden)
{
    return (hidden + laneWidth - 1) / laneWidth;
}

inline bool isPlain(RecurrentCell cell)
{
    return cell == RecurrentCell::RnnTanh || cell == RecurrentCell::RnnRelu;
}

/// What the tiles of a cell look like. `parts` registers a row: the gates of one register of units, or, with
/// a single gate, several registers of units.
struct Lstm {
    static constexpr int parts = 4;
    static constexpr int unitsAcross = 1;
    static constexpr int biasRows = 1;
};
struct Gru {
    static constexpr int parts = 3;
    static constexpr int unitsAcross = 1;
    static constexpr int biasRows = 2;  // b_hn stays apart from the rest
};
struct Rnn {
    static constexpr int parts = 4;
    static constexpr int unitsAcross = 4;
    static constexpr int biasRows = 1;
};

template <typename Cell>
std::int64_t panelRows(std::int64_t inputs, std::int64_t hidden)
{
    return Cell::biasRows + inputs + hidden;
}

template <typename Cell>
std::int64_t panelCount(std::int64_t hidden)
{
    return (unitBlocks(hidden) + Cell::unitsAcross - 1) / Cell::unitsAcross;
}

template <typename Cell>
constexpr std::int64_t panelWidth = Cell::parts* laneWidth;

template <typename Cell>
std::int64_t packedSize(std::int64_t inputs, std::int64_t hidden)
{
    return panelCount<Cell>(hidden) * panelRows<Cell>(inputs, hidden) * panelWidth<Cell>;
}

constexpr int backParts = 2;
constexpr std::int64_t backWidth = backParts * laneWidth;

inline std::int64_t backRows(RecurrentCell cell, std::int64_t hidden)
{
    return (isPlain(cell) ? 1 : cell == RecurrentCell::Gru ? 3 : 4) * hidden;
}

}  // namespace fc::kernels
