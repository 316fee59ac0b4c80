// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/optim/schedule.h"

namespace fc {

namespace {

void describeWarmup(ScheduleParams& p, ParamVisitor& v)
{
    v.field(p.warmupSteps,
            {.id = "warmup_steps",
             .label = TR("engine", "Warm-up steps"),
             .help = TR("engine", "Over so many first steps the learning rate rises to its full value."),
             .min = 0,
             .max = 1e6,
             .unit = "steps",
             .when = {"schedule", {"warmup_constant", "warmup_linear", "warmup_cosine", "inverse_sqrt"}}});
    v.field(p.warmupFromZero, {.id = "warmup_from_zero",
                               .label = TR("engine", "Warm-up starts at zero"),
                               .help = TR("engine", "The very first step has rate 0, so it changes nothing."),
                               .when = {"schedule", {"warmup_constant", "warmup_linear", "warmup_cosine"}}});
}

void describeDrops(ScheduleParams& p, ParamVisitor& v)
{
    v.field(p.stepEvery,
            {.id = "step_every",
             .label = TR("engine", "Steps between drops"),
             .help = TR("engine", "After so many steps the rate is multiplied by the drop factor."),
             .min = 1,
             .max = 1e6,
             .unit = "steps",
             .when = {"schedule", {"step", "exponential"}}});
    v.field(p.stepFactor, {.id = "step_factor",
                           .label = TR("engine", "Drop factor"),
                           .help = TR("engine", "What the rate is multiplied by at each drop."),
                           .min = 1e-3,
                           .max = 1,
                           .when = {"schedule", {"step", "multi_step", "exponential", "plateau"}}});
    v.field(p.milestones, {.id = "milestones",
                           .label = TR("engine", "Milestones"),
                           .help = TR("engine", "The steps at which the rate drops, such as 1000,2000,3000."),
                           .when = {"schedule", {"multi_step"}}});
}

void describePeriod(ScheduleParams& p, ParamVisitor& v)
{
    v.field(p.power, {.id = "power",
                      .label = TR("engine", "Power"),
                      .help = TR("engine", "Exponent of the curve; 1 = a straight line."),
                      .min = 0.1,
                      .max = 10,
                      .when = {"schedule", {"polynomial"}}});
    v.field(p.startShare,
            {.id = "start_share",
             .label = TR("engine", "First rate"),
             .help = TR("engine",
                        "Share of the learning rate that linear starts from; it rises when the final rate is "
                        "higher."),
             .min = 0,
             .max = 1,
             .when = {"schedule", {"linear"}}});
    v.field(
        p.lowShare,
        {.id = "low_share",
         .label = TR("engine", "Low rate"),
         .help = TR("engine",
                    "Share of the learning rate in the first period of low_start and at the lowest points "
                    "of cyclic."),
         .min = 0,
         .max = 1,
         .when = {"schedule", {"low_start", "cyclic"}}});
    v.field(
        p.finalShare,
        {.id = "final_share",
         .label = TR("engine", "Final rate"),
         .help = TR("engine", "Share of the learning rate that is left at the end."),
         .min = 0,
         .max = 1,
         .when = {"schedule",
                  {"linear", "polynomial", "cosine", "cosine_restarts", "warmup_linear", "warmup_cosine"}}});
    v.field(p.periodSteps,
            {.id = "period_steps",
             .label = TR("engine", "Period"),
             .help = TR("engine",
                        "Steps that the schedule takes, or the first cycle of cosine_restarts; 0 = the whole "
                        "training."),
             .min = 0,
             .max = 1e9,
             .unit = "steps",
             .when = {"schedule",
                      {"low_start", "linear", "polynomial", "cosine", "cosine_restarts", "warmup_linear",
                       "warmup_cosine", "one_cycle"}}});
    v.field(p.periodFactor, {.id = "period_factor",
                             .label = TR("engine", "Period grows by"),
                             .help = TR("engine", "How many times longer each next cycle is."),
                             .min = 1,
                             .max = 100,
                             .when = {"schedule", {"cosine_restarts"}}});
    v.field(p.risesAgain, {.id = "rises_again",
                           .label = TR("engine", "Rises again"),
                           .help = TR("engine", "After its period the rate goes up again the way it came."),
                           .when = {"schedule", {"cosine"}}});
}

void describeOneCycle(ScheduleParams& p, ParamVisitor& v)
{
    v.field(p.riseShare, {.id = "rise_share",
                          .label = TR("engine", "Share of the rise"),
                          .help = TR("engine", "Share of the steps in which the rate rises."),
                          .min = 0.01,
                          .max = 0.99,
                          .when = {"schedule", {"one_cycle"}}});
    v.field(p.anneal, {.id = "anneal",
                       .label = TR("engine", "Way up and down"),
                       .help = TR("engine", "Along half a cosine wave or a line."),
                       .choices = {"cos", "linear"},
                       .when = {"schedule", {"one_cycle"}}});
    v.field(p.threePhase, {.id = "three_phase",
                           .label = TR("engine", "Three phases"),
                           .help = TR("engine", "Falls as fast as it rose, then goes on down to the end."),
                           .when = {"schedule", {"one_cycle"}}});
    v.field(p.startDivisor, {.id = "start_divisor",
                             .label = TR("engine", "Start divisor"),
                             .help = TR("engine", "The first rate is the learning rate over this."),
                             .min = 1,
                             .max = 1e9,
                             .logScale = true,
                             .when = {"schedule", {"one_cycle"}}});
    v.field(p.finalDivisor, {.id = "final_divisor",
                             .label = TR("engine", "Final divisor"),
                             .help = TR("engine", "The last rate is the first one over this."),
                             .min = 1,
                             .max = 1e12,
                             .logScale = true,
                             .when = {"schedule", {"one_cycle"}}});
}

void describeCyclic(ScheduleParams& p, ParamVisitor& v)
{
    v.field(p.riseSteps, {.id = "rise_steps",
                          .label = TR("engine", "Steps up"),
                          .help = TR("engine", "In a cycle, from the lowest rate to the highest."),
                          .min = 1,
                          .max = 1e9,
                          .unit = "steps",
                          .when = {"schedule", {"cyclic"}}});
    v.field(p.fallSteps, {.id = "fall_steps",
                          .label = TR("engine", "Steps down"),
                          .help = TR("engine", "In a cycle, back to the lowest rate; 0 = as many as up."),
                          .min = 0,
                          .max = 1e9,
                          .unit = "steps",
                          .when = {"schedule", {"cyclic"}}});
    v.field(
        p.cycleMode,
        {.id = "cycle_mode",
         .label = TR("engine", "Height of the cycles"),
         .help = TR("engine",
                    "All equal, half as high each time (triangular2), or falling step by step (exp_range)."),
         .choices = {"triangular", "triangular2", "exp_range"},
         .when = {"schedule", {"cyclic"}}});
    v.field(p.cycleDecay, {.id = "cycle_decay",
                           .label = TR("engine", "Cycle decay"),
                           .help = TR("engine", "What the height is multiplied by each step."),
                           .min = 0.5,
                           .max = 1,
                           .when = {"cycle_mode", {"exp_range"}}});
}

void describeCycledMomentum(ScheduleParams& p, ParamVisitor& v)
{
    v.field(p.cycleMomentum,
            {.id = "cycle_momentum",
             .label = TR("engine", "Cycle the momentum"),
             .help = TR("engine", "Momentum (beta 1 in the Adam family) runs opposite to the rate."),
             .when = {"schedule", {"one_cycle", "cyclic"}}});
    v.field(p.lowestMomentum, {.id = "lowest_momentum",
                               .label = TR("engine", "Lowest momentum"),
                               .help = TR("engine", "The momentum at the highest rate."),
                               .min = 0,
                               .max = 0.9999,
                               .when = {"cycle_momentum", {"true"}}});
    v.field(p.highestMomentum, {.id = "highest_momentum",
                                .label = TR("engine", "Highest momentum"),
                                .help = TR("engine", "The momentum at the lowest rate."),
                                .min = 0,
                                .max = 0.9999,
                                .when = {"cycle_momentum", {"true"}}});
}

void describePlateau(ScheduleParams& p, ParamVisitor& v)
{
    v.field(p.plateauPatience,
            {.id = "plateau_patience",
             .label = TR("engine", "Plateau patience"),
             .help = TR("engine", "Validations without a better loss that pass before the rate drops."),
             .min = 0,
             .max = 100000,
             .unit = "validations",
             .when = {"schedule", {"plateau"}}});
    v.field(p.plateauThreshold, {.id = "plateau_threshold",
                                 .label = TR("engine", "Plateau threshold"),
                                 .help = TR("engine", "How much lower a loss must be to count as better."),
                                 .min = 0,
                                 .max = 1,
                                 .when = {"schedule", {"plateau"}}});
    v.field(p.plateauThresholdMode,
            {.id = "plateau_threshold_mode",
             .label = TR("engine", "Threshold is"),
             .help = TR("engine", "A share of the best loss, or a difference from it."),
             .choices = {"rel", "abs"},
             .when = {"schedule", {"plateau"}}});
    v.field(p.plateauCooldown, {.id = "plateau_cooldown",
                                .label = TR("engine", "Plateau cooldown"),
                                .help = TR("engine", "Validations after a drop that are not counted."),
                                .min = 0,
                                .max = 100000,
                                .unit = "validations",
                                .when = {"schedule", {"plateau"}}});
    v.field(p.minLearningRate, {.id = "min_learning_rate",
                                .label = TR("engine", "Lowest learning rate"),
                                .help = TR("engine", "The rate does not drop below this."),
                                .min = 0,
                                .max = 1e6,
                                .when = {"schedule", {"plateau"}}});
}

}  // namespace

void ScheduleParams::describe(ParamVisitor& v)
{
    v.field(schedule, {.id = "schedule",
                       .label = TR("engine", "Learning rate schedule"),
                       .help = TR("engine",
                                  "How the learning rate changes from step to step; plateau lowers it when "
                                  "validations no longer get better."),
                       .choices = scheduleIds()});
    describeWarmup(*this, v);
    describeDrops(*this, v);
    describePeriod(*this, v);
    describeOneCycle(*this, v);
    describeCyclic(*this, v);
    describeCycledMomentum(*this, v);
    describePlateau(*this, v);
}

}  // namespace fc
