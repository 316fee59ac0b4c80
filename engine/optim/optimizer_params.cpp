// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/optim/optimizer_params.h"

#include "engine/optim/rules.h"

namespace fc {

namespace {

void describeVelocity(OptimizerParams& p, ParamVisitor& v)
{
    v.field(p.momentum, {.id = "momentum",
                         .label = TR("engine", "Momentum"),
                         .help = TR("engine", "Share of the last update that is kept; 0 = none."),
                         .min = 0,
                         .max = 0.9999,
                         .when = {"optimizer", {"sgd", "rmsprop"}}});
    v.field(p.dampening, {.id = "dampening",
                          .label = TR("engine", "Dampening"),
                          .help = TR("engine", "Share of each new gradient that momentum leaves out."),
                          .min = 0,
                          .max = 1,
                          .when = {"optimizer", {"sgd"}}});
    v.field(p.nesterov,
            {.id = "nesterov",
             .label = TR("engine", "Nesterov momentum"),
             .help = TR("engine",
                        "Looks one step ahead along the momentum (with momentum and without dampening)."),
             .when = {"optimizer", {"sgd"}}});
}

void describeMoments(OptimizerParams& p, ParamVisitor& v)
{
    v.field(p.beta1, {.id = "beta1",
                      .label = TR("engine", "Beta 1"),
                      .help = TR("engine", "Smoothing of the gradient."),
                      .min = 0,
                      .max = 0.9999,
                      .when = {"optimizer", {"adamw", "adam", "nadam", "radam", "adamax", "lion"}}});
    v.field(p.beta2, {.id = "beta2",
                      .label = TR("engine", "Beta 2"),
                      .help = TR("engine",
                                 "Smoothing of the squared gradient in the Adam family, of the remembered "
                                 "gradient in lion (0.99 there)."),
                      .min = 0,
                      .max = 0.999999,
                      .when = {"optimizer", {"adamw", "adam", "nadam", "radam", "adamax", "lion"}}});
    v.field(p.epsilon,
            {.id = "epsilon",
             .label = TR("engine", "Epsilon"),
             .help = TR("engine",
                        "Added to the root of the squared gradient; keeps steps finite. "
                        "1e-6 is usual for adadelta, 1e-10 for adagrad."),
             .min = 1e-12,
             .max = 1,
             .logScale = true,
             .when = {"optimizer",
                      {"adamw", "adam", "nadam", "radam", "adamax", "rmsprop", "adagrad", "adadelta"}}});
    v.field(p.amsgrad, {.id = "amsgrad",
                        .label = TR("engine", "AMSGrad"),
                        .help = TR("engine", "Divides by the largest squared gradient so far."),
                        .when = {"optimizer", {"adamw", "adam"}}});
}

/// Those that one optimizer has for itself.
void describeOwn(OptimizerParams& p, ParamVisitor& v)
{
    v.field(p.rmspropAlpha, {.id = "rmsprop_alpha",
                             .label = TR("engine", "RMSprop alpha"),
                             .help = TR("engine", "Smoothing of the squared gradient."),
                             .min = 0,
                             .max = 0.999999,
                             .when = {"optimizer", {"rmsprop"}}});
    v.field(p.centered, {.id = "centered",
                         .label = TR("engine", "Centered"),
                         .help = TR("engine", "Divides by the spread of the gradient rather than its size."),
                         .when = {"optimizer", {"rmsprop"}}});
    v.field(p.adadeltaRho, {.id = "adadelta_rho",
                            .label = TR("engine", "Adadelta rho"),
                            .help = TR("engine", "Smoothing of squared gradients and updates."),
                            .min = 0,
                            .max = 0.999999,
                            .when = {"optimizer", {"adadelta"}}});
    v.field(p.momentumDecay,
            {.id = "momentum_decay",
             .label = TR("engine", "Momentum decay"),
             .help = TR("engine", "How fast the momentum of the first steps grows to beta 1."),
             .min = 0,
             .max = 1,
             .when = {"optimizer", {"nadam"}}});
    v.field(p.learningRateDecay,
            {.id = "learning_rate_decay",
             .label = TR("engine", "Learning rate decay"),
             .help = TR("engine", "Divides the rate of step t by 1 + (t - 1) times this."),
             .min = 0,
             .max = 10,
             .when = {"optimizer", {"adagrad"}}});
    v.field(p.initialAccumulator, {.id = "initial_accumulator",
                                   .label = TR("engine", "First sum of squares"),
                                   .help = TR("engine", "What the sum of squared gradients starts from."),
                                   .min = 0,
                                   .max = 1e6,
                                   .when = {"optimizer", {"adagrad"}}});
}

}  // namespace

void OptimizerParams::describe(ParamVisitor& v)
{
    std::vector<std::string> ids;
    for (const Rule& rule : optimizerRules())
        ids.emplace_back(rule.id);
    v.field(
        optimizer,
        {.id = "optimizer",
         .label = TR("engine", "Optimizer"),
         .help = TR("engine", "How gradients become changes of the weights. AdamW is a good first choice."),
         .choices = ids});
    v.field(
        learningRate,
        {.id = "learning_rate",
         .label = TR("engine", "Learning rate"),
         .help = TR("engine",
                    "Size of a step; the schedule changes it during training. Lion wants a third to a tenth "
                    "of Adam's, adadelta about 1."),
         .min = 1e-9,
         .max = 1e6,
         .logScale = true});
    v.field(
        weightDecay,
        {.id = "weight_decay",
         .label = TR("engine", "Weight decay"),
         .help = TR("engine",
                    "Pulls weights towards zero: apart from the gradient in adamw and lion, as a part of it "
                    "in the others."),
         .min = 0,
         .max = 10});
    describeVelocity(*this, v);
    describeMoments(*this, v);
    describeOwn(*this, v);
    v.field(decayBiasAndNorm,
            {.id = "decay_bias_and_norm",
             .label = TR("engine", "Decay biases and norms"),
             .help = TR("engine",
                        "Off: weight decay acts on matrices only, not on biases and the scales of "
                        "normalizations.")});
}

void checkOptimizer(const OptimizerParams& params)
{
    check(schemaOf<OptimizerParams>(), valuesOf(params));
    if (params.optimizer == "sgd" && params.nesterov && (params.momentum == 0 || params.dampening != 0))
        throw UsageError(Message(
            TR("engine", "nesterov needs a momentum above 0 and a dampening of 0; here they are %1 and %2."),
            params.momentum, params.dampening));
}

bool hasSchedulableMomentum(const OptimizerParams& params)
{
    const bool keepsVelocity = params.optimizer == "sgd" || params.optimizer == "rmsprop";
    return optimizerRule(params.optimizer).schedulableMomentum && (!keepsVelocity || params.momentum > 0);
}

}  // namespace fc
