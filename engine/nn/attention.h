// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/nn/linear.h"
#include "engine/nn/pass.h"

namespace fc {

/// Who may not look at whom. All that is given holds at once.
struct AttentionMasks {
    bool causal = false;  ///< query i sees keys up to i
    Tensor keyPadding{};  ///< [B, S], not 0 = key ignored; may be undefined
    Tensor hidden{};      ///< [T, S] or any shape that broadcasts to [B, heads, T, S], not 0 = not seen
    Tensor bias{};        ///< of the same shapes, added to the scaled scores
};

/// Whether the weights of an attention are wanted beside its values.
enum class AttentionWeights { None, Averaged, PerHead };

/// Several heads of scaled dot-product attention between linear maps (Vaswani et al., 2017). Weights as in
/// torch.nn.MultiheadAttention: in_proj_weight [3 width, width], rows q, k, v, and in_proj_bias [3 width],
/// or, when keys or values have a width of their own, q_proj_weight [width, width], k_proj_weight [width,
/// keyWidth] and v_proj_weight [width, valueWidth]; out_proj.weight [width, width], out_proj.bias [width].
struct MultiHeadAttention {
    struct Options {
        std::int64_t heads = 1;
        bool bias = true;
        double dropout = 0.0;         ///< of the attention weights
        std::int64_t keyWidth = 0;    ///< 0 = width
        std::int64_t valueWidth = 0;  ///< 0 = width
    };

    struct Result {
        Tensor values;   ///< [B, T, width]
        Tensor weights;  ///< [B, T, S] averaged, [B, heads, T, S] per head, or undefined;
                         ///< before dropout
    };

    /// Starts as PyTorch does: in-projections Xavier uniform, their biases and out_proj.bias zero. Throws
    /// Error when the heads do not divide the width.
    MultiHeadAttention(const WeightScope& scope, std::int64_t width, const Options& options);

    /// query [B, T, width], key [B, S, keyWidth], value [B, S, valueWidth]. One tensor given for all three is
    /// self-attention and costs one product; one given as key and value costs two.
    Result run(const Tensor& query, const Tensor& key, const Tensor& value, const AttentionMasks& masks,
               const Pass& pass, AttentionWeights wanted = AttentionWeights::None) const;

    /// The values alone.
    Tensor operator()(const Tensor& query, const Tensor& key, const Tensor& value,
                      const AttentionMasks& masks, const Pass& pass) const
    {
        return run(query, key, value, masks, pass).values;
    }

    Options options;
    std::int64_t width;
    Tensor inWeight;  ///< undefined when keys or values have a width of their own
    Tensor queryWeight;
    Tensor keyWeight;
    Tensor valueWeight;
    Tensor inBias;  ///< undefined without bias
    Linear out;

private:
    struct Heads {
        Tensor q;
        Tensor k;
        Tensor v;
    };
    Heads project(const Tensor& query, const Tensor& key, const Tensor& value) const;
    Tensor projected(const Tensor& x, const Tensor& separate, std::int64_t first, std::int64_t parts) const;
};

}  // namespace fc
