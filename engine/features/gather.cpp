// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>

#include "engine/features/dataset.h"

namespace fc {

namespace {

using Rows = Tensor Dataset::*;

/// Rows [row + from, row + from + count) of each window's series -> [windows, count, columns].
void copyWindows(const Dataset& dataset, Rows rows, std::span<const std::int64_t> windows, std::int64_t from,
                 std::int64_t count, Tensor& out)
{
    if (!(dataset.*rows).defined()) {
        out = Tensor();
        return;
    }
    const std::int64_t width = (dataset.*rows).size(1);
    const Shape shape{static_cast<std::int64_t>(windows.size()), count, width};
    if (!out.defined() || !(out.shape() == shape) || !out.isContiguous())
        out = Tensor::empty(shape);
    float* target = out.data();
    const auto block = static_cast<std::size_t>(count * width);
    for (const std::int64_t window : windows) {
        const float* source = (dataset.at(Dataset::seriesOf(window)).*rows).data();
        std::memcpy(target, source + (Dataset::rowOf(window) + from) * width, block * sizeof(float));
        target += block;
    }
}

/// The scaled static covariates of each window's series -> [windows, S].
void copyStatics(const Dataset& dataset, std::span<const std::int64_t> windows, Tensor& out)
{
    const auto width = static_cast<std::int64_t>(dataset.statics.size());
    if (width == 0) {
        out = Tensor();
        return;
    }
    const Shape shape{static_cast<std::int64_t>(windows.size()), width};
    if (!out.defined() || !(out.shape() == shape) || !out.isContiguous())
        out = Tensor::empty(shape);
    float* target = out.data();
    for (const std::int64_t window : windows) {
        const Dataset& series = dataset.at(Dataset::seriesOf(window));
        for (std::size_t i = 0; i < series.statics.size(); ++i)
            *target++ = static_cast<float>(series.staticScales[i].forward(series.statics[i]));
    }
}

/// Whether all the h rows that a window forecasts are there.
bool hasTarget(const Dataset& dataset, std::int64_t window)
{
    const Dataset& series = dataset.at(Dataset::seriesOf(window));
    const std::int64_t row = Dataset::rowOf(window);
    assert(row >= dataset.task.length && row <= series.rows());
    return row + dataset.task.horizon <= series.rows();
}

enum class Fill { Last, Mean };

/// A [steps] row of one window and column, `width` apart.
struct Cells {
    float* values;
    float* mask;  ///< nullptr: not asked for
    std::int64_t steps;
    std::int64_t width;
};

/// Puts what was known before into each missing cell, `known` before the first value.
void fillCells(const Cells& cells, Fill fill, float known)
{
    double sum = 0;
    std::int64_t seen = 0;
    for (std::int64_t t = 0; t < cells.steps; ++t) {
        float& x = cells.values[t * cells.width];
        const bool isObserved = !std::isnan(x);
        if (cells.mask)
            cells.mask[t * cells.width] = isObserved ? 1.0F : 0.0F;
        if (!isObserved) {
            x = known;
            continue;
        }
        sum += static_cast<double>(x);
        ++seen;
        known = fill == Fill::Last ? x : static_cast<float>(sum / static_cast<double>(seen));
    }
}

bool hasMissing(const Tensor& windows)
{
    const float* values = windows.data();
    return std::any_of(values, values + windows.count(), [](float x) { return std::isnan(x); });
}

/// Fills [B, steps, width] in place; with `mask`, marks there what was observed, and leaves it undefined when
/// all was. `known` [B, known steps, width]: filled windows that go before, whose last step stands in first.
void fillWindows(Tensor& windows, Fill fill, Tensor* mask, const Tensor& known = {})
{
    if (mask)
        *mask = Tensor();
    if (!windows.defined() || !hasMissing(windows))
        return;
    const std::int64_t steps = windows.size(1);
    const std::int64_t width = windows.size(2);
    if (mask)
        *mask = Tensor::empty(windows.shape());
    for (std::int64_t b = 0; b < windows.size(0); ++b) {
        for (std::int64_t c = 0; c < width; ++c) {
            const std::int64_t first = b * steps * width + c;
            const float before =
                known.defined() ? known.data()[((b + 1) * known.size(1) - 1) * width + c] : 0.0F;
            fillCells({windows.data() + first, mask ? mask->data() + first : nullptr, steps, width}, fill,
                      before);
        }
    }
}

/// A forecast into the unknown needs at least one value to start from.
void refuseUnseen(const Dataset& dataset, const Tensor& mask)
{
    if (!mask.defined())
        return;
    const std::int64_t steps = mask.size(1);
    const std::int64_t width = mask.size(2);
    for (std::int64_t i = 0; i < mask.size(0) * width; ++i) {
        const float* cells = mask.data() + i / width * steps * width + i % width;
        bool isSeen = false;
        for (std::int64_t t = 0; t < steps && !isSeen; ++t)
            isSeen = cells[t * width] != 0.0F;
        if (!isSeen) {
            throw Error(Message(TR("engine",
                                   "The column \"%1\" has no value in the %2 rows before the forecast. Fill "
                                   "the gap, choose a "
                                   "longer look-back, or import the series up to the gap."),
                                dataset.targetNames[static_cast<std::size_t>(i % width)], steps));
        }
    }
}

void fillGaps(const Dataset& dataset, Batch& batch)
{
    const Fill fill = dataset.recipe.fill == "mean" ? Fill::Mean : Fill::Last;
    batch.pastMask = Tensor();
    batch.targetMask = Tensor();
    if (dataset.targetGaps) {
        fillWindows(batch.past, fill, &batch.pastMask);
        fillWindows(batch.target, Fill::Last, &batch.targetMask, batch.past);
    }
    if (dataset.pastGaps)
        fillWindows(batch.pastCovariates, fill, nullptr);
    if (dataset.futureGaps)
        fillWindows(batch.futureCovariates, fill, nullptr);
}

}  // namespace

void gather(const Dataset& dataset, std::span<const std::int64_t> origins, Batch& batch)
{
    assert(!origins.empty());
    const Task& task = dataset.task;
    copyWindows(dataset, &Dataset::targetRows, origins, -task.length, task.length, batch.past);
    copyWindows(dataset, &Dataset::pastRows, origins, -task.length, task.length, batch.pastCovariates);
    copyWindows(dataset, &Dataset::futureRows, origins, -task.length, task.length + task.horizon,
                batch.futureCovariates);
    copyStatics(dataset, origins, batch.staticCovariates);
    const bool isKnown =
        std::ranges::all_of(origins, [&](std::int64_t window) { return hasTarget(dataset, window); });
    if (isKnown)
        copyWindows(dataset, &Dataset::targetRows, origins, 0, task.horizon, batch.target);
    else
        batch.target = Tensor();
    dataset.release();
    fillGaps(dataset, batch);
    if (!isKnown)
        refuseUnseen(dataset, batch.pastMask);
}

std::int64_t observedTargets(const Dataset& dataset, std::span<const std::int64_t> origins)
{
    const std::int64_t cells = std::int64_t{dataset.task.horizon} * dataset.task.channels;
    std::int64_t observed = static_cast<std::int64_t>(origins.size()) * cells;
    if (!dataset.targetGaps)
        return observed;
    for (const std::int64_t window : origins) {
        const Dataset& series = dataset.at(Dataset::seriesOf(window));
        const float* first = series.targetRows.data() + Dataset::rowOf(window) * dataset.task.channels;
        observed -= std::count_if(first, first + cells, [](float x) { return std::isnan(x); });
    }
    return observed;
}

}  // namespace fc
