// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/autograd/ops_attention.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <tuple>
#include <utility>

#include "engine/autograd/ops_index.h"
#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_matmul.h"
#include "engine/autograd/ops_random.h"
#include "engine/autograd/ops_reduce.h"
#include "engine/autograd/ops_shape.h"
#include "engine/autograd/tape.h"
#include "engine/tensor/blocks.h"
#include "engine/tensor/elementwise.h"
#include "engine/tensor/kernels/kernels_attention.h"
#include "engine/tensor/strided.h"

namespace fc {

namespace {

/// What a masked score becomes: its weight is 0 unless all keys of a query are masked.
constexpr float masked = -std::numeric_limits<float>::infinity();

void checkOptions(const Tensor& k, const AttentionOptions& options)
{
    const Tensor& mask = options.keyPaddingMask;
    if (mask.defined() && !(mask.shape() == Shape{k.size(0), k.size(2)}))
        throw Error(Message(TR("engine", "The operation attention got a padding mask %1 for keys %2."),
                            print(mask.shape()), print(k.shape())));
    if (!(options.dropout >= 0.0F && options.dropout < 1.0F))
        throw Error(Message(TR("engine", "The dropout share is %1, but it must be at least 0 and below 1."),
                            static_cast<double>(options.dropout)));
}

void check(const Tensor& q, const Tensor& k, const Tensor& v, const AttentionOptions& options)
{
    if (q.rank() != 4 || k.rank() != 4 || !(k.shape() == v.shape()) || q.size(3) != k.size(3) ||
        q.size(0) != k.size(0) || q.size(1) != k.size(1))
        throw Error(
            Message(TR("engine", "The operation attention cannot combine queries %1, keys %2 and values %3."),
                    print(q.shape()), print(k.shape()), print(v.shape())));
    checkOptions(k, options);
}

float scaleOf(const Tensor& q, const AttentionOptions& options)
{
    return options.scale.value_or(1.0F / std::sqrt(static_cast<float>(q.size(3))));
}

Shape scoreShape(const Tensor& q, const Tensor& k)
{
    return {q.size(0), q.size(1), q.size(2), k.size(2)};
}

kernels::HeadView<const float> viewOf(const Tensor& x)
{
    return {x.data(), x.stride(0), x.stride(1), x.stride(2), x.stride(3)};
}
kernels::HeadView<float> viewOf(Tensor& x)
{
    return {x.data(), x.stride(0), x.stride(1), x.stride(2), x.stride(3)};
}

/// [B, heads, T, D] stored as [B, T, heads, D].
Tensor emptyHeads(const Shape& shape)
{
    return transpose(Tensor::empty({shape[0], shape[2], shape[1], shape[3]}), 1, 2);
}

/// [B, T, heads D] as [B, heads, T, D].
Tensor headsOf(const Tensor& x, std::int64_t heads)
{
    const std::int64_t D = x.size(2) / heads;
    const std::array<std::int64_t, 4> strides{x.stride(0), D * x.stride(2), x.stride(1), x.stride(2)};
    return x.view({x.size(0), heads, x.size(1), D}, strides);
}

/// What both ways share.
struct Call {
    Tensor q, k, v;
    Tensor mask;
    Tensor bias;  ///< with the shape of the scores
    kernels::Attention a;
};

Call callOf(const Tensor& q, const Tensor& k, const Tensor& v, const AttentionOptions& options)
{
    Call call{.q = q.detach(),
              .k = k.detach(),
              .v = v.detach(),
              .mask = options.keyPaddingMask.contiguous(),
              .bias = {},
              .a = {.batch = q.size(0),
                    .heads = q.size(1),
                    .queries = q.size(2),
                    .keys = k.size(2),
                    .depth = q.size(3),
                    .scale = scaleOf(q, options),
                    .causal = options.causal,
                    .q = viewOf(q),
                    .k = viewOf(k),
                    .v = viewOf(v),
                    .padding = nullptr,
                    .bias = {}}};
    if (call.mask.defined())
        call.a.padding = call.mask.data();
    if (options.bias.defined()) {
        const Shape scores = scoreShape(q, k);
        if (!(broadcastShape("attention", options.bias.shape(), scores) == scores))
            throw Error(Message(TR("engine", "The operation attention got a bias %1 for scores %2."),
                                print(options.bias.shape()), print(scores)));
        call.bias = broadcastView(options.bias, scores);
        call.a.bias = viewOf(std::as_const(call.bias));
    }
    return call;
}

void takeRandomness(kernels::Attention& a, const AttentionOptions& options)
{
    if (options.dropout == 0.0F)
        return;
    Rng& rng = *options.rng;
    a.dropShare = options.dropout;
    a.dropPlace = {.seed = rng.seed(), .stream = rng.stream(), .counter = (rng.position() + 3) / 4};
    rng.seek(4 * (a.dropPlace.counter + kernels::attentionDropBlocks(a)));
}

/// body(first, last) for shares of all heads.
template <typename Body>
void eachHeads(const kernels::Attention& a, Body&& body)
{
    constexpr std::int64_t worthSplitting = std::int64_t{1} << 19;
    const std::int64_t each = std::max<std::int64_t>(1, a.queries * a.keys * a.depth);
    eachBlock(a.batch * a.heads, std::max<std::int64_t>(1, worthSplitting / each), body);
}

/// Values into y and, where it is defined, logSum [B, heads, T].
void runForward(const kernels::Attention& a, Tensor& y, Tensor& logSum)
{
    const kernels::HeadView<float> out = viewOf(y);
    float* sums = logSum.defined() ? logSum.data() : nullptr;
    eachHeads(a, [&a, &out, sums](std::int64_t first, std::int64_t last) {
        Tensor scratch = Tensor::empty({kernels::attentionScratch(a)});
        kernels::attentionForward(a, first, last, out, sums, scratch.data());
    });
}

/// Into the gradients of q, k and v, and of the scores where that is defined.
void runBackward(const kernels::Attention& a, const Tensor& y, const Tensor& logSum, const Tensor& dy,
                 std::array<Tensor, 3> gradients, Tensor& dScores)
{
    const kernels::AttentionGrads g{.y = viewOf(y),
                                    .dy = viewOf(dy),
                                    .logSum = logSum.data(),
                                    .dq = viewOf(gradients[0]),
                                    .dk = viewOf(gradients[1]),
                                    .dv = viewOf(gradients[2]),
                                    .dScores = dScores.defined() ? dScores.data() : nullptr};
    eachHeads(a, [&a, &g](std::int64_t first, std::int64_t last) {
        Tensor scratch = Tensor::empty({kernels::attentionGradScratch(a)});
        kernels::attentionBackward(a, first, last, g, scratch.data());
    });
}

/// Room for the gradient of the scores when the bias, input `input`, wants one.
Tensor scoreGrads(const Call& call, const Grads& grads, int input)
{
    return grads.wanted(input) ? Tensor::zeros(scoreShape(call.q, call.k)) : Tensor();
}

/// q, k or v of a projection [B, T, 3 E] as [B, heads, T, D].
Tensor partOf(const Tensor& projection, std::int64_t heads, std::int64_t part)
{
    const std::int64_t E = projection.size(2) / 3;
    const std::array<std::int64_t, 4> strides{projection.stride(0), E / heads * projection.stride(2),
                                              projection.stride(1), projection.stride(2)};
    return projection.view({projection.size(0), heads, projection.size(1), E / heads}, strides,
                           part * E * projection.stride(2));
}

void checkProjection(const char* operation, const Tensor& projection, std::int64_t heads)
{
    if (projection.rank() != 3 || heads < 1 || projection.size(2) % (3 * heads) != 0)
        throw Error(Message(TR("engine",
                               "The operation %1 cannot cut the shape %2 into queries, keys and values of %3 "
                               "heads."),
                            operation, print(projection.shape()), heads));
}

void turnTo(kernels::Attention& a, const Turning& turning)
{
    const RotaryTable& table = turning.table;
    if (!table.cosines.defined())
        return;
    if (table.cosines.size(0) < a.queries || 2 * table.cosines.size(1) > a.depth)
        throw Error(Message(TR("engine",
                               "The operation selfAttend cannot turn %1 steps of heads %2 wide by a table of "
                               "the shape %3."),
                            a.queries, a.depth, print(table.cosines.shape())));
    a.cosines = table.cosines.data();
    a.sines = table.sines.data();
    a.pairs = table.cosines.size(1);
    a.interleaved = turning.interleaved;
}

}  // namespace

Tensor attend(const Tensor& q, const Tensor& k, const Tensor& v, const AttentionOptions& options)
{
    check(q, k, v, options);
    Call call = callOf(q, k, v, options);
    takeRandomness(call.a, options);
    const bool keep = isRecording({q, k, v, options.bias});
    Tensor y = emptyHeads(q.shape());
    Tensor logSum = keep ? Tensor::empty({q.size(0), q.size(1), q.size(2)}) : Tensor();
    runForward(call.a, y, logSum);
    if (!keep)
        return y;
    const Tensor saved = y.detach();
    return record(y, {q, k, v, options.bias},
                  [call, saved, logSum, shape = options.bias.shape()](const Tensor& dy, Grads& grads) {
                      Tensor dScores = scoreGrads(call, grads, 3);
                      const std::array<Tensor, 3> gradients{
                          emptyHeads(call.q.shape()), emptyHeads(call.k.shape()), emptyHeads(call.k.shape())};
                      runBackward(call.a, saved, logSum, dy, gradients, dScores);
                      for (int i = 0; i < 3; ++i)
                          grads.add(i, gradients[static_cast<std::size_t>(i)]);
                      if (dScores.defined())
                          grads.add(3, raw::sumTo(dScores, shape));
                  });
}

Tensor selfAttend(const Tensor& projection, std::int64_t heads, const AttentionOptions& options,
                  const Turning& turning)
{
    checkProjection("selfAttend", projection, heads);
    Call call = callOf(partOf(projection, heads, 0), partOf(projection, heads, 1),
                       partOf(projection, heads, 2), options);
    checkOptions(call.k, options);
    turnTo(call.a, turning);
    takeRandomness(call.a, options);
    const std::int64_t B = projection.size(0);
    const std::int64_t T = projection.size(1);
    const bool keep = isRecording({projection, options.bias});
    Tensor joined = Tensor::empty({B, T, projection.size(2) / 3});
    Tensor y = headsOf(joined, heads);
    Tensor logSum = keep ? Tensor::empty({B, heads, T}) : Tensor();
    runForward(call.a, y, logSum);
    if (!keep)
        return joined;
    return record(
        joined, {projection, options.bias},
        [call, y, logSum, heads, table = turning.table, shape = options.bias.shape()](const Tensor& dy,
                                                                                      Grads& grads) {
            const Shape& q = call.q.shape();
            Tensor dScores = scoreGrads(call, grads, 1);
            const Tensor gradient = Tensor::empty({q[0], q[2], 3 * q[1] * q[3]});
            runBackward(call.a, y, logSum, headsOf(dy, heads),
                        {partOf(gradient, heads, 0), partOf(gradient, heads, 1), partOf(gradient, heads, 2)},
                        dScores);
            grads.add(0, gradient);
            if (dScores.defined())
                grads.add(1, raw::sumTo(dScores, shape));
        });
}

namespace {

/// What the way back of attendCarrying() needs, and what its kernels look at.
struct CarryingCall {
    CarriedLayers layers;
    Tensor y;
    Tensor rows;  ///< [B, heads, 2, T], see kernels::carriedForward()
    std::int64_t heads;
    float scale;

