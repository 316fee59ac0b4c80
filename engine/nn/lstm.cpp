// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/lstm.h"

#include <string>

#include "engine/autograd/ops_shape.h"

namespace fc {

namespace {

LstmOutput apply(const Lstm::Layer& layer, const Tensor& x, const Tensor& h0, const Tensor& c0)
{
    return lstm(x, h0, c0, layer.weightIh, layer.weightHh, layer.biasIh, layer.biasHh);
}

}  // namespace

Lstm::Lstm(const WeightScope& scope, std::int64_t in, std::int64_t hidden, int layerCount, double dropout)
    : dropoutShare(dropout)
{
    const Init init = uniformFanIn(hidden);  // PyTorch: by the hidden size, for all four
    for (int i = 0; i < layerCount; ++i, in = hidden) {
        const std::string suffix = "_l" + std::to_string(i);
        layers.push_back({.weightIh = scope.make("weight_ih" + suffix, {4 * hidden, in}, init),
                          .weightHh = scope.make("weight_hh" + suffix, {4 * hidden, hidden}, init),
                          .biasIh = scope.make("bias_ih" + suffix, {4 * hidden}, init),
                          .biasHh = scope.make("bias_hh" + suffix, {4 * hidden}, init)});
    }
}

LstmOutput Lstm::top(const Tensor& x, const Pass& pass) const
{
    LstmOutput result = apply(layers.front(), x, {}, {});
    for (size_t i = 1; i < layers.size(); ++i)
        result = apply(layers[i], dropout(result.output, dropoutShare, pass), {}, {});
    return result;
}

Lstm::States Lstm::run(const Tensor& x, const Tensor& hidden, const Tensor& cell, const Pass& pass) const
{
    std::vector<Tensor> lastHidden;
    std::vector<Tensor> lastCell;
    Tensor h = x;
    for (size_t i = 0; i < layers.size(); ++i) {
        const auto at = static_cast<std::int64_t>(i);
        const LstmOutput result = apply(layers[i], i == 0 ? h : dropout(h, dropoutShare, pass),
                                        select(hidden, 0, at), select(cell, 0, at));
        h = result.output;
        lastHidden.push_back(result.h);
        lastCell.push_back(result.c);
    }
    return {.outputs = h, .hidden = stack(lastHidden, 0), .cell = stack(lastCell, 0)};
}

}  // namespace fc
