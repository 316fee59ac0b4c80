// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/transforms.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "engine/data/fill.h"
#include "engine/data/formula.h"
#include "engine/data/join.h"
#include "engine/data/names.h"
#include "engine/data/remedies.h"
#include "engine/data/resample.h"
#include "engine/data/time_zone.h"

namespace fc {

namespace {

constexpr Timestamp day = 86'400'000'000;

struct SliceParams {
    std::string from;
    std::string until;

    void describe(ParamVisitor& v)
    {
        v.field(from, {.id = "from",
                       .label = TR("engine", "From"),
                       .help = TR(
                           "engine",
                           "The first row that stays: a date, a date and time (of the series' time zone, or "
                           "UTC with a Z behind it), or a row number from 0; -100 is the 100th from the end. "
                           "Empty is the beginning.")});
        v.field(until,
                {.id = "until",
                 .label = TR("engine", "Until"),
                 .help = TR("engine",
                            "The last row that stays, written in the same ways; a date includes its day. "
                            "Empty is the end.")});
    }
};

struct RenameParams {
    std::string columns;

    void describe(ParamVisitor& v)
    {
        v.field(columns,
                {.id = "columns",
                 .label = TR("engine", "Columns"),
                 .help = TR("engine", "Old and new names, such as \"close=price, oi=open_interest\".")});
    }
};

struct DeriveParams {
    std::string column;
    std::string formula;

    void describe(ParamVisitor& v)
    {
        v.field(column, {.id = "column",
                         .label = TR("engine", "New column"),
                         .help = TR("engine", "Its name. A column of that name is replaced.")});
        v.field(
            formula,
            {.id = "formula",
             .label = TR("engine", "Formula"),
             .help =
                 TR("engine",
                    "Computed for each row from its columns and from earlier rows, such as \"log(close / "
                    "lag(close, 1))\" or \"if(volume > mean(volume, 20), 1, 0)\". Names with blanks stand in "
                    "[brackets].")});
    }
};

struct DropParams {
    std::string columns;

    void describe(ParamVisitor& v)
    {
        v.field(columns, {.id = "columns",
                          .label = TR("engine", "Columns"),
                          .help = TR("engine", "The columns to leave out, separated by commas.")});
    }
};

struct FillParams {
    std::string missing = "gaps";
    std::string calendar = "auto";
    std::string columns;
    int longest = 0;
    bool insertRows = true;

    void describe(ParamVisitor& v)
    {
        v.field(missing,
                {.id = "missing",
                 .label = TR("engine", "Missing values"),
                 .help = TR(
                     "engine",
                     "gaps: put in a row without values where a stamp is due. forward: the value before. "
                     "mean: the mean of all values before. linear, nearest: between the values around; they "
                     "look ahead. drop: leave out rows that lack a value."),
                 .choices = missingPolicies()});
        v.field(calendar,
                {.id = "calendar",
                 .label = TR("engine", "Calendar"),
                 .help = TR("engine",
                            "When stamps are due: auto, by_row, 24/7, business_days, or sessions such as "
                            "\"mon-fri 09:30-16:00 America/New_York\".")});
        v.field(columns, {.id = "columns",
                          .label = TR("engine", "Columns"),
                          .help = TR("engine", "The columns to fill, separated by commas. Empty is all.")});
        v.field(longest, {.id = "longest",
                          .label = TR("engine", "Longest hole"),
                          .help = TR("engine", "Holes of more rows stay missing. 0 fills all."),
                          .min = 0,
                          .max = 1e9,
                          .unit = "rows"});
        v.field(insertRows, {.id = "insert_rows",
                             .label = TR("engine", "Put in missing stamps"),
                             .help = TR("engine", "Off: only cells without a value are filled.")});
    }
};

struct RepairParams {
    std::string remedies;

