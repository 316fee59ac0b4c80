// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/data/series.h"

namespace fc {

/// A series without its values.
struct SeriesShape {
    std::string name;
    bool hasClock = true;
    std::string timeZone = "UTC";
    std::size_t rows = 0;
    std::optional<Timestamp> first;  ///< std::nullopt without rows
    std::optional<Timestamp> last;
    Frequency frequency;
    std::vector<Column> columns;  ///< names and roles; no values
};

SeriesShape shapeOf(const Series& series);

/// Takes series too large to be held in memory, numbered from 0. Of each: `begin`, then all stamps, then all
/// values of the first column, of the second ..., in pieces of any length, then `end`; several series may take
/// turns. What is thrown ends it all.
class SeriesSink {
public:
    virtual ~SeriesSink() = default;

    virtual void begin(std::size_t series, const SeriesShape& shape) = 0;
    virtual void addTimes(std::size_t series, std::span<const Timestamp> next) = 0;
    virtual void addValues(std::size_t series, std::size_t column, std::span<const double> next) = 0;
    virtual void end(std::size_t series) = 0;
};

/// Hands over a series that is in memory, as number `number`.
void give(const Series& series, std::size_t number, SeriesSink& sink);

/// Keeps everything.
class SeriesCollector : public SeriesSink {
public:
    void begin(std::size_t series, const SeriesShape& shape) override;
    void addTimes(std::size_t series, std::span<const Timestamp> next) override;
    void addValues(std::size_t series, std::size_t column, std::span<const double> next) override;
    void end(std::size_t) override {}
    std::vector<Series> take() { return std::move(m_series); }

private:
    std::vector<Series> m_series;
};

}  // namespace fc
