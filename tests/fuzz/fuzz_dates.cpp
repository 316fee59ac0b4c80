// SPDX-License-Identifier: GPL-3.0-or-later
// Any text as a date: what is read is in the calendar or refused, and what is written is read back.
#include <cstdint>
#include <cstdlib>

#include "engine/data/series.h"
#include "engine/io/import_stamp.h"

namespace {

void requireRoundTrip(const fc::Stamp& stamp)
{
    constexpr std::int64_t microsPerDay = 86'400'000'000;
    for (const fc::DateOrder order :
         {fc::DateOrder::YearFirst, fc::DateOrder::DayFirst, fc::DateOrder::MonthFirst}) {
        const auto micros = fc::microsOf(stamp, order);
        if (!micros || *micros < -719'000 * microsPerDay || *micros > 2'932'000 * microsPerDay)
            continue;  // years of other than four digits
        const auto again = fc::readStamp(fc::formatTimestamp(*micros));
        if (!again || fc::microsOf(*again, fc::DateOrder::YearFirst) != micros)
            std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    const std::size_t cut = std::min(all.find('\n'), all.size());
    const std::string_view text = all.substr(0, cut);
    if (const auto stamp = fc::readStamp(text))
        requireRoundTrip(*stamp);
    if (const auto clock = fc::readClock(text); clock && (*clock < 0 || *clock > 86'401'000'000))
        std::abort();
    if (cut < all.size())
        if (const auto stamp = fc::readStampByPattern(text, all.substr(cut + 1)))
            requireRoundTrip(*stamp);
    return 0;
}
