// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "engine/base/sha256.h"
#include "engine/data/series.h"

namespace fc {

/// contentHash of a series that comes in pieces: all stamps, then for each column its name and its values.
class SeriesHash {
public:
    SeriesHash(bool hasClock, std::size_t rows, std::size_t columns);

    void addTimes(std::span<const Timestamp> next);
    void beginColumn(const std::string& name);
    void addValues(std::span<const double> next);
    /// As Sha256::hex, once everything was added.
    std::string hex();

private:
    void addInteger(std::uint64_t value);

    Sha256 m_hash;
    std::size_t m_columns;
    bool m_inColumns = false;
};

}  // namespace fc
