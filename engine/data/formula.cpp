// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/formula.h"

#include <algorithm>
#include <cassert>

#include "engine/base/error.h"
#include "engine/data/formula_plan.h"
#include "engine/data/names.h"

namespace fc {

Formula::Formula(std::string_view text) : m_plan(std::make_shared<const FormulaPlan>(readFormula(text)))
{
    startFormula(*m_plan);
}

const std::string& Formula::text() const
{
    return m_plan->text;
}

const std::vector<std::string>& Formula::variables() const
{
    return m_plan->variables;
}

int Formula::warmUp() const
{
    return m_plan->result.warmUp;
}

void Formula::checkNames(const std::vector<std::string>& names) const
{
    for (std::size_t i = 0; i < m_plan->variables.size(); ++i) {
        const std::string& variable = m_plan->variables[i];
        if (std::ranges::any_of(names, [&](const std::string& name) { return sameName(name, variable); }))
            continue;
        throw UsageError(
            Message(TR("engine",
                       "There is no column \"%1\", which the formula names at character %2. Columns: %3. "
                       "Functions: %4, %5."),
                    variable, m_plan->positions[i], nameList(names), nameList(pointFunctions()),
                    nameList(windowFunctions())));
    }
}

std::unique_ptr<FormulaRows> Formula::start() const
{
    return startFormula(*m_plan);
}

std::vector<double> Formula::evaluate(const std::vector<std::span<const double>>& columns,
                                      std::size_t rows) const
{
    assert(columns.size() == variables().size());
    const std::unique_ptr<FormulaRows> formula = start();
    std::vector<double> out(rows);
    std::vector<double> row(columns.size());
    for (std::size_t t = 0; t < rows; ++t) {
        for (std::size_t c = 0; c < columns.size(); ++c)
            row[c] = columns[c][t];
        out[t] = formula->next(row);
    }
    return out;
}

std::vector<double> Formula::evaluate(const Series& series) const
{
    std::vector<std::string> names;
    for (const Column& column : series.columns) {
        names.push_back(column.name);
        if (!column.role.empty() && !sameName(column.role, column.name))
            names.push_back(column.role);
    }
    checkNames(names);
    std::vector<std::span<const double>> columns;
    for (const std::string& variable : variables())
        columns.emplace_back(series.column(variable)->values);
    return evaluate(columns, series.rows());
}

}  // namespace fc
