// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "engine/autograd/ops_matmul.h"
#include "engine/nn/weights.h"

namespace fc {

/// x [..., in] -> x weight^T + bias [..., out]. Weights as in torch.nn.Linear: weight [out, in], bias [out].
struct Linear {
    /// PyTorch's default: both uniform in ±1/sqrt(in).
    Linear(const WeightScope& scope, std::int64_t in, std::int64_t out)
        : Linear(scope, in, out, uniformFanIn(in))
    {
    }
    Linear(const WeightScope& scope, std::int64_t in, std::int64_t out, const Init& weightInit)
        : weight(scope.make("weight", {out, in}, weightInit)),
          bias(scope.make("bias", {out}, uniformFanIn(in)))
    {
    }

    Tensor operator()(const Tensor& x) const { return linear(x, weight, bias); }

    Tensor weight;
    Tensor bias;
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
