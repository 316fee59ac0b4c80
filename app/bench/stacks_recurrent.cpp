// SPDX-License-Identifier: GPL-3.0-or-later
#include <optional>

#include "app/bench/stacks.h"
#include "engine/autograd/ops_shape.h"
#include "engine/nn/linear.h"
#include "engine/nn/recurrent.h"

namespace fc::app {

namespace {

struct RecurrentParams {
    std::string cell = "rnn";
    int hiddenSize = 128;
    int layers = 2;
    int decoderSize = 128;

    void describe(ParamVisitor& v)
    {
        ParamSpec cells;
        cells.id = "cell";
        cells.label = "cell";
        cells.choices = {"rnn", "gru"};
        v.field(cell, cells);
        v.field(hiddenSize, sizeSpec("hidden_size", 1, 4096));
        v.field(layers, sizeSpec("layers", 1, 16));
        v.field(decoderSize, sizeSpec("decoder_size", 1, 4096));
    }
};

/// The last states of the window, one for each forecast step, each through the same small network.
class RecurrentStack : public Model {
public:
    RecurrentStack(const Task& task, const RecurrentParams& params, Rng& rng)
        : m_task(task),
          m_encoder(WeightScope(weights, rng).sub("encoder"),
                    params.cell == "gru" ? RecurrentKind::Gru : RecurrentKind::RnnTanh, 1, params.hiddenSize,
                    {.layers = params.layers}),
          m_decoder(WeightScope(weights, rng).sub("decoder"), params.hiddenSize, params.decoderSize, 1, 2)
    {
        if (task.horizon > task.length)
            m_upsample.emplace(WeightScope(weights, rng).sub("upsample"), task.length, task.horizon);
    }

    Tensor forward(const Batch& batch, const Pass& pass) const override
    {
        Tensor states = m_encoder.outputs(unsqueeze(channelWindows(batch), 2), pass);
        if (m_upsample)
            states = transpose((*m_upsample)(transpose(states, 1, 2)), 1, 2);
        else
            states = slice(states, 1, m_task.length - m_task.horizon);
        return channelForecasts(squeeze(m_decoder(states), 2), batch);
    }

private:
    Task m_task;
    Recurrent m_encoder;
    Mlp m_decoder;
    std::optional<Linear> m_upsample;
};

}  // namespace

const ModelEntry& recurrentStack()
{
    static const ModelEntry stack = stackEntry<RecurrentStack, RecurrentParams>("recurrent");
    return stack;
}

}  // namespace fc::app
