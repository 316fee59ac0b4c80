// SPDX-License-Identifier: GPL-3.0-or-later
// The two layers of a transformer (Vaswani et al., 2017, section 3.1), with the norms after each part as
// there or before it (Xiong et al., 2020).
#pragma once

#include "engine/nn/activation.h"
#include "engine/nn/attention.h"
#include "engine/nn/norm.h"

namespace fc {

struct TransformerOptions {
    std::int64_t heads = 1;
    std::int64_t feedForward = 2048;  ///< width between the two linear maps
    Activation activation = Activation::Relu;
    bool normFirst = false;
    double dropout = 0.0;  ///< of attention weights, of the hidden layer and of what each part adds
    float eps = 1e-5F;
    bool bias = true;
};

/// x [B, T, width] -> same shape. Weights as in torch.nn.TransformerEncoderLayer: self_attn.…, linear1.…,
/// linear2.…, norm1.…, norm2.….
struct TransformerEncoderLayer {
    TransformerEncoderLayer(const WeightScope& scope, std::int64_t width, const TransformerOptions& options);

    Tensor operator()(const Tensor& x, const AttentionMasks& masks, const Pass& pass) const;
    Tensor operator()(const Tensor& x, const Pass& pass) const { return (*this)(x, {}, pass); }

    TransformerOptions options;
    MultiHeadAttention selfAttention;
    Linear linear1;
    Linear linear2;
    LayerNorm norm1;
    LayerNorm norm2;
};

/// x [B, T, width], memory [B, S, width] -> the shape of x. Weights as in torch.nn.TransformerDecoderLayer:
/// self_attn.…, multihead_attn.… (over the memory), linear1.…, linear2.…, norm1.…, norm2.…, norm3.….
struct TransformerDecoderLayer {
    struct Masks {
        AttentionMasks own{};     ///< of x towards itself
        AttentionMasks memory{};  ///< of x towards the memory
    };

    TransformerDecoderLayer(const WeightScope& scope, std::int64_t width, const TransformerOptions& options);

    Tensor operator()(const Tensor& x, const Tensor& memory, const Masks& masks, const Pass& pass) const;

    TransformerOptions options;
    MultiHeadAttention selfAttention;
    MultiHeadAttention memoryAttention;
    Linear linear1;
    Linear linear2;
    LayerNorm norm1;
    LayerNorm norm2;
    LayerNorm norm3;
};

}  // namespace fc
