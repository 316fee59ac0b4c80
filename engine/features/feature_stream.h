// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/features/bound_feature.h"
#include "engine/features/feature.h"

namespace fc {

/// Features of a series whose rows arrive one by one or in chunks, in the order of time. The values are those
/// of computeFeatures over all rows so far, bit for bit. Movable; for one thread.
class FeatureStream {
public:
    /// `layout`: name, clock and columns (name and role) of the series; rows in it are not read. Throws as
    /// computeFeatures.
    FeatureStream(const Series& layout, const std::vector<FeatureSpec>& specs);

    /// One per output, as in FeatureTable.
    const std::vector<std::string>& names() const { return m_names; }
    const std::vector<Knowledge>& knowledge() const { return m_knowledge; }
    /// Rows at the start without a value in some output; at least this many where a feature counts the rows
    /// of a longer time frame.
    int warmUp() const { return m_warmUp; }

    /// One row: a value per column of the layout (`missing` where there is none) -> a value per output, valid
    /// until the next call.
    std::span<const double> push(Timestamp time, std::span<const double> values);

    /// Many rows: columns[i] holds times.size() values of column i. The outputs are added to the ends of
    /// `columns of out`, one per output (made when `out` is empty).
    void append(std::span<const Timestamp> times, std::span<const double* const> columns,
                std::vector<std::vector<double>>& out);

private:
    std::vector<BoundFeature> m_features;
    std::vector<std::string> m_names;
    std::vector<Knowledge> m_knowledge;
    int m_warmUp = 0;
    std::size_t m_columnCount = 0;
    std::vector<double> m_row;       ///< one value per output
    std::vector<double*> m_outputs;  ///< reused
};

}  // namespace fc
