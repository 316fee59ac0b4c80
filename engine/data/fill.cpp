// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/fill.h"

#include <algorithm>
#include <cmath>

#include "engine/base/error.h"
#include "engine/data/names.h"
#include "engine/data/transforms.h"

namespace fc {

namespace {

using Values = std::vector<double>;

/// Puts a row of missing values at each of `times`, all sorted.
void insertRows(Series& series, const std::vector<Timestamp>& times)
{
    const std::size_t rows = series.rows() + times.size();
    std::vector<std::size_t> from(rows, rows);  // old row, or `rows` for a new one
    std::vector<Timestamp> merged(rows);
    std::size_t old = 0;
    std::size_t added = 0;
    for (std::size_t row = 0; row < rows; ++row) {
        const bool isOld =
            added == times.size() || (old < series.rows() && series.times[old] <= times[added]);
        merged[row] = isOld ? series.times[old] : times[added];
        if (isOld)
            from[row] = old++;
        else
            ++added;
    }
    for (Column& column : series.columns) {
        Values values(rows, missing);
        for (std::size_t row = 0; row < rows; ++row)
            if (from[row] != rows)
                values[row] = column.values[from[row]];
        column.values = std::move(values);
    }
    series.times = std::move(merged);
}

/// A run of missing values [begin, end) with those around it, where there are any.
struct Hole {
    std::size_t begin = 0;
    std::size_t end = 0;
};

template <typename F>
void forHoles(const Values& values, std::int64_t longest, F f)
{
    for (std::size_t begin = 0; begin < values.size(); ++begin) {
        if (!std::isnan(values[begin]))
            continue;
        std::size_t end = begin;
        while (end < values.size() && std::isnan(values[end]))
            ++end;
        if (longest == 0 || static_cast<std::int64_t>(end - begin) <= longest)
            f(Hole{begin, end});
        begin = end;
    }
}

void fillBetween(Values& values, const std::vector<Timestamp>& times, MissingPolicy policy, const Hole& hole)
{
    const bool hasBefore = hole.begin > 0;
    const bool hasAfter = hole.end < values.size();
    const double before = hasBefore ? values[hole.begin - 1] : missing;
    const double after = hasAfter ? values[hole.end] : missing;
    for (std::size_t row = hole.begin; row < hole.end; ++row) {
        if (policy == MissingPolicy::Forward || !hasAfter) {
            if (policy != MissingPolicy::Linear)
                values[row] = before;
        } else if (!hasBefore) {
            if (policy == MissingPolicy::Nearest)
                values[row] = after;
        } else {
            const auto whole = static_cast<double>(times[hole.end] - times[hole.begin - 1]);
            const double share = static_cast<double>(times[row] - times[hole.begin - 1]) / whole;
            values[row] = policy == MissingPolicy::Linear ? before + (after - before) * share
                          : share <= 0.5                  ? before
                                                          : after;
        }
    }
}

/// The mean of the values before, each row's own; filled values do not count.
void fillWithMean(Values& values, std::int64_t longest)
{
    const Values original = values;
    double mean = 0;
    double count = 0;
    std::size_t row = 0;
    const auto addUpTo = [&](std::size_t end) {
        for (; row < end; ++row)
            if (!std::isnan(original[row]))
                mean += (original[row] - mean) / ++count;
    };
    forHoles(original, longest, [&](const Hole& hole) {
        addUpTo(hole.begin);
        for (std::size_t i = hole.begin; count > 0 && i < hole.end; ++i)
            values[i] = mean;
    });
}

/// Candles that are missing altogether: flat at the close before, without volume.
void fillCandles(Series& series, std::int64_t longest)
{
    std::vector<Values*> prices;
    Values* volume = nullptr;
    Values* close = nullptr;
    for (Column& column : series.columns) {
        if (column.role == "volume")
            volume = &column.values;
        else if (!column.role.empty())
            prices.push_back(&column.values);
        if (column.role == "close")
            close = &column.values;
    }
    Values whole(series.rows(), 0);
    for (std::size_t row = 0; row < series.rows(); ++row)
        if (std::ranges::all_of(prices, [&](const Values* v) { return std::isnan((*v)[row]); }))
            whole[row] = missing;
    forHoles(whole, longest, [&](const Hole& hole) {
        for (std::size_t row = hole.begin; hole.begin > 0 && row < hole.end; ++row) {
            const double before = (*close)[hole.begin - 1];
            for (Values* price : prices)
                (*price)[row] = before;
            if (volume != nullptr && std::isnan((*volume)[row]) && !std::isnan(before))
                (*volume)[row] = 0;
        }
    });
}

std::int64_t missingCells(const std::vector<Column*>& columns)
{
    std::int64_t count = 0;
    for (const Column* column : columns)
        count += std::ranges::count_if(column->values, [](double x) { return std::isnan(x); });
    return count;
}

void fillColumn(Series& series, Column& column, const FillRequest& request)
{
    if (request.policy == MissingPolicy::Mean)
        return fillWithMean(column.values, request.longest);
    const Values original = column.values;
    forHoles(original, request.longest,
             [&](const Hole& hole) { fillBetween(column.values, series.times, request.policy, hole); });
}

void dropIncomplete(Series& series, const std::vector<Column*>& columns)
{
    std::vector<bool> stays(series.rows());
    for (std::size_t row = 0; row < series.rows(); ++row)
        stays[row] =
            std::ranges::none_of(columns, [&](const Column* c) { return std::isnan(c->values[row]); });
    keepRows(series, stays);
}

std::vector<Column*> chosenColumns(Series& series, const std::vector<std::string>& wanted)
{
    std::vector<Column*> out;
    for (const std::string& name : wanted)
        out.push_back(&series.columns[columnIndex(series, name)]);
    if (wanted.empty())
        for (Column& column : series.columns)
            out.push_back(&column);
    return out;
}

void describe(FillOutcome& out, const FillRequest& request)
{
    const std::string& name = missingPolicies()[static_cast<std::size_t>(request.policy)];
    if (out.insertedRows > 0)
        out.notes.emplace_back(
            TR("engine", "%1 stamps were missing against the calendar %2; rows were put in for them."),
            out.insertedRows, out.calendar);
    if (out.filledCells > 0)
        out.notes.emplace_back(TR("engine", "%1 cells without a value were filled (%2)."), out.filledCells,
                               name);
    if (out.droppedRows > 0)
        out.notes.emplace_back(TR("engine", "%1 rows that lack a value were dropped."), out.droppedRows);
    if (out.stillMissing > 0)
        out.notes.emplace_back(TR("engine", "%1 cells stay without a value."), out.stillMissing);
    if (looksAhead(request.policy) && out.filledCells > 0)
        out.notes.emplace_back(
            TR("engine",
               "The filled values look ahead: %1 uses the value after a hole, which was not "
               "known then. Forecasts judged on such rows look better than they are."),
            name);
    if (request.policy == MissingPolicy::Mean && out.filledCells > 0)
        out.notes.emplace_back(
            TR("engine", "The mean is that of the values before each hole; it does not look ahead."));
}

}  // namespace

const std::vector<std::string>& missingPolicies()
{
    static const std::vector<std::string> names{"keep",    "gaps", "forward", "linear",
                                                "nearest", "mean", "drop"};
    return names;
}

MissingPolicy missingPolicy(std::string_view name)
{
    const auto it = std::ranges::find(missingPolicies(), name);
    if (it == missingPolicies().end())
        throw UsageError(Message(TR("engine", "There is no rule \"%1\" for missing values. Give one of %2."),
                                 name, nameList(missingPolicies())));
    return static_cast<MissingPolicy>(it - missingPolicies().begin());
}

bool looksAhead(MissingPolicy policy)
{
    return policy == MissingPolicy::Linear || policy == MissingPolicy::Nearest;
}

FillOutcome fillMissing(Series& series, const FillRequest& request)
{
    FillOutcome out;
    chosenColumns(series, request.columns);
    if (request.policy == MissingPolicy::Keep)
        return out;
    const TradingCalendar calendar = request.calendar ? *request.calendar : detectCalendar(series);
    out.calendar = calendar.text();
    if (request.policy == MissingPolicy::Drop) {
        const std::size_t before = series.rows();
        dropIncomplete(series, chosenColumns(series, request.columns));
        out.droppedRows = static_cast<std::int64_t>(before - series.rows());
        describe(out, request);
        return out;
    }
    if (request.insertRows) {
        const std::vector<Timestamp> times = missingTimes(series, calendar);
        out.insertedRows = static_cast<std::int64_t>(times.size());
        if (!times.empty())
            insertRows(series, times);
    }
    const std::vector<Column*> columns = chosenColumns(series, request.columns);
    const std::int64_t before = missingCells(columns);
    if (request.policy != MissingPolicy::Gaps) {
        if (request.policy == MissingPolicy::Forward && request.columns.empty() && series.isMarket())
            fillCandles(series, request.longest);
        for (Column* column : columns)
            fillColumn(series, *column, request);
    }
    out.stillMissing = missingCells(columns);
    out.filledCells = before - out.stillMissing;
    describe(out, request);
    return out;
}

}  // namespace fc
