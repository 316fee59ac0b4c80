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

/// Scaled, [rows, columns]; undefined without columns.
Tensor rowTensor(const std::vector<std::vector<double>>& columns, const std::vector<ColumnScale>& scales)
{
    if (columns.empty())
        return {};
    const std::size_t rows = columns.front().size();
    Tensor out = Tensor::empty({static_cast<std::int64_t>(rows), static_cast<std::int64_t>(columns.size())});
    float* at = out.data();
    for (std::size_t t = 0; t < rows; ++t) {
        for (std::size_t c = 0; c < columns.size(); ++c)
            *at++ = static_cast<float>(scales[c].forward(columns[c][t]));
    }
    return out;
}

/// Counts of rows with a missing value before each row: [begin, end) is whole when the counts at both ends
/// are equal.
class MissingRows {
public:
    explicit MissingRows(std::size_t rows) : m_before(rows + 1, 0), m_bad(rows, false) {}

    void add(const std::vector<double>& column)
    {
        for (std::size_t t = 0; t < m_bad.size(); ++t)
            m_bad[t] = m_bad[t] || std::isnan(column[t]);
    }
    void count()
    {
        for (std::size_t t = 0; t < m_bad.size(); ++t)
            m_before[t + 1] = m_before[t] + (m_bad[t] ? 1 : 0);
    }
    bool whole(std::int64_t begin, std::int64_t end) const
    {
        return m_before[static_cast<std::size_t>(begin)] == m_before[static_cast<std::size_t>(end)];
    }

private:
    std::vector<std::int64_t> m_before;
    std::vector<bool> m_bad;
};

void cutWindows(Dataset& dataset, const std::vector<std::vector<double>>& past)
{
    const std::int64_t length = dataset.task.length;
    const std::int64_t horizon = dataset.task.horizon;
    MissingRows seen(dataset.series.rows());
    MissingRows asked(dataset.series.rows());
    for (const std::vector<double>& column : dataset.targets) {
        seen.add(column);
        asked.add(column);
    }
    for (const std::vector<double>& column : past)
        seen.add(column);
    seen.count();
    asked.count();
    const auto cut = [&](const Range& part, std::int64_t firstOrigin) {
        std::vector<std::int64_t> origins;
        for (std::int64_t origin = firstOrigin; origin + horizon <= part.end; ++origin) {
            if (seen.whole(origin - length, origin) && asked.whole(origin, origin + horizon))
                origins.push_back(origin);
            else
                ++dataset.windowsLeftOut;
        }
        return origins;
    };
    const Split& split = dataset.split;
    dataset.trainWindows = cut(split.train, split.train.begin + length);
    dataset.validationWindows = cut(split.validation, std::max(split.validation.begin, length));
    dataset.testWindows = cut(split.test, std::max(split.test.begin, length));
    if (dataset.trainWindows.empty()) {
        throw Error(
            Message(TR("engine",
                       "Each of the %1 windows of the training part holds a missing value. Fill the gaps "
                       "of the series, leave out the column that has them, or choose a shorter "
                       "look-back."),
                    split.train.count() - length - horizon + 1));
    }
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
        dataset.targetScales = fitScales(dataset.recipe.scaler, dataset.targets, train);
        dataset.pastScales = fitScales(dataset.recipe.scaler, past, train);
        dataset.futureScales = fitScales(dataset.recipe.scaler, future, train);
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
    FeatureTable table = computeFeatures(series, specs);
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
    dataset.split = makeSplit(recipe.split, dataset.series.times);
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
    setScales(dataset, past, future, fitted);
    if (!future.empty()) {
        const auto times = futureTimes(series, dataset.frequency, recipe.horizon);
        const FeatureTable ahead = computeFutureFeatures(series, specs, times);
        for (std::size_t i = 0; i < future.size(); ++i)
            future[i].insert(future[i].end(), ahead.columns[i].begin(), ahead.columns[i].end());
    }
    dataset.targetRows = rowTensor(dataset.targets, dataset.targetScales);
    dataset.pastRows = rowTensor(past, dataset.pastScales);
    dataset.futureRows = rowTensor(future, dataset.futureScales);
    cutWindows(dataset, past);
    return dataset;
}

}  // namespace fc
