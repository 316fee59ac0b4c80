// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/autograd/ops_recurrent.h"

#include "engine/autograd/ops_shape.h"
#include "engine/autograd/recurrent_sequence.h"
#include "engine/tensor/product.h"

namespace fc {

namespace {

using namespace recurrent;

void checkShape(const char* operation, const char* name, const Tensor& x, const Shape& wanted)
{
    if (x.defined() && !(x.shape() == wanted))
        throw Error(Message(TR("engine", "The operation %1 got %2 of the shape %3 instead of %4."), operation,
                            name, print(x.shape()), print(wanted)));
}

Sizes checkedSizes(const char* operation, std::int64_t gates, const Layer& layer)
{
    if (layer.x.rank() != 3 || layer.weightHh.rank() != 2 || layer.x.size(1) == 0)
        throw Error(Message(TR("engine",
                               "The operation %1 needs x [batch, steps, inputs] and recurrent weights [%2 "
                               "hidden, hidden], but the shapes are %3 and %4."),
                            operation, gates, print(layer.x.shape()), print(layer.weightHh.shape())));
    const Sizes size{
        .B = layer.x.size(0), .T = layer.x.size(1), .I = layer.x.size(2), .H = layer.weightHh.size(1)};
    checkShape(operation, "input weights", layer.weightIh, {gates * size.H, size.I});
    checkShape(operation, "recurrent weights", layer.weightHh, {gates * size.H, size.H});
    checkShape(operation, "biases", layer.biasIh, {gates * size.H});
    checkShape(operation, "biases", layer.biasHh, {gates * size.H});
    checkShape(operation, "a first state h", layer.h0, {size.B, size.H});
    checkShape(operation, "a first state c", layer.c0, {size.B, size.H});
    return size;
}

/// Whether the input is projected for all steps in one product, which reads its weights once and not in
/// every step: worth it where a step has few rows to share them. Otherwise the steps read the input
/// themselves, and the projection needs no way over memory.
bool isProjected(const Sizes& size)
{
    constexpr std::int64_t narrow = 16;
    constexpr std::int64_t fewRows = 8;
    return size.I > narrow && size.B < fewRows;
}

/// W_ih x of all steps, without biases: into the columns of `to` [T, B, ...] where the steps look for it.
void projectInput(const Sequence& s, const Tensor& weightIh, Tensor& to)
{
    const auto [B, T, I, H] = s.size;
    for (const Part& part : inputParts(s.cell)) {
        raw::gemm({.transB = true,
                   .m = T * B,
                   .n = part.count * H,
                   .k = I,
                   .a = s.x.data(),
                   .lda = I,
                   .b = weightIh.data() + part.row * H * I,
                   .ldb = I,
                   .c = to.data() + part.column * H,
                   .ldc = gateColumns(s.cell) * H});
    }
}

void runForward(Sequence& s, const Layer& layer, bool keep)
{
    const auto [B, T, I, H] = s.size;
    const Tensor weightIh = readable(layer.weightIh);
    const Tensor weightHh = readable(layer.weightHh);
    const Tensor biasIh = layer.biasIh.contiguous();
    const Tensor biasHh = layer.biasHh.contiguous();
    const bool isLstm = s.cell == RecurrentCell::Lstm;
    const bool hasGates = kernels::recurrentGates(s.cell) > 0;
    const bool projects = isProjected(s.size);
    const std::int64_t inputs = projects ? 0 : I;
    s.h = Tensor::empty({T, B, H});
    if (isLstm)
        s.c = keep ? Tensor::empty({T, B, H}) : Tensor::empty({B, H});
    if (hasGates && (keep || projects))
        s.gates = Tensor::empty({T, B, gateColumns(s.cell) * H});
    Tensor& projected = hasGates ? s.gates : s.h;
    if (projects)
        projectInput(s, weightIh, projected);
    Tensor packed = Tensor::empty({kernels::packedRecurrentSize(s.cell, inputs, H)});
    kernels::packRecurrent(s.cell, inputs, H,
                           {weightIh.data(), weightHh.data(), valuesOf(biasIh), valuesOf(biasHh)},
                           packed.data());
    kernels::RecurrentForward f{.size = {T, B, inputs, H},
                                .reverse = s.direction == Direction::Backward,
                                .first = 0,
                                .count = B,
                                .packed = packed.data(),
                                .x = projects ? nullptr : s.x.data(),
                                .projected = projects ? projected.data() : nullptr,
                                .h0 = valuesOf(s.h0),
                                .c0 = valuesOf(s.c0),
                                .gates = keep ? valuesOf(s.gates) : nullptr,
                                .h = s.h.data(),
                                .c = valuesOf(s.c),
                                .keepCells = keep};
    eachShare(s.size, [&f, cell = s.cell](std::int64_t first, std::int64_t count) {
        kernels::RecurrentForward share = f;
        share.first = first;
        share.count = count;
        kernels::recurrentForward(cell, share);
    });
}

LstmOutput run(const char* operation, RecurrentCell cell, Direction direction, const Layer& layer)
{
    const Sizes size = checkedSizes(operation, weightGates(cell), layer);
    Sequence s{.cell = cell,
               .direction = direction,
               .size = size,
               .x = transpose(layer.x.detach(), 0, 1).contiguous(),
               .weightIh = layer.weightIh,
               .weightHh = layer.weightHh,
               .h0 = layer.h0.contiguous(),
               .c0 = layer.c0.contiguous(),
               .gates = {},
               .h = {},
               .c = {}};
    const std::array<Tensor, 7> inputs = layer.inputs();
    const bool keep = isRecording(inputs);
    runForward(s, layer, keep);
    const std::int64_t last = direction == Direction::Forward ? size.T - 1 : 0;
    const std::array<Tensor, 3> outputs{transpose(s.h, 0, 1), select(s.h, 0, last),
                                        !s.c.defined() ? Tensor()
                                        : keep         ? select(s.c, 0, last)
                                                       : s.c};
    if (keep)
        recordAll(std::span(outputs).first(s.c.defined() ? 3 : 2), inputs,
                  [s](std::span<const Tensor> dy, Grads& grads) { recurrent::backward(s, dy, grads); });
    return {outputs[0], outputs[1], outputs[2]};
}

}  // namespace

RecurrentOutput rnn(const Tensor& x, const Tensor& h0, const Tensor& weightIh, const Tensor& weightHh,
                    const Tensor& biasIh, const Tensor& biasHh, RnnActivation activation, Direction direction)
{
    const RecurrentCell cell =
        activation == RnnActivation::Tanh ? RecurrentCell::RnnTanh : RecurrentCell::RnnRelu;
    const LstmOutput y = run("rnn", cell, direction, {x, h0, {}, weightIh, weightHh, biasIh, biasHh});
    return {y.output, y.h};
}

RecurrentOutput gru(const Tensor& x, const Tensor& h0, const Tensor& weightIh, const Tensor& weightHh,
                    const Tensor& biasIh, const Tensor& biasHh, Direction direction)
{
    const LstmOutput y =
        run("gru", RecurrentCell::Gru, direction, {x, h0, {}, weightIh, weightHh, biasIh, biasHh});
    return {y.output, y.h};
}

LstmOutput lstm(const Tensor& x, const Tensor& h0, const Tensor& c0, const Tensor& weightIh,
                const Tensor& weightHh, const Tensor& biasIh, const Tensor& biasHh, Direction direction)
{
    return run("lstm", RecurrentCell::Lstm, direction, {x, h0, c0, weightIh, weightHh, biasIh, biasHh});
}

}  // namespace fc
