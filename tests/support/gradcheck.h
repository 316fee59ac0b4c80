// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "engine/autograd/tape.h"
#include "engine/base/rng.h"
#include "engine/tensor/tensor.h"

namespace fc {

using TensorFunction = std::function<Tensor(const std::vector<Tensor>& inputs)>;

/// Values drawn evenly from [low, high).
inline Tensor randomTensor(const Shape& shape, Rng& rng, float low = -1.0F, float high = 1.0F)
{
    Tensor x = Tensor::empty(shape);
    for (std::int64_t i = 0; i < x.count(); ++i)
        x.data()[i] = low + (high - low) * rng.uniform();
    return x;
}

/// sum of weights * f(inputs), in double.
inline double weighted(const TensorFunction& f, const std::vector<Tensor>& inputs, const Tensor& weights)
{
    const std::vector<float> y = f(inputs).values();
    const std::vector<float> w = weights.values();
    double total = 0;
    for (std::size_t i = 0; i < y.size(); ++i)
        total += static_cast<double>(y[i]) * static_cast<double>(w[i]);
    return total;
}

/// Derivative by the five-point rule, (8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12 h: the error of the rule
/// falls with h^4, that of float with 1 / h; h = 0.02 keeps both near 1e-5 for values near 1.
inline double slope(const TensorFunction& f, std::vector<Tensor>& inputs, const Tensor& weights, float& value)
{
    constexpr float h = 0.02F;
    const float center = value;
    const auto at = [&](float x) {
        value = x;
        return weighted(f, inputs, weights);
    };
    const double near = at(center + h) - at(center - h);
    const double far = at(center + 2 * h) - at(center - 2 * h);
    value = center;
    return (8 * near - far) / (12 * static_cast<double>(h));
}

/// Compares the tape's gradients of all inputs with numeric ones, for random weights on the outputs. Empty
/// when |tape - numeric| <= tolerance (1 + |numeric|) everywhere, else the first difference.
inline std::string gradcheck(const TensorFunction& f, std::vector<Tensor> inputs, double tolerance = 1e-3)
{
    Tape tape;
    for (const Tensor& input : inputs)
        tape.watch(input);
    Tensor y;
    {
        const TapeScope scope(&tape);
        y = f(inputs);
    }
    Rng rng(17);
    const Tensor weights = randomTensor(y.shape(), rng);
    const std::pair<Tensor, Tensor> seed{y, weights};
    tape.backward(std::span(&seed, 1));
    for (std::size_t k = 0; k < inputs.size(); ++k) {
        const Tensor gradient = tape.grad(inputs[k]);
        for (std::int64_t i = 0; i < inputs[k].count(); ++i) {
            const double numeric = slope(f, inputs, weights, inputs[k].data()[i]);
            const auto analytic = static_cast<double>(gradient.data()[i]);
            if (!(std::fabs(analytic - numeric) <= tolerance * (1 + std::fabs(numeric))))
                return "input " + std::to_string(k) + "[" + std::to_string(i) + "]: the tape says " +
                       formatNumber(analytic) + ", differences say " + formatNumber(numeric);
        }
    }
    return {};
}

}  // namespace fc
