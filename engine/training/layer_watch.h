// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/autograd/activation_probe.h"
#include "engine/optim/optimizer.h"

namespace fc {

/// One number about one layer at a validation:
///   gradient_norm/WEIGHT  root of the sum of squares of its gradient in the step before, before clipping
///   update_ratio/WEIGHT   |change in that step| / |weight before it|; near 0.001 is usual, 0 is dead
///   dead_units/relu_NN    share of the units of the NN-th ReLU of the forward pass, from 00 on, that were
///                         0 for every window of the validation. A unit is one number of its output for
///                         one window, so a layer over time counts each of its steps
struct LayerValue {
    std::string name;
    double value = 0;
};

/// Gathers the layer values of the newest validation. Costs nothing in the steps between.
class LayerWatch : public ActivationProbe {
public:
    explicit LayerWatch(const Optimizer& optimizer) : m_optimizer(optimizer) {}

    /// Around a step that a validation follows; `gradients` as the optimizer got them.
    void beforeStep();
    void afterStep(std::span<const Tensor> gradients);

    /// A validation begins; each of its forward passes begins.
    void startValidation() { m_answered.clear(); }
    void startPass() { m_call = 0; }
    void see(const Tensor& y) override;

    /// All values since the last call; those of a step are there only when one was watched.
    std::vector<LayerValue> take();

private:
    const Optimizer& m_optimizer;
    std::vector<Tensor> m_before;  ///< the weights before the step, until it is done
    std::vector<LayerValue> m_ofStep;
    std::vector<std::vector<std::uint8_t>> m_answered;  ///< per ReLU and unit: 1 when it ever was not 0
    std::size_t m_call = 0;
};

}  // namespace fc
