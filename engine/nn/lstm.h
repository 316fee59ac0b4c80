// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "engine/autograd/ops_recurrent.h"
#include "engine/nn/pass.h"
#include "engine/nn/weights.h"

namespace fc {

/// Long short-term memory, Hochreiter & Schmidhuber, 1997, with forget gates: f, i, o = sigmoid, g = tanh,
/// c' = f c + i g, h' = o tanh(c'). Layers are stacked, with dropout between them. Weights as in
/// torch.nn.LSTM with batch_first: weight_ih_l0 [4 hidden, in], weight_hh_l0 [4 hidden, hidden], bias_ih_l0,
/// bias_hh_l0 [4 hidden], …; gate order i, f, g, o.
struct Lstm {
    struct Layer {
        Tensor weightIh;
        Tensor weightHh;
        Tensor biasIh;
        Tensor biasHh;
    };

    /// What a whole pass gives.
    struct States {
        Tensor outputs;  ///< [B, T, hidden], the states h of the last layer
        Tensor hidden;   ///< [layers, B, hidden], h of each layer after the last step
        Tensor cell;     ///< [layers, B, hidden], c likewise
    };

    Lstm(const WeightScope& scope, std::int64_t in, std::int64_t hidden, int layerCount, double dropout);

    /// x [B, T, in] -> all states h of the last layer [B, T, hidden], from zero states.
    Tensor outputs(const Tensor& x, const Pass& pass) const { return top(x, pass).output; }
    /// x [B, T, in] -> h of the last layer after the last step [B, hidden], from zero states.
    Tensor finalState(const Tensor& x, const Pass& pass) const { return top(x, pass).h; }
    /// The same from given states [layers, B, hidden], so that a long series can be run in pieces.
    States run(const Tensor& x, const Tensor& hidden, const Tensor& cell, const Pass& pass) const;

    std::vector<Layer> layers;
    double dropoutShare = 0;

private:
    LstmOutput top(const Tensor& x, const Pass& pass) const;
};

}  // namespace fc
