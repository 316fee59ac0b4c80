// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/import_order.h"

#include <algorithm>
#include <bit>
#include <numeric>

#include "engine/base/error.h"
#include "engine/io/encoding.h"

namespace fc {

namespace {

enum class Keep { First, Last, Error };

Keep keepOf(const ImportOptions& options)
{
    const std::string wanted = options.onDuplicate.value_or("last");
    if (wanted == "first")
        return Keep::First;
    if (wanted == "last")
        return Keep::Last;
    if (wanted == "error")
        return Keep::Error;
    throw UsageError(Message(TR("engine", "The rule for repeated times is %1. Give first, last or error."),
                             quotedText(wanted)));
}

/// The places of one text column, one for each record of the file.
std::vector<std::uint32_t> textPlaces(const ImportedRecords& records, std::size_t column)
{
    constexpr std::size_t pieceRows = 4096;
    std::vector<std::uint32_t> out(records.values->rows());
    std::vector<std::uint64_t> piece(pieceRows);
    for (std::size_t begin = 0; begin < out.size(); begin += pieceRows) {
        const std::size_t n = std::min(pieceRows, out.size() - begin);
        records.values->read(column + 1, begin, std::span(piece).first(n));
        for (std::size_t i = 0; i < n; ++i)
            out[begin + i] = static_cast<std::uint32_t>(std::bit_cast<double>(piece[i]));
    }
    return out;
}

/// The records by time, and where among them each stamp begins.
struct Sorted {
    std::vector<std::uint32_t> rows;
    std::vector<bool> begins;
    std::size_t repeated = 0;
};

Sorted sortByTime(const ImportedRecords& records, bool isSorted)
{
    const std::vector<std::uint64_t> bits = wholeColumn(records, 0);
    const auto stamp = [&](std::uint32_t row) { return static_cast<std::int64_t>(bits[row]); };
    Sorted out;
    out.rows.resize(bits.size());
    std::iota(out.rows.begin(), out.rows.end(), 0U);
    if (!isSorted)
        // As a stable sort, which would need more memory.
        std::ranges::sort(out.rows, [&](std::uint32_t a, std::uint32_t b) {
            return stamp(a) != stamp(b) ? stamp(a) < stamp(b) : a < b;
        });
    out.begins.resize(bits.size());
    for (std::size_t i = 0; i < bits.size(); ++i)
        out.begins[i] = i == 0 || stamp(out.rows[i]) != stamp(out.rows[i - 1]);
    out.repeated = bits.size() - static_cast<std::size_t>(std::ranges::count(out.begins, true));
    return out;
}

/// Number of different ids when every row of a stamp has its own; 0 when the column cannot be an id.
std::size_t idsIn(const ImportedRecords& records, std::size_t column, const Sorted& sorted)
{
    const std::size_t ids = records.texts[column].size();
    const std::vector<std::uint32_t> places = textPlaces(records, column);
    std::vector<std::uint32_t> lastStamp(ids, 0);  // that an id was seen at, from 1
    std::uint32_t stamp = 0;
    for (std::size_t i = 0; i < sorted.rows.size(); ++i) {
        stamp += sorted.begins[i];
        std::uint32_t& last = lastStamp[places[sorted.rows[i]]];
        if (last == stamp)
            return 0;
        last = stamp;
    }
    return ids;
}

std::optional<std::size_t> findId(const ImportedRecords& records, const Sorted& sorted)
{
    for (std::size_t c = 0; c < records.columns.size(); ++c)
        if (records.columns[c].role == "id")
            return c;
    if (sorted.repeated * 3 < sorted.rows.size())
        return std::nullopt;
    std::optional<std::size_t> best;
    std::size_t fewest = sorted.rows.size() / 2 + 1;  // an id comes back; a note does not
    for (std::size_t c = 0; c < records.columns.size(); ++c) {
        if (records.columns[c].type != ImportColumnType::Text || records.texts[c].isGivenUp() ||
            records.texts[c].size() >= fewest)
            continue;
        const std::size_t ids = idsIn(records, c, sorted);
        if (ids > 1) {
            fewest = ids;
            best = c;
        }
    }
    return best;
}

/// Two records of one stamp.
struct Duplicate {
    std::uint32_t earlier;
    std::uint32_t later;
};

/// Takes out what repeats a stamp (and an id); returns the first few and how many there are.
class DuplicateFilter {
public:
    DuplicateFilter(std::vector<std::uint32_t> ids, std::size_t idCount, Keep keep)
        : m_ids(std::move(ids)), m_keep(keep), m_stampOf(std::max<std::size_t>(1, idCount), 0),
          m_placeOf(m_stampOf.size(), 0)
    {
    }

    /// The rows that stay, in the same order; those of one stamp in the order of the file.
    void apply(Sorted& sorted)
    {
        std::vector<std::uint32_t>& rows = sorted.rows;
        std::size_t kept = 0;
        std::size_t firstOfStamp = 0;
        std::uint32_t stamp = 0;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (sorted.begins[i]) {
                std::sort(rows.begin() + static_cast<std::ptrdiff_t>(firstOfStamp),
                          rows.begin() + static_cast<std::ptrdiff_t>(kept));
                firstOfStamp = kept;
                ++stamp;
            }
            const std::uint32_t row = rows[i];
            const std::size_t id = m_ids.empty() ? 0 : m_ids[row];
            if (m_stampOf[id] != stamp) {
                m_stampOf[id] = stamp;
                m_placeOf[id] = static_cast<std::uint32_t>(kept);
                rows[kept++] = row;
                continue;
            }
            std::uint32_t& there = rows[m_placeOf[id]];
            if (m_count++ < ImportNotes::shownOfAKind)
                m_shown.push_back({there, row});
            if (m_keep == Keep::Last)
                there = row;
        }
        std::sort(rows.begin() + static_cast<std::ptrdiff_t>(firstOfStamp),
                  rows.begin() + static_cast<std::ptrdiff_t>(kept));
        rows.resize(kept);
    }

