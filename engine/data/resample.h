// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/data/transforms.h"

namespace fc {

/// Longer steps from shorter ones.
struct ResampleParams {
    std::string to = "1d";
    std::string others = "mean";
    std::string methods;
    bool dropIncomplete = false;

    void describe(ParamVisitor& v);
};

/// One row for each step of `to` that has any row: open first, high highest, low lowest, close last, volume
/// sum, other columns by `others` or `methods`. A row's stamp is the beginning of its step; days, weeks and
/// months begin at midnight of the series' time zone, weeks on Monday. Missing values are left out; a step
/// with none is missing. Throws UsageError for a step that is not longer than the series', and for a series
/// without a clock.
TransformResult resample(const Series& series, const ResampleParams& params);

}  // namespace fc
