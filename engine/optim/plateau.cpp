// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/optim/plateau.h"

#include <algorithm>
#include <cmath>

namespace fc {

PlateauState plateauStart(double base)
{
    PlateauState state;
    state.rate = base;
    return state;
}

PlateauState plateauAfter(const ScheduleParams& params, const PlateauState& state, double loss)
{
    PlateauState next = state;
    const double needed = params.plateauThresholdMode == "abs"
                              ? state.best - params.plateauThreshold
                              // A likelihood can be below 0, where a share of it must still make it lower.
                              : state.best - params.plateauThreshold * std::abs(state.best);
    if (loss < needed || std::isinf(state.best)) {
        next.best = loss;
        next.badValidations = 0;
    } else {
        ++next.badValidations;
    }
    if (next.cooldown > 0) {
        --next.cooldown;
        next.badValidations = 0;
    }
    if (next.badValidations > params.plateauPatience) {
        const double lower = std::max(state.rate * params.stepFactor, params.minLearningRate);
        if (state.rate - lower > 1e-8)
            next.rate = lower;
        next.cooldown = params.plateauCooldown;
        next.badValidations = 0;
    }
    return next;
}

}  // namespace fc
