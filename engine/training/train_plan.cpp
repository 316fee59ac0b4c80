// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/training/train_plan.h"

namespace fc {

namespace {

void describeAmount(TrainPlan& p, ParamVisitor& v)
{
    v.field(p.epochs, {.id = "epochs",
                       .label = TR("engine", "Epochs"),
                       .help = TR("engine", "Passes over all training windows."),
                       .min = 1,
                       .max = 100000});
    v.field(
        p.patience,
        {.id = "patience",
         .label = TR("engine", "Patience"),
         .help = TR("engine", "Validations without a better loss before the training ends; 0 never ends it."),
         .min = 0,
         .max = 100000,
         .unit = "validations"});
    v.field(p.batchSize, {.id = "batch_size",
                          .label = TR("engine", "Batch size"),
                          .help = TR("engine", "Windows per step."),
                          .min = 1,
                          .max = 65536,
                          .unit = "windows",
                          .logScale = true});
}

void describeSteps(TrainPlan& p, ParamVisitor& v)
{
    v.field(
        p.maxSteps,
        {.id = "max_steps",
         .label = TR("engine", "Steps"),
         .help = TR("engine", "Trains for so many steps instead of the epochs; 0 leaves it to the epochs."),
         .min = 0,
         .max = 1e9});
    v.field(p.accumulate, {.id = "accumulate",
                           .label = TR("engine", "Accumulate"),
                           .help = TR("engine", "Batches whose mean gradient makes one step."),
                           .min = 1,
                           .max = 1024,
                           .unit = "batches"});
    v.field(p.validateEvery,
            {.id = "validate_every",
             .label = TR("engine", "Validate every"),
             .help = TR("engine", "Steps between validations; 0 validates after each epoch."),
             .min = 0,
             .max = 1e9,
             .unit = "steps"});
    v.field(p.checkpointEvery,
            {.id = "checkpoint_every",
             .label = TR("engine", "Checkpoint every"),
             .help = TR("engine", "Steps between checkpoints besides those of each validation; 0 adds none."),
             .min = 0,
             .max = 1e9,
             .unit = "steps"});
    v.field(p.keepCheckpoints,
            {.id = "keep_checkpoints",
             .label = TR("engine", "Keep checkpoints"),
             .help = TR("engine", "Newest checkpoints kept; the best one is kept besides."),
             .min = 1,
             .max = 10000});
}

void describeRest(TrainPlan& p, ParamVisitor& v)
{
    v.field(
        p.freeze,
        {.id = "freeze",
         .label = TR("engine", "Freeze"),
         .help = TR("engine",
                    "Weights that stay as they are: names of weights or layers, separated by commas, with * "
                    "for any characters, such as encoder,*.bias.")});
    v.field(p.precision,
            {.id = "precision",
             .label = TR("engine", "Precision"),
             .help = TR(
                 "engine",
                 "bf16 holds the matrices of the model in 16 bits: for memory, not for speed. The arithmetic "
                 "and the optimizer's copy stay in f32."),
             .choices = {"f32", "bf16"}});
    v.field(p.seed,
            {.id = "seed",
             .label = TR("engine", "Seed"),
             .help = TR("engine", "Of all randomness of the run: weights, order of windows, dropout."),
             .min = 0,
             .max = 2147483647});
    v.field(
        p.threads,
        {.id = "threads",
         .label = TR("engine", "Threads"),
         .help = TR("engine", "CPU threads of the training; 0 uses all. The numbers do not depend on it."),
         .min = 0,
         .max = 256});
}

}  // namespace

void TrainPlan::describe(ParamVisitor& v)
{
    loss.describe(v);
    describeAmount(*this, v);
    optimizer.describe(v);
    schedule.describe(v);
    clip.describe(v);
    describeSteps(*this, v);
    describeRest(*this, v);
}

}  // namespace fc
