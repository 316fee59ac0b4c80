// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "engine/autograd/ops_recurrent.h"
#include "engine/nn/pass.h"
#include "engine/nn/weights.h"

namespace fc {

/// The cells of engine/autograd/ops_recurrent.h.
enum class RecurrentKind { RnnTanh, RnnRelu, Gru, Lstm };

struct RecurrentOptions {
    int layers = 1;      ///< one reading the states of the other
    double dropout = 0;  ///< share of states zeroed between layers in training
    bool bidirectional = false;
    bool bias = true;
};

/// Stacked recurrent layers. D directions (1 or 2), G gates (1; GRU 3: r, z, n; LSTM 4: i, f, g, o). Weights
/// as in torch.nn.RNN, GRU and LSTM with batch_first: weight_ih_l0 [G hidden, in], weight_hh_l0 [G hidden,
/// hidden], bias_ih_l0, bias_hh_l0 [G hidden], …_l0_reverse for the second direction; the input of layer 1
/// and later is [D hidden] wide, forward first.
struct Recurrent {
    struct Layer {
        Tensor weightIh;
        Tensor weightHh;
        Tensor biasIh;  ///< undefined without biases
        Tensor biasHh;
    };

    /// What a whole pass gives.
    struct States {
        Tensor outputs;  ///< [B, T, D hidden], the states h of the last layer
        Tensor hidden;   ///< [layers D, B, hidden], h of each layer and direction after its last step
        Tensor cell;     ///< likewise c of an LSTM, else undefined
    };

    /// All weights uniform in ±1/sqrt(hidden), PyTorch's default.
    Recurrent(const WeightScope& scope, RecurrentKind kind, std::int64_t in, std::int64_t hidden,
              const RecurrentOptions& options = {});

    /// x [B, T, in] -> all states h of the last layer [B, T, D hidden], from zero states.
    Tensor outputs(const Tensor& x, const Pass& pass) const;
    /// x [B, T, in] -> h of the last layer after the last step of each direction [B, D hidden], from zero
    /// states.
    Tensor finalState(const Tensor& x, const Pass& pass) const;
    /// The same from given states [layers D, B, hidden] (undefined = zeros), so that a long series can be run
    /// in pieces.
    States run(const Tensor& x, const Tensor& hidden, const Tensor& cell, const Pass& pass) const;

    RecurrentKind kind;
    std::vector<Layer> layers;  ///< by layer, the directions of one next to each other
    RecurrentOptions options;
};

}  // namespace fc
