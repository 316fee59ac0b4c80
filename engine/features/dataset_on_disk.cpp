// SPDX-License-Identifier: GPL-3.0-or-later
// A dataset larger than the memory: read once, column by column, and kept in a scratch file.
#include <algorithm>

#include "engine/features/dataset_parts.h"
#include "engine/features/feature_stream.h"
#include "engine/features/roles.h"

namespace fc {

namespace {

/// Rows at the start that tell the frequency, and at the end that tell how it goes on.
constexpr std::size_t tellingRows = 100000;

/// Hands pieces on to `to`, and the memory back now and then.
template <typename T>
auto copyInto(std::span<T> to, const Room& room)
{
    return [to, &room, done = std::size_t{0}](std::span<const T> piece) mutable {
        std::ranges::copy(piece, to.begin() + static_cast<std::ptrdiff_t>(done));
        constexpr std::size_t often = std::size_t{1} << 19;
        if ((done + piece.size()) / often != done / often)
            room.release();
        done += piece.size();
    };
}

/// The columns of a series that is read in pieces; each is read once.
class ColumnsOnDisk {
public:
    ColumnsOnDisk(SeriesSource& source, Room& room)
        : m_source(source), m_room(room), m_columns(source.layout().columns.size())
    {
        const std::span<Timestamp> all = m_room.words(m_source.rows());
        m_source.readTimes(copyInto(all, m_room));
        m_times = all;
        m_room.release();
    }

    std::span<const Timestamp> times() const { return m_times; }
    ColumnView read(const Column* column)
    {
        return read(static_cast<std::size_t>(column - m_source.layout().columns.data()));
    }
    ColumnViews read(const std::vector<const Column*>& columns)
    {
        ColumnViews views;
        for (const Column* column : columns)
            views.push_back(read(column));
        return views;
    }
    /// Every output of the features, computed over the whole series.
    ColumnViews compute(FeatureStream& features)
    {
        std::vector<std::span<double>> outputs;
        for (std::size_t i = 0; i < features.names().size(); ++i)
            outputs.push_back(m_room.values(m_source.rows()));
        std::vector<std::vector<double>> part(outputs.size());
        std::vector<const double*> inputs(m_columns.size());
        for (std::size_t begin = 0; begin < m_times.size(); begin += rowsAtOnce) {
            const std::size_t count = std::min(rowsAtOnce, m_times.size() - begin);
            for (std::size_t i = 0; i < inputs.size(); ++i)
                inputs[i] = read(i).data() + begin;
            for (std::vector<double>& values : part)
                values.clear();
            features.append(m_times.subspan(begin, count), inputs, part);
            for (std::size_t i = 0; i < outputs.size(); ++i)
                std::ranges::copy(part[i], outputs[i].begin() + static_cast<std::ptrdiff_t>(begin));
            m_room.release();
        }
        return {outputs.begin(), outputs.end()};
    }

private:
    static constexpr std::size_t rowsAtOnce = std::size_t{1} << 16;

    ColumnView read(std::size_t index)
    {
        if (m_columns[index].empty()) {
            const std::span<double> values = m_room.values(m_source.rows());
            m_source.readColumn(index, copyInto(values, m_room));
            m_room.release();
            m_columns[index] = values;
        }
        return m_columns[index];
    }

