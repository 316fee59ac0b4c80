// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "engine/data/series.h"

namespace fc {

/// A series that is read in pieces, because it may be larger than the memory. Each call reads from the start.
class SeriesSource {
public:
    virtual ~SeriesSource() = default;

    /// Name, clock, time zone, and the columns by name and role; without rows.
    virtual const Series& layout() const = 0;
    virtual std::int64_t rows() const = 0;
    /// All stamps in order, piece by piece; a piece is valid during the call. Throws Error in words.
    virtual void readTimes(const std::function<void(std::span<const Timestamp>)>& take) = 0;
    /// The values of column `index` in the same way.
    virtual void readColumn(std::size_t index, const std::function<void(std::span<const double>)>& take) = 0;
};

}  // namespace fc
