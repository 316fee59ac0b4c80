// SPDX-License-Identifier: GPL-3.0-or-later
// What the files of the catalogue share. An indicator is a struct that derives from Feature, holds its
// parameters with their defaults, and has describe(); it is one entry in the list at the end of its file.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/features/feature.h"
#include "engine/features/rolling.h"

namespace fc {

/// The entry of F: what only the struct knows is added to the description. A struct with check() is asked
/// when its parameters do not fit each other; it throws UsageError.
template <typename F>
FeatureEntry featureOf(FeatureEntry description)
{
    description.schema = schemaOf<F>();
    description.make = [](const ParamValues& values) -> std::unique_ptr<Feature> {
        auto feature = std::make_unique<F>(paramsFrom<F>(values));
        if constexpr (requires { feature->check(); })
            feature->check();
        return feature;
    };
    return description;
}

/// Number of rows a window looks back, from `min` to 10,000.
void periodField(ParamVisitor& v, int& period, int min = 1);
/// Which column an indicator reads.
void columnField(ParamVisitor& v, std::string& column);

/// An indicator of the last `period` rows of one column.
struct ColumnIndicator : Feature {
    int period;
    std::string column = "close";

    explicit ColumnIndicator(int defaultPeriod, int least = 1) : period(defaultPeriod), m_least(least) {}
    void describe(ParamVisitor& v)
    {
        periodField(v, period, m_least);
        columnField(v, column);
    }

private:
    int m_least;
};

/// An indicator of the last `period` bars: open, high, low, close, volume.
struct BarIndicator : Feature {
    int period;

    explicit BarIndicator(int defaultPeriod, int least = 1) : period(defaultPeriod), m_least(least) {}
    void describe(ParamVisitor& v) { periodField(v, period, m_least); }

private:
    int m_least;
};

/// The column called "close", or the first one of a series without it. Throws Error when there is no column
/// at all.
const Column& mainColumn(const Series& series);
/// The column by name or role; "close" of a series without it is its main column. Throws Error naming the
/// feature, the column and those that are there.
const Values& inputOf(const Series& series, std::string_view feature, std::string_view column);

/// (high + low + close) / 3.
Values typicalPrice(const Series& series, std::string_view feature);
/// max(high, close[t-1]) - min(low, close[t-1]); missing in the first row (Wilder 1978).
Values trueRange(const Series& series, std::string_view feature);

std::vector<FeatureEntry> returnFeatures();
std::vector<FeatureEntry> trendFeatures();
std::vector<FeatureEntry> momentumFeatures();
std::vector<FeatureEntry> channelFeatures();
std::vector<FeatureEntry> volatilityFeatures();
std::vector<FeatureEntry> volumeFeatures();
std::vector<FeatureEntry> timeFeatures();

}  // namespace fc
