// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <limits>

#include "engine/optim/schedule.h"

namespace fc {

/// What the schedule "plateau" remembers; a checkpoint keeps it.
struct PlateauState {
    double rate = 0;  ///< in force
    double best = std::numeric_limits<double>::infinity();
    std::int64_t badValidations = 0;
    std::int64_t cooldown = 0;  ///< validations still to pass uncounted

    bool operator==(const PlateauState&) const = default;
};

/// The start: the highest rate, nothing seen.
PlateauState plateauStart(double base);

/// What follows from one more validation loss: after more than plateauPatience losses in a row that are not
/// better, the rate is multiplied by stepFactor, and plateauCooldown losses pass uncounted. As torch's
/// ReduceLROnPlateau, a loss is better below best - threshold |best| or best - threshold (torch leaves out
/// the bars, so that for a loss below 0 a worse one can count as better), and a change of the rate below 1e-8
/// is left out.
PlateauState plateauAfter(const ScheduleParams& params, const PlateauState& state, double loss);

}  // namespace fc
