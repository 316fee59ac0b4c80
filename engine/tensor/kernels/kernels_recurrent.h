// SPDX-License-Identifier: GPL-3.0-or-later
// Recurrent layers over a whole sequence, one direction. T steps, B batch, I inputs, H hidden; sequences lie
// step by step, [T, B, ...], so that a step is one block of memory.
#pragma once

#include "engine/tensor/kernels/kernels.h"

namespace fc::kernels {

/// What happens to the sums of a step. Rows of the weights are cut by gate, in this order:
/// rnn [h]:          h' = tanh(a) or relu(a) (Elman, 1990)
/// lstm [i, f, g, o]: c' = f c + i g, h' = o tanh(c') (Hochreiter & Schmidhuber, 1997; Gers et al., 2000)
/// gru [r, z, n]:    n = tanh(a_n + r (W_hn h + b_hn)), h' = (1 - z) n + z h (Cho et al., 2014)
enum class RecurrentCell { RnnTanh, RnnRelu, Lstm, Gru };

struct RecurrentSizes {
    std::int64_t steps;
    std::int64_t batch;
    std::int64_t inputs;  ///< read by the steps themselves; 0 where the input was projected before
    std::int64_t hidden;
};

/// Weights as PyTorch stores them: ih [gates H, I], hh [gates H, H], biases [gates H] or null.
struct RecurrentWeights {
    const float* ih;
    const float* hh;
    const float* biasIh;
    const float* biasHh;
};

/// Floats that packRecurrent() writes: all weights, laid out for the tiles of recurrentForward().
FC_KERNELS_API std::int64_t packedRecurrentSize(RecurrentCell cell, std::int64_t inputs, std::int64_t hidden);
FC_KERNELS_API void packRecurrent(RecurrentCell cell, std::int64_t inputs, std::int64_t hidden,
                                  const RecurrentWeights& weights, float* packed);
/// The same of hh alone for recurrentBackward().
FC_KERNELS_API std::int64_t packedRecurrentBackSize(RecurrentCell cell, std::int64_t hidden);
FC_KERNELS_API void packRecurrentBack(RecurrentCell cell, std::int64_t hidden, const float* hh,
                                      float* packed);

/// Columns of a step of `gates`: i, f, g, o of an LSTM; n, r, z and W_hn h + b_hn of a GRU, so that the sums
/// that x goes into (n, r, z) and those that h goes into (r, z, the last) are each in one piece; none (0) of
/// a plain network, whose output says all.
constexpr std::int64_t recurrentGates(RecurrentCell cell)
{
    return cell == RecurrentCell::Lstm || cell == RecurrentCell::Gru ? 4 : 0;
}

/// Rows [first, first + count) of the batch through all steps; they touch no others.
struct RecurrentForward {
    RecurrentSizes size;
    bool reverse;  ///< from the last step to the first
    std::int64_t first;
    std::int64_t count;
    const float* packed;
    const float* x;          ///< [T, B, I]; null when I is 0
    const float* projected;  ///< W_ih x without biases, where gates are [T, B, gates H] (rnn: H); null else
    const float* h0;         ///< [B, H] or null for zeros
    const float* c0;         ///< lstm: [B, H]
    float* gates;            ///< gets the activations; may be `projected`; null when no way back follows
    float* h;                ///< [T, B, H]; of an rnn it may be `projected`
    float* c;                ///< lstm: [T, B, H], or [B, H] without `keepCells`
    bool keepCells;
};
FC_KERNELS_API void recurrentForward(RecurrentCell cell, const RecurrentForward& f);

struct RecurrentBackward {
    RecurrentSizes size;
    bool reverse;  ///< as on the way there
    std::int64_t first;
    std::int64_t count;
    const float* packed;  ///< by packRecurrentBack()
    const float* h0;      ///< as on the way there
    const float* c0;
    const float* h;
    const float* c;
    const float* dOutput;  ///< gradients of h [B, T, H] with the distances below; null when there are none
    std::int64_t dOutputRow;
    std::int64_t dOutputStep;
    const float* dLast;  ///< gradient of the last h [B, H]; null when there is none
    float* gates;        ///< the activations; gets the gradients of the sums (rnn: [T, B, H], only written)
    float* carry;  ///< [B, H]; lstm: the gradient of the last c, gets that of c0; gru: zeros, is used up
    float* dh0;    ///< [B, H]; null when it is not wanted
};
FC_KERNELS_API void recurrentBackward(RecurrentCell cell, const RecurrentBackward& b);

}  // namespace fc::kernels
