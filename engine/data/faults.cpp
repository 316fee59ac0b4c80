// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/faults.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>
#include <tuple>

namespace fc {

namespace {

using Values = std::vector<double>;

constexpr std::array codes = {"high_below_low", "open_outside",   "close_outside",  "negative_volume",
                              "negative_price", "zero_price",     "zero_volume",    "spike",
                              "stale",          "missing_values", "duplicate_time", "unsorted"};

std::optional<std::size_t> withRole(const Series& series, std::string_view role)
{
    for (std::size_t c = 0; c < series.columns.size(); ++c)
        if (series.columns[c].role == role)
            return c;
    return std::nullopt;
}

bool isPrice(const Column& column)
{
    return !column.role.empty() && column.role != "volume";
}

template <typename F>
std::vector<std::size_t> rowsWhere(std::size_t rows, F f)
{
    std::vector<std::size_t> out;
    for (std::size_t row = 0; row < rows; ++row)
        if (f(row))
            out.push_back(row);
    return out;
}

double median(Values values)
{
    if (values.empty())
        return 0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

/// Median and robust standard deviation of the changes that are any: of an illiquid price most are 0.
std::pair<double, double> robust(Values changes)
{
    std::erase(changes, 0.0);
    const double center = median(changes);
    for (double& x : changes)
        x = std::fabs(x - center);
    return {center, 1.4826 * median(std::move(changes))};
}

/// The change of values from one row to the next: of logarithms where all are positive.
class Changes {
public:
    explicit Changes(const Values& values)
        : m_positive(std::ranges::all_of(values, [](double x) { return std::isnan(x) || x > 0; }))
    {
        sample(values);
    }

    /// Distance from the median change.
    double operator()(double from, double to) const { return plain(from, to) - m_center; }
    double deviation() const { return m_deviation; }

private:
    double plain(double from, double to) const { return m_positive ? std::log(to / from) : to - from; }

    /// Every k-th change tells the spread of millions well enough.
    void sample(const Values& values)
    {
        constexpr std::size_t most = 200'000;
        const std::size_t stride = values.size() / most + 1;
        Values changes;
        for (std::size_t row = 1; row < values.size(); row += stride)
            if (!std::isnan(values[row]) && !std::isnan(values[row - 1]))
                changes.push_back(plain(values[row - 1], values[row]));
        std::tie(m_center, m_deviation) = robust(std::move(changes));
    }

    bool m_positive;
    double m_center = 0;
    double m_deviation = 0;
};

/// Rows whose value jumps away and back, among the rows that have a value.
std::vector<std::size_t> spikes(const Values& values)
{
    std::vector<std::size_t> out;
    const Changes change(values);
    const double limit = spikeDeviations * change.deviation();
    double there = 0;  // the change into the row before
    std::size_t before = values.size();
    for (std::size_t row = 0; row < values.size() && limit > 0; ++row) {
        if (std::isnan(values[row]))
            continue;
        const double now = before == values.size() ? 0 : change(values[before], values[row]);
        // "Undoes": what is left is less than half of the jump, so that two real moves are not one spike.
        if (std::fabs(there) > limit && std::fabs(now) > limit && there * now < 0 &&
            std::fabs(there + now) < 0.5 * std::fabs(there))
            out.push_back(before);
        there = now;
        before = row;
    }
    return out;
}

/// Rows that repeat the value before, in runs of staleRows or more.
std::vector<std::size_t> staleRepeats(const Values& values)
{
    std::size_t steps = 0;
    std::size_t changes = 0;
    for (std::size_t row = 1; row < values.size(); ++row) {
        steps += !std::isnan(values[row]);
        changes += values[row] != values[row - 1] && !std::isnan(values[row]);
    }
    std::vector<std::size_t> out;
    // Flags, dividends and counts repeat by nature.
    if (steps < 3 * staleRows || changes * 2 < steps)
        return out;
    for (std::size_t begin = 0, end = 0; begin < values.size(); begin = end) {
        for (end = begin + 1; end < values.size() && values[end] == values[begin];)
            ++end;
        for (std::size_t row = begin + 1; end - begin >= staleRows && row < end; ++row)
            out.push_back(row);
    }
    return out;
}

class Finder {
public:
    Finder(const Series& series, const std::string& only) : m_series(series), m_only(only) {}

    std::vector<Fault> find()
    {
        candles();
        for (std::size_t c = 0; c < m_series.columns.size(); ++c)
            column(c);
        times();
        std::ranges::stable_sort(m_out, {}, [](const Fault& fault) {
            return std::ranges::find(codes, fault.code) - codes.begin();
        });
        return std::move(m_out);
    }

private:
    bool wants(const char* code) const { return m_only.empty() || m_only == code; }

    void add(const char* code, std::size_t column, std::vector<std::size_t> rows)
    {
        if (!rows.empty())
            m_out.push_back({code, column, std::move(rows)});
    }

    void candles()
    {
        const auto high = withRole(m_series, "high");
        const auto low = withRole(m_series, "low");
        if (!high || !low)
            return;
        const Values& h = m_series.columns[*high].values;
        const Values& l = m_series.columns[*low].values;
        if (wants("high_below_low"))
            add("high_below_low", *high, rowsWhere(h.size(), [&](std::size_t i) { return h[i] < l[i]; }));
        for (const auto& [role, code] :
             {std::pair("open", "open_outside"), std::pair("close", "close_outside")}) {
            const auto place = withRole(m_series, role);
            if (!place || !wants(code))
                continue;
            const Values& x = m_series.columns[*place].values;
            add(code, *place, rowsWhere(x.size(), [&](std::size_t i) {
                    return l[i] <= h[i] && (x[i] > h[i] || x[i] < l[i]);
                }));
        }
    }

    void column(std::size_t c)
    {
        const Column& column = m_series.columns[c];
        const Values& x = column.values;
        const auto rows = [&](auto f) { return rowsWhere(x.size(), [&](std::size_t i) { return f(x[i]); }); };
        const bool isVolume = column.role == "volume";
        if (isVolume && wants("negative_volume"))
            add("negative_volume", c, rows([](double v) { return v < 0; }));
        if (isVolume && wants("zero_volume"))
            add("zero_volume", c, rows([](double v) { return v == 0; }));
        if (isPrice(column) && wants("negative_price"))
            add("negative_price", c, rows([](double v) { return v < 0; }));
        if (isPrice(column) && wants("zero_price"))
            add("zero_price", c, rows([](double v) { return v == 0; }));
        if (!isVolume && wants("spike"))
            add("spike", c, spikes(x));
        if (!isVolume && wants("stale"))
            add("stale", c, staleRepeats(x));
        if (wants("missing_values"))
            add("missing_values", c, rows([](double v) { return std::isnan(v); }));
    }

    void times()
    {
        const std::vector<Timestamp>& t = m_series.times;
        const auto rows = [&](auto f) {
            return rowsWhere(t.size(), [&](std::size_t i) { return i > 0 && f(t[i - 1], t[i]); });
        };
        if (wants("duplicate_time"))
            add("duplicate_time", 0, rows([](Timestamp a, Timestamp b) { return a == b; }));
        if (wants("unsorted"))
            add("unsorted", 0, rows([](Timestamp a, Timestamp b) { return a > b; }));
    }

    const Series& m_series;
    std::string m_only;
    std::vector<Fault> m_out;
};

}  // namespace

std::vector<Fault> findFaults(const Series& series)
{
    return Finder(series, "").find();
}

std::vector<Fault> findFaults(const Series& series, const std::string& code)
{
    return Finder(series, code).find();
}

}  // namespace fc
