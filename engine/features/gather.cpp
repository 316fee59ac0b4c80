// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>

#include "engine/features/dataset.h"

namespace fc {

namespace {

/// Rows [origin + from, origin + from + count) of `rows` for each origin -> [origins, count, columns].
void copyWindows(const Tensor& rows, std::span<const std::int64_t> origins, std::int64_t from,
                 std::int64_t count, Tensor& out)
{
    if (!rows.defined()) {
        out = Tensor();
        return;
    }
    const std::int64_t width = rows.size(1);
    const Shape shape{static_cast<std::int64_t>(origins.size()), count, width};
    if (!out.defined() || !(out.shape() == shape) || !out.isContiguous())
        out = Tensor::empty(shape);
    const float* source = rows.data();
    float* target = out.data();
    const auto block = static_cast<std::size_t>(count * width);
    for (const std::int64_t origin : origins) {
        std::memcpy(target, source + (origin + from) * width, block * sizeof(float));
        target += block;
    }
}

void refuseMissing(const Tensor& windows, int length)
{
    if (!windows.defined())
        return;
    const float* values = windows.data();
    if (std::any_of(values, values + windows.count(), [](float x) { return std::isnan(x); })) {
        throw Error(
            Message(TR("engine",
                       "There is a missing value in the %1 rows before the forecast. Fill it, or import "
                       "the series up to the gap."),
                    length));
    }
}

}  // namespace

void gather(const Dataset& dataset, std::span<const std::int64_t> origins, Batch& batch)
{
    assert(!origins.empty());
    const Task& task = dataset.task;
    const std::int64_t last = std::ranges::max(origins);
    assert(std::ranges::min(origins) >= task.length && last <= dataset.rows());

    copyWindows(dataset.targetRows, origins, -task.length, task.length, batch.past);
    copyWindows(dataset.pastRows, origins, -task.length, task.length, batch.pastCovariates);
    copyWindows(dataset.futureRows, origins, -task.length, task.length + task.horizon,
                batch.futureCovariates);
    if (last + task.horizon <= dataset.rows()) {
        copyWindows(dataset.targetRows, origins, 0, task.horizon, batch.target);
        return;
    }
    batch.target = Tensor();
    refuseMissing(batch.past, task.length);
    refuseMissing(batch.pastCovariates, task.length);
}

}  // namespace fc