    const std::vector<Duplicate>& shown() const { return m_shown; }
    std::int64_t count() const { return m_count; }

private:
    std::vector<std::uint32_t> m_ids;
    Keep m_keep;
    std::vector<std::uint32_t> m_stampOf;  ///< the last stamp with each id
    std::vector<std::uint32_t> m_placeOf;  ///< where its row is
    std::vector<Duplicate> m_shown;
    std::int64_t m_count = 0;
};

/// A time that stands in the file more than once.
struct RepeatedTime {
    ImportPlace place;
    std::string text;
};

void noteDuplicate(const RepeatedTime& earlier, const RepeatedTime& later, Keep keep, ImportNotes& notes)
{
    const std::string cell = quotedText(later.text);
    const std::int64_t before = *earlier.place.line;
    const std::int64_t line = *later.place.line;
    switch (keep) {
        case Keep::Error:
            notes.error("duplicate_time", later.place,
                        Message(TR("engine",
                                   "The time %1 stands in line %2 and again in line %3. Delete one, or choose "
                                   "which of them to keep."),
                                cell, before, line));
            return;
        case Keep::First:
        case Keep::Last:
            notes.warning(
                "duplicate_time", later.place,
                Message(TR("engine", "The time %1 stands in line %2 and again in line %3; line %4 was kept."),
                        cell, before, line, keep == Keep::First ? before : line));
    }
}

void noteDuplicates(const DuplicateFilter& duplicates, std::size_t timeColumn, Keep keep,
                    const RecordLookup& lookup, ImportNotes& notes)
{
    std::vector<std::uint32_t> wanted;
    for (const Duplicate& each : duplicates.shown()) {
        wanted.push_back(each.earlier);
        wanted.push_back(each.later);
    }
    std::ranges::sort(wanted);
    const auto last = std::unique(wanted.begin(), wanted.end());
    wanted.erase(last, wanted.end());
    std::vector<RepeatedTime> times(wanted.size());
    lookup(wanted, [&](const ImportContext& block, std::size_t row, std::size_t i) {
        times[i] = {block.place(row, timeColumn), std::string(block.cell(row, timeColumn))};
    });
    const auto timeOf = [&](std::uint32_t row) {
        return times[static_cast<std::size_t>(std::ranges::lower_bound(wanted, row) - wanted.begin())];
    };
    for (const Duplicate& each : duplicates.shown())
        noteDuplicate(timeOf(each.earlier), timeOf(each.later), keep, notes);
    const auto shown = static_cast<std::int64_t>(duplicates.shown().size());
    if (duplicates.count() > shown)
        notes.countMore("duplicate_time", *times.front().place.column, duplicates.count() - shown);
}

/// A file that runs backwards throughout is in order, newest first.
void noteUnsorted(const StampCourse& course, ImportNotes& notes)
{
    if (course.rising == 0 || course.falling == 0)
        return;
    const ImportPlace& place = course.rising >= course.falling ? *course.firstFall : *course.firstRise;
    notes.warning(
        "unsorted", place,
        Message(TR("engine", "The rows are not in the order of time, first in line %1; they were sorted."),
                *place.line));
}

}  // namespace

void StampCourse::add(const ImportContext& block, const std::vector<std::int64_t>& stamps,
                      std::optional<std::size_t> timeColumn)
{
    for (std::size_t row = 0; row < stamps.size(); ++row) {
        const std::int64_t t = stamps[row];
        if (rows++ > 0 && t > last) {
            if (rising++ == 0 && timeColumn)
                firstRise = block.place(row, *timeColumn);
        } else if (rows > 1 && t < last) {
            if (falling++ == 0 && timeColumn)
                firstFall = block.place(row, *timeColumn);
        }
        last = t;
    }
}

void orderRecords(ImportedRecords& records, const StampCourse& course, const ImportOptions& options,
                  std::optional<std::size_t> timeColumn, const RecordLookup& lookup, ImportNotes& notes)
{
    const Keep keep = keepOf(options);
    const bool asksForId = std::ranges::any_of(records.columns, [](const auto& c) { return c.role == "id"; });
    if (course.strictlyRises() && !asksForId)
        return;
    Sorted sorted = sortByTime(records, course.falling == 0);
    records.id = findId(records, sorted);
    if (!records.id && timeColumn)
        noteUnsorted(course, notes);
    DuplicateFilter duplicates(
        records.id ? textPlaces(records, *records.id) : std::vector<std::uint32_t>(),
        records.id ? records.texts[*records.id].size() : 0, keep);
    duplicates.apply(sorted);
    if (duplicates.count() > 0 && timeColumn)
        noteDuplicates(duplicates, *timeColumn, keep, lookup, notes);
    records.inPlace = false;
    records.rows = std::move(sorted.rows);
}

}  // namespace fc
