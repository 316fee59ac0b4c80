// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/recurrent.h"

#include <string>

#include "engine/autograd/ops_shape.h"

namespace fc {

namespace {

std::int64_t gatesOf(RecurrentKind kind)
{
    switch (kind) {
        case RecurrentKind::RnnTanh:
        case RecurrentKind::RnnRelu:
            return 1;
        case RecurrentKind::Gru:
            return 3;
        case RecurrentKind::Lstm:
            return 4;
    }
    return 0;
}

LstmOutput apply(RecurrentKind kind, const Recurrent::Layer& w, const Tensor& x, const Tensor& h0,
                 const Tensor& c0, Direction direction)
{
    if (kind == RecurrentKind::Lstm)
        return lstm(x, h0, c0, w.weightIh, w.weightHh, w.biasIh, w.biasHh, direction);
    const RnnActivation activation =
        kind == RecurrentKind::RnnRelu ? RnnActivation::Relu : RnnActivation::Tanh;
    const RecurrentOutput y =
        kind == RecurrentKind::Gru
            ? gru(x, h0, w.weightIh, w.weightHh, w.biasIh, w.biasHh, direction)
            : rnn(x, h0, w.weightIh, w.weightHh, w.biasIh, w.biasHh, activation, direction);
    return {y.output, y.h, {}};
}

/// Sequences lie step by step: masked and joined that way, nothing has to be turned for the next layer.
Tensor dropoutOfSteps(const Tensor& x, double share, const Pass& pass)
{
    return !pass.training || share == 0 ? x : transpose(dropout(transpose(x, 0, 1), share, pass), 0, 1);
}

Tensor joined(const Tensor& forward, const Tensor& backward)
{
    return transpose(concat({transpose(forward, 0, 1), transpose(backward, 0, 1)}, -1), 0, 1);
}

Tensor stateAt(const Tensor& states, std::int64_t layer)
{
    return states.defined() ? select(states, 0, layer) : Tensor();
}

/// What one layer gives: its output, and the last states of its directions by `note(layer, h, c)`.
template <typename Note>
Tensor runLayer(const Recurrent& r, std::size_t layer, const Tensor& x, const Tensor& hidden,
                const Tensor& cell, Note&& note)
{
    const std::size_t directions = r.options.bidirectional ? 2 : 1;
    Tensor output;
    for (std::size_t d = 0; d < directions; ++d) {
        const std::size_t at = layer * directions + d;
        const LstmOutput y = apply(r.kind, r.layers[at], x, stateAt(hidden, static_cast<std::int64_t>(at)),
                                   stateAt(cell, static_cast<std::int64_t>(at)),
                                   d == 0 ? Direction::Forward : Direction::Backward);
        output = d == 0 ? y.output : joined(output, y.output);
        note(at, y.h, y.c);
    }
    return output;
}

template <typename Note>
Tensor runLayers(const Recurrent& r, const Tensor& x, const Tensor& hidden, const Tensor& cell,
                 const Pass& pass, Note&& note)
{
    Tensor h = x;
    for (int layer = 0; layer < r.options.layers; ++layer) {
        const Tensor input = layer == 0 ? h : dropoutOfSteps(h, r.options.dropout, pass);
        h = runLayer(r, static_cast<std::size_t>(layer), input, hidden, cell, note);
    }
    return h;
}

void checkStates(const Recurrent& r, const Tensor& x, const Tensor& states)
{
    const Shape wanted{static_cast<std::int64_t>(r.layers.size()), x.size(0),
                       r.layers.front().weightHh.size(1)};
    if (states.defined() && !(states.shape() == wanted))
        throw Error(
            Message(TR("engine", "The recurrent layers got first states of the shape %1 instead of %2."),
                    print(states.shape()), print(wanted)));
}

}  // namespace

Recurrent::Recurrent(const WeightScope& scope, RecurrentKind cellKind, std::int64_t in, std::int64_t hidden,
                     const RecurrentOptions& chosen)
    : kind(cellKind), options(chosen)
{
    const Init init = uniformFanIn(hidden);  // PyTorch: by the hidden size, for all four
    const std::int64_t rows = gatesOf(kind) * hidden;
    const int directions = options.bidirectional ? 2 : 1;
    for (int i = 0; i < options.layers; ++i, in = directions * hidden) {
        for (int d = 0; d < directions; ++d) {
            const std::string suffix = "_l" + std::to_string(i) + (d == 1 ? "_reverse" : "");
            Layer layer;
            layer.weightIh = scope.makeMatrix("weight_ih" + suffix, {rows, in}, init);
            layer.weightHh = scope.makeMatrix("weight_hh" + suffix, {rows, hidden}, init);
            if (options.bias) {
                layer.biasIh = scope.make("bias_ih" + suffix, {rows}, init);
                layer.biasHh = scope.make("bias_hh" + suffix, {rows}, init);
            }
            layers.push_back(layer);
        }
    }
}

Tensor Recurrent::outputs(const Tensor& x, const Pass& pass) const
{
    return runLayers(*this, x, {}, {}, pass, [](std::size_t, const Tensor&, const Tensor&) {});
}

Tensor Recurrent::finalState(const Tensor& x, const Pass& pass) const
{
    Tensor forward;
    Tensor last;
    runLayers(*this, x, {}, {}, pass, [&](std::size_t, const Tensor& h, const Tensor&) {
        forward = last;
        last = h;
    });
    return options.bidirectional ? concat({forward, last}, -1) : last;
}

Recurrent::States Recurrent::run(const Tensor& x, const Tensor& hidden, const Tensor& cell,
                                 const Pass& pass) const
{
    checkStates(*this, x, hidden);
    checkStates(*this, x, cell);
    std::vector<Tensor> lastHidden(layers.size());
    std::vector<Tensor> lastCell(layers.size());
    const Tensor outputs =
        runLayers(*this, x, hidden, cell, pass, [&](std::size_t at, const Tensor& h, const Tensor& c) {
            lastHidden[at] = h;
            lastCell[at] = c;
        });
    return {.outputs = outputs,
            .hidden = stack(lastHidden, 0),
            .cell = kind == RecurrentKind::Lstm ? stack(lastCell, 0) : Tensor()};
}

}  // namespace fc
