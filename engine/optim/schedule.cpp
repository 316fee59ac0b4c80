// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/optim/schedule.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace fc {

namespace {

struct Place {
    double base;
    double step;
    double total;
};

using Rule = double (*)(const ScheduleParams&, const Place&);

/// Half a cosine wave from `from` at 0 to `to` at 1.
double cosineBetween(double from, double to, double share)
{
    return to + (from - to) * 0.5 * (1.0 + std::cos(std::numbers::pi * std::clamp(share, 0.0, 1.0)));
}

double constant(const ScheduleParams&, const Place& at)
{
    return at.base;
}

double stepwise(const ScheduleParams& p, const Place& at)
{
    return at.base * std::pow(p.stepFactor, std::floor(at.step / p.stepEvery));
}

double exponential(const ScheduleParams& p, const Place& at)
{
    return at.base * std::pow(p.stepFactor, at.step / p.stepEvery);
}

double polynomial(const ScheduleParams& p, const Place& at)
{
    const double last = at.base * p.finalShare;
    return last + (at.base - last) * std::pow(1.0 - at.step / at.total, p.power);
}

double cosine(const ScheduleParams& p, const Place& at)
{
    return cosineBetween(at.base, at.base * p.finalShare, at.step / at.total);
}

double warmupConstant(const ScheduleParams& p, const Place& at)
{
    if (at.step >= p.warmupSteps)
        return at.base;
    return at.base * (at.step + (p.warmupFromZero ? 0.0 : 1.0)) / p.warmupSteps;
}

double warmupCosine(const ScheduleParams& p, const Place& at)
{
    if (at.step < p.warmupSteps || at.total <= p.warmupSteps)
        return warmupConstant(p, at);
    return cosineBetween(at.base, at.base * p.finalShare,
                         (at.step - p.warmupSteps) / (at.total - p.warmupSteps));
}

double oneCycle(const ScheduleParams&, const Place& at)
{
    constexpr double start = 1.0 / 25, rising = 0.3, end = start / 1e4;
    const double peak = std::max(rising * at.total - 1, 0.0);
    const double last = std::max(at.total - 1, 1.0);
    if (at.step <= peak && peak > 0)
        return cosineBetween(at.base * start, at.base, at.step / peak);
    return cosineBetween(at.base, at.base * end, (at.step - peak) / (last - peak));
}

double inverseSqrt(const ScheduleParams& p, const Place& at)
{
    const double s = at.step + 1;
    const double w = std::max(p.warmupSteps, 1);
    return at.base * std::sqrt(w) * std::min(1 / std::sqrt(s), s / (w * std::sqrt(w)));
}

struct NamedRule {
    const char* id;
    Rule rule;
};

constexpr std::array rules = {
    NamedRule{"constant", constant},
    NamedRule{"step", stepwise},
    NamedRule{"exponential", exponential},
    NamedRule{"polynomial", polynomial},
    NamedRule{"cosine", cosine},
    NamedRule{"warmup_constant", warmupConstant},
    NamedRule{"warmup_cosine", warmupCosine},
    NamedRule{"one_cycle", oneCycle},
    NamedRule{"inverse_sqrt", inverseSqrt},
};

}  // namespace

void ScheduleParams::describe(ParamVisitor& v)
{
    std::vector<std::string> ids;
    for (const NamedRule& named : rules)
        ids.emplace_back(named.id);
    v.field(schedule, {.id = "schedule",
                       .label = TR("engine", "Learning rate schedule"),
                       .help = TR("engine", "How the learning rate changes from step to step."),
                       .choices = ids});
    v.field(warmupSteps,
            {.id = "warmup_steps",
             .label = TR("engine", "Warm-up steps"),
             .help = TR("engine",
                        "Over so many first steps the learning rate rises to its full value. Used by the "
                        "warm-up schedules and inverse_sqrt."),
             .min = 0,
             .max = 1e6,
             .unit = "steps"});
    v.field(warmupFromZero,
            {.id = "warmup_from_zero",
             .label = TR("engine", "Warm-up starts at zero"),
             .help = TR("engine",
                        "The very first step of a warm-up schedule has rate 0, so it changes nothing.")});
    v.field(stepEvery,
            {.id = "step_every",
             .label = TR("engine", "Steps between drops"),
             .help = TR("engine",
                        "After so many steps the rate is multiplied by the drop factor (step, exponential)."),
             .min = 1,
             .max = 1e6,
             .unit = "steps"});
    v.field(stepFactor,
            {.id = "step_factor",
             .label = TR("engine", "Drop factor"),
             .help = TR("engine", "What the rate is multiplied by at each drop (step, exponential)."),
             .min = 1e-3,
             .max = 1});
    v.field(power, {.id = "power",
                    .label = TR("engine", "Power"),
                    .help = TR("engine", "Exponent of the polynomial schedule; 1 = a straight line."),
                    .min = 0.1,
                    .max = 10});
    v.field(finalShare,
            {.id = "final_share",
             .label = TR("engine", "Final rate"),
             .help = TR("engine",
                        "Share of the learning rate that is left at the end of the polynomial and cosine "
                        "schedules."),
             .min = 0,
             .max = 1});
}

double learningRate(const ScheduleParams& params, double base, std::int64_t step, std::int64_t totalSteps)
{
    const double total = static_cast<double>(std::max<std::int64_t>(totalSteps, 1));
    const Place at{.base = base, .step = std::min(static_cast<double>(step), total), .total = total};
    for (const NamedRule& named : rules)
        if (params.schedule == named.id)
            return named.rule(params, at);
    throw UsageError(Message(TR("engine", "There is no learning rate schedule \"%1\"."), params.schedule));
}

}  // namespace fc
