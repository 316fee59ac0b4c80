// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/data/series.h"
#include "engine/params/params.h"

namespace fc {

/// Whether a feature's value at a future stamp is known in advance.
enum class Knowledge { Past, Future };

/// One feature with its parameters set. Causal: the value at row t depends on rows <= t only (Past), or on
/// the stamp of row t only (Future).
class Feature {
public:
    virtual ~Feature() = default;

    /// Names of the columns it makes, such as "macd", "macd_signal", "macd_histogram".
    virtual std::vector<std::string> outputs() const = 0;
    /// Rows at the start without a value: warm-up; dropped from training, empty cells in exports.
    virtual int warmUp() const = 0;
    /// One column per output, as long as the series, `missing` during warm-up and where an input is missing.
    /// Throws Error naming the column it needs and does not find.
    virtual std::vector<std::vector<double>> compute(const Series& series) const = 0;
};

/// What the catalogue says about a feature; forms, help and `features list` come from this.
struct FeatureEntry {
    std::string id;       ///< "rsi"
    std::string label;    ///< TR
    std::string help;     ///< TR: what it is
    std::string formula;  ///< plain text
    std::string source;   ///< where the formula is from
    std::string unit;     ///< of the output: "price", "fraction", "0..100", …
    Knowledge knowledge = Knowledge::Past;
    Schema schema = {};
    std::unique_ptr<Feature> (*make)(const ParamValues& values) = nullptr;
};

/// In catalogue order.
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

/// "rsi(period=14)" -> spec with every parameter; "rsi" has its defaults. Text with , ; ( ) = in it stands in
/// double quotes. Throws UsageError naming the unknown feature or parameter, with the nearest valid name.
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
