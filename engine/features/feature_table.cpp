// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <set>

#include "engine/features/feature.h"

namespace fc {

namespace {

/// What tells a feature from the others of its kind in the list: the values of the parameters in which they
/// differ.
std::string suffix(const FeatureSpec& spec, const std::vector<FeatureSpec>& specs)
{
    const FeatureEntry& entry = featureEntry(spec.id);
    const auto valueOf = [](const FeatureSpec& each, const Param& param) {
        const auto given = each.values.find(param.spec.id);
        return valueText(given != each.values.end() ? given->second : param.defaultValue);
    };
    std::string out;
    for (const Param& param : entry.schema) {
        const bool differs = std::ranges::any_of(specs, [&](const FeatureSpec& other) {
            return other.id == spec.id && valueOf(other, param) != valueOf(spec, param);
        });
        if (differs)
            out += "_" + valueOf(spec, param);
    }
    return out;
}

void refuseRepeats(const std::vector<FeatureSpec>& specs)
{
    std::set<std::string> seen;
    for (const FeatureSpec& spec : specs) {
        if (!seen.insert(spec.text()).second)
            throw UsageError(Message(TR("engine", "The feature %1 is listed twice."), spec.text()));
    }
}

void append(FeatureTable& table, const FeatureSpec& spec, const std::vector<FeatureSpec>& specs,
            const Series& series)
{
    const std::unique_ptr<Feature> feature = spec.make();
    const std::string ending = suffix(spec, specs);
    for (const std::string& output : feature->outputs()) {
        table.names.push_back(output + ending);
        table.knowledge.push_back(featureEntry(spec.id).knowledge);
    }
    for (std::vector<double>& column : feature->compute(series))
        table.columns.push_back(std::move(column));
    table.warmUp = std::max(table.warmUp, feature->warmUp());
}

}  // namespace

FeatureTable computeFeatures(const Series& series, const std::vector<FeatureSpec>& specs)
{
    refuseRepeats(specs);
    FeatureTable table;
    for (const FeatureSpec& spec : specs)
        append(table, spec, specs, series);
    return table;
}

FeatureTable computeFutureFeatures(const Series& series, const std::vector<FeatureSpec>& specs,
                                   const std::vector<Timestamp>& times)
{
    Series stamps;
    stamps.name = series.name;
    stamps.hasClock = series.hasClock;
    stamps.timeZone = series.timeZone;
    stamps.times = times;
    FeatureTable table;
    for (const FeatureSpec& spec : specs) {
        if (featureEntry(spec.id).knowledge == Knowledge::Future)
            append(table, spec, specs, stamps);
    }
    return table;
}

}  // namespace fc
