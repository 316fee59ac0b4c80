// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/nn/weight_norm.h"

namespace fc {

/// Dilated convolution over time that sees no step after its own: x [B, in, T] -> [B, out, T], zeros before
/// the first step. Weights as in torch.nn.Conv1d: weight [out, in, kernel], bias [out]; with weight norm,
/// weight_g [out, 1, 1] and weight_v [out, in, kernel] in place of weight.
struct CausalConv1d {
    struct Options {
        std::int64_t kernelSize = 3;
        std::int64_t dilation = 1;
        bool weightNorm = false;
    };

    CausalConv1d(const WeightScope& scope, std::int64_t in, std::int64_t out, const Options& options);

    Tensor operator()(const Tensor& x) const { return convolved(x, x.size(2), Cut::None); }
    /// What is negative becomes 0 on the way out, and only the last `steps` of the result are computed -> [B,
    /// out, steps]. Steps before the first of x count as zeros.
    Tensor withRelu(const Tensor& x, std::int64_t steps) const { return convolved(x, steps, Cut::AtZero); }

    /// How many steps before its own a step of the result sees.
    std::int64_t reach() const { return (options.kernelSize - 1) * options.dilation; }

    Options options;
    Tensor weight;  ///< the weight itself, or its direction under weight norm
    Tensor length;  ///< undefined without weight norm
    Tensor bias;

private:
    enum class Cut { None, AtZero };
    Tensor convolved(const Tensor& x, std::int64_t steps, Cut cut) const;
};

}  // namespace fc
