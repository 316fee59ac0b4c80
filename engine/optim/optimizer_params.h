// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "engine/params/params.h"

namespace fc {

/// What a person chooses about the optimizer. Formulas and defaults as in torch.optim, but that momentum is
/// 0.9 for sgd and rmsprop and the weight decay 0.01 for all.
struct OptimizerParams {
    std::string optimizer = "adamw";
    double learningRate = 1e-3;
    double weightDecay = 0.01;
    bool decayBiasAndNorm = true;
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-8;
    bool amsgrad = false;
    double momentum = 0.9;
    double dampening = 0.0;
    bool nesterov = false;
    double rmspropAlpha = 0.99;
    bool centered = false;
    double adadeltaRho = 0.9;
    double momentumDecay = 0.004;
    double learningRateDecay = 0.0;
    double initialAccumulator = 0.0;

    void describe(ParamVisitor& v);
};

/// Throws UsageError when a value is out of range or two do not go together.
void checkOptimizer(const OptimizerParams& params);
/// Whether a schedule can move the momentum, or beta1, of the optimizer.
bool hasSchedulableMomentum(const OptimizerParams& params);

}  // namespace fc
