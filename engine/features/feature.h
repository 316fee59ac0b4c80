// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/data/series.h"
#include "engine/params/params.h"

namespace fc {

/// Whether a feature's value at a future stamp is known in advance.
enum class Knowledge { Past, Future };

/// A feature at work on one series: takes its rows once, in the order of time.
class FeatureState {
public:
    virtual ~FeatureState() = default;
    /// The next rows. inputs: one pointer per entry of Feature::inputs(), outputs: one per entry of
    /// Feature::outputs(), all to `rows` values. How the rows are cut into calls does not change a bit.
    virtual void run(std::size_t rows, const Timestamp* times, const double* const* inputs,
                     double* const* outputs) = 0;
};

/// One feature with its parameters set. Causal: the value at row t depends on rows <= t only (Past), or on
/// the stamp of row t only (Future).
class Feature {
public:
    virtual ~Feature() = default;

    /// Columns it reads: names, roles, or prices made of several columns such as "typical_price".
    virtual std::vector<std::string> inputs() const = 0;
    /// Names of the columns it makes, such as "macd", "macd_signal", "macd_histogram".
    virtual std::vector<std::string> outputs() const = 0;
    /// Rows at the start without a value in some output: dropped from training, empty cells in exports.
    virtual int warmUp() const = 0;
    /// The same for the stamps of this series, where rows of a longer time frame are counted.
    virtual int warmUpIn(const Series&) const { return warmUp(); }
    /// At the start of a series with the columns of `layout`, whose rows are not read. Throws Error when the
    /// series has no clock and the feature needs one.
    virtual std::unique_ptr<FeatureState> start(const Series& layout) const = 0;
};

/// What the catalogue says about a feature; forms, help and `features list` come from this.
struct FeatureEntry {
    std::string id;         ///< "rsi"
    std::string kind = {};  ///< one of featureKinds()
    std::string label;      ///< TR
    std::string help;       ///< TR: what it is
    std::string formula;    ///< plain text
    std::string source;     ///< where the formula is from
    std::string unit;       ///< of the output: "price", "fraction", "0..100", …
    Knowledge knowledge = Knowledge::Past;
    Schema schema = {};
    std::unique_ptr<Feature> (*make)(const ParamValues& values) = nullptr;
};

/// One group of the catalogue.
struct FeatureKind {
    std::string id;     ///< "momentum"
    std::string label;  ///< TR
};

/// In catalogue order: returns, overlap, momentum, volatility, volume, candle, statistics, time, spectral,
/// compose.
const std::vector<FeatureKind>& featureKinds();
/// In catalogue order: kind by kind.
const std::vector<FeatureEntry>& featureCatalogue();
/// Throws UsageError naming the nearest feature when there is none of that id.
const FeatureEntry& featureEntry(std::string_view id);

/// A feature as written in a recipe: "rsi(period=14)"; parameters left out have their defaults.
struct FeatureSpec {
    std::string id;
    ParamValues values;

    /// Canonical text with every parameter, in schema order: equal features, equal text.
    std::string text() const;
    std::unique_ptr<Feature> make() const;
};

/// "rsi(period=14)" -> spec with every parameter; "rsi" has its defaults. Text with , ; ( ) = " in it stands
/// in double quotes, a quote within as \". Throws UsageError naming the unknown feature or parameter, with
/// the nearest valid name.
FeatureSpec parseFeature(std::string_view text);
/// "log_return(), rsi(period=14); calendar()": comma or semicolon outside parentheses. Empty text = none.
std::vector<FeatureSpec> parseFeatures(std::string_view text);

/// All features of a list side by side.
struct FeatureTable {
    std::vector<std::string> names;  ///< made unique by the parameters where needed: "rsi_14"
    std::vector<Knowledge> knowledge;
    std::vector<std::vector<double>> columns;
    int warmUp = 0;  ///< the longest
};
/// Throws UsageError when a feature is listed twice, Error when a column is not there.
FeatureTable computeFeatures(const Series& series, const std::vector<FeatureSpec>& specs);

/// The Future features for stamps after the end of the data, one row per stamp. Past features are left out.
FeatureTable computeFutureFeatures(const Series& series, const std::vector<FeatureSpec>& specs,
                                   const std::vector<Timestamp>& times);

}  // namespace fc
