// SPDX-License-Identifier: GPL-3.0-or-later
// The encoder of patch transformers: patches of a window as tokens, attention whose scores add to those of
// the layer before, batch normalization.
#include "app/bench/stacks.h"
#include "engine/autograd/ops_attention.h"
#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_reduce.h"
#include "engine/autograd/ops_shape.h"
#include "engine/nn/linear.h"
#include "engine/nn/norm.h"

namespace fc::app {

namespace {

struct PatchParams {
    int width = 128;
    int heads = 16;
    int layers = 3;
    int feedForward = 256;
    int patch = 16;
    int stride = 8;
    double dropout = 0.2;

    void describe(ParamVisitor& v)
    {
        v.field(width, sizeSpec("width", 8, 4096));
        v.field(heads, sizeSpec("heads", 1, 64));
        v.field(layers, sizeSpec("layers", 1, 32));
        v.field(feedForward, sizeSpec("feed_forward", 1, 8192));
        v.field(patch, sizeSpec("patch", 1, 512));
        v.field(stride, sizeSpec("stride", 1, 512));
        v.field(dropout, sizeSpec("dropout", 0, 0.9));
    }
};

struct Layer {
    Layer(const WeightScope& scope, const PatchParams& p)
        : params(p),
          qkv(scope.sub("qkv"), p.width, 3 * p.width),
          out(scope.sub("out"), p.width, p.width),
          norm1(scope.sub("norm1"), p.width),
          norm2(scope.sub("norm2"), p.width),
          up(scope.sub("up"), p.width, p.feedForward),
          down(scope.sub("down"), p.feedForward, p.width)
    {
    }

    /// x [B, T, width] -> [B, T, width]; this layer joins the `carried` ones before it.
    Tensor operator()(const Tensor& x, CarriedLayers& carried, const Pass& pass) const
    {
        carried.push(qkv(x));
        const Tensor attended = dropped(out(attendCarrying(carried, params.heads)), pass);
        const Tensor y = normalized(norm1, x + dropped(attended, pass), pass);
        const Tensor fed = down(dropped(gelu(up(y)), pass));
        return normalized(norm2, y + dropped(fed, pass), pass);
    }

    Tensor dropped(const Tensor& x, const Pass& pass) const { return dropout(x, params.dropout, pass); }
    static Tensor normalized(const BatchNorm& norm, const Tensor& x, const Pass& pass)
    {
        return reshape(norm(reshape(x, {-1, x.size(2)}), pass), x.shape());
    }

    PatchParams params;
    Linear qkv, out;
    BatchNorm norm1, norm2;
    Linear up, down;
};

class PatchTstStack : public Model {
public:
    PatchTstStack(const Task& task, const PatchParams& p, Rng& rng)
        : m_params(p),
          m_tokens((task.length - p.patch) / p.stride + 2),
          m_embed(WeightScope(weights, rng).sub("embed"), p.patch, p.width),
          m_positions(WeightScope(weights, rng).make("positions", {m_tokens, p.width}, constantInit(0.02F))),
          m_head(WeightScope(weights, rng).sub("head"), m_tokens * p.width, task.horizon)
    {
        for (int i = 0; i < p.layers; ++i)
            m_layers.emplace_back(WeightScope(weights, rng).sub("layer" + std::to_string(i)), p);
    }

    Tensor forward(const Batch& batch, const Pass& pass) const override
    {
        const Tensor x = channelWindows(batch);
        const Tensor last = slice(x, 1, x.size(1) - 1);
        const Tensor scale = sqrt(variance(x, {1}, Keep::Yes, 0) + 1e-5F);
        const Tensor scaled =
            pad((x - last) / scale, 1, {.after = m_params.stride, .mode = PadMode::Replicate});
        const Tensor patches = unfold(scaled, 1, m_params.patch, m_params.stride);
        Tensor z = dropout(m_embed(patches) + m_positions, m_params.dropout, pass);
        CarriedLayers carried;
        for (const Layer& layer : m_layers)
            z = layer(z, carried, pass);
        const Tensor y = m_head(reshape(z, {z.size(0), -1}));
        return channelForecasts(y * scale + last, batch);
    }

private:
    PatchParams m_params;
    std::int64_t m_tokens;
    Linear m_embed;
    Tensor m_positions;
    std::vector<Layer> m_layers;
    Linear m_head;
};

}  // namespace

const ModelEntry& patchTstStack()
{
    static const ModelEntry stack = stackEntry<PatchTstStack, PatchParams>("patchtst");
    return stack;
}

}  // namespace fc::app
