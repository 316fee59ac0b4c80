// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bench/stacks.h"
#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_shape.h"
#include "engine/nn/linear.h"

namespace fc::app {

namespace {

struct MlpStackParams {
    int hiddenSize = 128;
    int layers = 2;

    void describe(ParamVisitor& v)
    {
        v.field(hiddenSize, sizeSpec("hidden_size", 1, 4096));
        v.field(layers, sizeSpec("layers", 1, 16));
    }
};

class MlpStack : public Model {
public:
    MlpStack(const Task& task, const MlpStackParams& params, Rng& rng)
        : m_net(WeightScope(weights, rng), task.length, params.hiddenSize, task.horizon, params.layers + 1)
    {
    }

    Tensor forward(const Batch& batch, const Pass&) const override
    {
        return channelForecasts(m_net(channelWindows(batch)), batch);
    }

private:
    Mlp m_net;
};

struct NoParams {
    void describe(ParamVisitor&) {}
};

class NLinearStack : public Model {
public:
    NLinearStack(const Task& task, const NoParams&, Rng& rng)
        : m_map(WeightScope(weights, rng), task.length, task.horizon)
    {
    }

    Tensor forward(const Batch& batch, const Pass&) const override
    {
        const Tensor x = channelWindows(batch);
        const Tensor last = slice(x, 1, x.size(1) - 1);
        return channelForecasts(m_map(x - last) + last, batch);
    }

private:
    Linear m_map;
};

}  // namespace

const ModelEntry& mlpStack()
{
    static const ModelEntry stack = stackEntry<MlpStack, MlpStackParams>("mlp");
    return stack;
}

const ModelEntry& nlinearStack()
{
    static const ModelEntry stack = stackEntry<NLinearStack, NoParams>("nlinear");
    return stack;
}

}  // namespace fc::app
