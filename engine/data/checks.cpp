// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/checks.h"

#include <algorithm>
#include <map>

#include "engine/data/faults.h"
#include "engine/data/fill.h"
#include "engine/data/remedies.h"

namespace fc {

namespace {

/// How a kind of fault is told; %1 count, %2 column, %3 first row from 0 or its stamp, %4 a number of the
/// rule.
struct Wording {
    Severity severity;
    const char* text;
    double number = 0;
};

const Wording& wordingOf(const std::string& code)
{
    static const std::map<std::string, Wording> list = {
        {"high_below_low",
         {Severity::Warning, TR("engine", "In %1 rows the high (%2) is below the low, first at %3.")}},
        {"open_outside",
         {Severity::Warning, TR("engine", "In %1 rows %2 lies outside low and high, first at %3.")}},
        {"close_outside",
         {Severity::Warning, TR("engine", "In %1 rows %2 lies outside low and high, first at %3.")}},
        {"negative_volume", {Severity::Warning, TR("engine", "In %1 rows %2 is negative, first at %3.")}},
        {"negative_price",
         {Severity::Information,
          TR("engine",
             "In %1 rows %2 is negative, first at %3; that can be real, but logarithms are not "
             "defined.")}},
        {"zero_price",
         {Severity::Warning,
          TR("engine", "In %1 rows %2 is 0, first at %3; often a value that was not there.")}},
        {"zero_volume",
         {Severity::Information, TR("engine", "In %1 rows %2 is 0, first at %3: nothing was traded.")}},
        {"spike",
         {Severity::Information,
          TR("engine",
             "In %1 rows %2 jumps away and back by more than %4 robust standard deviations of its changes, "
             "first at "
             "%3."),
          spikeDeviations}},
        {"stale",
         {Severity::Information,
          TR("engine", "In %1 rows %2 repeats the value before, in runs of %4 rows or more, first at %3."),
          static_cast<double>(staleRows)}},
        {"missing_values", {Severity::Information, TR("engine", "In %1 rows %2 has no value, first at %3.")}},
        {"duplicate_time",
         {Severity::Warning, TR("engine", "%1 rows repeat the stamp before, first at %3.")}},
        {"unsorted",
         {Severity::Warning, TR("engine", "%1 rows are earlier than the row before, first at %3.")}}};
    return list.at(code);
}

std::string placeText(const Series& series, std::size_t row)
{
    return series.hasClock ? formatTimestamp(series.times[row], false) : std::to_string(row);
}

Finding described(const Series& series, const Fault& fault)
{
    const Wording& wording = wordingOf(fault.code);
    const bool ofTime = fault.code == "duplicate_time" || fault.code == "unsorted";
    Finding out;
    out.code = fault.code;
    out.severity = wording.severity;
    out.column = ofTime ? std::string() : series.columns[fault.column].name;
    out.count = static_cast<std::int64_t>(fault.rows.size());
    out.rows.assign(fault.rows.begin(), fault.rows.begin() + static_cast<std::ptrdiff_t>(
                                                                 std::min(listedRows, fault.rows.size())));
    out.text =
        Message(wording.text, out.count, out.column, placeText(series, fault.rows.front()), wording.number);
    out.remedies = remediesFor(fault.code);
    return out;
}

void addGaps(const Series& series, const TradingCalendar& calendar, std::vector<Finding>& out)
{
    const CalendarGaps gaps = findGaps(series, calendar);
    if (gaps.gaps.empty())
        return;
    Finding finding;
    finding.code = "gaps";
    finding.count = gaps.missing;
    for (std::size_t i = 0; i < std::min(listedRows, gaps.gaps.size()); ++i)
        finding.rows.push_back(gaps.gaps[i].row);
    const std::size_t first = gaps.gaps.front().row;
    finding.text = Message(TR("engine",
                              "%1 stamps are missing in %2 places against the calendar %3, first between %4 "
                              "and %5; %6 days without any "
                              "row were taken as holidays."),
                           gaps.missing, gaps.gaps.size(), calendar.text(), placeText(series, first - 1),
                           placeText(series, first), gaps.closedDays);
    finding.remedies = remediesFor("gaps");
    out.push_back(std::move(finding));
}

}  // namespace

std::string severityName(Severity severity)
{
    return severity == Severity::Warning ? "warning" : "information";
}

std::vector<Finding> checkSeries(const Series& series, const std::optional<TradingCalendar>& calendar)
{
    std::vector<Finding> out;
    for (const Fault& fault : findFaults(series))
        out.push_back(described(series, fault));
    addGaps(series, calendar ? *calendar : detectCalendar(series), out);
    std::ranges::stable_sort(out, std::ranges::greater(), &Finding::severity);
    return out;
}

}  // namespace fc
