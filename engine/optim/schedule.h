// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/params/params.h"

namespace fc {

/// What a person chooses about the learning rate over time.
struct ScheduleParams {
    std::string schedule = "constant";
    int warmupSteps = 100;
    bool warmupFromZero = false;
    int stepEvery = 1000;
    double stepFactor = 0.5;
    std::string milestones = {};
    double power = 1.0;
    double startShare = 1.0;
    double lowShare = 0.1;
    double finalShare = 0.0;
    int periodSteps = 0;
    int periodFactor = 1;
    bool risesAgain = false;
    double riseShare = 0.3;
    std::string anneal = "cos";
    bool threePhase = false;
    double startDivisor = 25.0;
    double finalDivisor = 1e4;
    int riseSteps = 1000;
    int fallSteps = 0;
    std::string cycleMode = "triangular";
    double cycleDecay = 0.9999;
    bool cycleMomentum = false;
    double lowestMomentum = 0.85;
    double highestMomentum = 0.95;
    int plateauPatience = 2;
    double plateauThreshold = 1e-4;
    std::string plateauThresholdMode = "rel";
    int plateauCooldown = 0;
    double minLearningRate = 0.0;

    void describe(ParamVisitor& v);
};

/// The ids of all schedules.
std::vector<std::string> scheduleIds();

/// The learning rate of each step, counted from 0; `base` is the highest. A pure function of the step, so a
/// run resumes at any step; "plateau" alone depends on what the training saw (engine/optim/plateau.h) and is
/// constant here. With s = step, T = periodSteps or else totalSteps, w = warm-up steps, low = base *
/// lowShare and last = base * finalShare, and s/T no larger than 1:
///   constant         base
///   low_start        low while s < T, then base
///   step             base * stepFactor^floor(s / stepEvery)
///   multi_step       base * stepFactor^(milestones that are not above s)
///   exponential      base * stepFactor^(s / stepEvery)
///   linear           from base * startShare at 0 to last at T along a line
///   polynomial       last + (base - last) (1 - s/T)^power
///   cosine           last + (base - last) (1 + cos(pi s/T)) / 2. With risesAgain s/T may exceed 1, and the
///                    rate goes up and down again, as in torch's CosineAnnealingLR
///   cosine_restarts  the same from base again after T, T periodFactor, T periodFactor^2, … steps.
///                    Loshchilov & Hutter, 2017
///   warmup_constant  base * (s + 1) / w while s < w, or base * s / w when it starts from zero; then base
///   warmup_linear    the same start, then along a line to last over the other T - w steps
///   warmup_cosine    the same start, then cosine over the other T - w steps
///   one_cycle        from base / startDivisor up to base over the share riseShare of T, then down to base /
///                    startDivisor / finalDivisor, along cosines or lines; with three phases down to where
///                    it began as fast as it rose, then on. Smith & Topin, 2019, as in torch's OneCycleLR
///   cyclic           between low and base, up in riseSteps, down in fallSteps (0: as many); the height
///                    halves each cycle (triangular2) or falls by cycleDecay each step (exp_range).
///                    Smith, 2017
///   inverse_sqrt     base * sqrt(w) * min((s + 1)^-1/2, (s + 1) w^-3/2), known as Noam. Vaswani et al.,
///                    2017, section 5.3
class Schedule {
public:
    /// Throws UsageError when the schedule or a milestone is none.
    Schedule(const ScheduleParams& params, double base, std::int64_t totalSteps);

    double rate(std::int64_t step) const;
    /// Under one_cycle and cyclic with cycleMomentum: momentum runs from highestMomentum at the lowest rate
    /// to lowestMomentum at the highest.
    std::optional<double> momentum(std::int64_t step) const;

private:
    ScheduleParams m_params;
    double m_base;
    double m_period;                   ///< T above
    std::vector<double> m_milestones;  ///< rising
    std::size_t m_rule = 0;            ///< in the table of rules
};

}  // namespace fc
