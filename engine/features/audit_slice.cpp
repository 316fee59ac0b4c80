// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/features/audit_slice.h"

#include <algorithm>

namespace fc {

namespace {

/// Rows to each side beyond those that are needed; a look ahead over fewer is seen.
constexpr std::int64_t spareRows = 512;
/// Numbers gathered for one cut-off.
constexpr std::int64_t largestGather = 4'000'000;

/// Features on longer bars take more or fewer rows by where in such a bar the series begins.
std::int64_t warmUpOf(const Series& series, const Recipe& recipe)
{
    std::int64_t rows = looksAtRowBefore(recipe.scaler) ? 1 : 0;
    for (const FeatureSpec& spec : parseFeatures(recipe.features))
        rows = std::max<std::int64_t>(rows, spec.make()->warmUpIn(series));
    return rows;
}

Series rowsOf(const Series& series, std::int64_t begin, std::int64_t end)
{
    Series part;
    part.name = series.name;
    part.hasClock = series.hasClock;
    part.timeZone = series.timeZone;
    part.times.assign(series.times.begin() + begin, series.times.begin() + end);
    for (const Column& column : series.columns)
        part.columns.push_back(
            {column.name, column.role, {column.values.begin() + begin, column.values.begin() + end}});
    return part;
}

}  // namespace

AuditSlice wholeSlice(const Series& series, const Recipe& recipe)
{
    return {series, recipe, 0};
}

AuditSlice auditSlice(const Series& series, const Recipe& recipe)
{
    const auto rows = static_cast<std::int64_t>(series.rows());
    const std::int64_t warmUp = warmUpOf(series, recipe);
    const std::int64_t gaps = recipe.purge + recipe.embargo;
    const std::int64_t before = warmUp + recipe.length + recipe.horizon + gaps + spareRows;
    const std::int64_t part = recipe.horizon + gaps + spareRows / 2;
    if (rows <= before + 2 * part + spareRows || warmUp >= rows)
        return wholeSlice(series, recipe);
    const Split split = makeSplit(recipe.split, {series.times.begin() + warmUp, series.times.end()});
    const std::int64_t trainEnd = warmUp + split.train.end;
    const std::int64_t begin = std::max<std::int64_t>(trainEnd - before, 0);
    const std::int64_t validation = std::min(part, split.validation.count());
    const std::int64_t test = std::min(part, split.test.count());
    AuditSlice slice{rowsOf(series, begin, trainEnd + validation + test), recipe, begin};
    const std::int64_t train = trainEnd - begin - warmUpOf(slice.series, recipe);
    if (train < recipe.length + recipe.horizon + gaps)
        return wholeSlice(series, recipe);
    slice.recipe.split =
        std::to_string(train) + "," + std::to_string(validation) + "," + std::to_string(test);
    return slice;
}

std::vector<std::int64_t> auditedOrigins(const Dataset& dataset, std::span<const std::int64_t> cutOffs,
                                         bool all)
{
    const Task& task = dataset.task;
    const std::int64_t first = task.length;
    const std::int64_t last = dataset.rows() - task.horizon;
    const std::int64_t size = std::int64_t{task.length} * (task.channels + task.pastCovariates) +
                              std::int64_t{task.length + task.horizon} * task.futureCovariates +
                              std::int64_t{task.horizon} * task.channels;
    const std::int64_t most = std::max<std::int64_t>(largestGather / size, 32);
    const std::int64_t stride = all ? 1 : std::max<std::int64_t>((last - first + most) / most, 1);
    std::vector<std::int64_t> origins;
    for (std::int64_t origin = first; origin <= last; origin += stride)
        origins.push_back(origin);
    if (stride == 1)
        return origins;
    // A look ahead by one row shows in the window that ends just before the cut-off, a target of another row
    // in those that begin or end there.
    for (const std::int64_t cutOff : cutOffs) {
        const std::int64_t row = cutOff - dataset.warmUpRows;
        for (const std::int64_t near : {row - task.horizon, row - task.horizon + 1, row - 1, row, row + 1}) {
            if (near >= first && near <= last)
                origins.push_back(near);
        }
    }
    std::ranges::sort(origins);
    origins.erase(std::unique(origins.begin(), origins.end()), origins.end());
    return origins;
}

}  // namespace fc
