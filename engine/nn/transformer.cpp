// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/transformer.h"

#include "engine/autograd/ops_math.h"

namespace fc {

namespace {

Bias biasOf(const TransformerOptions& options)
{
    return options.bias ? Bias::Yes : Bias::No;
}

MultiHeadAttention::Options attentionOptions(const TransformerOptions& options)
{
    return {.heads = options.heads, .bias = options.bias, .dropout = options.dropout};
}

LayerNorm::Options normOptions(const TransformerOptions& options)
{
    return {.eps = options.eps, .bias = options.bias};
}

/// x plus what `part` makes of it, with the norm where the options want it.
template <typename Part>
Tensor added(const Tensor& x, const LayerNorm& norm, const TransformerOptions& options, const Pass& pass,
             const Part& part)
{
    if (options.normFirst)
        return x + dropout(part(norm(x)), options.dropout, pass);
    return norm(x + dropout(part(x), options.dropout, pass));
}

template <typename Layer>
Tensor feedForward(const Layer& layer, const Tensor& x, const Pass& pass)
{
    const Linear& first = layer.linear1;
    const Tensor hidden = layer.options.activation == Activation::Relu
                              ? linearRelu(x, first.weight, first.bias)
                              : activate(first(x), layer.options.activation);
    return layer.linear2(dropout(hidden, layer.options.dropout, pass));
}

}  // namespace

TransformerEncoderLayer::TransformerEncoderLayer(const WeightScope& scope, std::int64_t width,
                                                 const TransformerOptions& o)
    : options(o),
      selfAttention(scope.sub("self_attn"), width, attentionOptions(o)),
      linear1(scope.sub("linear1"), width, o.feedForward, biasOf(o)),
      linear2(scope.sub("linear2"), o.feedForward, width, biasOf(o)),
      norm1(scope.sub("norm1"), width, normOptions(o)),
      norm2(scope.sub("norm2"), width, normOptions(o))
{
}

Tensor TransformerEncoderLayer::operator()(const Tensor& x, const AttentionMasks& masks,
                                           const Pass& pass) const
{
    const Tensor attended = added(x, norm1, options, pass, [&](const Tensor& part) {
        return selfAttention(part, part, part, masks, pass);
    });
    return added(attended, norm2, options, pass,
                 [&](const Tensor& part) { return feedForward(*this, part, pass); });
}

TransformerDecoderLayer::TransformerDecoderLayer(const WeightScope& scope, std::int64_t width,
                                                 const TransformerOptions& o)
    : options(o),
      selfAttention(scope.sub("self_attn"), width, attentionOptions(o)),
      memoryAttention(scope.sub("multihead_attn"), width, attentionOptions(o)),
      linear1(scope.sub("linear1"), width, o.feedForward, biasOf(o)),
      linear2(scope.sub("linear2"), o.feedForward, width, biasOf(o)),
      norm1(scope.sub("norm1"), width, normOptions(o)),
      norm2(scope.sub("norm2"), width, normOptions(o)),
      norm3(scope.sub("norm3"), width, normOptions(o))
{
}

Tensor TransformerDecoderLayer::operator()(const Tensor& x, const Tensor& memory, const Masks& masks,
                                           const Pass& pass) const
{
    Tensor h = added(x, norm1, options, pass,
                     [&](const Tensor& part) { return selfAttention(part, part, part, masks.own, pass); });
    h = added(h, norm2, options, pass,
              [&](const Tensor& part) { return memoryAttention(part, memory, memory, masks.memory, pass); });
    return added(h, norm3, options, pass, [&](const Tensor& part) { return feedForward(*this, part, pass); });
}

}  // namespace fc
