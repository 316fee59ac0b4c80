// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/nn/weights.h"
#include "engine/optim/clip.h"
#include "engine/optim/optimizer_params.h"
#include "engine/optim/rules.h"

namespace fc {

/// A tensor of an optimizer's memory, as a checkpoint stores it: "adamw.m.encoder.weight_ih_l0".
struct NamedTensor {
    std::string name;
    Tensor value;
};

/// Weights that are trained otherwise than the rest.
struct WeightGroup {
    std::string pattern;  ///< names weights as in Weights::freeze
    double learningRateFactor = 1.0;
    std::optional<double> weightDecay = std::nullopt;  ///< in place of OptimizerParams::weightDecay
    bool frozen = false;                               ///< left out: neither gradient nor step
};

/// Changes weights in place, step by step. The memory it keeps is named, so that a run goes on bit for bit.
///   sgd       Sutskever et al., 2013; the velocity starts with the whole first gradient
///   adam      Kingma & Ba, 2015, algorithm 1; epsilon outside the bias-corrected root
///   adamw     Loshchilov & Hutter, 2019, algorithm 2: weight decay apart from the gradient
///             (both with AMSGrad on request: Reddi et al., 2018)
///   nadam     Dozat, 2016
///   radam     Liu et al., 2020
///   adamax    Kingma & Ba, 2015, algorithm 2, with epsilon beside the gradient's size
///   lion      Chen et al., 2023, algorithm 2; weight decay apart from the gradient
///   rmsprop   Tieleman & Hinton, 2012; epsilon outside the root; centered as in Graves, 2013
///   adagrad   Duchi et al., 2011
///   adadelta  Zeiler, 2012, algorithm 1
/// A weight held in 16 bits is stepped in float32: the copy is part of the memory ("adamw.master.NAME"), and
/// the weight is rounded from it after each step.
class Optimizer {
public:
    /// Works on those of `weights` that learn and that no group freezes; they must not be made anew while
    /// this lives. Of several groups that name a weight the first counts. Throws UsageError when params are
    /// out of range or do not go together, or when a group names no weight.
    Optimizer(const OptimizerParams& params, const Weights& weights,
              std::span<const WeightGroup> groups = {});

    /// The common norm of `gradients`, and what clipping makes of it. Given as for `step`; allocates nothing.
    Clipping clip(const ClipParams& params, std::span<const Tensor> gradients);

    /// One step with `gradients` (float32) in the order of `weights` and of their shapes. `momentum` stands
    /// in for momentum and beta1 in this step. All weights are one row of numbers cut into blocks: one
    /// parallel pass over weights, gradients and memory. Allocates nothing.
    void step(std::span<const Tensor> gradients, double learningRate, const Clipping& clipping = {},
              std::optional<double> momentum = std::nullopt);

    /// The weights that are stepped.
    const std::vector<NamedWeight>& weights() const { return m_weights; }
    /// The float32 numbers of weight `i`: the weight itself, or the copy that one in 16 bits is rounded from.
    const Tensor& stepped(std::size_t i) const { return m_stepped[i]; }

    /// Shares storage with the optimizer: a checkpoint copies from it before the next step, or into it to go
    /// on from a stored state, together with setStepCount.
    const std::vector<NamedTensor>& state() const { return m_state; }
    std::int64_t stepCount() const { return m_stepCount; }
    void setStepCount(std::int64_t count);

private:
    /// What a group of weights has of its own.
    struct Treatment {
        double learningRateFactor;
        double weightDecay;
        bool operator==(const Treatment&) const = default;
    };
    /// A part of one weight; a block is a row of them.
    struct Part {
        std::size_t weight;
        std::int64_t begin;
        std::int64_t end;
    };

    Treatment treatmentOf(const NamedWeight& weight, const WeightGroup* group) const;
    void add(const NamedWeight& weight, const Treatment& treatment, std::span<const std::string> slotNames);
    void cutIntoBlocks();
    void hold(std::span<const Tensor> gradients);
    void release();
    template <typename Body>
    void eachPart(const Body& body);
    void stepPart(const Part& part);

    OptimizerParams m_params;
    const Rule& m_rule;
    std::size_t m_slotCount = 0;  ///< per weight
    std::vector<NamedWeight> m_weights;
    std::vector<Tensor> m_stepped;
    std::vector<NamedTensor> m_state;  ///< of each weight its slots, then its copy in float32 if it has one
    std::vector<std::size_t> m_firstState;  ///< per weight, in m_state
    std::vector<Treatment> m_treatments;
    std::vector<StepCoefficients> m_coefficients;  ///< per treatment, of the step that is being taken
    std::vector<kernels::GradientUse> m_uses;      ///< likewise
    std::vector<std::size_t> m_treatmentOf;        ///< per weight
    std::vector<Part> m_parts;
    std::vector<std::size_t> m_blockEnds;  ///< index after the last part of each block
    std::vector<double> m_partials;        ///< per part, of the norm
    std::vector<Tensor> m_gradients;       ///< during a call: contiguous
    std::int64_t m_stepCount = 0;
    double m_momentumProduct = 1.0;  ///< NAdam: of all steps so far
};

}  // namespace fc
