// SPDX-License-Identifier: GPL-3.0-or-later
// A first look at a stored series: what its columns hold, how they depend on their past and on each other.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/cancel_token.h"
#include "engine/base/message.h"
#include "engine/data/series.h"
#include "engine/statistics/correlation.h"
#include "engine/statistics/missing_map.h"
#include "engine/statistics/season.h"
#include "engine/statistics/stationarity.h"
#include "engine/statistics/summary.h"

namespace fc {

struct ExploreOptions {
    std::string column = {};  ///< by name or role; empty = close, or the first column
    int lags = 40;            ///< of the correlations, 1 .. 2000
    int season = 0;           ///< rows; 0 = from the frequency, else from the strongest cycle
    std::string features =
        {};           ///< to score against the column, as in a recipe; "all" = the catalogue's defaults
    int horizon = 1;  ///< rows ahead for which features are scored, 1 .. 10000
};

/// How much a feature at row t says about the change of the column from t to t + horizon.
struct FeatureScore {
    std::string name;
    double information = 0;  ///< nats; see mutualInformation. NaN where it is not defined
    double correlation = 0;  ///< Spearman's
};

/// The lagged correlation with another column; index k + lags. A peak at k > 0: the other column leads.
struct CrossCorrelation {
    std::string column;
    std::vector<double> values;
};

/// Everything about one column. Moments and histogram are of all rows; what looks at order is of the longest
/// stretch without a missing value, at most its last 20,000 rows (`testedRows`).
struct Exploration {
    std::string series;
    std::string column;
    std::vector<std::string> columns;  ///< of the missing map, in the order of the series
    std::int64_t rows = 0;
    std::int64_t testedRows = 0;
    ValueSummary summary;
    Histogram histogram;
    ValueSummary changeSummary;  ///< of the differences between neighboring rows
    Histogram changeHistogram;
    Autocorrelation autocorrelation;
    std::vector<double> partial;
    Portmanteau ljungBox;
    std::optional<UnitRootTest> unitRoot;       ///< with a constant, lags by AIC; nothing when it refused
    std::optional<StationarityTest> levelTest;  ///< KPSS around a mean
    std::optional<StationarityTest> trendTest;  ///< KPSS around a line
    int season = 0;                             ///< rows; 0 = none was found
    Strength strength;
    Decomposition parts;  ///< of the tested rows; empty without a season
    std::vector<Cycle> cycles;
    std::vector<CrossCorrelation> crossCorrelations;  ///< changes of the other columns with those of this one
    MissingMap missing;
    std::vector<FeatureScore> features;  ///< most informative first; of at most 4,000 rows, evenly spread
    std::vector<Message> notes;          ///< why something above is not there
};

/// Throws UsageError for options out of range, an unknown column or an unknown feature; Error when the column
/// has fewer than 3 values. A cancel leaves off between two parts and gives back what is done.
Exploration explore(const Series& series, const ExploreOptions& options, const CancelToken* cancel = nullptr);

/// The same for a stored series.
Exploration exploreSeries(const std::filesystem::path& workspace, const std::string& series,
                          const ExploreOptions& options, const CancelToken* cancel = nullptr);

/// One sentence on what both tests say together: stationary, stationary around a trend, or not. Empty without
/// the tests.
std::optional<Message> stationarityVerdict(const Exploration& exploration);

/// JSON of `explore --json`.
std::string exploreJson(const Exploration& exploration);

}  // namespace fc
