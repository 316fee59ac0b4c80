// SPDX-License-Identifier: GPL-3.0-or-later
// What the two ways through a recurrent layer share; used by ops_recurrent.cpp and recurrent_grads.cpp.
#pragma once

#include <algorithm>
#include <array>
#include <span>

#include "engine/autograd/ops_recurrent.h"
#include "engine/autograd/tape.h"
#include "engine/tensor/blocks.h"
#include "engine/tensor/kernels/kernels_recurrent.h"

namespace fc::recurrent {

using kernels::RecurrentCell;

/// Inputs of a layer and their places on the tape.
struct Layer {
    Tensor x, h0, c0, weightIh, weightHh, biasIh, biasHh;

    std::array<Tensor, 7> inputs() const { return {x, h0, c0, weightIh, weightHh, biasIh, biasHh}; }
};
enum Input { inputX, inputH0, inputC0, inputWeightIh, inputWeightHh, inputBiasIh, inputBiasHh };

/// B batch, T steps, I inputs, H hidden.
struct Sizes {
    std::int64_t B, T, I, H;
};

/// Neighbouring columns of `gates` and the rows of a weight that belong to them, in units of H.
struct Part {
    std::int64_t column;
    std::int64_t row;
    std::int64_t count;
};
struct Parts {
    std::array<Part, 2> all;
    std::size_t used;
    const Part* begin() const { return all.data(); }
    const Part* end() const { return all.data() + used; }
};

/// The sums that x goes into; see kernels::recurrentGates().
inline Parts inputParts(RecurrentCell cell)
{
    switch (cell) {
        case RecurrentCell::RnnTanh:
        case RecurrentCell::RnnRelu:
            return {{Part{0, 0, 1}}, 1};
        case RecurrentCell::Lstm:
            return {{Part{0, 0, 4}}, 1};
        case RecurrentCell::Gru:
            return {{Part{1, 0, 2}, Part{0, 2, 1}}, 2};
    }
    return {};
}

/// The sums that h goes into.
inline Part hiddenPart(RecurrentCell cell)
{
    switch (cell) {
        case RecurrentCell::RnnTanh:
        case RecurrentCell::RnnRelu:
            return {0, 0, 1};
        case RecurrentCell::Lstm:
            return {0, 0, 4};
        case RecurrentCell::Gru:
            return {1, 0, 3};
    }
    return {};
}

inline std::int64_t weightGates(RecurrentCell cell)
{
    return hiddenPart(cell).count;
}

/// Columns of the gates on the way back, in units of H.
inline std::int64_t gateColumns(RecurrentCell cell)
{
    return std::max<std::int64_t>(1, kernels::recurrentGates(cell));
}

/// Everything the way back needs. Sequences are stored step by step.
struct Sequence {
    RecurrentCell cell;
    Direction direction;
    Sizes size;
    Tensor x;         ///< [T, B, I]
    Tensor weightIh;  ///< as given
    Tensor weightHh;
    Tensor h0;     ///< [B, H] or undefined
    Tensor c0;     ///< likewise
    Tensor gates;  ///< [T, B, 4H], activations; undefined for an rnn
    Tensor h;      ///< [T, B, H]
    Tensor c;      ///< [T, B, H], lstm
};

inline const float* valuesOf(const Tensor& x)
{
    return x.defined() ? x.data() : nullptr;
}
inline float* valuesOf(Tensor& x)
{
    return x.defined() ? x.data() : nullptr;
}

/// Weights may lie in half precision; only that is kept for the way back.
inline Tensor readable(const Tensor& weight)
{
    return weight.to(DType::F32).contiguous();
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

/// dy: gradients of output, h and c; any may be undefined.
void backward(const Sequence& s, std::span<const Tensor> dy, Grads& grads);

}  // namespace fc::recurrent
