// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/features/dataset.h"

namespace fc {

/// A value before a cut-off that changed when everything from it on was replaced by noise.
struct Leak {
    std::string what;         ///< "feature rsi", "scaler of close", "window"
    std::int64_t row = 0;     ///< the first row that changed, counted from the start of the series
    std::int64_t cutOff = 0;  ///< the first row that was replaced
};

/// Values under audit: entry i may depend on rows 0 .. knownAt[i] and on no later one.
struct Audited {
    std::string what;
    std::vector<std::uint64_t> bits;  ///< auditBits of each value
    std::vector<std::int64_t> knownAt;
};

/// The bits of a value, all missing values alike.
std::uint64_t auditBits(double value);

/// Replaces all columns from `cutOffs` random rows on by noise, computes features, scalers and windows again
/// and compares everything before each cut-off bit for bit. Empty = nothing looks ahead; else the first leak
/// of each kind and cut-off. Every second cut-off lies after the training part, where the scalers must not
/// move any more.
std::vector<Leak> auditLookAhead(const Series& series, const Recipe& recipe, std::uint64_t seed,
                                 int cutOffs = 8);

/// The same for anything that is computed from a series.
std::vector<Leak> auditLookAhead(const Series& series,
                                 const std::function<std::vector<Audited>(const Series&)>& compute,
                                 std::uint64_t seed, int cutOffs = 8);

}  // namespace fc
