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
    m_buffers.assign(m_names.size(), std::vector<double>(BoundFeature::mostRows));
    for (std::vector<double>& buffer : m_buffers)
        m_outputs.push_back(buffer.data());
    m_row.resize(m_names.size());
}

void FeatureStream::run(std::size_t rows, const Timestamp* times, const double* const* columns)
{
    double* const* outputs = m_outputs.data();
    for (BoundFeature& feature : m_features) {
        feature.run(rows, times, columns, outputs);
        outputs += feature.outputCount();
    }
}

std::span<const double> FeatureStream::push(Timestamp time, std::span<const double> values)
{
    assert(values.size() == m_columnCount);
    std::vector<const double*> columns;
    for (const double& value : values)
        columns.push_back(&value);
    run(1, &time, columns.data());
    for (std::size_t i = 0; i < m_row.size(); ++i)
        m_row[i] = m_buffers[i].front();
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
        run(rows, times.data() + row, heads.data());
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i].insert(out[i].end(), m_outputs[i], m_outputs[i] + rows);
        for (const double*& head : heads)
            head += rows;
    }
}

}  // namespace fc
