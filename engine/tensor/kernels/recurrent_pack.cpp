// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/kernels/recurrent_panels.h"

namespace fc::kernels {

namespace {

/// Columns of a panel from `rows` neighbouring rows of a matrix [.., k], zeros for the missing ones.
void packColumns(const float* from, std::int64_t k, std::int64_t rows, float* to, std::int64_t toStep)
{
    for (std::int64_t i = 0; i < k; i += laneWidth)
        transposeLanes(from + i, k, rows, std::min(laneWidth, k - i), to + i * toStep, toStep);
}

void packBias(const RecurrentWeights& w, std::int64_t at, std::int64_t rows, float* to)
{
    Lanes sum = {};
    if (w.biasIh != nullptr)
        sum += loadLanes(w.biasIh + at, rows);
    if (w.biasHh != nullptr)
        sum += loadLanes(w.biasHh + at, rows);
    storeLanes(to, sum);
}

/// The biases of a GRU's n: that of x with the other sums, that of h alone in the second row.
void packCandidateBias(const RecurrentWeights& w, std::int64_t at, std::int64_t rows, float* to)
{
    storeLanes(to, w.biasIh != nullptr ? loadLanes(w.biasIh + at, rows) : Lanes{});
    storeLanes(to + panelWidth<Gru>, w.biasHh != nullptr ? loadLanes(w.biasHh + at, rows) : Lanes{});
}

template <typename Cell>
void pack(std::int64_t inputs, std::int64_t hidden, const RecurrentWeights& w, float* packed)
{
    constexpr std::int64_t width = panelWidth<Cell>;
    for (std::int64_t panel = 0; panel < panelCount<Cell>(hidden); ++panel) {
        for (int part = 0; part < Cell::parts; ++part) {
            const std::int64_t gate = Cell::unitsAcross > 1 ? 0 : part;
            const std::int64_t unit =
                (panel * Cell::unitsAcross + (Cell::unitsAcross > 1 ? part : 0)) * laneWidth;
            const std::int64_t rows = std::clamp<std::int64_t>(hidden - unit, 0, laneWidth);
            const std::int64_t at = gate * hidden + (rows > 0 ? unit : 0);
            float* to = packed + part * laneWidth;
            if (Cell::biasRows == 2 && part == 2)
                packCandidateBias(w, at, rows, to);
            else
                packBias(w, at, rows, to);
            to += Cell::biasRows * width;
            if (inputs > 0)
                packColumns(w.ih + at * inputs, inputs, rows, to, width);
            packColumns(w.hh + at * hidden, hidden, rows, to + inputs * width, width);
        }
        packed += panelRows<Cell>(inputs, hidden) * width;
    }
}

}  // namespace

std::int64_t packedRecurrentSize(RecurrentCell cell, std::int64_t inputs, std::int64_t hidden)
{
    if (cell == RecurrentCell::Lstm)
        return packedSize<Lstm>(inputs, hidden);
    return cell == RecurrentCell::Gru ? packedSize<Gru>(inputs, hidden) : packedSize<Rnn>(inputs, hidden);
}

void packRecurrent(RecurrentCell cell, std::int64_t inputs, std::int64_t hidden,
                   const RecurrentWeights& weights, float* packed)
{
    if (cell == RecurrentCell::Lstm)
        pack<Lstm>(inputs, hidden, weights, packed);
    else if (cell == RecurrentCell::Gru)
        pack<Gru>(inputs, hidden, weights, packed);
    else
        pack<Rnn>(inputs, hidden, weights, packed);
}

std::int64_t packedRecurrentBackSize(RecurrentCell cell, std::int64_t hidden)
{
    return backRows(cell, hidden) * ((hidden + backWidth - 1) / backWidth * backWidth);
}

void packRecurrentBack(RecurrentCell cell, std::int64_t hidden, const float* hh, float* packed)
{
    const std::int64_t rows = backRows(cell, hidden);
    for (std::int64_t unit = 0; unit < hidden; unit += backWidth) {
        for (std::int64_t k = 0; k < rows; ++k, packed += backWidth) {
            for (int p = 0; p < backParts; ++p) {
                const std::int64_t at = unit + p * laneWidth;
                const std::int64_t lanes = std::clamp<std::int64_t>(hidden - at, 0, laneWidth);
                storeLanes(packed + p * laneWidth, loadLanes(hh + k * hidden + at, lanes));
            }
        }
    }
}

}  // namespace fc::kernels