    void describe(ParamVisitor& v)
    {
        v.field(remedies,
                {.id = "remedies",
                 .label = TR("engine", "Remedies"),
                 .help = TR("engine",
                            "What is done about which finding, such as \"spike=set_missing, "
                            "high_below_low=swap\". \"series check\" lists findings and remedies.")});
    }
};

/// The stamp that `text` means; of a date alone its first or, for the end of a slice, its last moment.
Timestamp momentNamed(const Series& series, const std::string& text, bool isEnd)
{
    if (const auto utc = parseTimestamp(text); utc && text.size() > 10)
        return *utc;
    std::string local = text;
    std::ranges::replace(local, ' ', 'T');
    const bool dateOnly = local.size() == 10;
    if (local.size() == 16)
        local += ":00";
    const auto clock = parseTimestamp(dateOnly ? local : local + "Z");
    if (!clock)
        throw UsageError(
            Message(TR("engine",
                       "\"%1\" is neither a date such as 2024-01-31, a time such as 2024-01-31 09:30, nor "
                       "a row number."),
                    text));
    const TimeZoneRule zone(series.timeZone);
    return dateOnly && isEnd ? zone.toUtc(*clock + day).micros - 1 : zone.toUtc(*clock).micros;
}

/// The row of a number that counts from 0, or from the end when it is negative.
std::optional<std::int64_t> rowNamed(const Series& series, const std::string& text)
{
    std::int64_t number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return number < 0 ? static_cast<std::int64_t>(series.rows()) + number : number;
}

TransformResult slice(const Series& series, const SliceParams& params)
{
    const auto rows = static_cast<std::int64_t>(series.rows());
    const auto position = [&](const std::string& text, bool isEnd) -> std::int64_t {
        if (text.empty())
            return isEnd ? rows : 0;
        if (const auto row = rowNamed(series, text))
            return std::clamp<std::int64_t>(*row + isEnd, 0, rows);
        if (!series.hasClock)
            throw UsageError(
                Message(TR("engine",
                           "The series \"%1\" counts rows and has no clock; \"%2\" must be a row "
                           "number."),
                        series.name, text));
        const Timestamp moment = momentNamed(series, text, isEnd);
        const auto it = isEnd ? std::ranges::upper_bound(series.times, moment)
                              : std::ranges::lower_bound(series.times, moment);
        return it - series.times.begin();
    };
    const std::int64_t begin = position(params.from, false);
    const std::int64_t end = position(params.until, true);
    if (begin >= end)
        throw UsageError(
            Message(TR("engine",
                       "No row lies between \"%1\" and \"%2\"; the series \"%3\" has %4 rows from %5 to "
                       "%6."),
                    params.from, params.until, series.name, rows,
                    rows == 0 ? std::string("-") : formatTimestamp(series.times.front(), false),
                    rows == 0 ? std::string("-") : formatTimestamp(series.times.back(), false)));
    TransformResult out{series, {}};
    std::vector<bool> stays(series.rows(), false);
    std::fill(stays.begin() + begin, stays.begin() + end, true);
    keepRows(out.series, stays);
    out.notes.emplace_back(TR("engine", "%1 of %2 rows stay."), end - begin, rows);
    return out;
}

void checkNewName(const Series& series, const std::string& name, std::size_t own)
{
    for (std::size_t c = 0; c < series.columns.size(); ++c)
        if (c != own && sameName(series.columns[c].name, name))
            throw UsageError(
                Message(TR("engine", "The series \"%1\" would have two columns \"%2\"."), series.name, name));
}

TransformResult rename(const Series& series, const RenameParams& params)
{
    TransformResult out{series, {}};
    const auto pairs = splitPairs(params.columns);
    if (pairs.empty())
        throw UsageError(Message(TR("engine", "Name a column to rename, as old=new.")));
    for (const auto& [from, to] : pairs) {
        const std::size_t column = columnIndex(series, from);
        if (to.empty())
            throw UsageError(Message(TR("engine", "The new name of the column \"%1\" is empty."), from));
        out.series.columns[column].name = to;
    }
    for (std::size_t c = 0; c < out.series.columns.size(); ++c)
        checkNewName(out.series, out.series.columns[c].name, c);
    return out;
}

TransformResult derive(const Series& series, const DeriveParams& params)
{
    if (params.column.empty())
        throw UsageError(Message(TR("engine", "The derived column needs a name. Give one.")));
    const Formula formula(params.formula);
    std::vector<double> values = formula.evaluate(series);
    TransformResult out{series, {}};
    const auto missingRows = std::ranges::count_if(values, [](double x) { return x != x; });
    const auto same = std::ranges::find_if(out.series.columns,
                                           [&](const Column& c) { return sameName(c.name, params.column); });
    if (same != out.series.columns.end())
        same->values = std::move(values);
    else
        out.series.columns.push_back({params.column, "", std::move(values)});
    out.notes.emplace_back(
        TR("engine", "The column \"%1\" has a value in %2 of %3 rows; the first %4 are its warm-up."),
        params.column, series.rows() - static_cast<std::size_t>(missingRows), series.rows(),
        formula.warmUp());
    return out;
}

TransformResult dropColumns(const Series& series, const DropParams& params)
{
    TransformResult out{series, {}};
    const std::vector<std::string> names = splitNames(params.columns);
    if (names.empty())
        throw UsageError(Message(TR("engine", "Name the columns to leave out.")));
    for (const std::string& name : names)
        out.series.columns.erase(out.series.columns.begin() +
                                 static_cast<std::ptrdiff_t>(columnIndex(out.series, name)));
    if (out.series.columns.empty())
        throw UsageError(Message(TR("engine", "The series \"%1\" would have no column left."), series.name));
    return out;
}

TransformResult fill(const Series& series, const FillParams& params)
{
    TransformResult out{series, {}};
    FillRequest request;
    request.policy = missingPolicy(params.missing);
    request.calendar = parseCalendar(params.calendar, series);
    request.columns = splitNames(params.columns);
    request.longest = params.longest;
    request.insertRows = params.insertRows;
    out.notes = fillMissing(out.series, request).notes;
    return out;
}

TransformResult repair(const Series& series, const RepairParams& params)
{
    Remedies remedies;
    for (const auto& [code, action] : splitPairs(params.remedies))
        remedies[code] = action;
    if (remedies.empty())
        throw UsageError(Message(TR("engine", "Name a remedy, as code=action.")));
    TransformResult out{series, {}};
    out.notes = applyRemedies(out.series, remedies);
    return out;
}

template <typename Params, TransformResult (*function)(const Series&, const Params&)>
TransformResult alone(const Series& series, const Series*, const ParamValues& values)
{
    return function(series, paramsFrom<Params>(values));
}

TransformResult withOther(const Series& series, const Series* other, const ParamValues& values)
{
    return joinSeries(series, *other, paramsFrom<JoinParams>(values));
}

}  // namespace

const std::vector<SeriesTransform>& seriesTransforms()
{
    static const std::vector<SeriesTransform> list{
        {"resample", TR("engine", "Resample"), TR("engine", "Make longer steps from shorter ones."),
         schemaOf<ResampleParams>(), false, alone<ResampleParams, resample>},
        {"slice", TR("engine", "Slice"), TR("engine", "Keep the rows between two dates or row numbers."),
         schemaOf<SliceParams>(), false, alone<SliceParams, slice>},
        {"join", TR("engine", "Join"), TR("engine", "Add the columns of another series, row by row in time."),
         schemaOf<JoinParams>(), true, withOther},
        {"rename", TR("engine", "Rename columns"), TR("engine", "Give columns other names."),
         schemaOf<RenameParams>(), false, alone<RenameParams, rename>},
        {"derive", TR("engine", "Derive a column"), TR("engine", "Add a column that a formula computes."),
         schemaOf<DeriveParams>(), false, alone<DeriveParams, derive>},
        {"drop", TR("engine", "Drop columns"), TR("engine", "Leave columns out."), schemaOf<DropParams>(),
         false, alone<DropParams, dropColumns>},
        {"fill", TR("engine", "Fill gaps"),
         TR("engine", "Put in rows for stamps that are missing, and fill cells without a value."),
         schemaOf<FillParams>(), false, alone<FillParams, fill>},
        {"repair", TR("engine", "Repair"), TR("engine", "Apply remedies to what the check found."),
         schemaOf<RepairParams>(), false, alone<RepairParams, repair>}};
    return list;
}

const SeriesTransform& seriesTransform(std::string_view id)
{
    const auto it = std::ranges::find(seriesTransforms(), id, &SeriesTransform::id);
    if (it != seriesTransforms().end())
        return *it;
    std::vector<std::string> ids;
    for (const SeriesTransform& transform : seriesTransforms())
        ids.push_back(transform.id);
    throw UsageError(
        Message(TR("engine", "There is no transform \"%1\". Give one of %2."), id, nameList(ids)));
}

void keepRows(Series& series, const std::vector<bool>& stays)
{
    const auto keep = [&](auto& values) {
        std::size_t kept = 0;
        for (std::size_t row = 0; row < values.size(); ++row)
            if (stays[row])
                values[kept++] = values[row];
        values.resize(kept);
    };
    keep(series.times);
    for (Column& column : series.columns)
        keep(column.values);
    if (!series.hasClock)
        for (std::size_t row = 0; row < series.rows(); ++row)
            series.times[row] = static_cast<Timestamp>(row);
}

std::size_t columnIndex(const Series& series, std::string_view nameOrRole)
{
    if (const Column* column = series.column(nameOrRole))
        return static_cast<std::size_t>(column - series.columns.data());
    std::vector<std::string> names;
    for (const Column& column : series.columns)
        names.push_back(column.name);
    throw UsageError(Message(TR("engine", "The series \"%1\" has no column \"%2\". Its columns are %3."),
                             series.name, nameOrRole, nameList(names)));
}

}  // namespace fc
