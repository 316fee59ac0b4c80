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

    Tensor operator()(const Tensor& x) const { return convolved(x, false); }
    /// The same with what is negative cut to 0, on the way out.
    Tensor withRelu(const Tensor& x) const { return convolved(x, true); }

    Options options;
    Tensor weight;  ///< the weight itself, or its direction under weight norm
    Tensor length;  ///< undefined without weight norm
    Tensor bias;

private:
    Tensor convolved(const Tensor& x, bool relu) const;
};

}  // namespace fc
