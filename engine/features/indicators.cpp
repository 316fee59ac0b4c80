// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/features/indicators.h"

namespace fc {

void periodField(ParamVisitor& v, int& period, int min, int max)
{
    v.field(period, {.id = "period",
                     .label = TR("engine", "Period"),
                     .help = TR("engine", "Number of rows it looks back, the current one included."),
                     .min = min,
                     .max = max,
                     .unit = "rows",
                     .logScale = true});
}

void rowsField(ParamVisitor& v, int& rows, const std::string& id, const std::string& label,
               const std::string& help, int min)
{
    v.field(rows, {.id = id,
                   .label = label,
                   .help = help,
                   .min = min,
                   .max = 10000,
                   .unit = "rows",
                   .logScale = min > 0});
}

void columnField(ParamVisitor& v, std::string& column)
{
    v.field(column,
            {.id = "column",
             .label = TR("engine", "Column"),
             .help = TR("engine",
                        "Column to compute it from, by name or role, or typical_price, median_price, "
                        "weighted_close or average_price. In a series without a closing price, \"close\" "
                        "stands for the first column.")});
}

}  // namespace fc
