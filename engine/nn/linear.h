// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "engine/autograd/ops_matmul.h"
#include "engine/nn/weights.h"

namespace fc {

/// Whether a linear map adds one.
enum class Bias { Yes, No };

/// x [..., in] -> x weight^T + bias [..., out]. Weights as in torch.nn.Linear: weight [out, in], bias [out].
struct Linear {
    /// PyTorch's default: both uniform in ±1/sqrt(in).
    Linear(const WeightScope& scope, std::int64_t in, std::int64_t out, Bias bias = Bias::Yes)
        : Linear(scope, in, out, uniformFanIn(in), bias)
    {
    }
    Linear(const WeightScope& scope, std::int64_t in, std::int64_t out, const Init& weightInit,
           Bias bias = Bias::Yes)
        : weight(scope.makeMatrix("weight", {out, in}, weightInit)),
          bias(bias == Bias::Yes ? scope.make("bias", {out}, uniformFanIn(in)) : Tensor())
    {
    }

    Tensor operator()(const Tensor& x) const { return linear(x, weight, bias); }

    Tensor weight;
    Tensor bias;  ///< undefined without one
};

/// Linear layers with ReLU between them, none after the last: x [..., in] -> [..., out]. Weights "0.weight",
/// "0.bias", "1.weight", …
struct Mlp {
    /// `layers` linear maps, all inner ones `width` wide; 1 is a single linear map.
    Mlp(const WeightScope& scope, std::int64_t in, std::int64_t width, std::int64_t out, int layers);

    Tensor operator()(const Tensor& x) const;

    std::vector<Linear> maps;
};

}  // namespace fc
