// SPDX-License-Identifier: GPL-3.0-or-later
// A tile holds the gradients of a step's states: what its output got plus what comes back through the sums of
// the step after it. From there the cell makes the gradients of its own sums, without a way over memory.
#include "engine/tensor/kernels/recurrent_cells.h"
#include "engine/tensor/kernels/recurrent_panels.h"

namespace fc::kernels {

namespace {

using UnitsGrad = void (*)(const BackwardUnits&, Lanes dh);

/// Steps back through all tiles.
struct WayBack {
    RecurrentCell cell;
    const RecurrentBackward& b;
    UnitsGrad grad;
    std::int64_t gates;  ///< columns of a step in units of H

    /// Gradients of the sums that h went into, of the step whose rows begin at `at`.
    TileOperands sums(std::int64_t at, std::int64_t row, const float* panel) const
    {
        const std::int64_t H = b.size.hidden;
        const std::int64_t skipped = cell == RecurrentCell::Gru ? H : 0;
        return {.k = backRows(cell, H),
                .a = b.gates + (at + b.first + row) * gates * H + skipped,
                .aRow = gates * H,
                .aStep = 1,
                .b = panel,
                .bStep = backWidth};
    }

    /// Row of the batch times units [unit, unit + n) in a step; `n` counts steps in the order of the way
    /// there.
    BackwardUnits units(std::int64_t n, std::int64_t row, std::int64_t unit) const
    {
        const std::int64_t H = b.size.hidden;
        const std::int64_t from = (b.first + row) * H + unit;
        const auto state = [&](const float* sequence, const float* start) -> const float* {
            if (n > 0)
                return sequence != nullptr ? sequence + rowsOf(n - 1) * H + from : nullptr;
            return start != nullptr ? start + from : nullptr;
        };
        return {.n = std::min(laneWidth, H - unit),
                .hidden = H,
                .hBefore = state(b.h, b.h0),
                .cBefore = state(b.c, b.c0),
                .h = b.h + rowsOf(n) * H + from,
                .c = b.c != nullptr ? b.c + rowsOf(n) * H + from : nullptr,
                .gates = b.gates + (rowsOf(n) + b.first + row) * gates * H + unit,
                .carry = b.carry != nullptr ? b.carry + from : nullptr};
    }

    std::int64_t stepOf(std::int64_t n) const { return b.reverse ? b.size.steps - 1 - n : n; }
    std::int64_t rowsOf(std::int64_t n) const { return stepOf(n) * b.size.batch; }

    template <int Rows>
    void tile(std::int64_t n, std::int64_t row, std::int64_t unit, const float* panel) const
    {
        Lanes sum[Rows][backParts] = {};
        const bool isLast = n + 1 == b.size.steps;
        if (!isLast)
            multiplyAdd<Rows, backParts>(sums(rowsOf(n + 1), row, panel), sum);
        for (int r = 0; r < Rows; ++r) {
            for (int p = 0; p < backParts; ++p) {
                const std::int64_t at = unit + p * laneWidth;
                if (at >= b.size.hidden)
                    break;
                const std::int64_t lanes = std::min(laneWidth, b.size.hidden - at);
                const std::int64_t rowOfBatch = b.first + row + r;
                Lanes dh = sum[r][p];
                if (b.dOutput != nullptr)
                    dh += loadLanes(b.dOutput + rowOfBatch * b.dOutputRow + stepOf(n) * b.dOutputStep + at,
                                    lanes);
                if (isLast && b.dLast != nullptr)
                    dh += loadLanes(b.dLast + rowOfBatch * b.size.hidden + at, lanes);
                grad(units(n, row + r, at), dh);
            }
        }
    }

    /// The gradient of the first state, from the sums of the first step.
    template <int Rows>
    void firstTile(std::int64_t row, std::int64_t unit, const float* panel) const
    {
        Lanes sum[Rows][backParts] = {};
        multiplyAdd<Rows, backParts>(sums(rowsOf(0), row, panel), sum);
        for (int r = 0; r < Rows; ++r) {
            for (int p = 0; p < backParts; ++p) {
                const std::int64_t at = unit + p * laneWidth;
                const std::int64_t lanes = std::min(laneWidth, b.size.hidden - at);
                if (lanes <= 0)
                    break;
                const std::int64_t from = (b.first + row + r) * b.size.hidden + at;
                Lanes dh = sum[r][p];
                if (cell == RecurrentCell::Gru)
                    dh += loadLanes(b.carry + from, lanes);
                storeLanes(b.dh0 + from, dh, lanes);
            }
        }
    }

    void run() const
    {
        const std::int64_t H = b.size.hidden;
        const std::int64_t panelSize = backRows(cell, H) * backWidth;
        for (std::int64_t n = b.size.steps - 1; n >= (b.dh0 != nullptr ? -1 : 0); --n) {
            const float* panel = b.packed;
            for (std::int64_t unit = 0; unit < H; unit += backWidth, panel += panelSize) {
                eachRowBlock<tileRowsFor(backParts)>(b.count, [&]<int Rows>(std::int64_t row) {
                    if (n >= 0)
                        tile<Rows>(n, row, unit, panel);
                    else
                        firstTile<Rows>(row, unit, panel);
                });
            }
        }
    }
};

UnitsGrad unitsGrad(RecurrentCell cell)
{
    switch (cell) {
        case RecurrentCell::RnnTanh:
            return tanhUnitsGrad;
        case RecurrentCell::RnnRelu:
            return reluUnitsGrad;
        case RecurrentCell::Lstm:
            return lstmUnitsGrad;
        case RecurrentCell::Gru:
            return gruUnitsGrad;
    }
    return nullptr;
}

}  // namespace

void recurrentBackward(RecurrentCell cell, const RecurrentBackward& b)
{
    WayBack{cell, b, unitsGrad(cell), isPlain(cell) ? 1 : 4}.run();
}

}  // namespace fc::kernels
