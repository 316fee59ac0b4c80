// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <iterator>
#include <memory>

#include "engine/autograd/checkpointing.h"
#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_shape.h"
#include "engine/gradcheck/cases.h"
#include "engine/nn/causal_conv.h"
#include "engine/nn/conv.h"
#include "engine/nn/embedding.h"
#include "engine/nn/gated.h"
#include "engine/nn/linear.h"
#include "engine/nn/norm.h"
#include "engine/nn/positions.h"
#include "engine/nn/recurrent.h"
#include "engine/nn/transformer.h"

namespace fc {

namespace {

using List = std::vector<Tensor>;

/// A layer with random inputs of the given shapes; forward(layer, inputs) -> outputs.
template <typename Make, typename Forward>
GradientCase layer(const std::string& name, const std::vector<Shape>& shapes, const Make& make,
                   const Forward& forward)
{
    const auto weights = std::make_shared<Weights>();
    Rng rng(4);
    const auto made = make(WeightScope(*weights, rng));
    GradientCase result{.name = name, .tensors = {}, .outputs = {}};
    List inputs;
    for (const Shape& shape : shapes) {
        inputs.push_back(Tensor::empty(shape));
        normalInit(1.0)(inputs.back(), rng);
        result.tensors.push_back({"input " + std::to_string(inputs.size()), inputs.back()});
    }
    for (const NamedWeight& weight : weights->all()) {
        if (weight.trainable)
            result.tensors.push_back({weight.name, weight.value});
    }
    result.outputs = [weights, made, inputs, forward] { return forward(made, inputs); };
    return result;
}

/// layer(x) of one input.
constexpr auto plain = [](const auto& made, const List& v) { return List{made(v[0])}; };
/// The same for layers that want to know the pass; training, so that all of it takes part.
constexpr auto trained = [](const auto& made, const List& v) {
    Rng words(9);
    return List{made(v[0], Pass{.training = true, .rng = &words})};
};

std::vector<GradientCase> simpleLayers()
{
    using At = const WeightScope&;
    return {
        layer(
            "Linear", {{3, 4}}, [](At at) { return Linear(at, 4, 5); }, plain),
        layer(
            "Linear without bias", {{3, 4}}, [](At at) { return Linear(at, 4, 5, Bias::No); }, plain),
        layer(
            "Mlp", {{3, 4}}, [](At at) { return Mlp(at, 4, 6, 2, 3); }, plain),
        layer(
            "Conv1d", {{2, 4, 7}},
            [](At at) { return Conv1d(at, 4, 6, {.conv = {.stride = 2, .padding = 1, .groups = 2}}); },
            plain),
        layer(
            "Conv1d with weight norm", {{2, 3, 6}},
            [](At at) { return Conv1d(at, 3, 4, {.weightNorm = true}); }, plain),
        layer(
            "Conv2d", {{2, 2, 5, 4}},
            [](At at) {
                return Conv2d(at, 2, 3, {.kernelSize = {3, 2}, .conv = {.padding = {1, 0}}});
            },
            plain),
        layer(
            "CausalConv1d", {{2, 3, 8}}, [](At at) { return CausalConv1d(at, 3, 4, {.dilation = 2}); },
            plain),
        layer(
            "CausalConv1d with weight norm", {{2, 3, 8}},
            [](At at) { return CausalConv1d(at, 3, 4, {.weightNorm = true}); }, plain),
        layer(
            "LayerNorm", {{3, 5}}, [](At at) { return LayerNorm(at, 5); }, plain),
        layer(
            "RmsNorm", {{3, 5}}, [](At at) { return RmsNorm(at, 5); }, plain),
        layer(
            "GroupNorm", {{2, 4, 3}}, [](At at) { return GroupNorm(at, 2, 4); }, plain),
        layer(
            "BatchNorm", {{6, 3, 2}}, [](At at) { return BatchNorm(at, 3); }, trained),
        layer(
            "Embedding", {}, [](At at) { return Embedding(at, 5, 3); },
            [](const Embedding& made, const List&) {
                return List{made(Tensor::from({4}, std::vector<float>{1, 4, 1, 0}))};
            }),
        layer(
            "LearnedPositions", {{2, 4, 3}}, [](At at) { return LearnedPositions(at, 6, 3); }, plain),
        layer(
            "GatedResidualNetwork", {{2, 3, 4}, {2, 3}},
            [](At at) { return GatedResidualNetwork(at, 4, 6, 5, {.context = 3, .dropout = 0.2}); },
            [](const GatedResidualNetwork& made, const List& v) {
                Rng words(9);
                return List{made(v[0], v[1], {.training = true, .rng = &words})};
            }),
        layer(
            "SwiGlu", {{2, 3, 4}}, [](At at) { return SwiGlu(at, 4, 6); }, plain),
        layer(
            "ResidualMlp", {{3, 4}}, [](At at) { return ResidualMlp(at, 4, 7, 5, {.dropout = 0.2}); },
            trained),
    };
}

/// All that a recurrent layer gives, from zero states.
List statesOf(const Recurrent& made, const List& v)
{
    const Recurrent::States states = made.run(v[0], {}, {}, {});
    List outputs{states.outputs, states.hidden};
    if (states.cell.defined())
        outputs.push_back(states.cell);
    return outputs;
}

std::vector<GradientCase> recurrentLayers()
{
    std::vector<GradientCase> cases;
    const std::pair<const char*, RecurrentKind> kinds[] = {{"Rnn with tanh", RecurrentKind::RnnTanh},
                                                           {"Rnn with relu", RecurrentKind::RnnRelu},
                                                           {"Gru", RecurrentKind::Gru},
                                                           {"Lstm", RecurrentKind::Lstm}};
    for (const auto& [name, kind] : kinds) {
        for (const bool isBidirectional : {false, true}) {
            const RecurrentOptions options{.layers = 2, .bidirectional = isBidirectional};
            cases.push_back(layer(
                std::string(name) + (isBidirectional ? ", both directions" : ""), {{2, 4, 3}},
                [&](const WeightScope& at) { return Recurrent(at, kind, 3, 4, options); }, statesOf));
        }
    }
    return cases;
}

std::vector<GradientCase> attentionLayers()
{
    using At = const WeightScope&;
    constexpr AttentionWeights all = AttentionWeights::PerHead;
    const TransformerOptions post{.heads = 2, .feedForward = 7, .activation = Activation::Gelu};
    const TransformerOptions pre{
        .heads = 2, .feedForward = 7, .activation = Activation::Gelu, .normFirst = true, .dropout = 0.2};
    return {
        layer(
            "MultiHeadAttention", {{2, 4, 6}}, [](At at) { return MultiHeadAttention(at, 6, {.heads = 2}); },
            [](const MultiHeadAttention& made, const List& v) {
                return List{made(v[0], v[0], v[0], {.causal = true}, {})};
            }),
        layer(
            "MultiHeadAttention over other widths", {{2, 3, 6}, {2, 5, 4}, {2, 5, 3}},
            [](At at) { return MultiHeadAttention(at, 6, {.heads = 3, .keyWidth = 4, .valueWidth = 3}); },
            [](const MultiHeadAttention& made, const List& v) {
                const MultiHeadAttention::Result result = made.run(v[0], v[1], v[2], {}, {}, all);
                return List{result.values, result.weights};
            }),
        layer(
            "MultiHeadAttention over a memory", {{2, 3, 6}, {2, 5, 6}},
            [](At at) { return MultiHeadAttention(at, 6, {.heads = 3, .bias = false}); },
            [](const MultiHeadAttention& made, const List& v) {
                const Tensor padding = Tensor::from({2, 5}, std::vector<float>{0, 0, 0, 1, 1, 0, 0, 0, 0, 1});
                return List{made(v[0], v[1], v[1], {.keyPadding = padding}, {})};
            }),
        layer(
            "TransformerEncoderLayer, post-norm", {{2, 4, 6}},
            [&](At at) { return TransformerEncoderLayer(at, 6, post); }, trained),
        layer(
            "TransformerEncoderLayer, pre-norm", {{2, 4, 6}},
            [&](At at) { return TransformerEncoderLayer(at, 6, pre); }, trained),
        layer(
            "TransformerEncoderLayer, checkpointed", {{2, 4, 6}},
            [&](At at) { return TransformerEncoderLayer(at, 6, pre); },
            [](const TransformerEncoderLayer& made, const List& v) {
                return List{
                    checkpointed(v[0], nullptr, [&made](const Tensor& x) { return made(x, Pass{}); })};
            }),
        layer(
            "TransformerDecoderLayer", {{2, 3, 6}, {2, 4, 6}},
            [&](At at) { return TransformerDecoderLayer(at, 6, pre); },
            [](const TransformerDecoderLayer& made, const List& v) {
                Rng words(9);
                return List{made(v[0], v[1], {.own = {.causal = true}}, {.training = true, .rng = &words})};
            }),
    };
}

}  // namespace

std::vector<GradientCase> layerCases()
{
    std::vector<GradientCase> all = simpleLayers();
    std::ranges::move(recurrentLayers(), std::back_inserter(all));
    std::ranges::move(attentionLayers(), std::back_inserter(all));
    return all;
}

}  // namespace fc
