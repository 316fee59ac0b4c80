// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/features/dataset_parts.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace fc {

namespace {

/// Every array starts on a page, so that giving one back leaves the others alone.
constexpr std::int64_t page = 4096;

/// Rows that are scaled between two releases of the file.
constexpr std::int64_t rowsAtOnce = std::int64_t{1} << 18;

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
    if (dataset.recipe.padShort)
        return;
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

std::vector<ColumnScale> fitScales(const std::string& kind, const ColumnViews& columns, const Range& train,
                                   const Room& room)
{
    std::vector<ColumnScale> scales;
    for (const ColumnView column : columns) {
        scales.push_back(fitScale(kind, column.subspan(static_cast<std::size_t>(train.begin),
                                                       static_cast<std::size_t>(train.count()))));
        room.release();
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

/// Rows [begin, end) of the columns, scaled, to `out`; true when one is missing. `before`: the values of the
/// row before row 0; empty when no scale looks at it.
bool scaleRows(const ColumnViews& columns, const std::vector<ColumnScale>& scales, std::int64_t begin,
               std::int64_t end, const std::vector<double>& before, float* out)
{
    const auto first = static_cast<std::size_t>(begin);
    const auto count = static_cast<std::size_t>(end - begin);
    const std::size_t width = columns.size();
    for (std::size_t c = 0; c < width; ++c) {
        const double atStart = before.empty() ? missing : before[c];
        scales[c].forward(columns[c].subspan(first, count), first > 0 ? columns[c][first - 1] : atStart,
                          out + c, width);
    }
    return std::any_of(out, out + count * width, [](float x) { return std::isnan(x); });
}

/// Scaled [rows + those ahead, columns]; undefined without columns.
Tensor rowTensor(const ColumnViews& columns, const ColumnViews& ahead, const std::vector<ColumnScale>& scales,
                 const std::vector<double>& before, Room& room, bool& hasGap)
{
    if (columns.empty())
        return {};
    const auto rows = static_cast<std::int64_t>(columns.front().size());
    const auto more = ahead.empty() ? 0 : static_cast<std::int64_t>(ahead.front().size());
    const auto width = static_cast<std::int64_t>(columns.size());
    Tensor out = room.rows({rows + more, width});
    for (std::int64_t begin = 0; begin < rows; begin += rowsAtOnce) {
        const std::int64_t end = std::min(rows, begin + rowsAtOnce);
        hasGap = scaleRows(columns, scales, begin, end, before, out.data() + begin * width) || hasGap;
        room.release();
    }
    if (more > 0)
        hasGap = scaleRows(ahead, scales, 0, more, {}, out.data() + rows * width) || hasGap;
    return out;
}

/// A target without any value to learn from would leave its forecast to chance.
void checkTargets(const Dataset& dataset)
{
    const Range& train = dataset.split.train;
    for (std::size_t c = 0; c < dataset.targets.size(); ++c) {
        const auto part =
            dataset.targets[c].subspan(static_cast<std::size_t>(train.begin + dataset.task.length),
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

/// The rows at which a window of `part` may start its forecast, from `first` on.
std::span<const std::int64_t> windowsIn(const Range& part, std::int64_t first, int horizon, Room& room)
{
    const std::int64_t count = std::max<std::int64_t>(part.end - horizon + 1 - first, 0);
    const std::span<std::int64_t> rows = room.words(count);
    std::iota(rows.begin(), rows.end(), first);
    room.release();
    return rows;
}

void cutWindows(Dataset& dataset, Room& room)
{
    const std::int64_t length = dataset.task.length;
    const int horizon = dataset.task.horizon;
    const Split& split = dataset.split;
    dataset.trainWindows = windowsIn(split.train, split.train.begin + length, horizon, room);
    dataset.validationWindows =
        windowsIn(split.validation, std::max(split.validation.begin, length), horizon, room);
    dataset.testWindows = windowsIn(split.test, std::max(split.test.begin, length), horizon, room);
}

void setScales(Dataset& dataset, const ColumnViews& past, const ColumnViews& future,
               const FittedScales* fitted, const Room& room)
{
    if (!fitted) {
        const Range& train = dataset.split.train;
        const std::string ofFeatures = featureScaler(dataset.recipe.scaler);
        dataset.targetScales = fitScales(dataset.recipe.scaler, dataset.targets, train, room);
        dataset.pastScales = fitScales(ofFeatures, past, train, room);
        dataset.futureScales = fitScales(ofFeatures, future, train, room);
        dataset.staticScales.resize(dataset.statics.size());
        return;
    }
    checkScales(*fitted, dataset.targets.size(), past.size(), future.size());
    dataset.targetScales = fitted->targets;
    dataset.pastScales = fitted->past;
    dataset.futureScales = fitted->future;
    dataset.staticScales = fitted->statics;
    dataset.staticScales.resize(dataset.statics.size());
}

}  // namespace

std::int64_t Room::bytesFor(std::int64_t count, std::int64_t bytesOfEach)
{
    return (count * bytesOfEach + page - 1) / page * page;
}

std::int64_t Room::take(std::int64_t bytes)
{
    const std::int64_t offset = m_used;
    m_used += bytesFor(bytes, 1);
    return offset;
}

Tensor Room::rows(const Shape& shape)
{
    if (!m_file)
        return Tensor::empty(shape);
    return m_file->tensor(take(shape.count() * static_cast<std::int64_t>(sizeof(float))), shape);
}

std::span<std::int64_t> Room::words(std::int64_t count)
{
    const auto size = static_cast<std::size_t>(count);
    if (!m_file)
        return m_held->words.emplace_back(size);
    const std::int64_t offset = take(count * static_cast<std::int64_t>(sizeof(std::int64_t)));
    return {reinterpret_cast<std::int64_t*>(m_file->bytes() + offset), size};
}

std::span<double> Room::values(std::int64_t count)
{
    const auto size = static_cast<std::size_t>(count);
    if (!m_file)
        return m_held->values.emplace_back(size);
    const std::int64_t offset = take(count * static_cast<std::int64_t>(sizeof(double)));
    return {reinterpret_cast<double*>(m_file->bytes() + offset), size};
}

ColumnView Room::keep(std::vector<double> values)
{
    return m_held->values.emplace_back(std::move(values));
}

Range usedRows(const std::string& series, const std::string& target, const ColumnViews& targets,
               std::int64_t warmUp)
{
    std::size_t end = targets.front().size();
    const auto isEmpty = [&](std::size_t row) {
        return std::ranges::all_of(targets, [row](ColumnView each) { return std::isnan(each[row]); });
    };
    while (end > 0 && isEmpty(end - 1))
        --end;
    if (end == 0 && !targets.front().empty())
        throw Error(
            Message(TR("engine", "The column \"%1\" of the series \"%2\" has no value."), target, series));
    if (warmUp >= static_cast<std::int64_t>(end)) {
        throw Error(
            Message(TR("engine",
                       "The features have no value in the first %1 rows, but the series \"%2\" has only "
                       "%3. Choose shorter periods."),
                    warmUp, series, end));
    }
    return {warmUp, static_cast<std::int64_t>(end)};
}

std::vector<Timestamp> stampsAhead(std::span<const Timestamp> behind, std::span<const Timestamp> after,
                                   int count)
{
    const auto known = std::min(behind.size(), static_cast<std::size_t>(count));
    std::vector<Timestamp> times(behind.begin(), behind.begin() + static_cast<std::ptrdiff_t>(known));
    times.insert(times.end(), after.begin(), after.end());
    times.resize(std::min(times.size(), static_cast<std::size_t>(count)));
    return times;
}

ColumnView valuesAhead(const std::string& series, const std::string& column, ColumnView behind, int horizon)
{
    const ColumnView ahead = behind.first(std::min(behind.size(), static_cast<std::size_t>(horizon)));
    const auto known = std::ranges::count_if(ahead, [](double x) { return !std::isnan(x); });
    if (known < horizon)
        throw Error(Message(
            TR("engine",
               "The column \"%1\" is to be known ahead, but it has only %2 of the %3 values after the last "
               "row with a target. Add rows with them to the series \"%4\", or take the column as a past "
               "covariate."),
            column, known, horizon, series));
    return ahead;
}

double staticValue(const std::string& series, const std::string& column, ColumnView values)
{
    const auto isThere = [](double x) { return !std::isnan(x); };
    const auto first = std::ranges::find_if(values, isThere);
    if (first == values.end())
        throw Error(
            Message(TR("engine", "The column \"%1\" of the series \"%2\" has no value."), column, series));
    const auto other = std::ranges::find_if(values, [&](double x) { return isThere(x) && x != *first; });
    if (other != values.end())
        throw UsageError(Message(
            TR("engine",
               "The column \"%1\" of the series \"%2\" is %3 in row %4 and %5 in row %6, so it is no static "
               "covariate. Take it as a past covariate."),
            column, series, *first, first - values.begin() + 1, *other, other - values.begin() + 1));
    return *first;
}

void finish(Dataset& dataset, const ColumnViews& past, const ColumnViews& future, const ColumnViews& ahead,
            const std::vector<double>& before, const FittedScales* fitted, Room& room)
{
    checkRows(dataset);
    checkTargets(dataset);
    setScales(dataset, past, future, fitted, room);
    dataset.targetRows =
        rowTensor(dataset.targets, {}, dataset.targetScales, before, room, dataset.targetGaps);
    dataset.pastRows = rowTensor(past, {}, dataset.pastScales, {}, room, dataset.pastGaps);
    dataset.futureRows = rowTensor(future, ahead, dataset.futureScales, {}, room, dataset.futureGaps);
    cutWindows(dataset, room);
    dataset.storage = room.storage();
    dataset.scratch = room.file();
}

}  // namespace fc
