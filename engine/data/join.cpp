// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/join.h"

#include <algorithm>

#include "engine/data/names.h"

namespace fc {

namespace {

constexpr std::size_t none = static_cast<std::size_t>(-1);

/// For each row of the result the row of either series, or `none`.
struct Pairing {
    std::vector<Timestamp> times;
    std::vector<std::size_t> left;
    std::vector<std::size_t> right;

    void add(Timestamp t, std::size_t l, std::size_t r)
    {
        times.push_back(t);
        left.push_back(l);
        right.push_back(r);
    }
};

Pairing byStamp(const Series& a, const Series& b, const std::string& how)
{
    Pairing out;
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a.rows() || j < b.rows()) {
        const bool fromA = i < a.rows() && (j == b.rows() || a.times[i] <= b.times[j]);
        const bool fromB = j < b.rows() && (i == a.rows() || b.times[j] <= a.times[i]);
        const bool wanted = fromA && fromB ? true : fromA ? how != "inner" : how == "outer";
        if (wanted)
            out.add(fromA ? a.times[i] : b.times[j], fromA ? i : none, fromB ? j : none);
        i += fromA;
        j += fromB;
    }
    return out;
}

/// The newest row of `b` that is known when the row of `a` is: both one step after their stamps.
Pairing asOf(const Series& a, const Series& b, Timestamp stepA, Timestamp stepB)
{
    Pairing out;
    std::size_t next = 0;
    for (std::size_t i = 0; i < a.rows(); ++i) {
        while (next < b.rows() && b.times[next] + stepB <= a.times[i] + stepA)
            ++next;
        out.add(a.times[i], i, next == 0 ? none : next - 1);
    }
    return out;
}

std::vector<double> picked(const std::vector<double>& values, const std::vector<std::size_t>& rows)
{
    std::vector<double> out;
    out.reserve(rows.size());
    for (const std::size_t row : rows)
        out.push_back(row == none ? missing : values[row]);
    return out;
}

/// How long after its stamp a row is complete; 0 where the stamps keep no step.
Timestamp lengthOf(const Frequency& frequency)
{
    constexpr Timestamp longestMonth = 31LL * 86'400'000'000;
    return frequency.months > 0 ? frequency.months * longestMonth : frequency.step;
}

void checkClocks(const Series& a, const Series& b)
{
    if (a.hasClock != b.hasClock)
        throw UsageError(
            Message(TR("engine",
                       "One of the series \"%1\" and \"%2\" has a clock and the other counts rows, so "
                       "that their rows cannot be matched."),
                    a.name, b.name));
}

}  // namespace

void JoinParams::describe(ParamVisitor& v)
{
    v.field(other, {.id = "other",
                    .label = TR("engine", "Other series"),
                    .help = TR("engine", "The series whose columns are added.")});
    v.field(
        how,
        {.id = "how",
         .label = TR("engine", "Rows"),
         .help = TR("engine",
                    "inner: stamps that both have. left: those of this series. outer: those of either. asof: "
                    "those of this series, each with the newest row of the other that was complete by then."),
         .choices = {"inner", "left", "outer", "asof"}});
    v.field(columns,
            {.id = "columns",
             .label = TR("engine", "Columns"),
             .help = TR("engine", "Columns of the other series, separated by commas. Empty is all.")});
    v.field(prefix,
            {.id = "prefix",
             .label = TR("engine", "Prefix"),
             .help = TR("engine",
                        "Goes before the names of the added columns. Empty: the name of the other series, "
                        "where a name is taken.")});
    v.field(stamps,
            {.id = "stamps",
             .label = TR("engine", "A stamp is"),
             .help = TR("engine",
                        "start: the beginning of a step, whose row is known when the step is over. instant: "
                        "the moment of a measurement, known at once."),
             .choices = {"start", "instant"}});
}

TransformResult joinSeries(const Series& series, const Series& other, const JoinParams& params)
{
    checkClocks(series, other);
    const bool starts = params.stamps == "start";
    const Timestamp stepA = starts ? lengthOf(detectFrequency(series)) : 0;
    const Timestamp stepB = starts ? lengthOf(detectFrequency(other)) : 0;
    if (params.how != "asof" && stepA != stepB && stepA > 0 && stepB > 0)
        throw UsageError(
            Message(TR("engine",
                       "The steps differ (%1 and %2): at equal stamps the row of the longer step is not over "
                       "yet, and the "
                       "join would look ahead. Join with how=asof, resample first, or say stamps=instant."),
                    detectFrequency(series).text(), detectFrequency(other).text()));
    const Pairing rows =
        params.how == "asof" ? asOf(series, other, stepA, stepB) : byStamp(series, other, params.how);
    TransformResult out;
    out.series = series;
    out.series.synthetic |= other.synthetic;
    out.series.times = rows.times;
    for (Column& column : out.series.columns)
        column.values = picked(column.values, rows.left);
    std::vector<std::string> wanted = splitNames(params.columns);
    if (wanted.empty())
        for (const Column& column : other.columns)
            wanted.push_back(column.name);
    std::int64_t matched = 0;
    for (const std::size_t row : rows.right)
        matched += row != none;
    for (const std::string& name : wanted) {
        const Column& column = other.columns[columnIndex(other, name)];
        std::string added = params.prefix + column.name;
        if (params.prefix.empty() && out.series.column(added) != nullptr)
            added = other.name + " " + column.name;
        if (out.series.column(added) != nullptr)
            throw UsageError(Message(
                TR("engine", "The joined series would have two columns \"%1\". Give a prefix."), added));
        out.series.columns.push_back({added, "", picked(column.values, rows.right)});
    }
    if (!out.series.hasClock)
        for (std::size_t i = 0; i < out.series.times.size(); ++i)
            out.series.times[i] = static_cast<Timestamp>(i);
    out.notes.emplace_back(TR("engine", "%1 of %2 rows have a row of \"%3\"."), matched, rows.times.size(),
                           other.name);
    return out;
}

}  // namespace fc
