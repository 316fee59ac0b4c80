// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/split.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

#include "engine/base/error.h"

namespace fc {

namespace {

std::vector<std::string_view> pieces(std::string_view text)
{
    std::vector<std::string_view> out;
    for (size_t begin = 0; begin <= text.size();) {
        const size_t end = std::min(text.find(',', begin), text.size());
        std::string_view piece = text.substr(begin, end - begin);
        while (!piece.empty() && piece.front() == ' ')
            piece.remove_prefix(1);
        while (!piece.empty() && piece.back() == ' ')
            piece.remove_suffix(1);
        out.push_back(piece);
        begin = end + 1;
    }
    return out;
}

std::optional<double> number(std::string_view text)
{
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

UsageError formError(std::string_view text)
{
    return UsageError(
        Message(TR("engine",
                   "The split is \"%1\". Give three fractions such as 0.7,0.15,0.15, three row counts such "
                   "as 700,150,150, or two dates such as 2023-01-01,2024-01-01."),
                text));
}

Split checked(const Split& split, std::string_view text, std::int64_t rows)
{
    if (split.train.count() <= 0)
        throw UsageError(
            Message(TR("engine", "The split \"%1\" leaves no row for training; the series has %2 rows."),
                    text, rows));
    return split;
}

Split byFractions(const std::array<double, 3>& part, std::int64_t rows)
{
    // The small addend keeps 0.7 + 0.15 of 100 rows at 85 although the sum is a little below in binary.
    const auto upTo = [&](double share) {
        return std::min(rows,
                        static_cast<std::int64_t>(std::floor(static_cast<double>(rows) * share + 1e-6)));
    };
    const std::int64_t a = upTo(part[0]);
    const std::int64_t b = upTo(part[0] + part[1]);
    return {{0, a}, {a, b}, {b, part[2] > 0 ? rows : b}};
}

Split byCounts(const std::array<double, 3>& part, std::string_view text, std::int64_t rows)
{
    const double sum = part[0] + part[1] + part[2];
    if (sum > static_cast<double>(rows))
        throw UsageError(
            Message(TR("engine", "The split \"%1\" asks for %2 rows, but the series has only %3."), text,
                    formatNumber(sum), rows));
    const auto a = static_cast<std::int64_t>(part[0]);
    const auto b = a + static_cast<std::int64_t>(part[1]);
    return {{0, a}, {a, b}, {b, b + static_cast<std::int64_t>(part[2])}};
}

Split byDates(const std::array<Timestamp, 2>& start, std::string_view text, std::span<const Timestamp> times)
{
    if (start[0] >= start[1])
        throw UsageError(Message(
            TR("engine",
               "In the split \"%1\" the test part starts before the validation part. Swap the two dates."),
            text));
    if (!times.empty() && (start[0] <= times.front() || start[1] > times.back()))
        throw UsageError(
            Message(TR("engine",
                       "The split \"%1\" leaves a part without rows; the series reaches from %2 to %3. "
                       "Choose dates after the first and up to the last of them."),
                    text, formatTimestamp(times.front(), false), formatTimestamp(times.back(), false)));
    const auto row = [&](Timestamp t) { return std::ranges::lower_bound(times, t) - times.begin(); };
    const std::int64_t a = row(start[0]);
    const std::int64_t b = row(start[1]);
    return {{0, a}, {a, b}, {b, static_cast<std::int64_t>(times.size())}};
}

/// `range` without `begin` rows at its start and `end` at its end; an empty one stays as it is.
Range shortened(const Range& range, std::int64_t begin, std::int64_t end, Part part)
{
    if (range.count() == 0)
        return range;
    if (range.count() <= begin + end)
        throw UsageError(
            Message(TR("engine",
                       "The %1 part has %2 rows, and purge and embargo take %3 of them. Make them "
                       "smaller, or give that part more rows."),
                    partName(part), range.count(), begin + end));
    return {range.begin + begin, range.end - end};
}

void checkSizes(const CutOffs& plan)
{
    struct Size {
        const char* name;
        std::int64_t value;
        std::int64_t least;
    };
    for (const Size& size :
         {Size{TR("engine", "number of cut-offs"), plan.count, 1}, Size{TR("engine", "step"), plan.step, 1},
          Size{TR("engine", "test part"), plan.test, 1},
          Size{TR("engine", "validation part"), plan.validation, 0},
          Size{TR("engine", "rolling window"), plan.rolling, 0}, Size{TR("engine", "purge"), plan.purge, 0},
          Size{TR("engine", "embargo"), plan.embargo, 0}}) {
        if (size.value < size.least)
            throw UsageError(Message(TR("engine", "The %1 is %2; it must be at least %3."), size.name,
                                     size.value, size.least));
    }
}

/// The split whose first forecast row is `cutOff`.
Split splitAt(std::int64_t cutOff, const CutOffs& plan)
{
    const std::int64_t gap = plan.purge + plan.embargo;
    const Range test{cutOff, cutOff + plan.test};
    const Range validation{cutOff - gap - plan.validation, cutOff - gap};
    const std::int64_t end = plan.validation > 0 ? validation.begin - gap : validation.begin;
    return {{plan.rolling > 0 ? end - plan.rolling : 0, end}, validation, test};
}

}  // namespace

std::string partName(Part part)
{
    switch (part) {
        case Part::Train:
            return "train";
        case Part::Validation:
            return "validation";
        case Part::Test:
            return "test";
    }
    return {};
}

Split makeSplit(std::string_view text, std::span<const Timestamp> times)
{
    const auto rows = static_cast<std::int64_t>(times.size());
    const std::vector<std::string_view> parts = pieces(text);
    if (parts.size() == 2) {
        const auto a = parseTimestamp(parts[0]);
        const auto b = parseTimestamp(parts[1]);
        if (!a || !b)
            throw formError(text);
        return checked(byDates({*a, *b}, text, times), text, rows);
    }
    if (parts.size() != 3)
        throw formError(text);
    std::array<double, 3> part;
    for (size_t i = 0; i < 3; ++i) {
        const auto value = number(parts[i]);
        if (!value || *value < 0)
            throw formError(text);
        part[i] = *value;
    }
    const double sum = part[0] + part[1] + part[2];
    if (std::abs(sum - 1) < 1e-6)
        return checked(byFractions(part, rows), text, rows);
    if (std::ranges::any_of(part, [](double x) { return x != std::floor(x); }))
        throw UsageError(Message(TR("engine", "The fractions of the split \"%1\" sum to %2, not to 1."), text,
                                 formatNumber(std::round(sum * 1e6) / 1e6)));
    return checked(byCounts(part, text, rows), text, rows);
}

Split withGaps(const Split& split, std::int64_t purge, std::int64_t embargo)
{
    const bool isValidated = split.validation.count() > 0;
    const bool isTested = split.test.count() > 0;
    return {shortened(split.train, 0, isValidated || isTested ? purge : 0, Part::Train),
            shortened(split.validation, embargo, isTested ? purge : 0, Part::Validation),
            shortened(split.test, embargo, 0, Part::Test)};
}

std::vector<Split> cutOffSplits(std::int64_t rows, const CutOffs& plan)
{
    checkSizes(plan);
    std::vector<Split> splits;
    const std::int64_t first = rows - plan.test - (plan.count - 1) * plan.step;
    const Split oldest = splitAt(first, plan);
    if (oldest.train.begin < 0 || oldest.train.count() < 1)
        throw UsageError(Message(
            TR("engine",
               "%1 cut-offs %2 rows apart take %3 rows, but the series has %4. Choose fewer cut-offs, "
               "a smaller step or smaller parts."),
            plan.count, plan.step, rows - oldest.train.end + std::max<std::int64_t>(plan.rolling, 1), rows));
    for (std::int64_t i = 0; i < plan.count; ++i)
        splits.push_back(splitAt(first + i * plan.step, plan));
    return splits;
}

}  // namespace fc
