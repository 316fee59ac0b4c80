// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/data/series.h"

namespace fc {

/// Half-open rows [begin, end).
struct Range {
    std::int64_t begin = 0;
    std::int64_t end = 0;
    std::int64_t count() const { return end - begin; }
};

/// Chronological: train before validation before test, nothing shuffled.
struct Split {
    Range train;
    Range validation;
    Range test;
};

enum class Part { Train, Validation, Test };

/// "train", "validation", "test".
std::string partName(Part part);

/// Reads `text` as fractions ("0.7,0.15,0.15", summing to 1), row counts ("700,150,150", at most the rows
/// there are; the rest at the end is not used), or two dates ("2023-01-01,2024-01-01": starts of validation
/// and test) and applies it to `times`. Throws UsageError saying which form was expected and what is wrong.
Split makeSplit(std::string_view text, const std::vector<Timestamp>& times);

}  // namespace fc
