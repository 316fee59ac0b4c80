// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/features/feature_stream.h"

#include <algorithm>
#include <cassert>
#include <set>

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

}  // namespace

FeatureStream::FeatureStream(const Series& layout, const std::vector<FeatureSpec>& specs)
    : m_columnCount(layout.columns.size())
{
    refuseRepeats(specs);
    for (const FeatureSpec& spec : specs) {
        const std::unique_ptr<Feature> feature = spec.make();
        const std::string ending = suffix(spec, specs);
        for (const std::string& output : feature->outputs()) {
            m_names.push_back(output + ending);
            m_knowledge.push_back(featureEntry(spec.id).knowledge);
        }
        m_warmUp = std::max(m_warmUp, feature->warmUp());
        m_features.emplace_back(*feature, spec.id, layout);
    }
    m_row.resize(m_names.size());
    m_outputs.resize(m_names.size());
}

std::span<const double> FeatureStream::push(Timestamp time, std::span<const double> values)
{
    assert(values.size() == m_columnCount);
    std::vector<const double*> columns;
    for (const double& value : values)
        columns.push_back(&value);
    for (std::size_t i = 0; i < m_row.size(); ++i)
        m_outputs[i] = &m_row[i];
    double* const* outputs = m_outputs.data();
    for (BoundFeature& feature : m_features) {
        feature.run(1, &time, columns.data(), outputs);
        outputs += feature.outputCount();
    }
    return m_row;
}

void FeatureStream::append(std::span<const Timestamp> times, std::span<const double* const> columns,
                           std::vector<std::vector<double>>& out)
{
    assert(columns.size() == m_columnCount);
    out.resize(m_names.size());
    for (std::vector<double>& column : out)
        column.reserve(column.size() + times.size());
    std::vector<const double*> heads(columns.begin(), columns.end());
    for (std::size_t row = 0; row < times.size(); row += BoundFeature::mostRows) {
        const std::size_t rows = std::min(BoundFeature::mostRows, times.size() - row);
        std::size_t first = 0;
        for (BoundFeature& feature : m_features) {
            for (std::size_t i = first; i < first + feature.outputCount(); ++i) {
                out[i].resize(out[i].size() + rows);
                m_outputs[i] = out[i].data() + out[i].size() - rows;
            }
            feature.run(rows, times.data() + row, heads.data(), m_outputs.data() + first);
            first += feature.outputCount();
        }
        for (const double*& head : heads)
            head += rows;
    }
}

}  // namespace fc
