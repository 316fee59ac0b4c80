// SPDX-License-Identifier: GPL-3.0-or-later
// A tile of sums (some rows of the batch, all gates of a register of hidden units) stays in registers from
// the biases to the new state; only activations and states go to memory.
#include "engine/tensor/kernels/recurrent_cells.h"
#include "engine/tensor/kernels/recurrent_panels.h"

namespace fc::kernels {

namespace {

/// One step of the rows this call works on. `before` and `at` count rows of the sequences.
struct Step {
    const RecurrentForward& f;
    const float* hBefore;  ///< null for zeros
    const float* cBefore;
    std::int64_t at;  ///< first row of the step

    ForwardUnits units(std::int64_t row, std::int64_t unit, std::int64_t gates) const
    {
        const std::int64_t H = f.size.hidden;
        const std::int64_t from = (f.first + row) * H + unit;
        return {.n = std::min(laneWidth, H - unit),
                .hidden = H,
                .hBefore = hBefore != nullptr ? hBefore + from : nullptr,
                .cBefore = cBefore != nullptr ? cBefore + from : nullptr,
                .gates = f.gates != nullptr ? f.gates + (at + f.first + row) * gates * H + unit : nullptr,
                .c = f.c != nullptr ? f.c + (f.keepCells ? at * H : 0) + from : nullptr,
                .h = f.h + at * H + from};
    }
    const float* projected(std::int64_t row, std::int64_t gates) const
    {
        return f.projected + (at + f.first + row) * gates * f.size.hidden;
    }
    TileOperands inputs(std::int64_t row, const float* panel, std::int64_t width) const
    {
        const std::int64_t I = f.size.inputs;
        return {.k = I,
                .a = I > 0 ? f.x + (at + f.first + row) * I : nullptr,
                .aRow = I,
                .aStep = 1,
                .b = panel,
                .bStep = width};
    }
    TileOperands states(std::int64_t row, const float* panel, std::int64_t width) const
    {
        const std::int64_t H = f.size.hidden;
        return {.k = hBefore != nullptr ? H : 0,
                .a = hBefore != nullptr ? hBefore + (f.first + row) * H : nullptr,
                .aRow = H,
                .aStep = 1,
                .b = panel + f.size.inputs * width,
                .bStep = width};
    }
};

/// Where a part of the projected input lies, and how many units it has.
struct Column {
    std::int64_t at;
    std::int64_t n;
};

/// sum = W_ih x + bias for the parts of a panel; `column(part)` says where a part of the projected input
/// lies. The order of the sums is that of a projection, so that both ways give the same digits.
template <int Rows, int Parts, typename Column>
void startSums(const Step& s, std::int64_t row, std::int64_t gates, const float* bias, const float* panel,
               Column&& column, Lanes (&sum)[Rows][Parts])
{
    for (int p = 0; p < Parts; ++p) {
        const auto [at, n] = column(p);
        for (int r = 0; r < Rows; ++r)
            sum[r][p] =
                s.f.projected != nullptr && n > 0 ? loadLanes(s.projected(row + r, gates) + at, n) : Lanes{};
    }
    multiplyAdd<Rows, Parts>(s.inputs(row, panel, Parts * laneWidth), sum);
    for (int p = 0; p < Parts; ++p) {
        const Lanes start = loadLanes(bias + p * laneWidth);
        for (int r = 0; r < Rows; ++r)
            sum[r][p] += start;
    }
}

template <int Rows>
void tile(Lstm, const Step& s, std::int64_t row, std::int64_t panelIndex, const float* panel)
{
    const std::int64_t H = s.f.size.hidden;
    const std::int64_t unit = panelIndex * laneWidth;
    const float* weights = panel + panelWidth<Lstm>;
    Lanes sum[Rows][4];
    startSums<Rows, 4>(
        s, row, 4, panel, weights,
        [&](int p) {
            return Column{p * H + unit, std::min(laneWidth, H - unit)};
        },
        sum);
    multiplyAdd<Rows, 4>(s.states(row, weights, panelWidth<Lstm>), sum);
    for (int r = 0; r < Rows; ++r)
        lstmUnits(s.units(row + r, unit, 4), sum[r][0], sum[r][1], sum[r][2], sum[r][3]);
}

template <int Rows>
void tile(Gru, const Step& s, std::int64_t row, std::int64_t panelIndex, const float* panel)
{
    const std::int64_t H = s.f.size.hidden;
    const std::int64_t unit = panelIndex * laneWidth;
    const float* weights = panel + 2 * panelWidth<Gru>;
    Lanes sum[Rows][3];
    // Of the columns n, r, z, ... the tile takes r, z, n.
    startSums<Rows, 3>(
        s, row, 4, panel, weights,
        [&](int p) {
            return Column{(p + 1) % 3 * H + unit, std::min(laneWidth, H - unit)};
        },
        sum);
    Lanes candidate[Rows];
    for (int r = 0; r < Rows; ++r) {
        candidate[r] = sum[r][2];
        sum[r][2] = loadLanes(panel + panelWidth<Gru> + 2 * laneWidth);
    }
    multiplyAdd<Rows, 3>(s.states(row, weights, panelWidth<Gru>), sum);
    for (int r = 0; r < Rows; ++r)
        gruUnits(s.units(row + r, unit, 4), sum[r][0], sum[r][1], candidate[r], sum[r][2]);
}

template <int Rows, void (*units)(const ForwardUnits&, Lanes)>
void plainTile(const Step& s, std::int64_t row, std::int64_t panelIndex, const float* panel)
{
    constexpr int parts = Rnn::parts;
    const std::int64_t H = s.f.size.hidden;
    const std::int64_t unit = panelIndex * parts * laneWidth;
    const float* weights = panel + panelWidth<Rnn>;
    const auto place = [&](int p) {
        const std::int64_t at = unit + p * laneWidth;
        return Column{at, std::min(laneWidth, H - at)};
    };
    Lanes sum[Rows][parts];
    startSums<Rows, parts>(s, row, 1, panel, weights, place, sum);
    multiplyAdd<Rows, parts>(s.states(row, weights, panelWidth<Rnn>), sum);
    for (int r = 0; r < Rows; ++r) {
        for (int p = 0; p < parts && place(p).n > 0; ++p)
            units(s.units(row + r, place(p).at, 0), sum[r][p]);
    }
}

/// runTile.template operator()<Rows>(step, row, panelIndex, panel) for all tiles of all steps.
template <typename Cell, typename RunTile>
void runSteps(const RecurrentForward& f, RunTile&& runTile)
{
    const auto [T, B, I, H] = f.size;
    const float* hBefore = f.h0;
    const float* cBefore = f.c0;
    for (std::int64_t n = 0; n < T; ++n) {
        const std::int64_t at = (f.reverse ? T - 1 - n : n) * B;
        const Step step{f, hBefore, cBefore, at};
        const float* panel = f.packed;
        for (std::int64_t p = 0; p < panelCount<Cell>(H); ++p) {
            eachRowBlock<tileRowsFor(Cell::parts)>(f.count, [&]<int Rows>(std::int64_t row) {
                runTile.template operator()<Rows>(step, row, p, panel);
            });
            panel += panelRows<Cell>(I, H) * panelWidth<Cell>;
        }
        hBefore = f.h + at * H;
        cBefore = f.c != nullptr ? f.c + (f.keepCells ? at * H : 0) : nullptr;
    }
}

}  // namespace

void recurrentForward(RecurrentCell cell, const RecurrentForward& f)
{
    switch (cell) {
        case RecurrentCell::Lstm:
            return runSteps<Lstm>(
                f, []<int Rows>(const Step& s, std::int64_t row, std::int64_t p, const float* panel) {
                    tile<Rows>(Lstm(), s, row, p, panel);
                });
        case RecurrentCell::Gru:
            return runSteps<Gru>(
                f, []<int Rows>(const Step& s, std::int64_t row, std::int64_t p, const float* panel) {
                    tile<Rows>(Gru(), s, row, p, panel);
                });
        case RecurrentCell::RnnTanh:
            return runSteps<Rnn>(
                f, []<int Rows>(const Step& s, std::int64_t row, std::int64_t p, const float* panel) {
                    plainTile<Rows, tanhUnits>(s, row, p, panel);
                });
        case RecurrentCell::RnnRelu:
            return runSteps<Rnn>(
                f, []<int Rows>(const Step& s, std::int64_t row, std::int64_t p, const float* panel) {
                    plainTile<Rows, reluUnits>(s, row, p, panel);
                });
    }
}

}  // namespace fc::kernels
