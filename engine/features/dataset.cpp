// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/features/dataset.h"

#include <algorithm>
#include <cmath>

#include "engine/features/bound_feature.h"

namespace fc {

namespace {

std::vector<std::string> columnNames(const Series& series)
{
    std::vector<std::string> names;
    for (const Column& column : series.columns)
        names.push_back(column.name);
    return names;
}

const Column& targetColumn(const Series& series, const std::string& name)
{
    if (const Column* found = series.column(name))
        return *found;
    const std::vector<std::string> known = columnNames(series);
    if (const std::string near = nearest(name, known); !near.empty()) {
        throw UsageError(Message(
            TR("engine", "The series \"%1\" has no column \"%2\" to forecast. The nearest is \"%3\"."),
            series.name, name, near));
    }
    std::string list;
    for (const std::string& each : known)
        list += (list.empty() ? "" : ", ") + each;
    throw UsageError(Message(TR("engine", "The series \"%1\" has no column \"%2\" to forecast. It has: %3."),
                             series.name, name, list));
}

std::vector<const Column*> targetColumns(const Series& series, const std::string& text)
{
    if (const Column* whole = series.column(text); whole && !text.empty())
        return {whole};  // a name with a comma in it
    std::vector<const Column*> found;
    std::size_t begin = 0;
    while (begin <= text.size()) {
        const std::size_t comma = std::min(text.find(',', begin), text.size());
        const std::size_t first = std::min(text.find_first_not_of(' ', begin), comma);
        const std::size_t last = text.find_last_not_of(' ', comma - (comma > 0));
        if (first < comma)
            found.push_back(&targetColumn(series, text.substr(first, last + 1 - first)));
        begin = comma + 1;
    }
    if (found.empty())
        found.push_back(&mainColumn(series));
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (std::find(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(i), found[i]) !=
            found.begin() + static_cast<std::ptrdiff_t>(i)) {
            throw UsageError(Message(TR("engine", "The column \"%1\" is listed twice among the targets."),
                                     found[i]->name));
        }
    }
    return found;
}

void dropFirst(std::int64_t rows, std::vector<double>& values)
{
    values.erase(values.begin(), values.begin() + rows);
}

Series withoutFirst(const Series& series, std::int64_t rows)
{
    Series out = series;
    out.times.erase(out.times.begin(), out.times.begin() + rows);
    for (Column& column : out.columns)
        dropFirst(rows, column.values);
    return out;
}

void checkRows(const Dataset& dataset)
{
    const std::int64_t window = dataset.task.length + dataset.task.horizon;
    const std::int64_t train = dataset.split.train.count();
    if (train < window) {
        throw Error(Message(
            TR("engine",
               "The training part has %1 rows, but one window needs %2 (look-back %3 and horizon "
               "%4). The series has %5 rows after %6 rows of warm-up. Choose a shorter look-back "
               "or horizon, or a larger training part."),
            train, window, dataset.task.length, dataset.task.horizon, dataset.rows(), dataset.warmUpRows));
    }
    for (const auto& [part, range] :
         {std::pair(Part::Validation, dataset.split.validation), std::pair(Part::Test, dataset.split.test)}) {
        if (range.count() > 0 && range.count() < dataset.task.horizon) {
            throw Error(
                Message(TR("engine",
                           "The %1 part has %2 rows, but one forecast needs %3. Choose a shorter horizon, "
                           "or give that part more rows or none."),
                        partName(part), range.count(), dataset.task.horizon));
        }
    }
}

std::vector<ColumnScale> fitScales(const std::string& kind, const std::vector<std::vector<double>>& columns,
                                   const Range& train)
{
    std::vector<ColumnScale> scales;
    for (const std::vector<double>& column : columns) {
        scales.push_back(fitScale(kind, std::span(column).subspan(static_cast<std::size_t>(train.begin),
                                                                  static_cast<std::size_t>(train.count()))));
    }
    return scales;
}

void checkScales(const FittedScales& stored, std::size_t targets, std::size_t past, std::size_t future)
{
    if (stored.targets.size() == targets && stored.past.size() == past && stored.future.size() == future)
        return;
    throw Error(Message(
        TR("engine",
           "The stored scales are for %1 targets, %2 features and %3 features known ahead, but this recipe "
           "makes %4, %5 and %6."),
        stored.targets.size(), stored.past.size(), stored.future.size(), targets, past, future));
}

/// Scaled, [rows, columns]; undefined without columns. `before`: the values of the row before the first.
Tensor rowTensor(const std::vector<std::vector<double>>& columns, const std::vector<ColumnScale>& scales,
                 const std::vector<double>& before = {})
{
    if (columns.empty())
        return {};
    const std::size_t rows = columns.front().size();
    Tensor out = Tensor::empty({static_cast<std::int64_t>(rows), static_cast<std::int64_t>(columns.size())});
    for (std::size_t c = 0; c < columns.size(); ++c)
        scales[c].forward(columns[c], before.empty() ? missing : before[c], out.data() + c, columns.size());
    return out;
}

bool hasMissing(const Tensor& rows)
{
    return std::any_of(rows.data(), rows.data() + rows.count(), [](float x) { return std::isnan(x); });
}

bool hasMissing(const std::vector<std::vector<double>>& columns)
{
    return std::ranges::any_of(columns, [](const std::vector<double>& column) {
        return std::ranges::any_of(column, [](double x) { return std::isnan(x); });
    });
}

/// A target without any value to learn from would leave its forecast to chance.
void checkTargets(const Dataset& dataset)
{
    const Range& train = dataset.split.train;
    for (std::size_t c = 0; c < dataset.targets.size(); ++c) {
        const auto part = std::span(dataset.targets[c])
                              .subspan(static_cast<std::size_t>(train.begin + dataset.task.length),
                                       static_cast<std::size_t>(train.count() - dataset.task.length));
        if (std::ranges::all_of(part, [](double x) { return std::isnan(x); })) {
            throw Error(Message(
                TR("engine",
                   "The column \"%1\" has no value to learn from in the %2 rows of the training part. Choose "
                   "another target, or a split whose training part reaches into its values."),
                dataset.targetNames[c], train.count()));
        }
    }
}

void cutWindows(Dataset& dataset)
{
    const std::int64_t length = dataset.task.length;
    const std::int64_t horizon = dataset.task.horizon;
    const auto cut = [&](const Range& part, std::int64_t firstOrigin) {
        std::vector<std::int64_t> origins;
        for (std::int64_t origin = firstOrigin; origin + horizon <= part.end; ++origin)
            origins.push_back(origin);
        return origins;
    };
    const Split& split = dataset.split;
    dataset.trainWindows = cut(split.train, split.train.begin + length);
    dataset.validationWindows = cut(split.validation, std::max(split.validation.begin, length));
    dataset.testWindows = cut(split.test, std::max(split.test.begin, length));
}

/// The columns of one kind of knowledge, without the warm-up rows.
std::vector<std::vector<double>> take(FeatureTable& table, Knowledge kind, std::int64_t warmUp,
                                      std::vector<std::string>& names)
{
    std::vector<std::vector<double>> columns;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        if (table.knowledge[i] != kind)
            continue;
        names.push_back(table.names[i]);
        dropFirst(warmUp, table.columns[i]);
        columns.push_back(std::move(table.columns[i]));
    }
    return columns;
}

