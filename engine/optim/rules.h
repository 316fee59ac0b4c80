// SPDX-License-Identifier: GPL-3.0-or-later
// What tells the optimizers apart: the numbers they remember per weight, and the coefficients of one step.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "engine/optim/optimizer_params.h"
#include "engine/tensor/kernels/kernels_optim.h"

namespace fc {

/// What is the same for all weights of a group in one step.
struct StepContext {
    const OptimizerParams& params;
    double learningRate;
    double weightDecay;
    double momentum;         ///< of sgd and rmsprop; a schedule may move it, and beta1
    double beta1;            ///< of the Adam family and lion
    std::int64_t count;      ///< from 1
    double momentumProduct;  ///< NAdam: of the momenta of steps 1 … count
};

using StepCoefficients =
    std::variant<kernels::SgdStep, kernels::AdamStep, kernels::AdamaxStep, kernels::LionStep,
                 kernels::RmsPropStep, kernels::AdagradStep, kernels::AdadeltaStep>;

constexpr std::size_t maxSlots = 3;

/// A weight or a part of one.
struct Piece {
    std::int64_t count;
    float* weight;
    const float* gradient;
    std::array<float*, maxSlots> memory;  ///< nullptr beyond those of the rule
};

struct Rule {
    const char* id;
    std::vector<std::string> (*slotNames)(const OptimizerParams& params);
    StepCoefficients (*coefficients)(const StepContext& context);
    bool decoupledDecay;  ///< the decay is in the coefficients, not in the gradient
    bool schedulableMomentum;
};

/// All rules, in the order of the choices shown.
std::span<const Rule> optimizerRules();
/// The rule of that id, which must exist.
const Rule& optimizerRule(const std::string& id);

/// Takes the step for one piece. Slots beyond the first that a rule can do without may be null, see the
/// kernels.
void applyStep(const StepCoefficients& coefficients, const kernels::GradientUse& use,
               const OptimizerParams& params, const Piece& piece);

/// NAdam's momentum of step `count`. Dozat, 2016, section 3.2.
double nadamMomentum(const OptimizerParams& params, std::int64_t count);

}  // namespace fc
