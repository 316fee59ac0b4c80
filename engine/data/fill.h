// SPDX-License-Identifier: GPL-3.0-or-later
// What is done about stamps that are missing and about cells without a value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/message.h"
#include "engine/data/calendar.h"
#include "engine/data/series.h"

namespace fc {

/// Keep: nothing. Gaps: rows with missing values are put where stamps are due, so that the step is regular
/// and what masks missing values works. The others do that, too, and then fill: Forward takes the value
/// before (a candle that is missing becomes flat at the close before, with no volume), Mean the mean of all
/// values before. Linear and Nearest also use the value after: they look ahead. Drop takes out the rows that
/// lack any value and puts in none.
enum class MissingPolicy { Keep, Gaps, Forward, Linear, Nearest, Mean, Drop };

/// "keep", "gaps", "forward", "linear", "nearest", "mean", "drop".
const std::vector<std::string>& missingPolicies();
/// Throws UsageError naming them all.
MissingPolicy missingPolicy(std::string_view name);
/// True for those that use values of later rows.
bool looksAhead(MissingPolicy policy);

struct FillRequest {
    MissingPolicy policy = MissingPolicy::Keep;
    std::optional<TradingCalendar> calendar;  ///< detected when there is none
    std::vector<std::string> columns;         ///< by name or role; empty = all
    std::int64_t longest = 0;                 ///< runs of more missing rows stay missing; 0 = any
    bool insertRows = true;                   ///< false: cells are filled, stamps stay as they are
};

struct FillOutcome {
    std::int64_t insertedRows = 0;
    std::int64_t filledCells = 0;
    std::int64_t droppedRows = 0;
    std::int64_t stillMissing = 0;  ///< cells in the columns concerned
    std::string calendar;           ///< text of the one used
    std::vector<Message> notes;     ///< what was done, and that it looks ahead where it does
};

/// Throws UsageError for columns that are not there.
FillOutcome fillMissing(Series& series, const FillRequest& request);

}  // namespace fc
