// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/attention.h"

#include <algorithm>
#include <limits>

#include "engine/autograd/ops_attention.h"
#include "engine/autograd/ops_index.h"
#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_reduce.h"
#include "engine/autograd/ops_shape.h"

namespace fc {

namespace {

constexpr float hiddenScore = -std::numeric_limits<float>::infinity();

/// [B, T, parts * width] -> part `index` as [B, heads, T, width / heads], a view.
Tensor headsOf(const Tensor& x, std::int64_t parts, std::int64_t index, std::int64_t heads)
{
    const std::int64_t each = x.size(2) / parts / heads;
    const Tensor split = reshape(x, {x.size(0), x.size(1), parts, heads, each});
    return transpose(select(split, 2, index), 1, 2);
}

Tensor biasOf(const AttentionMasks& masks)
{
    if (!masks.hidden.defined())
        return masks.bias;
    const Tensor scores = maskedFill(Tensor::zeros(masks.hidden.shape()), masks.hidden, hiddenScore);
    return masks.bias.defined() ? add(scores, masks.bias) : scores;
}

MultiHeadAttention::Options checked(std::int64_t width, MultiHeadAttention::Options options)
{
    if (options.heads < 1 || width % options.heads != 0)
        throw Error(
            Message(TR("engine", "%1 attention heads cannot share a width of %2: they must divide it."),
                    options.heads, width));
    options.keyWidth = options.keyWidth > 0 ? options.keyWidth : width;
    options.valueWidth = options.valueWidth > 0 ? options.valueWidth : width;
    return options;
}

bool isOneWidth(std::int64_t width, const MultiHeadAttention::Options& options)
{
    return options.keyWidth == width && options.valueWidth == width;
}

Tensor inMatrix(const WeightScope& scope, const char* name, std::int64_t out, std::int64_t in)
{
    return scope.makeMatrix(name, {out, in}, xavierUniform(in, out));
}

Linear outProjection(const WeightScope& scope, std::int64_t width, bool bias)
{
    Linear out(scope.sub("out_proj"), width, width, bias ? Bias::Yes : Bias::No);
    if (bias)
        std::fill_n(out.bias.data(), width, 0.0F);
    return out;
}

}  // namespace

MultiHeadAttention::MultiHeadAttention(const WeightScope& scope, std::int64_t w, const Options& o)
    : options(checked(w, o)),
      width(w),
      inWeight(isOneWidth(w, options) ? inMatrix(scope, "in_proj_weight", 3 * w, w) : Tensor()),
      queryWeight(isOneWidth(w, options) ? Tensor() : inMatrix(scope, "q_proj_weight", w, w)),
      keyWeight(isOneWidth(w, options) ? Tensor() : inMatrix(scope, "k_proj_weight", w, options.keyWidth)),
      valueWeight(isOneWidth(w, options) ? Tensor()
                                         : inMatrix(scope, "v_proj_weight", w, options.valueWidth)),
      inBias(o.bias ? scope.make("in_proj_bias", {3 * w}, zerosInit()) : Tensor()),
      out(outProjection(scope, w, o.bias))
{
}

/// Rows `first` to `first + parts` of q | k | v: x [B, T, in] -> [B, T, parts width].
Tensor MultiHeadAttention::projected(const Tensor& x, const Tensor& separate, std::int64_t first,
                                     std::int64_t parts) const
{
    const std::int64_t begin = first * width;
    const std::int64_t end = begin + parts * width;
    const bool all = parts == 3;
    const Tensor weight = separate.defined() ? separate : all ? inWeight : slice(inWeight, 0, begin, end);
    return linear(x, weight, !inBias.defined() || all ? inBias : slice(inBias, 0, begin, end));
}

MultiHeadAttention::Heads MultiHeadAttention::project(const Tensor& query, const Tensor& key,
                                                      const Tensor& value) const
{
    const std::int64_t n = options.heads;
    const bool together = inWeight.defined() && key.id() == value.id();
    if (together && query.id() == key.id()) {
        const Tensor qkv = projected(query, {}, 0, 3);
        return {headsOf(qkv, 3, 0, n), headsOf(qkv, 3, 1, n), headsOf(qkv, 3, 2, n)};
    }
    const Tensor q = headsOf(projected(query, queryWeight, 0, 1), 1, 0, n);
    if (together) {
        const Tensor kv = projected(key, {}, 1, 2);
        return {q, headsOf(kv, 2, 0, n), headsOf(kv, 2, 1, n)};
    }
    return {q, headsOf(projected(key, keyWeight, 1, 1), 1, 0, n),
            headsOf(projected(value, valueWeight, 2, 1), 1, 0, n)};
}

MultiHeadAttention::Result MultiHeadAttention::run(const Tensor& query, const Tensor& key,
                                                   const Tensor& value, const AttentionMasks& masks,
                                                   const Pass& pass, AttentionWeights wanted) const
{
    if (query.rank() != 3 || key.rank() != 3 || value.rank() != 3 || query.size(2) != width ||
        key.size(2) != options.keyWidth || value.size(2) != options.valueWidth ||
        key.size(1) != value.size(1))
        throw Error(Message(TR("engine",
                               "An attention of width %1 cannot combine queries %2, keys %3 and values "
                               "%4, as [batch, steps, width]."),
                            width, print(query.shape()), print(key.shape()), print(value.shape())));
    const AttentionOptions how{.causal = masks.causal,
                               .keyPaddingMask = masks.keyPadding,
                               .bias = biasOf(masks),
                               .dropout = pass.training ? static_cast<float>(options.dropout) : 0.0F,
                               .rng = pass.rng};
    const bool isSelf = inWeight.defined() && query.id() == key.id() && key.id() == value.id();
    if (isSelf && wanted == AttentionWeights::None)
        return {.values = out(selfAttend(projected(query, {}, 0, 3), options.heads, how)), .weights = {}};
    const Heads heads = project(query, key, value);
    const AttentionOutput attended = wanted == AttentionWeights::None
                                         ? AttentionOutput{attend(heads.q, heads.k, heads.v, how), {}}
                                         : attention(heads.q, heads.k, heads.v, how);
    return {.values = out(flatten(transpose(attended.values, 1, 2), 2, 3)),
            .weights = wanted == AttentionWeights::Averaged ? mean(attended.weights, 1) : attended.weights};
}

}  // namespace fc
