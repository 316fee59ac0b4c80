// SPDX-License-Identifier: GPL-3.0-or-later
// Blocks whose output passes a learned gate, and the plain residual block they are compared with.
#pragma once

#include <optional>

#include "engine/nn/linear.h"
#include "engine/nn/norm.h"
#include "engine/nn/pass.h"

namespace fc {

/// Gated residual network of the temporal fusion transformer (Lim, Arik, Loeff & Pfister, 2021, equations 2
/// to 5): eta2 = elu(fc1(x) + context(c)), eta1 = dropout(fc2(eta2)), y = norm(skip(x) + glu(gate(eta1)))
/// with glu = first half * sigmoid(second half). x [..., in] -> [..., out]; c [B, context] acts on all axes
/// between. Weights fc1.…, fc2.…, gate.… [2 out, hidden], norm.…, context.weight, and skip.… where in and out
/// differ.
struct GatedResidualNetwork {
    struct Options {
        std::int64_t context = 0;  ///< width of c; 0 = none
        double dropout = 0.0;
        float eps = 1e-5F;
    };

    GatedResidualNetwork(const WeightScope& scope, std::int64_t in, std::int64_t hidden, std::int64_t out,
                         const Options& options);
    GatedResidualNetwork(const WeightScope& scope, std::int64_t in, std::int64_t hidden, std::int64_t out)
        : GatedResidualNetwork(scope, in, hidden, out, Options())
    {
    }

    /// Throws Error when `c` is given to a network without context, or missing from one with it.
    Tensor operator()(const Tensor& x, const Tensor& c, const Pass& pass) const;
    Tensor operator()(const Tensor& x, const Pass& pass) const { return (*this)(x, {}, pass); }

    Options options;
    Linear fc1;
    Linear fc2;
    Linear gate;
    LayerNorm norm;
    Tensor contextWeight;  ///< undefined without context
    Tensor skipWeight;     ///< undefined where in = out
    Tensor skipBias;
};

/// Feed-forward part with a SiLU gate: x [..., width] -> w_down(silu(w_gate x) * w_up x), no biases (Shazeer,
/// 2020). Weights w_gate and w_up [hidden, width], w_down [width, hidden].
struct SwiGlu {
    SwiGlu(const WeightScope& scope, std::int64_t width, std::int64_t hidden);

    Tensor operator()(const Tensor& x) const;

    Tensor gate;
    Tensor up;
    Tensor down;
};

/// Residual block of TiDE (Das et al., 2023, section 4.1): norm(dropout(lin2(relu(lin1(x)))) + skip(x)), the
/// skip always a linear map. x [..., in] -> [..., out]. Weights hidden.…, output.…, skip.… and norm.…
struct ResidualMlp {
    struct Options {
        double dropout = 0.0;
        bool layerNorm = true;
    };

    ResidualMlp(const WeightScope& scope, std::int64_t in, std::int64_t hidden, std::int64_t out,
                const Options& options);
    ResidualMlp(const WeightScope& scope, std::int64_t in, std::int64_t hidden, std::int64_t out)
        : ResidualMlp(scope, in, hidden, out, Options())
    {
    }

    Tensor operator()(const Tensor& x, const Pass& pass) const;

    Options options;
    Linear hidden;
    Linear output;
    Linear skip;
    std::optional<LayerNorm> norm;
};

}  // namespace fc
