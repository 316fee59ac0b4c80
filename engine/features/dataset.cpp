// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/features/dataset.h"

#include <algorithm>
#include <cmath>

#include "engine/features/dataset_parts.h"
#include "engine/features/roles.h"

namespace fc {

namespace {

std::vector<double> part(const std::vector<double>& values, const Range& rows)
{
    return {values.begin() + rows.begin, values.begin() + rows.end};
}

Series part(const Series& series, const Range& rows)
{
    Series out;
    out.name = series.name;
    out.hasClock = series.hasClock;
    out.timeZone = series.timeZone;
    out.synthetic = series.synthetic;
    out.times = {series.times.begin() + rows.begin, series.times.begin() + rows.end};
    for (const Column& column : series.columns)
        out.columns.push_back({column.name, column.role, part(column.values, rows)});
    return out;
}

using Columns = std::vector<std::vector<double>>;

ColumnViews viewsOf(const std::vector<const Column*>& columns)
{
    ColumnViews views;
    for (const Column* column : columns)
        views.emplace_back(column->values);
    return views;
}

/// The columns of one kind of knowledge, features first.
Columns take(FeatureTable& table, Knowledge kind, const std::vector<const Column*>& plain, const Range& rows,
             std::vector<std::string>& names)
{
    Columns columns;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        if (table.knowledge[i] != kind)
            continue;
        names.push_back(table.names[i]);
        columns.push_back(part(table.columns[i], rows));
        table.columns[i] = {};
    }
    for (const Column* column : plain) {
        names.push_back(column->name);
        columns.push_back(part(column->values, rows));
    }
    return columns;
}

/// The h values behind each column that is known ahead: features by their stamps, columns by their own.
ColumnViews takeAhead(const Series& series, const std::vector<FeatureSpec>& specs,
                      const std::vector<const Column*>& plain, std::int64_t end, const Dataset& dataset,
                      Room& room)
{
    ColumnViews ahead;
    for (std::vector<double>& column : computeFutureFeatures(series, specs, dataset.timesAhead).columns)
        ahead.push_back(room.keep(std::move(column)));
    for (const Column* column : plain) {
        const ColumnView behind = ColumnView(column->values).subspan(static_cast<std::size_t>(end));
        ahead.push_back(valuesAhead(series.name, column->name, behind, dataset.task.horizon));
    }
    return ahead;
}

/// Puts so many missing rows in front of a series that is too short that every row but the first can be
/// forecast.
void padShort(Dataset& dataset, Columns& targets, Columns& past, Columns& future)
{
    const std::int64_t window = dataset.task.length + dataset.task.horizon;
    if (!dataset.recipe.padShort || dataset.split.train.count() >= window)
        return;
    const std::int64_t rows = dataset.task.length - 1;
    const auto pad = [rows](std::vector<double>& values) {
        values.insert(values.begin(), static_cast<std::size_t>(rows), missing);
    };
    for (Columns* columns : {&targets, &past, &future})
        std::ranges::for_each(*columns, pad);
    for (Column& column : dataset.series.columns)
        pad(column.values);
    const Timestamp step = std::max<Timestamp>(dataset.frequency.step, 1);
    std::vector<Timestamp> times;
    for (std::int64_t i = rows; i > 0; --i)
        times.push_back(dataset.series.times.front() - i * step);
    dataset.series.times.insert(dataset.series.times.begin(), times.begin(), times.end());
    dataset.paddedRows = rows;
    Split& split = dataset.split;
    split.train.end += rows;
    for (Range* range : {&split.validation, &split.test})
        *range = {range->begin + rows, range->end + rows};
}

}  // namespace

std::span<const std::int64_t> Dataset::windows(Part part) const
{
    switch (part) {
        case Part::Train:
            return trainWindows;
        case Part::Validation:
            return validationWindows;
        case Part::Test:
            return testWindows;
    }
    return {};
}

std::vector<std::int64_t> Dataset::scoredWindows(Part part) const
{
    constexpr std::size_t most = 50000;
    const std::span<const std::int64_t> all = windows(part);
    if (!scratch || all.size() <= most)
        return {all.begin(), all.end()};
    std::vector<std::int64_t> some(most);
    for (std::size_t i = 0; i < most; ++i)
        some[i] = all[i * (all.size() - 1) / (most - 1)];
    return some;
}

Dataset makeDataset(const Series& series, const Recipe& recipe, const FittedScales* fitted)
{
    check(schemaOf<Recipe>(), valuesOf(recipe));
    const std::vector<FeatureSpec> specs = parseFeatures(recipe.features);
    const ColumnsByRole columns = columnsByRole(series, recipe);
    for (const Column* target : columns.targets)
        checkScalable(recipe.scaler, target->name, target->values);
    FeatureTable table = computeFeatures(series, specs);
    if (looksAtRowBefore(recipe.scaler))
        table.warmUp = std::max(table.warmUp, 1);
    const Range rows =
        usedRows(series.name, columns.targets.front()->name, viewsOf(columns.targets), table.warmUp);

    Dataset dataset;
    dataset.recipe = recipe;
    dataset.warmUpRows = rows.begin;
    dataset.series = part(series, rows);
    dataset.frequency = detectFrequency(series);
    dataset.season = recipe.season > 0 ? recipe.season : std::max(dataset.frequency.season(), 1);
    dataset.split = withGaps(makeSplit(recipe.split, dataset.series.times), recipe.purge, recipe.embargo);
    dataset.timesAhead = stampsAhead(std::span(series.times).subspan(static_cast<std::size_t>(rows.end)),
                                     futureTimes(series, dataset.frequency, recipe.horizon), recipe.horizon);
    Columns targets;
    std::vector<double> before;
    for (const Column* target : columns.targets) {
        dataset.targetNames.push_back(target->name);
        before.push_back(rows.begin > 0 ? target->values[static_cast<std::size_t>(rows.begin) - 1] : missing);
        targets.push_back(part(target->values, rows));
    }
    for (const Column* column : columns.statics) {
        dataset.staticNames.push_back(column->name);
        dataset.statics.push_back(staticValue(series.name, column->name, column->values));
    }
    Columns past = take(table, Knowledge::Past, columns.past, rows, dataset.pastNames);
    Columns future = take(table, Knowledge::Future, columns.future, rows, dataset.futureNames);
    dataset.task = {.length = recipe.length,
                    .horizon = recipe.horizon,
                    .channels = static_cast<int>(targets.size()),
                    .pastCovariates = static_cast<int>(past.size()),
                    .futureCovariates = static_cast<int>(future.size()),
                    .staticCovariates = static_cast<int>(dataset.statics.size())};
    padShort(dataset, targets, past, future);
    if (dataset.paddedRows > 0)
        std::ranges::fill(before, missing);
    Room room;
    const std::span<Timestamp> times = room.words(static_cast<std::int64_t>(dataset.series.times.size()));
    std::ranges::copy(dataset.series.times, times.begin());
    dataset.times = times;
    for (std::vector<double>& target : targets)
        dataset.targets.push_back(room.keep(std::move(target)));
    const ColumnViews ahead = takeAhead(series, specs, columns.future, rows.end, dataset, room);
    finish(dataset, {past.begin(), past.end()}, {future.begin(), future.end()}, ahead, before, fitted, room);
    return dataset;
}

}  // namespace fc
