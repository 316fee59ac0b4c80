// SPDX-License-Identifier: GPL-3.0-or-later
// Which columns hold the time, and columns of numbers that count it.
#include "engine/io/import_time.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <numeric>

#include "engine/base/error.h"
#include "engine/data/series.h"
#include "engine/io/encoding.h"
#include "engine/io/import_layout.h"
#include "engine/io/import_stamp.h"
#include "engine/io/number.h"

namespace fc {

namespace {

constexpr std::int64_t microsPerDay = 86'400'000'000;
constexpr std::int64_t unreadable = std::numeric_limits<std::int64_t>::min();

/// A number of the time column: whole part, and the fraction in millionths.
struct Count {
    std::int64_t whole = 0;
    std::int64_t millionths = 0;
    size_t digits = 0;
};

std::optional<Count> readCount(std::string_view text)
{
    Count out;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, out.whole);
    if (error != std::errc())
        return std::nullopt;
    out.digits = static_cast<size_t>(stop - text.data()) - (text.starts_with('-') ? 1 : 0);
    if (stop == end)
        return out;
    std::int64_t scale = 100'000;
    for (const char c : std::string_view(stop + 1, static_cast<size_t>(end - stop) - 1)) {
        if (c < '0' || c > '9')
            return std::nullopt;
        out.millionths += (c - '0') * scale;
        scale /= 10;
    }
    return *stop == '.' ? std::optional(out) : std::nullopt;
}

/// yyyymmdd with or without hhmm[ss]: 8, 12, 14 or 17 digits that are a day between 1000 and 2999.
bool isCompactDate(std::string_view text)
{
    if (text.size() != 8 && text.size() != 12 && text.size() != 14 && text.size() != 17)
        return false;
    const auto stamp = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })
                           ? readStamp(text)
                           : std::nullopt;
    const bool plausible = stamp && stamp->year >= (text.size() == 8 ? 1000 : 1900) &&
                           stamp->year < (text.size() == 8 ? 3000 : 2200);
    return plausible && microsOf(*stamp, DateOrder::YearFirst).has_value();
}

/// "epoch_s" .. "epoch_ns" by the number of digits; "" for numbers too small to be one (9 digits are 1973 in
/// seconds).
std::string epochUnit(const Count& count)
{
    if (count.whole < 0 || count.digits < 9)
        return {};
    if (count.digits <= 11)
        return "epoch_s";
    if (count.digits <= 14)
        return "epoch_ms";
    return count.digits <= 17 ? "epoch_us" : "epoch_ns";
}

/// whole * unit + rest; `unreadable` when that is no stamp any more. `rest` is small against the range.
std::int64_t stampOf(std::int64_t whole, std::int64_t unit, std::int64_t rest)
{
    const std::int64_t largest = std::numeric_limits<std::int64_t>::max() / 2 / unit;
    return whole > largest || whole < -largest ? unreadable : whole * unit + rest;
}

std::int64_t epochMicros(const Count& count, const std::string& unit)
{
    if (unit == "epoch_s")
        return stampOf(count.whole, 1'000'000, count.millionths);
    if (unit == "epoch_ms")
        return stampOf(count.whole, 1'000, count.millionths / 1'000);
    return unit == "epoch_us" ? count.whole : count.whole / 1'000;
}

/// The smallest and largest whole part of a column of numbers.
struct Range {
    std::int64_t low = std::numeric_limits<std::int64_t>::max();
    std::int64_t high = std::numeric_limits<std::int64_t>::min();

    bool isWithin(std::int64_t from, std::int64_t to) const { return low >= from && high <= to; }
};

/// What the numbers of a column count, from its first cell, its name and the range of all.
std::string countFormat(const ImportOptions& options, std::string_view name, const Count& first,
                        const Range& range)
{
    if (options.dateFormat)
        return *options.dateFormat;
    if (std::string unit = epochUnit(first); !unit.empty())
        return unit;
    const auto named = [&](std::string_view word) {
        return std::search(name.begin(), name.end(), word.begin(), word.end(),
                           [](char a, char b) { return (a | 0x20) == b; }) != name.end();
    };
    if ((named("year") || named("date")) && range.isWithin(1000, 2999))
        return "year";
    // Spreadsheets count days from 1899-12-30; 20000 is 1954 and 80000 is 2119.
    if ((named("date") || named("time")) && range.isWithin(20'000, 80'000))
        return "spreadsheet_days";
    return "index";
}

/// Records without a time column.
class RowReader : public TimeReader {
public:
    void read(const ImportContext& block, std::vector<std::int64_t>& values) override
    {
        values.resize(block.rows.size());
        std::iota(values.begin(), values.end(), static_cast<std::int64_t>(block.firstRow));
    }
    TimeReading settled() const override { return {}; }
    std::string format() const override { return "index"; }
    void note(ImportNotes&) const override {}
};

