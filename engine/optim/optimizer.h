// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/nn/weights.h"
#include "engine/optim/clip.h"
#include "engine/params/params.h"

namespace fc {

/// What a person chooses about the optimizer. Formulas as in torch.optim, where momentum and the weight decay
/// of all but AdamW are 0 by default.
struct OptimizerParams {
    std::string optimizer = "adamw";
    double learningRate = 1e-3;
    double weightDecay = 0.01;
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-8;
    bool amsgrad = false;
    double momentum = 0.9;
    double dampening = 0.0;
    bool nesterov = false;
    bool centered = false;

    void describe(ParamVisitor& v);
};

/// A tensor of an optimizer's memory, as a checkpoint stores it: "adamw.m.encoder.weight_ih_l0".
struct NamedTensor {
    std::string name;
    Tensor value;
};

/// Changes weights in place, step by step. The memory it keeps is named, so that a run goes on bit for bit.
///   sgd      Sutskever et al., 2013; the velocity starts with the whole first gradient
///   adam     Kingma & Ba, 2015, algorithm 1; epsilon outside the bias-corrected root; weight decay in the
///   gradient adamw    Loshchilov & Hutter, 2019, algorithm 2: weight decay apart from the gradient
///            (both with AMSGrad on request: Reddi et al., 2018)
///   nadam    Dozat, 2016, with torch's momentum decay of 0.004
///   radam    Liu et al., 2020
///   rmsprop  Tieleman & Hinton, 2012; beta2 smooths the squares; epsilon outside the root; centered as in
///   Graves, 2013 adagrad  Duchi et al., 2011
class Optimizer {
public:
    /// Works on the trainable ones of `weights`, which must not be made anew while this lives. Throws
    /// UsageError when params are out of range.
    Optimizer(const OptimizerParams& params, const Weights& weights);

    /// One step with `gradients` in the order of the trainable weights and of their shapes. Allocates
    /// nothing.
    void step(std::span<const Tensor> gradients, double learningRate, const Clipping& clipping = {});

    /// The trainable weights, in the order `step` wants their gradients.
    const std::vector<Tensor>& weights() const { return m_weights; }

    /// Shares storage with the optimizer: a checkpoint copies from it before the next step, or into it to go
    /// on from a stored state, together with setStepCount.
    const std::vector<NamedTensor>& state() const { return m_state; }
    std::int64_t stepCount() const { return m_stepCount; }
    void setStepCount(std::int64_t count);

private:
    OptimizerParams m_params;
    size_t m_rule = 0;       ///< in the table of rules
    size_t m_slotCount = 0;  ///< per weight
    std::vector<Tensor> m_weights;
    std::vector<NamedTensor> m_state;  ///< the slots of the first weight, then those of the second, …
    std::int64_t m_stepCount = 0;
    double m_momentumProduct = 1.0;  ///< NAdam: of all steps so far
};

inline std::unique_ptr<Optimizer> makeOptimizer(const OptimizerParams& params, const Weights& weights)
{
    return std::make_unique<Optimizer>(params, weights);
}

}  // namespace fc
