// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/row_clock.h"

#include <QDateTime>
#include <QLocale>
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace fc::ui {
namespace {

constexpr double day = 86400;
constexpr std::int64_t epochJulianDay = 2440588;  // 1970-01-01

/// Distance of two labels: seconds, days or months; one of them is not zero.
struct CalendarStep {
    double seconds;
    int days;
    int months;

    double length() const { return seconds + days * day + months * 30.44 * day; }
};

constexpr CalendarStep steps[] = {
    {1e-3, 0, 0},  {1e-2, 0, 0}, {0.1, 0, 0},  {1, 0, 0},     {5, 0, 0},     {15, 0, 0},    {30, 0, 0},
    {60, 0, 0},    {300, 0, 0},  {900, 0, 0},  {1800, 0, 0},  {3600, 0, 0},  {10800, 0, 0}, {21600, 0, 0},
    {43200, 0, 0}, {0, 1, 0},    {0, 2, 0},    {0, 7, 0},     {0, 14, 0},    {0, 0, 1},     {0, 0, 3},
    {0, 0, 6},     {0, 0, 12},   {0, 0, 24},   {0, 0, 60},    {0, 0, 120},   {0, 0, 240},   {0, 0, 600},
    {0, 0, 1200},  {0, 0, 2400}, {0, 0, 6000}, {0, 0, 12000}, {0, 0, 60000},
};

QDateTime utc(double time)
{
    return QDateTime::fromMSecsSinceEpoch(std::llround(time * 1000), Qt::UTC);
}

/// First moment of the month counted from year 0.
double monthStart(std::int64_t month)
{
    const auto year = static_cast<int>(month >= 0 ? month / 12 : -((11 - month) / 12));
    const auto inYear = static_cast<int>(month - static_cast<std::int64_t>(year) * 12);
    return static_cast<double>(QDate(year, inYear + 1, 1).toJulianDay() - epochJulianDay) * day;
}

/// Round moments `step` apart from the first at or after `from` to `to`.
std::vector<double> roundMoments(const CalendarStep& step, double from, double to)
{
    std::vector<double> moments;
    if (step.seconds > 0) {
        const double first = std::ceil(from / step.seconds);
        for (double i = 0; (first + i) * step.seconds <= to; ++i)
            moments.push_back((first + i) * step.seconds);
    } else if (step.days > 0) {
        // Julian day 0 was a Monday, so steps of a week begin on Mondays.
        const auto startDay = static_cast<std::int64_t>(std::ceil(from / day)) + epochJulianDay;
        for (std::int64_t d = (startDay + step.days - 1) / step.days * step.days;
             static_cast<double>(d - epochJulianDay) * day <= to; d += step.days)
            moments.push_back(static_cast<double>(d - epochJulianDay) * day);
    } else {
        const QDate start = utc(from).date();
        std::int64_t month = (start.year() * 12LL + start.month() - 1) / step.months * step.months;
        for (; month / 12 < 9'000'000 && monthStart(month) <= to; month += step.months)
            if (monthStart(month) >= from)
                moments.push_back(monthStart(month));
    }
    return moments;
}

/// How much of the calendar turns at a moment: 3 year, 2 month, 1 day, 0 time of day.
int rankOf(const QDateTime& moment)
{
    if (moment.time().msecsSinceStartOfDay() != 0)
        return 0;
    if (moment.date().day() != 1)
        return 1;
    return moment.date().month() == 1 ? 3 : 2;
}

QString labelOf(const QDateTime& moment, int rank, const CalendarStep& step)
{
    const QLocale locale;
    if (step.months >= 12 || (step.months > 0 && rank == 3))
        return QString::number(moment.date().year());
    if (step.months > 0)
        return locale.toString(moment.date(), QStringLiteral("MMM"));
    if (rank == 3 && step.days > 0)
        return locale.toString(moment.date(), QStringLiteral("MMM yyyy"));
    if (rank > 0 || step.days > 0)
        return locale.toString(moment.date(), QStringLiteral("d MMM"));
    if (step.seconds >= 60)
        return locale.toString(moment.time(), QStringLiteral("HH:mm"));
    return locale.toString(moment.time(),
                           step.seconds < 1 ? QStringLiteral("HH:mm:ss.zzz") : QStringLiteral("HH:mm:ss"));
}

double commonStep(std::span<const double> times)
{
    std::vector<double> differences;
    const std::size_t stride = std::max<std::size_t>(1, times.size() / 1000);
    for (std::size_t i = 1; i < times.size(); i += stride)
        differences.push_back(times[i] - times[i - 1]);
    if (differences.empty())
        return day;
    const auto middle = differences.begin() + static_cast<std::ptrdiff_t>(differences.size() / 2);
    std::nth_element(differences.begin(), middle, differences.end());
    return *middle > 0 ? *middle : 1;
}

}  // namespace

RowClock::RowClock(std::span<const double> times, bool hasClock)
    : m_times(times), m_hasClock(hasClock), m_step(commonStep(times))
{
}

double RowClock::timeOf(double row) const
{
    if (m_times.empty())
        return 0;
    const double nearest = std::round(row);
    if (nearest < 0)
        return m_times.front() + nearest * m_step;
    const auto i = static_cast<std::size_t>(nearest);
    if (i < m_times.size())
        return m_times[i];
    if (i < m_times.size() + m_future.size())
        return m_future[i - m_times.size()];
    const double last = m_future.empty() ? m_times.back() : m_future.back();
    return last + static_cast<double>(i + 1 - m_times.size() - m_future.size()) * m_step;
}

double RowClock::rowOf(double time) const
{
    if (m_times.empty())
        return 0;
    const auto known = static_cast<double>(m_times.size());
    if (time < m_times.front())
        return std::ceil((time - m_times.front()) / m_step);
    if (time <= m_times.back())
        return static_cast<double>(std::lower_bound(m_times.begin(), m_times.end(), time) - m_times.begin());
    if (!m_future.empty() && time <= m_future.back())
        return known + static_cast<double>(std::lower_bound(m_future.begin(), m_future.end(), time) -
                                           m_future.begin());
    const double last = m_future.empty() ? m_times.back() : m_future.back();
    return known - 1 + static_cast<double>(m_future.size()) + std::ceil((time - last) / m_step - 1e-9);
}

QString RowClock::stamp(double row) const
{
    if (m_times.empty())
        return {};
    if (!m_hasClock)
        return QStringLiteral("# ") + QLocale().toString(std::llround(timeOf(row)));
    QString format = QStringLiteral("ddd d MMM yyyy");
    if (m_step < 60)
        format += QStringLiteral(" HH:mm:ss");
    else if (m_step < day)
        format += QStringLiteral(" HH:mm");
    return QLocale().toString(utc(timeOf(row)), format);
}

std::vector<RowClock::Tick> RowClock::ticks(double fromRow, double toRow, int most) const
{
    if (m_times.empty() || !(toRow > fromRow) || most < 1)
        return {};
    if (!m_hasClock)
        return rowTicks(fromRow, toRow, most);
    const double from = timeOf(std::ceil(fromRow));
    const double to = timeOf(std::floor(toRow));
    const auto* step = std::begin(steps);
    while (step + 1 != std::end(steps) && (to - from) / step->length() > most)
        ++step;

    std::vector<Tick> ticks;
    int lastRank = 0;
    const double room = (toRow - fromRow) / most * 0.75;
    for (const double moment : roundMoments(*step, from, to)) {
        const double row = rowOf(moment);
        // The moment may fall into a gap: the label names the row that is there.
        const QDateTime shown = utc(step->days > 0 ? std::floor(timeOf(row) / day) * day : moment);
        const int rank = rankOf(shown);
        if (!ticks.empty() && row - ticks.back().row < room) {
            if (rank <= lastRank)
                continue;
            ticks.pop_back();
        }
        ticks.push_back({row, labelOf(shown, rank, *step)});
        lastRank = rank;
    }
    return ticks;
}

std::vector<RowClock::Tick> RowClock::rowTicks(double fromRow, double toRow, int most) const
{
    double step = std::pow(10, std::floor(std::log10(std::max(1.0, (toRow - fromRow) / most))));
    for (const double factor : {2.0, 2.5, 2.0})
        if ((toRow - fromRow) / step > most)
            step *= factor;
    step = std::max(1.0, std::round(step));

    std::vector<Tick> ticks;
    const double first = m_times.front();
    for (double i = std::ceil((fromRow + first) / step); i * step - first <= toRow; ++i)
        ticks.push_back({i * step - first, QLocale().toString(std::llround(i * step))});
    return ticks;
}

}  // namespace fc::ui
