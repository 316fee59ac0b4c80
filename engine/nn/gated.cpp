// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/gated.h"

#include "engine/autograd/ops_gated.h"
#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_shape.h"

namespace fc {

GatedResidualNetwork::GatedResidualNetwork(const WeightScope& scope, std::int64_t in, std::int64_t hidden,
                                           std::int64_t out, const Options& o)
    : options(o),
      fc1(scope.sub("fc1"), in, hidden),
      fc2(scope.sub("fc2"), hidden, hidden),
      gate(scope.sub("gate"), hidden, 2 * out),
      norm(scope.sub("norm"), out, {.eps = o.eps})
{
    if (o.context > 0)
        contextWeight = Linear(scope.sub("context"), o.context, hidden, Bias::No).weight;
    if (in != out) {
        const Linear skip(scope.sub("skip"), in, out);
        skipWeight = skip.weight;
        skipBias = skip.bias;
    }
}

Tensor GatedResidualNetwork::operator()(const Tensor& x, const Tensor& c, const Pass& pass) const
{
    if (c.defined() != contextWeight.defined())
        throw Error(Message(TR("engine",
                               "A gated residual network of context width %1 was given a context of the "
                               "shape %2."),
                            options.context, print(c.shape())));
    Tensor inner = fc1(x);
    if (c.defined()) {
        Tensor context = linear(c, contextWeight);
        while (context.rank() < inner.rank())
            context = unsqueeze(context, 1);
        inner = inner + context;
    }
    const Tensor eta1 = dropout(fc2(elu(inner)), options.dropout, pass);
    const Tensor skipped = skipWeight.defined() ? linear(x, skipWeight, skipBias) : x;
    return norm(skipped + glu(gate(eta1)));
}

SwiGlu::SwiGlu(const WeightScope& scope, std::int64_t width, std::int64_t hidden)
    : gate(scope.makeMatrix("w_gate", {hidden, width}, uniformFanIn(width))),
      up(scope.makeMatrix("w_up", {hidden, width}, uniformFanIn(width))),
      down(scope.makeMatrix("w_down", {width, hidden}, uniformFanIn(hidden)))
{
}

Tensor SwiGlu::operator()(const Tensor& x) const
{
    return linear(silu(linear(x, gate)) * linear(x, up), down);
}

ResidualMlp::ResidualMlp(const WeightScope& scope, std::int64_t in, std::int64_t width, std::int64_t out,
                         const Options& o)
    : options(o),
      hidden(scope.sub("hidden"), in, width),
      output(scope.sub("output"), width, out),
      skip(scope.sub("skip"), in, out)
{
    if (o.layerNorm)
        norm.emplace(scope.sub("norm"), out);
}

Tensor ResidualMlp::operator()(const Tensor& x, const Pass& pass) const
{
    const Tensor y =
        dropout(output(linearRelu(x, hidden.weight, hidden.bias)), options.dropout, pass) + skip(x);
    return norm ? (*norm)(y) : y;
}

}  // namespace fc
