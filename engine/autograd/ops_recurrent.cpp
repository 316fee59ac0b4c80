// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/autograd/ops_recurrent.h"

#include <algorithm>
#include <array>

#include "engine/autograd/ops_shape.h"
#include "engine/autograd/tape.h"
#include "engine/tensor/blocks.h"
#include "engine/tensor/elementwise.h"
#include "engine/tensor/kernels/kernels_recurrent.h"
#include "engine/tensor/product.h"
#include "engine/tensor/strided.h"

namespace fc {

namespace {

/// B batch, T steps, I inputs, H hidden.
struct Sizes {
    std::int64_t B, T, I, H;
    std::int64_t state() const { return B * H; }
    std::int64_t gates() const { return 4 * B * H; }
};

void checkShape(const char* name, const Tensor& x, const Shape& wanted)
{
    if (x.defined() && !(x.shape() == wanted))
        throw Error(Message(TR("engine", "The operation lstm got %1 of the shape %2 instead of %3."), name,
                            print(x.shape()), print(wanted)));
}

/// Everything the way back needs. Sequences are stored step by step, so that a step is one block of memory.
struct Sequence {
    Sizes size;
    Tensor x;         ///< [T, B, I]
    Tensor weightIh;  ///< [4H, I]
    Tensor weightHh;  ///< [4H, H]
    Tensor h0;        ///< [B, H]
    Tensor c0;        ///< [B, H]
    Tensor gates;     ///< [T, B, 4H], activations
    Tensor h;         ///< [T, B, H]
    Tensor c;         ///< [T, B, H]

