// SPDX-License-Identifier: GPL-3.0-or-later
// Normalizations with weights of their own, named as in PyTorch: weight starts at 1, bias at 0.
#pragma once

#include "engine/autograd/ops_norm.h"
#include "engine/nn/pass.h"
#include "engine/nn/weights.h"

namespace fc {

/// Over the last axis: x [..., width] -> same shape, as torch.nn.LayerNorm.
struct LayerNorm {
    struct Options {
        float eps = 1e-5F;
        bool bias = true;
    };

    LayerNorm(const WeightScope& scope, std::int64_t width, const Options& options);
    LayerNorm(const WeightScope& scope, std::int64_t width) : LayerNorm(scope, width, Options()) {}

    Tensor operator()(const Tensor& x) const { return layerNorm(x, weight, bias, options.eps); }

    Options options;
    Tensor weight;
    Tensor bias;  ///< may be undefined
};

/// x [..., width] -> same shape (Zhang & Sennrich, 2019); no bias.
struct RmsNorm {
    RmsNorm(const WeightScope& scope, std::int64_t width, float eps = 1e-6F);

    Tensor operator()(const Tensor& x) const { return rmsNorm(x, weight, eps); }

    float eps;
    Tensor weight;
};

/// x [B, channels, ...] -> same shape, as torch.nn.GroupNorm.
struct GroupNorm {
    GroupNorm(const WeightScope& scope, std::int64_t groups, std::int64_t channels, float eps = 1e-5F);

    Tensor operator()(const Tensor& x) const { return groupNorm(x, groups, weight, bias, eps); }

    std::int64_t groups;
    float eps;
    Tensor weight;
    Tensor bias;
};

/// x [B, channels] or [B, channels, L] -> same shape, as torch.nn.BatchNorm1d: the statistics of the batch
/// when the pass is training, which also move the buffers running_mean and running_var; those otherwise.
struct BatchNorm {
    struct Options {
        float eps = 1e-5F;
        float momentum = 0.1F;
    };

    BatchNorm(const WeightScope& scope, std::int64_t channels, const Options& options);
    BatchNorm(const WeightScope& scope, std::int64_t channels) : BatchNorm(scope, channels, Options()) {}

    Tensor operator()(const Tensor& x, const Pass& pass) const;

    Options options;
    Tensor weight;
    Tensor bias;
    RunningStatistics running;
};

}  // namespace fc