    using Pointers = std::array<const float*, std::tuple_size_v<decltype(CarriedLayers::projections)>>;
    kernels::Carried carried(Pointers& to) const
    {
        for (std::size_t i = 0; i < layers.count; ++i)
            to[i] = layers.projections[i].data();
        const Shape& shape = layers.projections[0].shape();
        return {.batch = shape[0],
                .heads = heads,
                .steps = shape[1],
                .depth = shape[2] / (3 * heads),
                .scale = scale,
                .layers = static_cast<std::int64_t>(layers.count),
                .projections = to.data()};
    }
};

/// body(first, last) for shares of all groups of heads.
template <typename Body>
void eachGroups(const kernels::Carried& c, Body&& body)
{
    constexpr std::int64_t worthSplitting = std::int64_t{1} << 19;
    const std::int64_t groups = kernels::carriedGroups(c);
    const std::int64_t all = c.batch * c.heads * c.steps * c.steps * c.depth * c.layers;
    const std::int64_t each = std::max<std::int64_t>(1, all / std::max<std::int64_t>(1, groups));
    eachBlock(groups, std::max<std::int64_t>(1, worthSplitting / each), body);
}

void backward(const CarryingCall& call, const Tensor& dy, Grads& grads)
{
    CarryingCall::Pointers projections{};
    const kernels::Carried c = call.carried(projections);
    std::array<float*, std::tuple_size_v<CarryingCall::Pointers>> gradients{};
    const std::size_t last = call.layers.count - 1;
    for (std::size_t i = 0; i < last; ++i)
        gradients[i] = grads.wanted(static_cast<int>(i)) ? grads.into(static_cast<int>(i)).data() : nullptr;
    bool addLast = false;
    if (grads.wanted(static_cast<int>(last))) {
        const Grads::Sum sum = grads.sum(static_cast<int>(last));
        gradients[last] = sum.values.data();
        addLast = sum.beta != 0.0F;
    }
    const Tensor slopes = dy.contiguous();
    const kernels::CarriedGrads g{.y = call.y.data(),
                                  .dy = slopes.data(),
                                  .rows = call.rows.data(),
                                  .dProjections = gradients.data(),
                                  .addLast = addLast};
    eachGroups(c, [&c, &g](std::int64_t begin, std::int64_t end) {
        Tensor scratch = Tensor::empty({kernels::carriedGradScratch(c)});
        kernels::carriedBackward(c, begin, end, g, scratch.data());
    });
}

}  // namespace

void CarriedLayers::push(const Tensor& projection)
{
    if (count == projections.size())
        throw Error(Message(TR("engine", "Attention cannot carry the scores of more than %1 layers."),
                            static_cast<std::int64_t>(projections.size())));
    projections[count++] = projection;
}

Tensor attendCarrying(const CarriedLayers& layers, std::int64_t heads, std::optional<float> scale)
{
    const std::span inputs(layers.projections.data(), layers.count);
    for (const Tensor& projection : inputs) {
        checkProjection("attendCarrying", projection, heads);
        if (!(projection.shape() == inputs[0].shape()))
            throw Error(
                Message(TR("engine", "The operation attendCarrying got layers of the shapes %1 and %2."),
                        print(inputs[0].shape()), print(projection.shape())));
    }
    CarryingCall call{.layers = {}, .y = {}, .rows = {}, .heads = heads, .scale = 1.0F};
    for (const Tensor& projection : inputs)
        call.layers.push(projection.contiguous().detach());
    CarryingCall::Pointers projections{};
    kernels::Carried c = call.carried(projections);
    c.scale = call.scale = scale.value_or(1.0F / std::sqrt(static_cast<float>(c.depth)));
    Tensor y = Tensor::empty({c.batch, c.steps, c.heads * c.depth});
    const bool keep = isRecording(inputs);
    if (keep) {
        call.rows = Tensor::empty({c.batch, c.heads, 2, c.steps});
        call.y = y.detach();
    }
    float* rows = keep ? call.rows.data() : nullptr;
    eachGroups(c, [&c, rows, to = y.data()](std::int64_t begin, std::int64_t end) {
        Tensor scratch = Tensor::empty({kernels::carriedScratch(c)});
        kernels::carriedForward(c, begin, end, to, rows, scratch.data());
    });
    if (keep)
        recordAll(std::span(&y, 1), inputs,
                  [call](std::span<const Tensor> dy, Grads& grads) { backward(call, dy[0], grads); });
    return y;
}

AttentionOutput attention(const Tensor& q, const Tensor& k, const Tensor& v, const AttentionOptions& options)
{
    check(q, k, v, options);
    Tensor scores = mul(matmul(q, transpose(k)), scaleOf(q, options));
    if (options.bias.defined())
        scores = add(scores, options.bias);
    if (options.causal)
        scores = maskedFill(scores, triu(Tensor::full({q.size(2), k.size(2)}, 1.0F), 1), masked);
    if (options.keyPaddingMask.defined())
        scores = maskedFill(scores, unsqueeze(unsqueeze(options.keyPaddingMask, 1), 1), masked);
    const Tensor weights = softmax(scores, -1);
    const Tensor kept = options.dropout > 0.0F ? dropout(weights, options.dropout, *options.rng) : weights;
    return {matmul(kept, v), weights};
}

}  // namespace fc