    const float* hBefore(std::int64_t t) const
    {
        return t == 0 ? h0.data() : h.data() + (t - 1) * size.state();
    }
    const float* cBefore(std::int64_t t) const
    {
        return t == 0 ? c0.data() : c.data() + (t - 1) * size.state();
    }
};

/// The share of the input in all gates of all steps, biases included.
void projectInput(Sequence& s, const Tensor& biasIh, const Tensor& biasHh)
{
    const auto [B, T, I, H] = s.size;
    bool started = false;
    for (const Tensor* bias : {&biasIh, &biasHh}) {
        if (!bias->defined())
            continue;
        if (started)
            raw::accumulate(s.gates, *bias);
        else
            copyInto(s.gates, broadcastView(*bias, s.gates.shape()));
        started = true;
    }
    raw::gemm({.transB = true,
               .m = T * B,
               .n = 4 * H,
               .k = I,
               .a = s.x.data(),
               .lda = I,
               .b = s.weightIh.data(),
               .ldb = I,
               .beta = started ? 1.0F : 0.0F,
               .c = s.gates.data(),
               .ldc = 4 * H});
}

/// body(first, count) for shares of the batch: its entries do not touch each other, so each thread runs
/// through all steps with its own and no digit depends on the shares.
template <typename Body>
void eachShare(const Sizes& size, Body&& body)
{
    constexpr std::int64_t least = 8;
    const std::int64_t shares = std::clamp<std::int64_t>(size.B / least, 1, threadCount());
    eachBlock(size.B, std::max<std::int64_t>(1, (size.B + shares - 1) / shares),
              [&body](std::int64_t begin, std::int64_t end) { body(begin, end - begin); });
}

void runForward(Sequence& s)
{
    const auto [B, T, I, H] = s.size;
    const raw::PackedMatrix weight = raw::pack(true, 4 * H, H, s.weightHh);
    eachShare(s.size, [&s, &weight, T = T, H = H](std::int64_t first, std::int64_t count) {
        for (std::int64_t t = 0; t < T; ++t) {
            const std::int64_t at = t * s.size.state() + first * H;
            float* gates = s.gates.data() + 4 * at;
            kernels::gemmPacked({.m = count,
                                 .n = 4 * H,
                                 .k = H,
                                 .a = s.hBefore(t) + first * H,
                                 .lda = H,
                                 .b = weight.values.data(),
                                 .ldb = 0,
                                 .beta = 1.0F,
                                 .c = gates,
                                 .ldc = 4 * H});
            kernels::lstmCell(count, H, gates, s.cBefore(t) + first * H, s.c.data() + at, s.h.data() + at);
        }
    });
}

/// dh and dc [B, H]: gradients of the states before the first step.
struct StateGrads {
    Tensor dh;
    Tensor dc;
};

/// Turns the activations in `gates` into the gradients of the sums. `dOutput` [T, B, H] is used up.
StateGrads runBackward(const Sequence& s, Tensor& gates, Tensor& dOutput, const Tensor& dcLast)
{
    const auto [B, T, I, H] = s.size;
    Tensor dc = dcLast.defined() ? dcLast.clone() : Tensor::zeros({B, H});
    Tensor dh0 = Tensor::zeros({B, H});
    const raw::PackedMatrix weight = raw::pack(false, H, 4 * H, s.weightHh);
    eachShare(s.size, [&, T = T, H = H](std::int64_t first, std::int64_t count) {
        for (std::int64_t t = T - 1; t >= 0; --t) {
            const std::int64_t at = t * s.size.state() + first * H;
            float* dGates = gates.data() + 4 * at;
            kernels::lstmCellGrad(count, H, dGates, s.cBefore(t) + first * H, s.c.data() + at,
                                  dOutput.data() + at, dc.data() + first * H);
            float* dhBefore = t == 0 ? dh0.data() + first * H : dOutput.data() + at - s.size.state();
            kernels::gemmPacked({.m = count,
                                 .n = H,
                                 .k = 4 * H,
                                 .a = dGates,
                                 .lda = 4 * H,
                                 .b = weight.values.data(),
                                 .ldb = 0,
                                 .beta = 1.0F,
                                 .c = dhBefore,
                                 .ldc = H});
        }
    });
    return {dh0, dc};
}

/// Adds dGates^T states, over all steps at once.
void addRecurrentWeightGrad(const Sequence& s, const Tensor& dGates, Tensor& dw)
{
    const auto [B, T, I, H] = s.size;
    kernels::Gemm product{.transA = true,
                          .m = 4 * H,
                          .n = H,
                          .k = B,
                          .a = dGates.data(),
                          .lda = 4 * H,
                          .b = s.h0.data(),
                          .ldb = H,
                          .beta = 1.0F,
                          .c = dw.data(),
                          .ldc = H};
    raw::gemm(product);
    product.k = (T - 1) * B;
    product.a += s.size.gates();
    product.b = s.h.data();
    if (T > 1)
        raw::gemm(product);
}

void addInputGrads(const Sequence& s, const Tensor& dGates, Grads& grads)
{
    const auto [B, T, I, H] = s.size;
    if (grads.wanted(0)) {
        Tensor dx = Tensor::empty({T, B, I});
        raw::gemm({.m = T * B,
                   .n = I,
                   .k = 4 * H,
                   .a = dGates.data(),
                   .lda = 4 * H,
                   .b = s.weightIh.data(),
                   .ldb = I,
                   .c = dx.data(),
                   .ldc = I});
        grads.add(0, transpose(dx, 0, 1));
    }
    if (grads.wanted(3)) {
        Tensor& dw = grads.into(3);
        raw::gemm({.transA = true,
                   .m = 4 * H,
                   .n = I,
                   .k = T * B,
                   .a = dGates.data(),
                   .lda = 4 * H,
                   .b = s.x.data(),
                   .ldb = I,
                   .beta = 1.0F,
                   .c = dw.data(),
                   .ldc = I});
    }
    if (grads.wanted(4))
        addRecurrentWeightGrad(s, dGates, grads.into(4));
    if (grads.wanted(5) || grads.wanted(6)) {
        const Tensor db = raw::sumTo(dGates, {4 * H});
        grads.add(5, db);
        grads.add(6, db);
    }
}

/// dy: gradients of output, h and c; any may be undefined.
void backward(const Sequence& s, std::span<const Tensor> dy, Grads& grads)
{
    const auto [B, T, I, H] = s.size;
    const Tensor steps = dy[0].defined() ? transpose(dy[0], 0, 1) : Tensor::zeros({T, B, H});
    Tensor dOutput = steps.clone();
    if (dy[1].defined()) {
        Tensor last = select(dOutput, 0, T - 1);
        raw::accumulate(last, dy[1]);
    }
    Tensor dGates = s.gates;
    const StateGrads start = runBackward(s, dGates, dOutput, dy[2]);
    addInputGrads(s, dGates, grads);
    grads.add(1, start.dh);
    grads.add(2, start.dc);
}

}  // namespace

LstmOutput lstm(const Tensor& x, const Tensor& h0, const Tensor& c0, const Tensor& weightIh,
                const Tensor& weightHh, const Tensor& biasIh, const Tensor& biasHh)
{
    if (x.rank() != 3 || weightHh.rank() != 2 || x.size(1) == 0)
        throw Error(Message(TR("engine",
                               "The operation lstm needs x [batch, steps, inputs] and recurrent weights [4 "
                               "hidden, hidden], but the shapes are %1 and %2."),
                            print(x.shape()), print(weightHh.shape())));
    const Sizes size{.B = x.size(0), .T = x.size(1), .I = x.size(2), .H = weightHh.size(1)};
    const auto [B, T, I, H] = size;
    checkShape("input weights", weightIh, {4 * H, I});
    checkShape("recurrent weights", weightHh, {4 * H, H});
    checkShape("biases", biasIh, {4 * H});
    checkShape("biases", biasHh, {4 * H});
    checkShape("a first state h", h0, {B, H});
    checkShape("a first state c", c0, {B, H});
    Sequence s{.size = size,
               .x = transpose(x.detach(), 0, 1).contiguous(),
               .weightIh = weightIh.contiguous(),
               .weightHh = weightHh.contiguous(),
               .h0 = h0.defined() ? h0.contiguous() : Tensor::zeros({B, H}),
               .c0 = c0.defined() ? c0.contiguous() : Tensor::zeros({B, H}),
               .gates = Tensor::empty({T, B, 4 * H}),
               .h = Tensor::empty({T, B, H}),
               .c = Tensor::empty({T, B, H})};
    projectInput(s, biasIh, biasHh);
    runForward(s);
    const std::array<Tensor, 3> outputs{transpose(s.h, 0, 1), select(s.h, 0, T - 1), select(s.c, 0, T - 1)};
    const std::array<Tensor, 7> inputs{x, h0, c0, weightIh, weightHh, biasIh, biasHh};
    recordAll(outputs, inputs, [s](std::span<const Tensor> dy, Grads& grads) { backward(s, dy, grads); });
    return {outputs[0], outputs[1], outputs[2]};
}

}  // namespace fc