    SeriesSource& m_source;
    Room& m_room;
    ColumnViews m_columns;
    std::span<const Timestamp> m_times;
};

/// Columns of the model's input: those of a kind of features, then plain ones.
struct Inputs {
    ColumnViews columns;
    std::vector<std::string> names;
};

Inputs inputsOf(Knowledge kind, const FeatureStream& features, const ColumnViews& computed,
                const std::vector<const Column*>& plain, ColumnsOnDisk& disk, const Range& rows)
{
    Inputs inputs;
    const auto add = [&](const std::string& name, ColumnView column) {
        inputs.names.push_back(name);
        inputs.columns.push_back(
            column.subspan(static_cast<std::size_t>(rows.begin), static_cast<std::size_t>(rows.count())));
    };
    for (std::size_t i = 0; i < computed.size(); ++i) {
        if (features.knowledge()[i] == kind)
            add(features.names()[i], computed[i]);
    }
    for (const Column* column : plain)
        add(column->name, disk.read(column));
    return inputs;
}

/// Stamps, columns, features, scaled rows, and three lists of windows, at most.
std::int64_t bytesOf(const SeriesSource& source, const FeatureStream& features, int horizon)
{
    const auto columns = static_cast<std::int64_t>(source.layout().columns.size() + features.names().size());
    const std::int64_t rows = source.rows();
    return (1 + columns) * Room::bytesFor(rows, 8) + columns * Room::bytesFor(rows + horizon, 4) +
           3 * Room::bytesFor(1, 4) + 4 * Room::bytesFor(rows, 8);
}

Series withTimes(const Series& layout, std::span<const Timestamp> times)
{
    Series series = layout;
    series.times.assign(times.begin(), times.end());
    return series;
}

void setTimes(Dataset& dataset, std::span<const Timestamp> times, const Range& rows)
{
    const Series& layout = dataset.series;
    const std::size_t telling = std::min(times.size(), tellingRows);
    dataset.frequency = detectFrequency(withTimes(layout, times.first(telling)));
    dataset.season =
        dataset.recipe.season > 0 ? dataset.recipe.season : std::max(dataset.frequency.season(), 1);
    dataset.times =
        times.subspan(static_cast<std::size_t>(rows.begin), static_cast<std::size_t>(rows.count()));
    dataset.split = withGaps(makeSplit(dataset.recipe.split, dataset.times), dataset.recipe.purge,
                             dataset.recipe.embargo);
    const int horizon = dataset.recipe.horizon;
    dataset.timesAhead =
        stampsAhead(times.subspan(static_cast<std::size_t>(rows.end)),
                    futureTimes(withTimes(layout, times.last(telling)), dataset.frequency, horizon), horizon);
}

/// The h values behind each column that is known ahead: features by their stamps, columns by their own.
ColumnViews takeAhead(const Dataset& dataset, const std::vector<FeatureSpec>& specs,
                      const std::vector<const Column*>& plain, std::int64_t end, ColumnsOnDisk& disk,
                      Room& room)
{
    ColumnViews ahead;
    for (std::vector<double>& column :
         computeFutureFeatures(dataset.series, specs, dataset.timesAhead).columns)
        ahead.push_back(room.keep(std::move(column)));
    for (const Column* column : plain)
        ahead.push_back(valuesAhead(dataset.series.name, column->name,
                                    disk.read(column).subspan(static_cast<std::size_t>(end)),
                                    dataset.task.horizon));
    return ahead;
}

}  // namespace

Dataset makeDatasetOnDisk(SeriesSource& source, const Recipe& recipe, const FittedScales* fitted)
{
    check(schemaOf<Recipe>(), valuesOf(recipe));
    const Series& layout = source.layout();
    const std::vector<FeatureSpec> specs = parseFeatures(recipe.features);
    const ColumnsByRole columns = columnsByRole(layout, recipe);
    FeatureStream features(layout, specs);
    Room room(ScratchFile(bytesOf(source, features, recipe.horizon)));
    ColumnsOnDisk disk(source, room);
    const ColumnViews targets = disk.read(columns.targets);
    for (std::size_t c = 0; c < targets.size(); ++c)
        checkScalable(recipe.scaler, columns.targets[c]->name, targets[c]);
    room.release();
    const ColumnViews computed = specs.empty() ? ColumnViews() : disk.compute(features);
    const int warmUp = std::max(features.warmUp(), looksAtRowBefore(recipe.scaler) ? 1 : 0);
    const Range rows = usedRows(layout.name, columns.targets.front()->name, targets, warmUp);

    Dataset dataset;
    dataset.recipe = recipe;
    dataset.series = layout;
    dataset.warmUpRows = rows.begin;
    setTimes(dataset, disk.times(), rows);
    Inputs seen = inputsOf(Knowledge::Past, features, {}, columns.targets, disk, rows);
    Inputs past = inputsOf(Knowledge::Past, features, computed, columns.past, disk, rows);
    Inputs future = inputsOf(Knowledge::Future, features, computed, columns.future, disk, rows);
    std::vector<double> before;
    for (const ColumnView target : targets)
        before.push_back(rows.begin > 0 ? target[static_cast<std::size_t>(rows.begin) - 1] : missing);
    for (const Column* column : columns.statics) {
        dataset.staticNames.push_back(column->name);
        dataset.statics.push_back(staticValue(layout.name, column->name, disk.read(column)));
    }
    dataset.task = {.length = recipe.length,
                    .horizon = recipe.horizon,
                    .channels = static_cast<int>(seen.columns.size()),
                    .pastCovariates = static_cast<int>(past.columns.size()),
                    .futureCovariates = static_cast<int>(future.columns.size()),
                    .staticCovariates = static_cast<int>(dataset.statics.size())};
    dataset.targets = std::move(seen.columns);
    dataset.targetNames = std::move(seen.names);
    dataset.pastNames = std::move(past.names);
    dataset.futureNames = std::move(future.names);
    const ColumnViews ahead = takeAhead(dataset, specs, columns.future, rows.end, disk, room);
    finish(dataset, past.columns, future.columns, ahead, before, fitted, room);
    return dataset;
}

}  // namespace fc
