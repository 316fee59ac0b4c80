// SPDX-License-Identifier: GPL-3.0-or-later
// One date and time of day from text, locale-free.
#include "engine/io/import_stamp.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <date/date.h>
#include <string>

namespace fc {

namespace {

constexpr std::int64_t microsPerSecond = 1'000'000;
constexpr std::int64_t microsPerDay = 86'400 * microsPerSecond;

constexpr std::array<std::string_view, 12> months = {"january",   "february", "march",    "april",
                                                     "may",       "june",     "july",     "august",
                                                     "september", "october",  "november", "december"};
constexpr std::array<std::string_view, 7> weekdays = {"monday", "tuesday",  "wednesday", "thursday",
                                                      "friday", "saturday", "sunday"};

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isLetter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Looks along one text; every read either steps on or leaves the place as it was.
class Scanner {
public:
    explicit Scanner(std::string_view text) : m_rest(text) {}

    bool atEnd() const { return m_rest.empty(); }
    char peek(size_t i = 0) const { return i < m_rest.size() ? m_rest[i] : '\0'; }
    void skip(size_t n) { m_rest.remove_prefix(n); }
    size_t digitRun() const
    {
        return static_cast<size_t>(std::ranges::find_if_not(m_rest, isDigit) - m_rest.begin());
    }
    bool take(char c)
    {
        if (peek() != c || atEnd())
            return false;
        skip(1);
        return true;
    }
    bool takeBlanks()
    {
        const bool any = peek() == ' ';
        while (peek() == ' ')
            skip(1);
        return any;
    }
    /// The next `count` characters, which must be digits.
    std::optional<int> number(size_t count)
    {
        if (count == 0 || count > 9 || digitRun() < count)
            return std::nullopt;
        int value = 0;
        for (size_t i = 0; i < count; ++i)
            value = value * 10 + (m_rest[i] - '0');
        skip(count);
        return value;
    }
    std::string word()
    {
        std::string out;
        while (isLetter(peek())) {
            out += static_cast<char>(peek() | 0x20);
            skip(1);
        }
        return out;
    }
    std::string_view rest() const { return m_rest; }

private:
    std::string_view m_rest;
};

/// 1 .. of the name that `word` is or abbreviates to three letters or more (sept too); 0 for none.
template <size_t n>
int indexOfName(const std::array<std::string_view, n>& names, const std::string& word)
{
    if (word.size() < 3)
        return 0;
    for (size_t i = 0; i < n; ++i)
        if (names[i].starts_with(word))
            return static_cast<int>(i) + 1;
    return 0;
}

bool isSeparator(char c)
{
    return c == '-' || c == '/' || c == '.';
}

bool readYear(Scanner& s, Stamp& stamp)
{
    const size_t run = s.digitRun();
    if (run != 4 && run != 2)
        return false;
    stamp.year = *s.number(run);
    stamp.shortYear = run == 2;
    if (stamp.shortYear)
        stamp.year += stamp.year >= 69 ? 1900 : 2000;
    return true;
}

/// Month as a number or a name; 0 when it is neither.
int readMonth(Scanner& s)
{
    if (isLetter(s.peek()))
        return indexOfName(months, s.word());
    const size_t run = s.digitRun();
    return run == 1 || run == 2 ? *s.number(run) : 0;
}

/// "2024-01-02", "2024/1/2", "2024.01.02", "2024-Jan-02", "2024-01", "2024Q1", "2024-Q1".
bool readYearFirst(Scanner& s, Stamp& stamp)
{
    stamp.year = *s.number(4);
    stamp.b = 1;
    const char separator = s.peek();
    if (isSeparator(separator))
        s.skip(1);
    if ((s.peek() == 'Q' || s.peek() == 'q') && s.peek(1) >= '1' && s.peek(1) <= '4') {
        stamp.a = (s.peek(1) - '1') * 3 + 1;
        s.skip(2);
        return true;
    }
    if (!isSeparator(separator))
        return false;
    stamp.a = readMonth(s);
    if (stamp.a == 0)
        return false;
    if (!s.take(separator))
        return s.atEnd();
    const size_t run = s.digitRun();
    if (run != 1 && run != 2)
        return false;
    stamp.b = *s.number(run);
    return true;
}

/// "02/01/2024", "2.1.24", "02-Jan-2024", "14 January 2020".
bool readYearLast(Scanner& s, Stamp& stamp)
{
    const int first = *s.number(s.digitRun());
    const char separator = s.peek();
    if (!isSeparator(separator) && separator != ' ')
        return false;
    s.skip(1);
    s.takeBlanks();
    if (isLetter(s.peek())) {
        stamp.b = first;
        stamp.a = readMonth(s);
        s.take(',');
        if (s.peek() == separator || s.peek() == ' ')
            s.skip(1);
        s.takeBlanks();
        return stamp.a > 0 && readYear(s, stamp);
    }
    const size_t run = s.digitRun();
    if (separator == ' ' || (run != 1 && run != 2))
        return false;
    stamp.a = first;
    stamp.b = *s.number(run);
    stamp.yearLast = true;
    stamp.dotted = separator == '.';
    return s.take(separator) && readYear(s, stamp);
}

/// "Jan 14, 2020", "January 1 2000", "Jan 2020", with a weekday in front or not.
bool readNamed(Scanner& s, Stamp& stamp)
{
    const std::string word = s.word();
    stamp.a = indexOfName(months, word);
    if (stamp.a == 0)
        return false;
    s.take('.');
    if (!s.takeBlanks() && !s.take('-'))
        return false;
    if (s.digitRun() == 4) {
        stamp.b = 1;
        return readYear(s, stamp);
    }
    const size_t run = s.digitRun();
    if (run != 1 && run != 2)
        return false;
    stamp.b = *s.number(run);
    s.take(',');
    s.take('-');
    s.takeBlanks();
    return readYear(s, stamp);
}

/// Second and fraction after "hh:mm" or "hhmm"; true when they are absent or in range.
bool readSeconds(Scanner& s, bool colon, Stamp& stamp)
{
    if (colon ? !s.take(':') : s.digitRun() < 2)
        return true;
    const auto second = s.number(2);
    if (!second || *second > 60)
        return false;
    stamp.leapSecond = *second == 60;
    stamp.ofDay += *second * microsPerSecond;
    const bool mark = s.take('.') || s.take(',');
    if (!mark && colon)
        return true;
    // Digits beyond microseconds are cut: no time axis here is finer.
    const size_t run = s.digitRun();
    if (mark && run == 0)
        return false;
    std::int64_t scale = microsPerSecond / 10;
    for (size_t i = 0; i < run; ++i, scale /= 10)
        stamp.ofDay += (s.peek(i) - '0') * scale;
    s.skip(run);
    return true;
}

/// AM or PM behind the clock. `hour` 1 .. 12 becomes 0 .. 23.
bool readHalf(Scanner& s, int& hour)
{
    const size_t gap = s.peek() == ' ' || s.peek() == '-' ? 1 : 0;
    const char letter = static_cast<char>(s.peek(gap) | 0x20);
    if ((letter != 'a' && letter != 'p') || (s.peek(gap + 1) | 0x20) != 'm')
        return true;
    if (hour < 1 || hour > 12)
        return false;
    hour = hour % 12 + (letter == 'p' ? 12 : 0);
    s.skip(gap + 2);
    return true;
}

bool followedByHalf(const Scanner& s, size_t at)
{
    const size_t gap = s.peek(at) == ' ' || s.peek(at) == '-' ? 1 : 0;
    const char letter = static_cast<char>(s.peek(at + gap) | 0x20);
    return (letter == 'a' || letter == 'p') && (s.peek(at + gap + 1) | 0x20) == 'm';
}

bool readTime(Scanner& s, Stamp& stamp)
{
    const size_t run = s.digitRun();
    const bool colon = (run == 1 || run == 2) && s.peek(run) == ':';
    const bool hourOnly = (run == 1 || run == 2) && followedByHalf(s, run);
    if (!colon && !hourOnly && run != 4 && run != 6 && run != 9)
        return false;
    int hour = *s.number(colon || hourOnly ? run : 2);
    if (!hourOnly) {
        if (colon)
            s.skip(1);
        const auto minute = s.number(2);
        if (!minute || *minute > 59)
            return false;
        stamp.ofDay += *minute * 60 * microsPerSecond;
        if (!readSeconds(s, colon, stamp))
            return false;
    }
    if (!readHalf(s, hour))
        return false;
    stamp.hasTime = true;
    stamp.hour24 = hour == 24;
    if (hour > 24 || (stamp.hour24 && stamp.ofDay != 0))
        return false;
    stamp.ofDay += hour * 3600 * microsPerSecond;
    return true;
}

/// Z, UTC, GMT, +hh, +hhmm or +hh:mm at the end.
bool readOffset(Scanner& s, Stamp& stamp)
{
    s.takeBlanks();
    if (s.atEnd())
        return true;
    for (const std::string_view zone : {"Z", "z", "UTC", "GMT"})
        if (s.rest() == zone) {
            stamp.offsetMinutes = 0;
            s.skip(zone.size());
            return true;
        }
    const bool minus = s.peek() == '-';
    if (!minus && s.peek() != '+')
        return false;
    s.skip(1);
    const auto hours = s.number(2);
    const bool colon = s.take(':');
    const auto minutes = s.atEnd() && !colon ? std::optional<int>(0) : s.number(2);
    if (!hours || !minutes || *hours > 18 || *minutes > 59)
        return false;
    stamp.offsetMinutes = (minus ? -1 : 1) * (*hours * 60 + *minutes);
    return s.atEnd();
}

/// yyyymmdd, with hhmm, hhmmss or hhmmssfff right behind.
bool readCompact(Scanner& s, size_t run, Stamp& stamp)
{
    stamp.year = *s.number(4);
    stamp.a = *s.number(2);
    stamp.b = *s.number(2);
    return run == 8 || readTime(s, stamp);
}

bool readDate(Scanner& s, Stamp& stamp)
{
    if (isLetter(s.peek())) {
        Scanner ahead = s;
        if (indexOfName(weekdays, ahead.word()) > 0) {
            ahead.take(',');
            ahead.takeBlanks();
            s = ahead;
        }
    }
    if (isLetter(s.peek()))
        return readNamed(s, stamp);
    const size_t run = s.digitRun();
    if (run == 4)
        return readYearFirst(s, stamp);
    if (run == 1 || run == 2)
        return readYearLast(s, stamp);
    return (run == 8 || run == 12 || run == 14 || run == 17) && readCompact(s, run, stamp);
}

/// One letter of a pattern behind its percent sign.
bool readPatternPart(char part, Scanner& s, Stamp& stamp, int& hour, int& dayOfYear)
{
    const auto upTo = [&](size_t width) { return s.number(std::min(s.digitRun(), width)); };
    const auto store = [](std::optional<int> value, int& to) { return value && ((to = *value), true); };
    int value = 0;
    switch (part) {
        case 'Y':
            return store(upTo(4), stamp.year);
        case 'y':
            return readYear(s, stamp) && stamp.shortYear;
        case 'm':
            return store(upTo(2), stamp.a);
        case 'd':
            return store(upTo(2), stamp.b);
        case 'b':
        case 'B':
            return (stamp.a = indexOfName(months, s.word())) > 0;
        case 'j':
            return store(upTo(3), dayOfYear);
        case 'H':
        case 'I':
            stamp.hasTime = true;
            return store(upTo(2), hour) && hour <= (part == 'H' ? 24 : 12);
        case 'M':
            return store(upTo(2), value) && value < 60 &&
                   ((stamp.ofDay += value * 60 * microsPerSecond), true);
        case 'S':
            return store(upTo(2), value) && value < 60 && ((stamp.ofDay += value * microsPerSecond), true);
        case 'f': {
            std::int64_t scale = microsPerSecond / 10;
            const size_t run = s.digitRun();
            for (size_t i = 0; i < run; ++i, scale /= 10)
                stamp.ofDay += (s.peek(i) - '0') * scale;
            s.skip(run);
            return run > 0;
        }
        case 'p': {
            const int before = hour;
            return readHalf(s, hour) && (hour != before || s.atEnd() || !isLetter(s.peek()));
        }
        case 'z':
            return readOffset(s, stamp) && stamp.offsetMinutes.has_value();
        case '%':
            return s.take('%');
        default:
            return false;
    }
}

}  // namespace

std::optional<Stamp> readStamp(std::string_view text)
{
    Scanner s(text);
    Stamp stamp;
    if (!readDate(s, stamp))
        return std::nullopt;
    if (!stamp.hasTime && !s.atEnd() && s.peek() != 'Z' && s.peek() != '+') {
        const bool mark = s.take('T') || s.take('t') || s.take(',') || s.take(':');
        const bool blanks = s.takeBlanks();
        if ((!mark && !blanks) || !readTime(s, stamp))
            return std::nullopt;
    }
    if (!readOffset(s, stamp) || !s.atEnd())
        return std::nullopt;
    return stamp;
}

std::optional<std::int64_t> readClock(std::string_view text)
{
    Scanner s(text);
    Stamp stamp;
    if (!readTime(s, stamp) || !s.atEnd())
        return std::nullopt;
    return stamp.ofDay;
}

std::optional<Stamp> readStampByPattern(std::string_view text, std::string_view pattern)
{
    Scanner s(text);
    Stamp stamp;
    stamp.a = stamp.b = 1;
    int hour = 0;
    int dayOfYear = 0;
    for (size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == ' ') {
            s.takeBlanks();
        } else if (pattern[i] != '%') {
            if (!s.take(pattern[i]))
                return std::nullopt;
        } else if (++i >= pattern.size() || !readPatternPart(pattern[i], s, stamp, hour, dayOfYear)) {
            return std::nullopt;
        }
    }
    if (!s.atEnd() || (hour == 24 && stamp.ofDay != 0))
        return std::nullopt;
    stamp.hour24 = hour == 24;
    stamp.ofDay += hour * 3600 * microsPerSecond + std::max(0, dayOfYear - 1) * microsPerDay;
    return stamp;
}

std::optional<std::int64_t> microsOf(const Stamp& stamp, DateOrder order)
{
    const bool dayFirst = stamp.yearLast && order == DateOrder::DayFirst;
    const int month = dayFirst ? stamp.b : stamp.a;
    const int day = dayFirst ? stamp.a : stamp.b;
    if (month < 1 || day < 1)
        return std::nullopt;
    const date::year_month_day ymd{date::year(stamp.year), date::month(static_cast<unsigned>(month)),
                                   date::day(static_cast<unsigned>(day))};
    if (!ymd.ok())
        return std::nullopt;
    return date::sys_days(ymd).time_since_epoch().count() * microsPerDay + stamp.ofDay -
           stamp.offsetMinutes.value_or(0) * 60 * microsPerSecond;
}

}  // namespace fc
