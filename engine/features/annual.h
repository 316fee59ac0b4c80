// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/params/params.h"

namespace fc {

/// Rows per year, to which a volatility is scaled.
inline void annualField(ParamVisitor& v, int& perYear)
{
    v.field(perYear,
            {.id = "per_year",
             .label = TR("engine", "Rows per year"),
             .help = TR("engine", "Scales the result to one year by the square root; 1 leaves it per row."),
             .min = 1,
             .max = 100000000});
}

}  // namespace fc
