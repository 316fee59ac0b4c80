// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/features/bound_feature.h"

#include <algorithm>
#include <cassert>

namespace fc {

namespace {

std::string columnNames(const Series& series)
{
    std::string names;
    for (const Column& column : series.columns)
        names += (names.empty() ? "" : ", ") + column.name;
    return names;
}

std::size_t indexOf(const Series& layout, std::string_view id, std::string_view name)
{
    return static_cast<std::size_t>(&inputColumn(layout, id, name) - layout.columns.data());
}

}  // namespace

const Column& mainColumn(const Series& series)
{
    if (const Column* close = series.column("close"))
        return *close;
    if (series.columns.empty())
        throw Error(Message(TR("engine", "The series \"%1\" has no columns of numbers."), series.name));
    return series.columns.front();
}

const Column& inputColumn(const Series& series, std::string_view feature, std::string_view column)
{
    if (const Column* found = series.column(column))
        return *found;
    if (column == "close")
        return mainColumn(series);
    throw Error(Message(
        TR("engine", "The feature \"%1\" needs the column \"%2\", but the series \"%3\" has only: %4."),
        feature, column, series.name, columnNames(series)));
}

std::vector<std::string> averagedRoles(std::string_view price)
{
    if (price == "typical_price")
        return {"high", "low", "close"};
    if (price == "median_price")
        return {"high", "low"};
    if (price == "weighted_close")
        return {"high", "low", "close", "close"};
    if (price == "average_price")
        return {"open", "high", "low", "close"};
    return {};
}

BoundFeature::BoundFeature(const Feature& feature, std::string_view id, const Series& layout)
    : m_outputCount(feature.outputs().size())
{
    for (const std::string& input : feature.inputs()) {
        std::vector<std::size_t> columns;
        if (const auto roles = averagedRoles(input); !roles.empty() && !layout.column(input)) {
            for (const std::string& role : roles)
                columns.push_back(indexOf(layout, id, role));
        } else {
            columns.push_back(indexOf(layout, id, input));
        }
        m_means.emplace_back(columns.size() > 1 ? mostRows : 0);
        m_columns.push_back(std::move(columns));
    }
    m_inputs.resize(m_columns.size());
    m_state = feature.start(layout);
}

void BoundFeature::run(std::size_t rows, const Timestamp* times, const double* const* columns,
                       double* const* outputs)
{
    assert(rows <= mostRows);
    for (std::size_t i = 0; i < m_columns.size(); ++i) {
        const std::vector<std::size_t>& parts = m_columns[i];
        m_inputs[i] = columns[parts.front()];
        if (parts.size() == 1)
            continue;
        std::vector<double>& mean = m_means[i];
        std::copy_n(columns[parts.front()], rows, mean.begin());
        for (std::size_t part = 1; part < parts.size(); ++part)
            for (std::size_t t = 0; t < rows; ++t)
                mean[t] += columns[parts[part]][t];
        for (std::size_t t = 0; t < rows; ++t)
            mean[t] /= static_cast<double>(parts.size());
        m_inputs[i] = mean.data();
    }
    m_state->run(rows, times, m_inputs.data(), outputs);
}

}  // namespace fc
