// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/features/indicators.h"

#include <algorithm>

namespace fc {

namespace {

std::string columnNames(const Series& series)
{
    std::string names;
    for (const Column& column : series.columns)
        names += (names.empty() ? "" : ", ") + column.name;
    return names;
}

}  // namespace

void periodField(ParamVisitor& v, int& period, int min)
{
    v.field(period, {.id = "period",
                     .label = TR("engine", "Period"),
                     .help = TR("engine", "Number of rows it looks back, the current one included."),
                     .min = min,
                     .max = 10000,
                     .unit = "rows",
                     .logScale = true});
}

void columnField(ParamVisitor& v, std::string& column)
{
    v.field(column,
            {.id = "column",
             .label = TR("engine", "Column"),
             .help = TR("engine",
                        "Column to compute it from, by name or role. In a series without a closing price, "
                        "\"close\" stands for the first column.")});
}

const Column& mainColumn(const Series& series)
{
    if (const Column* close = series.column("close"))
        return *close;
    if (series.columns.empty())
        throw Error(Message(TR("engine", "The series \"%1\" has no columns of numbers."), series.name));
    return series.columns.front();
}

const Values& inputOf(const Series& series, std::string_view feature, std::string_view column)
{
    if (const Column* found = series.column(column))
        return found->values;
    if (column == "close")
        return mainColumn(series).values;
    throw Error(Message(
        TR("engine", "The feature \"%1\" needs the column \"%2\", but the series \"%3\" has only: %4."),
        feature, column, series.name, columnNames(series)));
}

Values typicalPrice(const Series& series, std::string_view feature)
{
    const auto add = [](double x, double y) { return x + y; };
    Values sum = combine(combine(inputOf(series, feature, "high"), inputOf(series, feature, "low"), add),
                         inputOf(series, feature, "close"), add);
    for (double& x : sum)
        x /= 3.0;
    return sum;
}

Values trueRange(const Series& series, std::string_view feature)
{
    const Values before = lagged(inputOf(series, feature, "close"), 1);
    const Values top =
        combine(inputOf(series, feature, "high"), before, [](double x, double y) { return std::max(x, y); });
    const Values bottom =
        combine(inputOf(series, feature, "low"), before, [](double x, double y) { return std::min(x, y); });
    return combine(top, bottom, [](double x, double y) { return x - y; });
}

}  // namespace fc