/// A column of numbers that count the time.
class CountReader : public TimeReader {
public:
    CountReader(const ImportOptions& options, const std::string& name, size_t column,
                const TimeReading& reading)
        : m_options(options), m_name(name), m_column(column), m_reading(reading)
    {
    }

    void read(const ImportContext& block, std::vector<std::int64_t>& values) override
    {
        values.resize(block.rows.size());
        const std::string& format = m_reading.format;
        const bool epoch = format.starts_with("epoch");
        for (size_t row = 0; row < values.size(); ++row) {
            const std::string_view text = block.cell(row, m_column);
            const auto count = readCount(text);
            if (m_firstText.empty() && !isMissingMark(text))
                m_firstText = text;
            if (count) {
                m_range.low = std::min(m_range.low, count->whole);
                m_range.high = std::max(m_range.high, count->whole);
            }
            const bool foreignUnit = epoch && !m_options.dateFormat && count && epochUnit(*count) != format;
            values[row] = !count || foreignUnit ? unreadable
                          : epoch               ? epochMicros(*count, format)
                                                : microsOfCount(*count);
            if (values[row] == unreadable)
                noteBadTime(block, row, m_column, text, m_notes);
        }
        if (block.firstRow == 0 && !values.empty()) {
            m_firstCell = block.cell(0, m_column);
            m_firstPlace = block.place(0, m_column);
            m_firstValue = values[0];
        }
    }

    TimeReading settled() const override
    {
        TimeReading out = readingOf(m_options, m_firstText);
        if (out.kind == TimeReading::Kind::Counts)
            out.format = countFormat(m_options, m_name, readCount(m_firstText).value_or(Count{}), m_range);
        return out;
    }

    std::string format() const override { return m_reading.format; }

    void note(ImportNotes& notes) const override
    {
        notes.append(m_notes);
        if (!m_firstPlace.line)
            return;
        if (m_reading.format == "index")
            notes.warning(
                "row_index", m_firstPlace,
                Message(TR("engine", "The column %1 counts steps; it holds no dates. Times are row numbers."),
                        quotedText(m_name)));
        if (m_reading.format == "spreadsheet_days")
            notes.warning(
                "spreadsheet_days", m_firstPlace,
                Message(TR("engine", "The column %1 was read as days of a spreadsheet: %2 in line %3 is %4."),
                        quotedText(m_name), m_firstCell, *m_firstPlace.line,
                        formatTimestamp(m_firstValue, false)));
    }

private:
    /// Of a count that is no epoch.
    std::int64_t microsOfCount(const Count& count) const
    {
        constexpr std::int64_t lastYear = 9999;
        if (m_reading.format == "year" && (count.whole < 0 || count.whole > lastYear))
            return unreadable;
        if (m_reading.format == "year")
            return microsOf({.year = static_cast<int>(count.whole), .a = 1, .b = 1, .offsetMinutes = {}},
                            DateOrder::YearFirst)
                .value_or(unreadable);
        constexpr std::int64_t epochDay = 25'569;  // 1970-01-01
        if (m_reading.format == "spreadsheet_days")
            return stampOf(count.whole, microsPerDay,
                           count.millionths * (microsPerDay / 1'000'000) - epochDay * microsPerDay);
        return stampOf(count.whole, 1'000'000, count.millionths);
    }

    const ImportOptions& m_options;
    const std::string& m_name;
    size_t m_column;
    TimeReading m_reading;
    std::string m_firstText;  ///< the first that is not missing
    Range m_range;
    std::string m_firstCell;
    ImportPlace m_firstPlace;
    std::int64_t m_firstValue = 0;
    ImportNotes m_notes;
};

/// Shares of the first cells that can be read in each way.
struct TimeLook {
    double stamps = 0, compacts = 0, clocks = 0, epochs = 0, counts = 0;
    bool rises = true;  ///< whole numbers that never fall, as a count does
};

TimeLook lookAt(const ImportContext& context, size_t column)
{
    constexpr size_t sample = 200;
    TimeLook look;
    double seen = 0;
    std::int64_t before = std::numeric_limits<std::int64_t>::min();
    for (size_t row = 0; row < std::min(sample, context.rows.size()); ++row) {
        const std::string_view text = context.cell(row, column);
        if (isMissingMark(text))
            continue;
        ++seen;
        const auto count = readCount(text);
        look.rises = look.rises && count && count->millionths == 0 && count->whole >= before;
        before = count ? count->whole : before;
        if (isCompactDate(text))
            ++look.compacts;
        else if (count && !epochUnit(*count).empty())
            ++look.epochs;
        else if (count)
            ++look.counts;
        else if (readNumber(text).status == NumberStatus::NotNumber && readStamp(text))
            ++look.stamps;
        if (readClock(text) && !(count && text.size() > 6))
            ++look.clocks;
    }
    for (double* share : {&look.stamps, &look.compacts, &look.clocks, &look.epochs, &look.counts})
        *share /= std::max(1.0, seen);
    return look;
}

