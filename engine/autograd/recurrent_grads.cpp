// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/autograd/ops_shape.h"
#include "engine/autograd/recurrent_sequence.h"
#include "engine/tensor/elementwise.h"
#include "engine/tensor/product.h"

namespace fc::recurrent {

namespace {

/// Gradients of the first states [B, H] where they were asked for.
struct StateGrads {
    Tensor dh;
    Tensor dc;
};

/// Turns the activations in `gates` into the gradients of the sums. dy: of output, h and c.
StateGrads runBackward(const Sequence& s, Tensor& gates, std::span<const Tensor> dy, bool wantsFirst)
{
    const auto [B, T, I, H] = s.size;
    const bool isLstm = s.cell == RecurrentCell::Lstm;
    const Tensor dLast = dy[1].contiguous();
    const Tensor dOutput = dy[0].defined() && dy[0].stride(2) != 1 && H > 1 ? dy[0].contiguous() : dy[0];
    StateGrads result;
    if (isLstm && dy[2].defined())
        result.dc = dy[2].clone();
    else if (isLstm || s.cell == RecurrentCell::Gru)
        result.dc = Tensor::zeros({B, H});
    if (wantsFirst)
        result.dh = Tensor::empty({B, H});
    const Tensor weightHh = readable(s.weightHh);
    Tensor packed = Tensor::empty({kernels::packedRecurrentBackSize(s.cell, H)});
    kernels::packRecurrentBack(s.cell, H, weightHh.data(), packed.data());
    kernels::RecurrentBackward b{.size = {T, B, I, H},
                                 .reverse = s.direction == Direction::Backward,
                                 .first = 0,
                                 .count = B,
                                 .packed = packed.data(),
                                 .h0 = valuesOf(s.h0),
                                 .c0 = valuesOf(s.c0),
                                 .h = s.h.data(),
                                 .c = valuesOf(s.c),
                                 .dOutput = valuesOf(dOutput),
                                 .dOutputRow = dOutput.defined() ? dOutput.stride(0) : 0,
                                 .dOutputStep = dOutput.defined() ? dOutput.stride(1) : 0,
                                 .dLast = valuesOf(dLast),
                                 .gates = gates.data(),
                                 .carry = valuesOf(result.dc),
                                 .dh0 = valuesOf(result.dh)};
    eachShare(s.size, [&b, cell = s.cell](std::int64_t first, std::int64_t count) {
        kernels::RecurrentBackward share = b;
        share.first = first;
        share.count = count;
        kernels::recurrentBackward(cell, share);
    });
    return result;
}

/// dGates^T states, over all steps at once: the state before the first step is h0, those before the others
/// lie one step away.
void addRecurrentWeightGrad(const Sequence& s, const Tensor& dGates, Grads& grads)
{
    const auto [B, T, I, H] = s.size;
    if (!grads.wanted(inputWeightHh) || (T == 1 && !s.h0.defined()))
        return;
    const Part part = hiddenPart(s.cell);
    const std::int64_t step = gateColumns(s.cell) * B * H;
    const bool reverse = s.direction == Direction::Backward;
    const Grads::Sum dw = grads.sum(inputWeightHh);
    kernels::Gemm product{.transA = true,
                          .m = part.count * H,
                          .n = H,
                          .k = (T - 1) * B,
                          .a = dGates.data() + part.column * H + (reverse ? 0 : step),
                          .lda = gateColumns(s.cell) * H,
                          .b = s.h.data() + (reverse ? B * H : 0),
                          .ldb = H,
                          .beta = dw.beta,
                          .c = dw.values.data(),
                          .ldc = H};
    if (T > 1) {
        raw::gemm(product);
        product.beta = 1.0F;
    }
    if (!s.h0.defined())
        return;
    product.k = B;
    product.a = dGates.data() + part.column * H + (reverse ? (T - 1) * step : 0);
    product.b = s.h0.data();
    raw::gemm(product);
}

Tensor inputGrad(const Sequence& s, const Tensor& dGates)
{
    const auto [B, T, I, H] = s.size;
    const Tensor weightIh = readable(s.weightIh);
    Tensor dx = Tensor::empty({T, B, I});
    float beta = 0.0F;
    for (const Part& part : inputParts(s.cell)) {
        raw::gemm({.m = T * B,
                   .n = I,
                   .k = part.count * H,
                   .a = dGates.data() + part.column * H,
                   .lda = gateColumns(s.cell) * H,
                   .b = weightIh.data() + part.row * H * I,
                   .ldb = I,
                   .beta = beta,
                   .c = dx.data(),
                   .ldc = I});
        beta = 1.0F;
    }
    return dx;
}

void addInputWeightGrad(const Sequence& s, const Tensor& dGates, Grads& grads)
{
    const auto [B, T, I, H] = s.size;
    if (!grads.wanted(inputWeightIh))
        return;
    const Grads::Sum dw = grads.sum(inputWeightIh);
    for (const Part& part : inputParts(s.cell)) {
        raw::gemm({.transA = true,
                   .m = part.count * H,
                   .n = I,
                   .k = T * B,
                   .a = dGates.data() + part.column * H,
                   .lda = gateColumns(s.cell) * H,
                   .b = s.x.data(),
                   .ldb = I,
                   .beta = dw.beta,
                   .c = dw.values.data() + part.row * H * I,
                   .ldc = I});
    }
}

void addBiasGrads(const Sequence& s, const Tensor& dGates, Grads& grads)
{
    if (!grads.wanted(inputBiasIh) && !grads.wanted(inputBiasHh))
        return;
    const std::int64_t H = s.size.H;
    const Tensor sums = raw::sumTo(dGates, {gateColumns(s.cell) * H});
    const auto addPart = [&](int input, const Part& part) {
        if (!grads.wanted(input))
            return;
        Tensor target = slice(grads.into(input), 0, part.row * H, (part.row + part.count) * H);
        raw::accumulate(target, slice(sums, 0, part.column * H, (part.column + part.count) * H));
    };
    for (const Part& part : inputParts(s.cell))
        addPart(inputBiasIh, part);
    addPart(inputBiasHh, hiddenPart(s.cell));
}

}  // namespace

void backward(const Sequence& s, std::span<const Tensor> dy, Grads& grads)
{
    const auto [B, T, I, H] = s.size;
    Tensor dGates = s.gates.defined() ? s.gates : Tensor::empty({T, B, H});
    const StateGrads start = runBackward(s, dGates, dy, grads.wanted(inputH0));
    if (grads.wanted(inputX))
        grads.add(inputX, transpose(inputGrad(s, dGates), 0, 1));
    if (grads.wanted(inputH0))
        grads.add(inputH0, start.dh);
    if (grads.wanted(inputC0))
        grads.add(inputC0, start.dc);
    addInputWeightGrad(s, dGates, grads);
    addRecurrentWeightGrad(s, dGates, grads);
    addBiasGrads(s, dGates, grads);
}

}  // namespace fc::recurrent
