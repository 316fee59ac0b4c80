// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

#include "engine/params/params.h"

namespace fc {

/// What a person chooses about the learning rate over time.
struct ScheduleParams {
    std::string schedule = "constant";
    int warmupSteps = 100;
    bool warmupFromZero = false;
    int stepEvery = 1000;
    double stepFactor = 0.5;
    double power = 1.0;
    double finalShare = 0.0;

    void describe(ParamVisitor& v);
};

/// Step size at `step`, counted from 0, of `totalSteps`; `base` is the highest. A pure function, so a run
/// resumes at any step. From totalSteps on the rate stays at its last value. With s = step, T = totalSteps, w
/// = warm-up steps and last = base * finalShare:
///   constant         base
///   step             base * stepFactor^floor(s / stepEvery)
///   exponential      base * stepFactor^(s / stepEvery)
///   polynomial       last + (base - last) (1 - s/T)^power
///   cosine           last + (base - last) (1 + cos(pi s/T)) / 2. Loshchilov & Hutter, 2017, without restarts
///   warmup_constant  base * (s + 1) / w while s < w, or base * s / w when it starts from zero; then base
///   warmup_cosine    the same start, then cosine over the other T - w steps
///   one_cycle        from base / 25 up to base over the first 30 percent, then down to base / 250,000, both
///   along
///                    cosines. Smith & Topin, 2019, as in torch's OneCycleLR
///   inverse_sqrt     base * sqrt(w) * min((s + 1)^-1/2, (s + 1) w^-3/2). Vaswani et al., 2017, section 5.3
double learningRate(const ScheduleParams& params, double base, std::int64_t step, std::int64_t totalSteps);

}  // namespace fc
