// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "engine/features/feature.h"

namespace fc {

/// The column called "close", or the first one of a series without it. Throws Error when there is no column
/// at all.
const Column& mainColumn(const Series& series);
/// The column by name or role; "close" of a series without it is its main column. Throws Error naming the
/// feature, the column and those that are there.
const Column& inputColumn(const Series& series, std::string_view feature, std::string_view column);

/// Roles whose mean is the price of that name: typical_price, median_price, weighted_close, average_price.
/// Empty for any other name.
std::vector<std::string> averagedRoles(std::string_view price);

/// A feature started on a series: knows which columns its inputs are.
class BoundFeature {
public:
    /// Throws Error when a column or a clock is missing. Keeps nothing of `layout`.
    BoundFeature(const Feature& feature, std::string_view id, const Series& layout);

    std::size_t outputCount() const { return m_outputCount; }
    /// The next rows; columns: all columns of the layout, in its order. At most `mostRows` rows.
    void run(std::size_t rows, const Timestamp* times, const double* const* columns, double* const* outputs);

    static constexpr std::size_t mostRows = 1024;

private:
    std::unique_ptr<FeatureState> m_state;
    std::vector<std::vector<std::size_t>> m_columns;  ///< per input: the columns it is the mean of
    std::vector<std::vector<double>> m_means;         ///< per input of several columns, reused
    std::vector<const double*> m_inputs;
    std::size_t m_outputCount = 0;
};

}  // namespace fc