bool mentionsTime(const std::string& plainName)
{
    return plainName.find("date") != std::string::npos || plainName.find("time") != std::string::npos;
}

/// How good a time axis a column would make; 0 = none.
int timeRank(const std::string& plainName, const TimeLook& look, bool isFirst)
{
    constexpr double most = 0.5;
    const bool named = isTimeName(plainName);
    if (look.stamps > most || (look.compacts > most && (named || mentionsTime(plainName))))
        return named ? 9 : mentionsTime(plainName) ? 7 : 6;
    if (look.epochs + look.compacts > most)
        return named ? 8 : mentionsTime(plainName) ? 5 : isFirst && plainName.empty() ? 4 : 0;
    if (named)
        return look.counts > most ? 3 : 2;
    return isFirst && plainName.empty() && look.counts > most && look.rises ? 1 : 0;
}

}  // namespace

TimeColumns proposeTimeColumns(const ImportContext& context)
{
    TimeColumns out;
    int best = 0;
    std::vector<TimeLook> looks;
    for (size_t c = 0; c < context.names.size(); ++c) {
        looks.push_back(lookAt(context, c));
        const int rank = timeRank(plainName(context.names[c]), looks[c], c == 0);
        if (rank > best) {
            best = rank;
            out.time = c;
        }
    }
    if (!out.time || context.rows.empty() || best < 4)
        return out;
    const std::string_view first = context.cell(0, *out.time);
    const auto stamp = readStamp(first);
    if (!stamp || stamp->hasTime)
        return out;
    for (size_t c = 0; c < context.names.size(); ++c) {
        const std::string name = plainName(context.names[c]);
        const bool named = name == "time" || name == "clock" || name == "hour" || name == "zeit" ||
                           name == "uhrzeit" || name == "czas" || name == "time of day";
        const bool beside = name.empty() && c == *out.time + 1 && looks[c].counts < 0.5;
        const bool fits = looks[c].clocks > 0.5 || (named && looks[c].counts > 0.5);
        if (c != *out.time && (named || beside) && fits) {
            out.clock = c;
            break;
        }
    }
    return out;
}

TimeReading readingOf(const ImportOptions& options, std::string_view cell)
{
    const std::string wanted = options.dateFormat.value_or("");
    const bool written =
        wanted == "ymd" || wanted == "dmy" || wanted == "mdy" || wanted.find('%') != std::string::npos;
    const bool counts =
        !cell.empty() && !written && (!wanted.empty() || (readCount(cell) && !isCompactDate(cell)));
    TimeReading out;
    out.kind = counts ? TimeReading::Kind::Counts : TimeReading::Kind::Dates;
    out.format = counts ? options.dateFormat.value_or("index") : std::string();
    if (!counts && wanted == "mdy")
        out.order = DateOrder::MonthFirst;
    return out;
}

TimeReading expectedReading(const ImportContext& head, const TimeColumns& columns)
{
    if (!columns.time)
        return {};
    const std::string wanted = head.options.dateFormat.value_or("");
    constexpr std::array known = {
        "",     "ymd",  "dmy", "mdy", "epoch_s", "epoch_ms", "epoch_us", "epoch_ns", "spreadsheet_days",
        "year", "index"};
    if (wanted.find('%') == std::string::npos && std::ranges::find(known, wanted) == known.end())
        throw UsageError(
            Message(TR("engine",
                       "The date format is %1. Give ymd, dmy, mdy, epoch_s, epoch_ms, epoch_us, epoch_ns, "
                       "spreadsheet_days, year, index, or a pattern such as %Y-%m-%d %H:%M."),
                    quotedText(wanted)));
    size_t first = 0;
    while (first < head.rows.size() && isMissingMark(head.cell(first, *columns.time)))
        ++first;
    return readingOf(head.options,
                     first < head.rows.size() ? head.cell(first, *columns.time) : std::string_view());
}

std::unique_ptr<TimeReader> makeTimeReader(const ImportOptions& options,
                                           const std::vector<std::string>& names, const TimeColumns& columns,
                                           const TimeReading& reading)
{
    switch (reading.kind) {
        case TimeReading::Kind::Rows:
            return std::make_unique<RowReader>();
        case TimeReading::Kind::Counts:
            return std::make_unique<CountReader>(options, names[*columns.time], *columns.time, reading);
        case TimeReading::Kind::Dates:
            return makeDateReader(options, columns, reading);
    }
    return nullptr;
}

}  // namespace fc
