// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/optim/schedule.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <span>

#include "engine/params/number_list.h"

namespace fc {

namespace {

/// What a rule looks at.
struct Place {
    const ScheduleParams& params;
    std::span<const double> milestones;
    double base;
    double step;
    double period;

    double last() const { return base * params.finalShare; }
    /// 0 at the start, 1 from the end of the period on.
    double share() const { return std::min(step / period, 1.0); }
};

double alongLine(double from, double to, double share)
{
    return from + (to - from) * share;
}

/// Half a cosine wave from `from` at 0 to `to` at 1, and back again beyond.
double alongCosine(double from, double to, double share)
{
    return to + (from - to) * 0.5 * (1.0 + std::cos(std::numbers::pi * share));
}

double constant(const Place& at)
{
    return at.base;
}

double lowStart(const Place& at)
{
    return at.step < at.period ? at.base * at.params.lowShare : at.base;
}

double stepwise(const Place& at)
{
    return at.base * std::pow(at.params.stepFactor, std::floor(at.step / at.params.stepEvery));
}

double multiStep(const Place& at)
{
    const auto passed = std::ranges::upper_bound(at.milestones, at.step) - at.milestones.begin();
    return at.base * std::pow(at.params.stepFactor, static_cast<double>(passed));
}

double exponential(const Place& at)
{
    return at.base * std::pow(at.params.stepFactor, at.step / at.params.stepEvery);
}

double linear(const Place& at)
{
    return alongLine(at.base * at.params.startShare, at.last(), at.share());
}

double polynomial(const Place& at)
{
    return at.last() + (at.base - at.last()) * std::pow(1.0 - at.share(), at.params.power);
}

double cosine(const Place& at)
{
    return alongCosine(at.base, at.last(), at.params.risesAgain ? at.step / at.period : at.share());
}

double cosineRestarts(const Place& at)
{
    double length = at.period;
    double place = at.step;
    if (at.params.periodFactor == 1)
        place = std::fmod(place, length);
    while (place >= length) {
        place -= length;
        length *= at.params.periodFactor;
    }
    return alongCosine(at.base, at.last(), place / length);
}

/// Share of the time after the warm-up that has passed; nothing while it lasts.
std::optional<double> shareAfterWarmup(const Place& at)
{
    const double w = at.params.warmupSteps;
    if (at.step < w || at.period <= w)
        return std::nullopt;
    return std::min((at.step - w) / (at.period - w), 1.0);
}

double warmupConstant(const Place& at)
{
    if (at.step >= at.params.warmupSteps)
        return at.base;
    return at.base * (at.step + (at.params.warmupFromZero ? 0.0 : 1.0)) / at.params.warmupSteps;
}

double warmupLinear(const Place& at)
{
    const auto share = shareAfterWarmup(at);
    return share ? alongLine(at.base, at.last(), *share) : warmupConstant(at);
}

double warmupCosine(const Place& at)
{
    const auto share = shareAfterWarmup(at);
    return share ? alongCosine(at.base, at.last(), *share) : warmupConstant(at);
}

/// Phase 0 goes up, 1 down to where it began (all the way without three phases), 2 on to the end.
struct CyclePlace {
    int phase;
    double share;
};

CyclePlace oneCyclePlace(const ScheduleParams& p, double step, double period)
{
    const double top = std::max(p.riseShare * period - 1, 0.0);
    const double again = p.threePhase ? std::max(2 * p.riseShare * period - 2, top) : top;
    const double end = std::max(period - 1, 1.0);
    const double s = std::min(step, end);
    if (s <= top && top > 0)
        return {0, s / top};
    if (p.threePhase && s <= again && again > top)
        return {1, (s - top) / (again - top)};
    const double share = end > again ? std::clamp((s - again) / (end - again), 0.0, 1.0) : 1.0;
    return {p.threePhase ? 2 : 1, share};
}

double annealed(const ScheduleParams& p, double from, double to, double share)
{
    return p.anneal == "linear" ? alongLine(from, to, share) : alongCosine(from, to, share);
}

double oneCycle(const Place& at)
{
    const ScheduleParams& p = at.params;
    const double start = at.base / p.startDivisor;
    const double end = start / p.finalDivisor;
    const CyclePlace place = oneCyclePlace(p, at.step, at.period);
    if (place.phase == 0)
        return annealed(p, start, at.base, place.share);
    if (place.phase == 2)
        return annealed(p, start, end, place.share);
    return annealed(p, at.base, p.threePhase ? start : end, place.share);
}

/// 0 at the lowest rate, 1 at the highest of the first cycle.
double cycleHeight(const ScheduleParams& p, double step)
{
    const double up = p.riseSteps;
    const double down = p.fallSteps > 0 ? p.fallSteps : up;
    const double cycle = std::floor(step / (up + down));
    const double place = step - cycle * (up + down);
    const double height = place <= up ? place / up : 1.0 - (place - up) / down;
    if (p.cycleMode == "triangular2")
        return height * std::exp2(-cycle);
    return p.cycleMode == "exp_range" ? height * std::pow(p.cycleDecay, step) : height;
}

double cyclic(const Place& at)
{
    return alongLine(at.base * at.params.lowShare, at.base, cycleHeight(at.params, at.step));
}

double inverseSqrt(const Place& at)
{
    const double s = at.step + 1;
    const double w = std::max(at.params.warmupSteps, 1);
    return at.base * std::sqrt(w) * std::min(1 / std::sqrt(s), s / (w * std::sqrt(w)));
}

struct NamedRule {
    const char* id;
    double (*rate)(const Place& at);
};

constexpr std::array rules = {
    NamedRule{"constant", constant},
    NamedRule{"low_start", lowStart},
    NamedRule{"step", stepwise},
    NamedRule{"multi_step", multiStep},
    NamedRule{"exponential", exponential},
    NamedRule{"linear", linear},
    NamedRule{"polynomial", polynomial},
    NamedRule{"cosine", cosine},
    NamedRule{"cosine_restarts", cosineRestarts},
    NamedRule{"warmup_constant", warmupConstant},
    NamedRule{"warmup_linear", warmupLinear},
    NamedRule{"warmup_cosine", warmupCosine},
    NamedRule{"one_cycle", oneCycle},
    NamedRule{"cyclic", cyclic},
    NamedRule{"inverse_sqrt", inverseSqrt},
    NamedRule{"plateau", constant},
};

std::vector<double> milestonesOf(const ScheduleParams& params)
{
    if (params.schedule != "multi_step")
        return {};
    const auto list = numberList(params.milestones);
    const bool rises = list && std::ranges::is_sorted(*list, std::ranges::less_equal());
    if (!list || list->empty() || !rises || list->front() < 0)
        throw UsageError(Message(
            TR("engine",
               "The milestones \"%1\" are not a rising list of steps. Write for example 1000,2000,3000."),
            params.milestones));
    return *list;
}

}  // namespace

std::vector<std::string> scheduleIds()
{
    std::vector<std::string> ids;
    for (const NamedRule& rule : rules)
        ids.emplace_back(rule.id);
    return ids;
}

Schedule::Schedule(const ScheduleParams& params, double base, std::int64_t totalSteps)
    : m_params(params),
      m_base(base),
      m_period(static_cast<double>(
          std::max<std::int64_t>(params.periodSteps > 0 ? params.periodSteps : totalSteps, 1))),
      m_milestones(milestonesOf(params))
{
    const auto it =
        std::ranges::find_if(rules, [&](const NamedRule& each) { return params.schedule == each.id; });
    if (it == rules.end())
        throw UsageError(
            Message(TR("engine", "There is no learning rate schedule \"%1\"."), params.schedule));
    m_rule = static_cast<std::size_t>(it - rules.begin());
}

double Schedule::rate(std::int64_t step) const
{
    return rules[m_rule].rate({m_params, m_milestones, m_base, static_cast<double>(step), m_period});
}

std::optional<double> Schedule::momentum(std::int64_t step) const
{
    const ScheduleParams& p = m_params;
    if (!p.cycleMomentum)
        return std::nullopt;
    const auto s = static_cast<double>(step);
    if (p.schedule == "cyclic")
        return alongLine(p.highestMomentum, p.lowestMomentum, cycleHeight(p, s));
    if (p.schedule != "one_cycle")
        return std::nullopt;
    const CyclePlace place = oneCyclePlace(p, s, m_period);
    if (place.phase == 0)
        return annealed(p, p.highestMomentum, p.lowestMomentum, place.share);
    return place.phase == 2 ? p.highestMomentum
                            : annealed(p, p.lowestMomentum, p.highestMomentum, place.share);
}

}  // namespace fc
