// SPDX-License-Identifier: GPL-3.0-or-later
// Operations of whole layers.
#include <array>

#include "engine/autograd/ops_attention.h"
#include "engine/autograd/ops_conv.h"
#include "engine/autograd/ops_fourier.h"
#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_matmul.h"
#include "engine/autograd/ops_norm.h"
#include "engine/autograd/ops_random.h"
#include "engine/autograd/ops_recurrent.h"
#include "engine/autograd/ops_shape.h"
#include "engine/gradcheck/operation_case.h"

namespace fc {

namespace {

/// Output and last states of an LSTM.
Tensor lstmStates(const List& v)
{
    const LstmOutput y = lstm(v[0], v[1], v[2], v[3], v[4], v[5], v[6]);
    return concat({flatten(y.output), flatten(y.h) * 2.0F, flatten(y.c)}, 0);
}

Tensor rnnStates(const List& v, RnnActivation activation, Direction direction)
{
    const RecurrentOutput y = rnn(v[0], v[1], v[2], v[3], v[4], v[5], activation, direction);
    return concat({flatten(y.output), flatten(y.h) * 2.0F}, 0);
}

Tensor gruStates(const List& v, Direction direction)
{
    const RecurrentOutput y = gru(v[0], v[1], v[2], v[3], v[4], v[5], direction);
    return concat({flatten(y.output), flatten(y.h) * 2.0F}, 0);
}

Tensor normedByBatch(const List& v)
{
    RunningStatistics running{Tensor::zeros({3}), Tensor::full({3}, 1.0F)};
    return batchNorm(v[0], v[1], v[2], running, true);
}

Tensor normedByRunning(const List& v)
{
    RunningStatistics running{Tensor::full({3}, 0.2F), Tensor::full({3}, 1.5F)};
    return batchNorm(v[0], v[1], v[2], running, false);
}

/// Shapes of a recurrent layer with `gates` gates, 2 inputs and 4 states over 3 steps.
std::vector<Shape> recurrentShapes(std::int64_t gates)
{
    return {{2, 3, 2}, {2, 4}, {4 * gates, 2}, {4 * gates, 4}, {4 * gates}, {4 * gates}};
}

const std::vector<Shape> lstmShapes{{2, 3, 2}, {2, 4}, {2, 4}, {16, 2}, {16, 4}, {16}, {16}};
const std::vector<Shape> attentionShapes{{2, 2, 3, 4}, {2, 2, 5, 4}, {2, 2, 5, 4}};

}  // namespace

std::vector<GradientCase> productCases()
{
    return {
        operation("matmul", [](const List& v) { return matmul(v[0], v[1]); }, {{3, 4}, {4, 2}}),
        operation("matmul of transposed",
                  [](const List& v) { return matmul(transpose(v[0]), transpose(v[1])); }, {{4, 3}, {2, 4}}),
        operation("matmul in batches", [](const List& v) { return matmul(v[0], v[1]); },
                  {{2, 1, 3, 4}, {3, 4, 2}}),
        operation("matmul with one matrix", [](const List& v) { return matmul(v[0], v[1]); },
                  {{2, 3, 4}, {4, 2}}),
        operation("matmul of vectors", [](const List& v) { return matmul(v[0], v[1]); }, {{4}, {4}}),
        operation("linear", [](const List& v) { return linear(v[0], v[1], v[2]); }, {{2, 3, 4}, {5, 4}, {5}}),
        operation("linear without bias", [](const List& v) { return linear(v[0], v[1]); }, {{1, 4}, {5, 4}}),
        operation("linear of a view", [](const List& v) { return linear(transpose(v[0]), v[1], v[2]); },
                  {{4, 3}, {2, 4}, {2}}),
        operation("linearRelu", [](const List& v) { return linearRelu(v[0], v[1], v[2]); },
                  {{3, 4}, {5, 4}, {5}}),
    };
}

std::vector<GradientCase> convolutionCases()
{
    return {
        operation(
            "conv1d",
            [](const List& v) { return conv1d(v[0], v[1], v[2], {.stride = 2, .padding = 1, .leftPad = 1}); },
            {{2, 2, 6}, {3, 2, 3}, {3}}),
        operation(
            "conv1d in groups",
            [](const List& v) { return conv1d(v[0], v[1], {}, {.padding = 2, .dilation = 2, .groups = 2}); },
            {{2, 4, 5}, {4, 2, 3}}),
        operation("conv1d of one step", [](const List& v) { return conv1d(v[0], v[1], v[2]); },
                  {{2, 3, 4}, {2, 3, 1}, {2}}),
        operation("conv2d",
                  [](const List& v) {
                      return conv2d(v[0], v[1], v[2], {.stride = {1, 2}, .padding = {1, 0}});
                  },
                  {{1, 2, 3, 4}, {2, 2, 2, 3}, {2}}),
        operation(
            "convTranspose1d",
            [](const List& v) { return convTranspose1d(v[0], v[1], v[2], {.stride = 2, .padding = 1}); },
            {{2, 3, 4}, {3, 2, 3}, {2}}),
        operation("avgPool1d",
                  [](const List& v) { return avgPool1d(v[0], {.size = 3, .stride = 2, .ceil = true}); },
                  {{2, 8}}),
        operation("maxPool1d", [](const List& v) { return maxPool1d(apart(v[0]), {.size = 3, .stride = 1}); },
                  {{2, 6}}),
        operation("movingAvg", [](const List& v) { return movingAvg(v[0], 5); }, {{2, 7}}),
        operation("movingAvg wider than the series", [](const List& v) { return movingAvg(v[0], 8); },
                  {{2, 3}}),
        operation("movingAvg of one step", [](const List& v) { return movingAvg(v[0], 5); }, {{2, 1}}),
        operation("interpolate", [](const List& v) { return interpolate(v[0], 7, Interpolation::Linear); },
                  {{2, 4}}),
        operation("conv1d with relu",
                  [](const List& v) { return conv1d(v[0], v[1], v[2], {.leftPad = 2, .relu = true}); },
                  {{2, 2, 6}, {3, 2, 3}, {3}}),
        operation("conv1d, depth-wise",
                  [](const List& v) { return conv1d(v[0], v[1], v[2], {.padding = 1, .groups = 3}); },
                  {{2, 3, 6}, {3, 1, 3}, {3}}),
        operation("conv2d in groups",
                  [](const List& v) {
                      return conv2d(v[0], v[1], {}, {.dilation = {1, 2}, .groups = 2});
                  },
                  {{1, 4, 3, 5}, {2, 2, 2, 2}}),
        operation("convTranspose1d in groups",
                  [](const List& v) {
                      return convTranspose1d(v[0], v[1], v[2],
                                             {.stride = 2, .outputPadding = 1, .dilation = 2, .groups = 2});
                  },
                  {{2, 4, 3}, {4, 1, 3}, {2}}),
        operation("avgPool1d with padding",
                  [](const List& v) {
                      return avgPool1d(v[0], {.size = 3, .stride = 2, .padding = 1, .countsPadding = false});
                  },
                  {{2, 8}}),
        operation("interpolate to corners",
                  [](const List& v) { return interpolate(v[0], 7, Interpolation::LinearCorners); }, {{2, 4}}),
        operation("interpolate to the nearest",
                  [](const List& v) { return square(interpolate(v[0], 7, Interpolation::Nearest)); },
                  {{2, 4}}),
        operation("circularCorrelation", [](const List& v) { return circularCorrelation(v[0], v[1]); },
                  {{2, 6}, {2, 6}}),
        operation("causalConvolution", [](const List& v) { return causalConvolution(v[0], v[1]); },
                  {{2, 6}, {2, 6}}),
    };
}

std::vector<GradientCase> blockCases()
{
    return {
        operation("layerNorm", [](const List& v) { return layerNorm(v[0], v[1], v[2]); }, {{3, 5}, {5}, {5}}),
        operation("rmsNorm", [](const List& v) { return rmsNorm(v[0], v[1]); }, {{3, 5}, {5}}),
        operation("groupNorm", [](const List& v) { return groupNorm(v[0], 2, v[1], v[2]); },
                  {{2, 4, 3}, {4}, {4}}),
        operation("batchNorm", normedByBatch, {{4, 3, 2}, {3}, {3}}),
        operation("windowStatistics",
                  [](const List& v) {
                      const WindowStatistics s = windowStatistics(v[0]);
                      return (v[0] - s.location) / s.scale;
                  },
                  {{2, 5, 2}}),
        operation("lstm", lstmStates, lstmShapes),
        operation(
            "lstm, backward",
            [](const List& v) { return lstm(v[0], {}, {}, v[1], v[2], {}, {}, Direction::Backward).output; },
            {{2, 3, 2}, {16, 2}, {16, 4}}),
        operation(
            "rnn", [](const List& v) { return rnnStates(v, RnnActivation::Tanh, Direction::Forward); },
            recurrentShapes(1)),
        operation(
            "rnn with relu, backward",
            [](const List& v) { return rnnStates(v, RnnActivation::Relu, Direction::Backward); },
            recurrentShapes(1)),
        operation(
            "gru", [](const List& v) { return gruStates(v, Direction::Forward); }, recurrentShapes(3)),
        operation(
            "gru, backward", [](const List& v) { return gruStates(v, Direction::Backward); },
            recurrentShapes(3)),
        operation("attention",
                  [](const List& v) { return attention(v[0], v[1], v[2], {.causal = true}).values; },
                  {{1, 2, 3, 2}, {1, 2, 3, 2}, {1, 2, 3, 2}}),
        operation("rotary", [](const List& v) { return rotary(v[0], {.dimensions = 4}); }, {{1, 3, 6}}),
        operation("rfft",
                  [](const List& v) {
                      const Spectrum s = rfft(v[0]);
                      return s.re * s.im;
                  },
                  {{2, 6}}),
        operation("irfft",
                  [](const List& v) {
                      return square(irfft({v[0], v[1]}, 7));
                  },
                  {{2, 4}, {2, 4}}),
        operation("dropout",
                  [](const List& v) {
                      Rng rng(3);
                      return dropout(v[0], 0.4F, rng);
                  },
                  {{70}}),
        operation("layerNorm over two axes",
                  [](const List& v) { return layerNorm(v[0], v[1], {}, 1e-5F, 2); }, {{3, 2, 3}, {2, 3}}),
        operation("layerNorm without weights", [](const List& v) { return layerNorm(v[0]); }, {{3, 5}}),
        operation("instanceNorm", [](const List& v) { return instanceNorm(v[0], v[1], v[2]); },
                  {{2, 3, 5}, {3}, {3}}),
        operation("batchNorm of a later pass", normedByRunning, {{4, 3, 2}, {3}, {3}}),
        operation("windowStatistics from the last value",
                  [](const List& v) {
                      const WindowStatistics s = windowStatistics(v[0], Level::Last);
                      return (v[0] - s.location) / s.scale;
                  },
                  {{2, 5, 2}}),
        operation("attention with bias and padding",
                  [](const List& v) {
                      const Tensor padding = Tensor::from(
                          {2, 5}, std::array{0.0F, 0.0F, 0.0F, 1.0F, 1.0F, 0.0F, 0.0F, 0.0F, 0.0F, 1.0F});
                      const AttentionOutput y = attention(
                          v[0], v[1], v[2], {.scale = 0.7F, .keyPaddingMask = padding, .bias = v[3]});
                      return concat({flatten(y.values), flatten(y.weights)}, 0);
                  },
                  {{2, 2, 3, 4}, {2, 2, 5, 4}, {2, 2, 5, 4}, {3, 5}}),
        operation("attend",
                  [](const List& v) { return attend(v[0], v[1], v[2], {.scale = 0.7F, .bias = v[3]}); },
                  {{2, 2, 3, 4}, {2, 2, 5, 4}, {2, 2, 5, 4}, {2, 2, 3, 5}}),
        operation("attend with dropout, causal",
                  [](const List& v) {
                      Rng rng(3);
                      return attend(v[0], v[1], v[2], {.causal = true, .dropout = 0.3F, .rng = &rng});
                  },
                  {{2, 2, 5, 4}, {2, 2, 5, 4}, {2, 2, 5, 4}}),
        operation("selfAttend", [](const List& v) { return selfAttend(v[0], 2, {.causal = true}); },
                  {{2, 4, 18}}),
        operation("selfAttend of turned heads",
                  [](const List& v) { return selfAttend(v[0], 2, {}, {.table = rotaryTable(4, 4)}); },
                  {{2, 4, 24}}),
        operation("attendCarrying",
                  [](const List& v) {
                      CarriedLayers layers;
                      layers.push(v[0]);
                      const Tensor first = attendCarrying(layers, 2);
                      layers.push(v[1]);
                      const Tensor second = attendCarrying(layers, 2, 0.7F);
                      layers.push(v[2]);
                      return concat({first, second, attendCarrying(layers, 2)}, 0);
                  },
                  {{2, 4, 18}, {2, 4, 18}, {2, 4, 18}}),
        operation(
            "attention to other lengths", [](const List& v) { return attention(v[0], v[1], v[2]).values; },
            attentionShapes),
        operation("rotary, interleaved",
                  [](const List& v) { return rotary(v[0], {.offset = 3, .interleaved = true}); },
                  {{2, 3, 6}}),
        operation("rfft, orthonormal",
                  [](const List& v) {
                      const Spectrum s = rfft(v[0], FourierNorm::Ortho);
                      return concat({square(s.re), s.re * s.im}, 1);
                  },
                  {{2, 7}}),
        operation("irfft, orthonormal",
                  [](const List& v) {
                      return square(irfft({v[0], v[1]}, 6, FourierNorm::Ortho));
                  },
                  {{2, 4}, {2, 4}}),
    };
}

}  // namespace fc
