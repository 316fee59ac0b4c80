// SPDX-License-Identifier: GPL-3.0-or-later
// Convolutions with weights of their own, as torch.nn.Conv1d and Conv2d: weight [out, in / groups, kernel …],
// bias [out], both uniform in ±1/sqrt(in / groups * kernel). With weight norm weight_g and weight_v stand in
// place of weight (NormedWeight).
#pragma once

#include "engine/autograd/ops_conv.h"
#include "engine/nn/weights.h"

namespace fc {

/// x [B, in, L] -> [B, out, length].
struct Conv1d {
    struct Options {
        std::int64_t kernelSize = 3;
        Conv1dOptions conv{};
        bool bias = true;
        bool weightNorm = false;
    };

    /// Throws Error when the groups do not divide `in` and `out`.
    Conv1d(const WeightScope& scope, std::int64_t in, std::int64_t out, const Options& options);

    Tensor operator()(const Tensor& x) const;

    Options options;
    Tensor weight;  ///< the weight itself, or its direction under weight norm
    Tensor length;  ///< undefined without weight norm
    Tensor bias;    ///< may be undefined
};

/// x [B, in, H, W] -> [B, out, height, width].
struct Conv2d {
    struct Options {
        Pair kernelSize = {3, 3};
        Conv2dOptions conv{};
        bool bias = true;
        bool weightNorm = false;
    };

    /// Throws Error when the groups do not divide `in` and `out`.
    Conv2d(const WeightScope& scope, std::int64_t in, std::int64_t out, const Options& options);

    Tensor operator()(const Tensor& x) const;

    Options options;
    Tensor weight;
    Tensor length;
    Tensor bias;
};

}  // namespace fc