void setScales(Dataset& dataset, const std::vector<std::vector<double>>& past,
               const std::vector<std::vector<double>>& future, const FittedScales* fitted)
{
    if (!fitted) {
        const Range& train = dataset.split.train;
        const std::string ofFeatures = featureScaler(dataset.recipe.scaler);
        dataset.targetScales = fitScales(dataset.recipe.scaler, dataset.targets, train);
        dataset.pastScales = fitScales(ofFeatures, past, train);
        dataset.futureScales = fitScales(ofFeatures, future, train);
        return;
    }
    checkScales(*fitted, dataset.targets.size(), past.size(), future.size());
    dataset.targetScales = fitted->targets;
    dataset.pastScales = fitted->past;
    dataset.futureScales = fitted->future;
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

Dataset makeDataset(const Series& series, const Recipe& recipe, const FittedScales* fitted)
{
    check(schemaOf<Recipe>(), valuesOf(recipe));
    const std::vector<FeatureSpec> specs = parseFeatures(recipe.features);
    const std::vector<const Column*> targets = targetColumns(series, recipe.targets);
    for (const Column* target : targets)
        checkScalable(recipe.scaler, target->name, target->values);
    FeatureTable table = computeFeatures(series, specs);
    if (looksAtRowBefore(recipe.scaler))
        table.warmUp = std::max(table.warmUp, 1);
    if (static_cast<std::size_t>(table.warmUp) >= series.rows()) {
        throw Error(
            Message(TR("engine",
                       "The features have no value in the first %1 rows, but the series \"%2\" has only "
                       "%3. Choose shorter periods."),
                    table.warmUp, series.name, series.rows()));
    }

    Dataset dataset;
    dataset.recipe = recipe;
    dataset.warmUpRows = table.warmUp;
    dataset.series = withoutFirst(series, table.warmUp);
    dataset.frequency = detectFrequency(series);
    dataset.season = recipe.season > 0 ? recipe.season : std::max(dataset.frequency.season(), 1);
    dataset.split = withGaps(makeSplit(recipe.split, dataset.series.times), recipe.purge, recipe.embargo);
    for (const Column* target : targets) {
        dataset.targetNames.push_back(target->name);
        dataset.targets.emplace_back(target->values.begin() + table.warmUp, target->values.end());
    }
    const std::vector<std::vector<double>> past =
        take(table, Knowledge::Past, table.warmUp, dataset.pastNames);
    std::vector<std::vector<double>> future =
        take(table, Knowledge::Future, table.warmUp, dataset.futureNames);
    dataset.task = {.length = recipe.length,
                    .horizon = recipe.horizon,
                    .channels = static_cast<int>(dataset.targets.size()),
                    .pastCovariates = static_cast<int>(past.size()),
                    .futureCovariates = static_cast<int>(future.size())};
    checkRows(dataset);
    checkTargets(dataset);
    setScales(dataset, past, future, fitted);
    if (!future.empty()) {
        const auto times = futureTimes(series, dataset.frequency, recipe.horizon);
        const FeatureTable ahead = computeFutureFeatures(series, specs, times);
        for (std::size_t i = 0; i < future.size(); ++i)
            future[i].insert(future[i].end(), ahead.columns[i].begin(), ahead.columns[i].end());
    }
    std::vector<double> before;
    for (const Column* target : targets)
        before.push_back(table.warmUp > 0 ? target->values[static_cast<std::size_t>(table.warmUp) - 1]
                                          : missing);
    dataset.targetRows = rowTensor(dataset.targets, dataset.targetScales, before);
    dataset.pastRows = rowTensor(past, dataset.pastScales);
    dataset.futureRows = rowTensor(future, dataset.futureScales);
    // The change from a missing value is missing too, so that the scaled rows say more than the values.
    dataset.targetGaps = hasMissing(dataset.targetRows);
    dataset.pastGaps = hasMissing(past);
    dataset.futureGaps = hasMissing(future);
    cutWindows(dataset);
    return dataset;
}

}  // namespace fc
