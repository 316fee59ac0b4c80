// SPDX-License-Identifier: GPL-3.0-or-later
// What a dataset in memory and one on disk are made of alike.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/features/dataset.h"

namespace fc {

using ColumnView = std::span<const double>;
using ColumnViews = std::vector<ColumnView>;

/// Where the numbers of a dataset stay: in memory, or in a scratch file that the sizes were added up for.
/// Spans stay valid as long as storage() or the file.
class Room {
public:
    Room() = default;
    explicit Room(const ScratchFile& file) : m_file(file) {}

    /// Not set.
    Tensor rows(const Shape& shape);
    std::span<std::int64_t> words(std::int64_t count);
    std::span<double> values(std::int64_t count);
    ColumnView keep(std::vector<double> values);

    const std::optional<ScratchFile>& file() const { return m_file; }
    std::shared_ptr<const void> storage() const { return m_held; }
    void release() const
    {
        if (m_file)
            m_file->release();
    }
    /// Bytes of the file that one of so many numbers takes at most.
    static std::int64_t bytesFor(std::int64_t count, std::int64_t bytesOfEach);

private:
    struct Held {
        std::deque<std::vector<double>> values;
        std::deque<std::vector<std::int64_t>> words;
    };
    std::int64_t take(std::int64_t bytes);

    std::optional<ScratchFile> m_file;
    std::int64_t m_used = 0;
    std::shared_ptr<Held> m_held = std::make_shared<Held>();
};

/// The rows that have features and may be forecast: from the end of the warm-up to the last row with a
/// target; those behind it are there for what is known ahead. Throws Error when there is none.
Range usedRows(const std::string& series, const std::string& target, const ColumnViews& targets,
               std::int64_t warmUp);

/// The first `count` stamps of `behind` and `after`.
std::vector<Timestamp> stampsAhead(std::span<const Timestamp> behind, std::span<const Timestamp> after,
                                   int count);

/// The h values of a column that is known ahead, from `behind`, those after the last row with a target.
/// Throws Error when they are not all there.
ColumnView valuesAhead(const std::string& series, const std::string& column, ColumnView behind, int horizon);

/// The one value of a column that is the same in every row. Throws UsageError when it is not.
double staticValue(const std::string& series, const std::string& column, ColumnView values);

/// Checks the split, fits or takes over the scales, scales the rows and cuts the windows of a dataset whose
/// names, task, split, times and targets are set. `ahead`: the h values behind each column of `future`.
/// `before`: each target's value in the row before the first, `missing` where there is none.
void finish(Dataset& dataset, const ColumnViews& past, const ColumnViews& future, const ColumnViews& ahead,
            const std::vector<double>& before, const FittedScales* fitted, Room& room);

}  // namespace fc
