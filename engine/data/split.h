// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/data/series.h"

namespace fc {

/// Half-open rows [begin, end).
struct Range {
    std::int64_t begin = 0;
    std::int64_t end = 0;
    std::int64_t count() const { return end - begin; }
    bool operator==(const Range&) const = default;
};

/// Chronological: train before validation before test, nothing shuffled.
struct Split {
    Range train;
    Range validation;
    Range test;
    bool operator==(const Split&) const = default;
};

enum class Part { Train, Validation, Test };

/// "train", "validation", "test".
std::string partName(Part part);

/// Reads `text` as fractions ("0.7,0.15,0.15", summing to 1), row counts ("700,150,150", at most the rows
/// there are; the rest at the end is not used), or two dates ("2023-01-01,2024-01-01": starts of validation
/// and test) and applies it to `times`. Throws UsageError saying which form was expected and what is wrong.
Split makeSplit(std::string_view text, std::span<const Timestamp> times);

/// Rows left out where two parts meet (Lopez de Prado, Advances in Financial Machine Learning, 2018, chapter
/// 7): `purge` at the end of the earlier part, for targets that themselves look ahead into the later one, and
/// `embargo` at the start of the later part, for what the earlier one still echoes. Throws UsageError when
/// that leaves nothing of a part that had rows.
Split withGaps(const Split& split, std::int64_t purge, std::int64_t embargo);

/// Cut-offs of a backtest: each has a training, a validation and a test part of its own.
struct CutOffs {
    std::int64_t count = 5;
    std::int64_t step = 24;        ///< rows from one cut-off to the next
    std::int64_t test = 24;        ///< rows forecast after each
    std::int64_t validation = 24;  ///< rows before them, may be 0
    std::int64_t rolling = 0;  ///< rows for training, so that the window moves along; 0: all from the start
    std::int64_t purge = 0;    ///< as in withGaps(); the parts keep their sizes
    std::int64_t embargo = 0;
};

/// The splits of `plan`, oldest first; the last test part ends with the series. Throws UsageError when a size
/// is below 1 (validation and gaps: below 0), or saying how many rows it takes when there are too few.
std::vector<Split> cutOffSplits(std::int64_t rows, const CutOffs& plan);

}  // namespace fc
