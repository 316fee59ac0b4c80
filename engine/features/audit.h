// SPDX-License-Identifier: GPL-3.0-or-later
// Does anything that a model is given, or a score is made of, depend on data that come later? Everything from
// a row on is replaced by noise and all is computed again: what was known before that row must stay the same,
// bit for bit, and what is said to come from later rows must not.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/base/message.h"
#include "engine/features/dataset.h"

namespace fc {

enum class LeakKind {
    LooksAhead,  ///< changed with rows that come after it
    Elsewhere,   ///< stayed although the row it is said to come from was replaced
    Outside,     ///< trained on, but not of the training part
};

struct Leak {
    std::string what;      ///< "feature rsi", "scaler of close", "window", "target", "order of the windows"
    std::int64_t row = 0;  ///< the first row concerned, counted from the start of the series
    std::int64_t cutOff = 0;  ///< the first row that was replaced
    LeakKind kind = LeakKind::LooksAhead;
};

/// "feature rsi in row 12 changes when only rows from 13 on do.": rows counted from 1.
Message leakText(const Leak& leak);

/// Values under audit.
struct Audited {
    std::string what;
    std::vector<std::uint64_t> bits;  ///< auditBits of each value
    /// Entry i may depend on rows 0 … knownAt[i] and on no later one. One number: all entries have it; none:
    /// entry i is that of row i.
    std::vector<std::int64_t> knownAt = {};
    /// Entry i must change with row comesFrom[i]; empty: nothing is said.
    std::vector<std::int64_t> comesFrom = {};

    std::int64_t knownRow(std::size_t i) const
    {
        if (knownAt.empty())
            return static_cast<std::int64_t>(i);
        return knownAt.size() == 1 ? knownAt[0] : knownAt[i];
    }
};

/// The bits of a value, all missing values alike.
std::uint64_t auditBits(double value);

/// The way from a series to what a model is given; a test can put a leaky piece into each place.
struct DataPath {
    std::function<FeatureTable(const Series&, const Recipe&)> features;
    std::function<Dataset(const Series&, const Recipe&)> dataset;
    std::function<std::vector<std::int64_t>(const Dataset&)> order;  ///< the windows of a training's epoch
    std::function<void(const Dataset&, std::span<const std::int64_t>, Batch&)> batch;
};
/// The program's own, as far as this folder goes: a batch as gather() makes it.
DataPath dataPath();

struct AuditOptions {
    std::uint64_t seed = 1;  ///< of cut-offs and noise
    int cutOffs = 4;         ///< rows from which on is replaced, each by two kinds of noise
    /// Audits every row and window. Else a series that is longer is audited in a slice around the end of its
    /// training part: as many rows as warm-up, look-back and horizon need, and 512 more to each side.
    bool full = false;
    double seconds = 0.8;  ///< no further cut-off when it would end later, but two at least; full: no limit
};

struct AuditReport {
    std::vector<Leak> leaks;  ///< the first of each kind and cut-off
    std::int64_t firstRow = 0;
    std::int64_t rows = 0;  ///< audited, from firstRow on
    bool isWhole = false;   ///< they are all rows of the series
    int cutOffs = 0;
    std::int64_t features = 0;  ///< columns
    std::int64_t scalers = 0;
    std::int64_t windows = 0;
    std::int64_t values = 0;  ///< compared, over all cut-offs
    double seconds = 0;

    bool isClean() const { return leaks.empty(); }
};

/// One sentence: nothing looks ahead, or the first thing that does and where.
Message verdict(const AuditReport& report);

/// Audits features, scalers, windows, their targets, and the order they are trained in. Every second cut-off
/// lies after the training part, where scalers and order must not move any more.
///
/// What a slice cannot see: a look ahead over more rows than it has after the value, a piece that behaves
/// otherwise in long series or far from their start, and values of a kind that the slice does not hold, such
/// as gaps. What neither can see: a look ahead that the noise does not change, and knowledge that went into
/// the recipe itself.
AuditReport audit(const Series& series, const Recipe& recipe, const AuditOptions& options = {},
                  const DataPath& path = dataPath());

/// The same for anything that is computed from a series, over all its rows.
AuditReport audit(const Series& series, const std::function<std::vector<Audited>(const Series&)>& compute,
                  const AuditOptions& options = {});

}  // namespace fc
