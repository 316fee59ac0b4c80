// SPDX-License-Identifier: GPL-3.0-or-later
// The tape, and the gradient of every operation against differences.
#include <QtTest>
#include <array>
#include <limits>

#include "engine/autograd/ops_attention.h"
#include "engine/autograd/ops_conv.h"
#include "engine/autograd/ops_fourier.h"
#include "engine/autograd/ops_index.h"
#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_matmul.h"
#include "engine/autograd/ops_norm.h"
#include "engine/autograd/ops_random.h"
#include "engine/autograd/ops_recurrent.h"
#include "engine/autograd/ops_reduce.h"
#include "engine/autograd/ops_shape.h"
#include "engine/autograd/tape.h"
#include "engine/base/parallel.h"
#include "tests/support/allocations.h"
#include "tests/support/gradcheck.h"

using namespace fc;

namespace {

using List = std::vector<Tensor>;

/// An operation on random inputs.
struct OpCase {
    TensorFunction f;
    std::vector<Shape> shapes;
    float low = -1.0F;
    float high = 1.0F;
};

Tensor runLstm(const List& v)
{
    return lstm(v[0], v[1], v[2], v[3], v[4], v[5], v[6]).output;
}

/// Values far enough apart that a small change of one does not change their order.
Tensor apart(const Tensor& x)
{
    Tensor ramp = Tensor::empty(x.shape());
    for (std::int64_t i = 0; i < x.count(); ++i)
        ramp.data()[i] = static_cast<float>(i * 7 % x.count());
    return 0.3F * x + ramp;
}

/// Depends on the outputs and on both last states.
Tensor lstmStates(const List& v)
{
    const LstmOutput y = lstm(v[0], v[1], v[2], v[3], v[4], v[5], v[6]);
    return concat({flatten(y.output), flatten(y.h) * 2.0F, flatten(y.c)}, 0);
}

Tensor trainedBatchNorm(const List& v)
{
    RunningStatistics running{Tensor::zeros({3}), Tensor::full({3}, 1.0F)};
    return batchNorm(v[0], v[1], v[2], running, true);
}

const std::vector<Shape> lstmShapes{{2, 3, 2}, {2, 4}, {2, 4}, {16, 2}, {16, 4}, {16}, {16}};

std::map<std::string, OpCase> mathCases()
{
    return {
        {"add", {[](const List& v) { return v[0] + v[1]; }, {{2, 3}, {3}}}},
        {"sub", {[](const List& v) { return v[0] - v[1]; }, {{2, 1, 3}, {4, 1}}}},
        {"mul", {[](const List& v) { return v[0] * v[1]; }, {{2, 3}, {2, 1}}}},
        {"mul by itself", {[](const List& v) { return v[0] * v[0]; }, {{5}}}},
        {"div", {[](const List& v) { return v[0] / v[1]; }, {{2, 3}, {2, 3}}, 1.0F, 2.0F}},
        {"numbers",
         {[](const List& v) { return 2.0F - (3.0F / (v[0] + 1.5F) - 0.5F) * 2.0F / 4.0F; }, {{4}}, 0, 1}},
        {"pow", {[](const List& v) { return pow(v[0], v[1]); }, {{2, 3}, {3}}, 0.5F, 1.5F}},
        {"pow by a number", {[](const List& v) { return pow(v[0], 1.7F); }, {{6}}, 0.5F, 1.5F}},
        {"maximum", {[](const List& v) { return maximum(v[0], v[1] + 2.5F); }, {{2, 3}, {3}}}},
        {"minimum", {[](const List& v) { return minimum(v[0], v[1] + 2.5F); }, {{2, 3}, {3}}}},
        {"where",
         {[](const List& v) {
              return where(Tensor::from({3}, std::array{1.0F, 0.0F, 1.0F}), v[0], v[1]);
          },
          {{2, 3}, {1}}}},
        {"neg", {[](const List& v) { return -v[0]; }, {{3}}}},
        {"abs", {[](const List& v) { return abs(v[0]); }, {{6}}, 0.1F, 1.0F}},
        {"exp", {[](const List& v) { return exp(v[0]); }, {{6}}}},
        {"expm1", {[](const List& v) { return expm1(v[0]); }, {{6}}}},
        {"log", {[](const List& v) { return log(v[0]); }, {{6}}, 0.5F, 2.0F}},
        {"log1p", {[](const List& v) { return log1p(v[0]); }, {{6}}, -0.4F, 2.0F}},
        {"sqrt", {[](const List& v) { return sqrt(v[0]); }, {{6}}, 0.5F, 2.0F}},
        {"rsqrt", {[](const List& v) { return rsqrt(v[0]); }, {{6}}, 0.5F, 2.0F}},
        {"square", {[](const List& v) { return square(v[0]); }, {{6}}}},
        {"reciprocal", {[](const List& v) { return reciprocal(v[0]); }, {{6}}, 0.7F, 2.0F}},
        {"sin", {[](const List& v) { return sin(v[0]); }, {{6}}}},
        {"cos", {[](const List& v) { return cos(v[0]); }, {{6}}}},
        {"erf", {[](const List& v) { return erf(v[0]); }, {{6}}}},
        {"tanh", {[](const List& v) { return tanh(v[0]); }, {{300}}}},
        {"sigmoid", {[](const List& v) { return sigmoid(v[0]); }, {{6}}}},
        {"relu", {[](const List& v) { return relu(v[0] - 2.0F) + relu(v[0] + 2.0F); }, {{6}}}},
        {"leakyRelu", {[](const List& v) { return leakyRelu(v[0] - 2.0F, 0.2F); }, {{6}}}},
        {"elu", {[](const List& v) { return elu(v[0] - 1.5F, 0.7F) + elu(v[0] + 1.5F); }, {{6}}}},
        {"gelu", {[](const List& v) { return gelu(v[0]); }, {{6}}}},
        {"geluTanh", {[](const List& v) { return geluTanh(v[0]); }, {{6}}}},
        {"silu", {[](const List& v) { return silu(v[0]); }, {{6}}}},
        {"softplus", {[](const List& v) { return softplus(v[0], 2.0F); }, {{6}}}},
        {"mish", {[](const List& v) { return mish(v[0]); }, {{6}}}},
        {"clamp", {[](const List& v) { return clamp(v[0], -3.0F, 3.0F) + clamp(v[0], 2.0F, 3.0F); }, {{6}}}},
        {"glu", {[](const List& v) { return glu(v[0]); }, {{2, 6}}}},
    };
}

std::map<std::string, OpCase> reduceCases()
{
    return {
        {"sum",
         {[](const List& v) {
              return sum(v[0], {0, 2});
          },
          {{2, 3, 2}}}},
        {"sum of all", {[](const List& v) { return sum(v[0]); }, {{2, 3}}}},
        {"mean", {[](const List& v) { return mean(v[0], {1}, Keep::Yes); }, {{2, 3, 2}}}},
        {"amax", {[](const List& v) { return amax(apart(v[0]), {1}); }, {{3, 4}}}},
        {"amin", {[](const List& v) { return amin(apart(v[0])); }, {{5}}}},
        {"prod", {[](const List& v) { return prod(v[0], 1); }, {{2, 3}}}},
        {"variance",
         {[](const List& v) {
              return variance(v[0], {0, 2});
          },
          {{2, 3, 3}}}},
        {"standardDeviation",
         {[](const List& v) { return standardDeviation(v[0], {1}, Keep::No, 0); }, {{2, 5}}}},
        {"logsumexp", {[](const List& v) { return logsumexp(v[0], {0}); }, {{4, 3}}}},
        {"softmax", {[](const List& v) { return softmax(v[0]); }, {{3, 5}}}},
        {"softmax of an inner axis", {[](const List& v) { return softmax(v[0], 1); }, {{2, 3, 2}}}},
        {"logSoftmax", {[](const List& v) { return logSoftmax(v[0]); }, {{3, 5}}}},
        {"cumsum", {[](const List& v) { return cumsum(v[0], 0); }, {{4, 2}}}},
        {"cumprod", {[](const List& v) { return cumprod(v[0], 1); }, {{2, 4}}}},
        {"diff", {[](const List& v) { return diff(v[0], -1, 2); }, {{2, 5}}}},
    };
}

std::map<std::string, OpCase> shapeCases()
{
    const auto index = [](std::initializer_list<std::int64_t> values) {
        return positions(std::span(values.begin(), values.size()));
    };
    return {
        {"reshape",
         {[](const List& v) {
              return square(reshape(v[0], {3, -1}));
          },
          {{2, 6}}}},
        {"reshape of a view",
         {[](const List& v) { return square(reshape(transpose(v[0]), {12})); }, {{3, 4}}}},
        {"permute",
         {[](const List& v) {
              return square(permute(v[0], {2, 0, 1}));
          },
          {{2, 3, 2}}}},
        {"expand",
         {[](const List& v) {
              return square(expand(v[0], {2, 3, 2}));
          },
          {{3, 1}}}},
        {"slice", {[](const List& v) { return square(slice(v[0], 1, 1, -1, 2)); }, {{2, 7}}}},
        {"slices that overlap",
         {[](const List& v) { return slice(v[0], 0, 0, 3) * slice(v[0], 0, 1, 4) + slice(v[0], 0, 1); },
          {{4}}}},
        {"select", {[](const List& v) { return square(select(v[0], 1, -1)); }, {{2, 3, 2}}}},
        {"unfold", {[](const List& v) { return square(unfold(v[0], -1, 4, 2)); }, {{2, 9}}}},
        {"concat",
         {[](const List& v) {
              return square(concat({v[0], v[1], v[0]}, 1));
          },
          {{2, 1}, {2, 3}}}},
        {"stack",
         {[](const List& v) {
              return square(stack({v[0], v[1]}, 1));
          },
          {{2, 3}, {2, 3}}}},
        {"split",
         {[](const List& v) {
              const std::vector<Tensor> parts = split(v[0], std::array<std::int64_t, 2>{1, 3}, 1);
              return sum(parts[1], {1}) * squeeze(parts[0], 1);
          },
          {{2, 4}}}},
        {"pad with a value",
         {[](const List& v) {
              return square(pad(v[0], 1, {1, 2, PadMode::Constant, 3}));
          },
          {{2, 3}}}},
        {"pad by repeating",
         {[](const List& v) {
              return square(pad(v[0], 0, {2, 1, PadMode::Replicate}));
          },
          {{3, 2}}}},
        {"pad by mirroring",
         {[](const List& v) {
              return square(pad(v[0], 1, {2, 1, PadMode::Reflect}));
          },
          {{2, 3}}}},
        {"pad in a circle",
         {[](const List& v) {
              return square(pad(v[0], 1, {2, 5, PadMode::Circular}));
          },
          {{2, 3}}}},
        {"pad by cutting",
         {[](const List& v) {
              return square(pad(v[0], 1, {-1, 2}));
          },
          {{2, 4}}}},
        {"flip", {[](const List& v) { return square(flip(v[0], 1)); }, {{2, 3}}}},
        {"roll", {[](const List& v) { return square(roll(v[0], -2, 0)); }, {{5, 2}}}},
        {"repeat",
         {[](const List& v) {
              return square(repeat(v[0], std::array<std::int64_t, 3>{2, 1, 3}));
          },
          {{2, 2}}}},
        {"repeatInterleave", {[](const List& v) { return square(repeatInterleave(v[0], 2, 1)); }, {{2, 3}}}},
        {"tril", {[](const List& v) { return square(tril(v[0], 1)); }, {{3, 4}}}},
        {"triu", {[](const List& v) { return square(triu(v[0])); }, {{2, 3, 3}}}},
        {"indexSelect",
         {[=](const List& v) {
              return square(indexSelect(v[0], 1, index({2, 0, 2})));
          },
          {{2, 3, 2}}}},
        {"embedding",
         {[=](const List& v) {
              return square(embedding(v[0], index({3, 1, 3})));
          },
          {{4, 2}}}},
        {"gather",
         {[=](const List& v) {
              return square(gather(v[0], 0, reshape(index({2, 0, 1, 1}), {2, 2})));
          },
          {{3, 3}}}},
        {"scatterAdd",
         {[=](const List& v) {
              return square(scatterAdd(v[0], 1, reshape(index({0, 0, 2, 1}), {2, 2}), v[1]));
          },
          {{2, 3}, {2, 2}}}},
        {"maskedFill",
         {[](const List& v) {
              return square(maskedFill(v[0], Tensor::from({2}, std::array{0.0F, 1.0F}), 3));
          },
          {{3, 2}}}},
        {"maskedSelect",
         {[](const List& v) {
              return square(maskedSelect(v[0], Tensor::from({3}, std::array{1.0F, 0.0F, 1.0F})));
          },
          {{3}}}},
        {"sort", {[](const List& v) { return square(sort(apart(v[0]), 0).values); }, {{4, 2}}}},
        {"topk", {[](const List& v) { return topk(apart(v[0]), 2).values; }, {{2, 5}}}},
        {"maxAlong", {[](const List& v) { return maxAlong(apart(v[0]), 0).values; }, {{4, 2}}}},
    };
}

std::map<std::string, OpCase> layerCases()
{
    return {
        {"matmul", {[](const List& v) { return matmul(v[0], v[1]); }, {{3, 4}, {4, 2}}}},
        {"matmul of transposed",
         {[](const List& v) { return matmul(transpose(v[0]), transpose(v[1])); }, {{4, 3}, {2, 4}}}},
        {"matmul in batches", {[](const List& v) { return matmul(v[0], v[1]); }, {{2, 1, 3, 4}, {3, 4, 2}}}},
        {"matmul with one matrix", {[](const List& v) { return matmul(v[0], v[1]); }, {{2, 3, 4}, {4, 2}}}},
        {"matmul of vectors", {[](const List& v) { return matmul(v[0], v[1]); }, {{4}, {4}}}},
        {"linear", {[](const List& v) { return linear(v[0], v[1], v[2]); }, {{2, 3, 4}, {5, 4}, {5}}}},
        {"linear without bias", {[](const List& v) { return linear(v[0], v[1]); }, {{1, 4}, {5, 4}}}},
        {"linear of a view",
         {[](const List& v) { return linear(transpose(v[0]), v[1], v[2]); }, {{4, 3}, {2, 4}, {2}}}},
        {"conv1d",
         {[](const List& v) { return conv1d(v[0], v[1], v[2], {.stride = 2, .padding = 1, .leftPad = 1}); },
          {{2, 2, 6}, {3, 2, 3}, {3}}}},
        {"conv1d in groups",
         {[](const List& v) { return conv1d(v[0], v[1], {}, {.padding = 2, .dilation = 2, .groups = 2}); },
          {{2, 4, 5}, {4, 2, 3}}}},
        {"conv1d of one step",
         {[](const List& v) { return conv1d(v[0], v[1], v[2]); }, {{2, 3, 4}, {2, 3, 1}, {2}}}},
        {"conv2d",
         {[](const List& v) {
              return conv2d(v[0], v[1], v[2], {.stride = {1, 2}, .padding = {1, 0}});
          },
          {{1, 2, 3, 4}, {2, 2, 2, 3}, {2}}}},
        {"convTranspose1d",
         {[](const List& v) { return convTranspose1d(v[0], v[1], v[2], {.stride = 2, .padding = 1}); },
          {{2, 3, 4}, {3, 2, 3}, {2}}}},
        {"avgPool1d",
         {[](const List& v) { return avgPool1d(v[0], {.size = 3, .stride = 2, .ceil = true}); }, {{2, 8}}}},
        {"maxPool1d",
         {[](const List& v) { return maxPool1d(apart(v[0]), {.size = 3, .stride = 1}); }, {{2, 6}}}},
        {"movingAvg", {[](const List& v) { return movingAvg(v[0], 5); }, {{2, 7}}}},
        {"movingAvg wider than the series", {[](const List& v) { return movingAvg(v[0], 8); }, {{2, 3}}}},
        {"movingAvg of one step", {[](const List& v) { return movingAvg(v[0], 5); }, {{2, 1}}}},
        {"interpolate",
         {[](const List& v) { return interpolate(v[0], 7, Interpolation::Linear); }, {{2, 4}}}},
        {"layerNorm", {[](const List& v) { return layerNorm(v[0], v[1], v[2]); }, {{3, 5}, {5}, {5}}}},
        {"rmsNorm", {[](const List& v) { return rmsNorm(v[0], v[1]); }, {{3, 5}, {5}}}},
        {"groupNorm", {[](const List& v) { return groupNorm(v[0], 2, v[1], v[2]); }, {{2, 4, 3}, {4}, {4}}}},
        {"batchNorm", {trainedBatchNorm, {{4, 3, 2}, {3}, {3}}}},
        {"windowStatistics",
         {[](const List& v) {
              const WindowStatistics s = windowStatistics(v[0]);
              return (v[0] - s.location) / s.scale;
          },
          {{2, 5, 2}}}},
        {"lstm", {runLstm, lstmShapes}},
        {"lstm's states", {lstmStates, lstmShapes}},
        {"attention",
         {[](const List& v) { return attention(v[0], v[1], v[2], {.causal = true}).values; },
          {{1, 2, 3, 2}, {1, 2, 3, 2}, {1, 2, 3, 2}}}},
        {"rotary", {[](const List& v) { return rotary(v[0], {.dimensions = 4}); }, {{1, 3, 6}}}},
        {"rfft",
         {[](const List& v) {
              const Spectrum s = rfft(v[0]);
              return s.re * s.im;
          },
          {{2, 6}}}},
        {"irfft",
         {[](const List& v) {
              return square(irfft({v[0], v[1]}, 7));
          },
          {{2, 4}, {2, 4}}}},
        {"dropout",
         {[](const List& v) {
              Rng rng(3);
              return dropout(v[0], 0.4F, rng);
          },
          {{70}}}},
    };
}

std::map<std::string, OpCase> allCases()
{
    std::map<std::string, OpCase> cases = mathCases();
    cases.merge(reduceCases());
    cases.merge(shapeCases());
    cases.merge(layerCases());
    return cases;
}

template <typename Body>
QString messageOf(Body&& body)
{
    try {
        body();
    } catch (const Error& error) {
        return QString::fromUtf8(error.what());
    }
    return {};
}

/// One step of a small model with most kinds of operations -> its loss.
float trainingStep(Tape& tape, const List& weights, const Tensor& x, Rng& rng)
{
    tape.clear();
    for (const Tensor& weight : weights)
        tape.watch(weight);
    const TapeScope scope(&tape);
    const LstmOutput states = lstm(x, {}, {}, weights[0], weights[1], weights[2], weights[3]);
    const Tensor last = select(states.output, 1, -1);
    const Tensor convolved = relu(conv1d(transpose(x), weights[4], {}, {.leftPad = 2}));
    const Tensor pooled = mean(convolved, {2});
    const Tensor both = concat({dropout(last, 0.2F, rng), pooled}, 1);
    const Tensor y = linear(gelu(layerNorm(both, weights[5])), weights[6], weights[7]);
    const Tensor loss = mean(square(y - 0.5F)) + 0.01F * mean(matmul(y, transpose(y)));
    tape.backward(loss);
    return loss.item();
}

List trainingWeights(Rng& rng, std::int64_t hidden)
{
    List weights;
    for (const Shape& shape : std::vector<Shape>{{4 * hidden, 3},
                                                 {4 * hidden, hidden},
                                                 {4 * hidden},
                                                 {4 * hidden},
                                                 {hidden, 3, 3},
                                                 {2 * hidden},
                                                 {4, 2 * hidden},
                                                 {4}})
        weights.push_back(randomTensor(shape, rng, -0.3F, 0.3F));
    return weights;
}

}  // namespace

Q_DECLARE_METATYPE(OpCase)

class AutogradTest : public QObject {
    Q_OBJECT

private slots:
    void gradientsMatchDifferences_data()
    {
        QTest::addColumn<OpCase>("op");
        for (const auto& [name, op] : allCases())
            QTest::newRow(name.c_str()) << op;
    }

    void gradientsMatchDifferences()
    {
        QFETCH(OpCase, op);
        Rng rng(5);
        List inputs;
        for (const Shape& shape : op.shapes)
            inputs.push_back(randomTensor(shape, rng, op.low, op.high));
        const std::string difference = gradcheck(op.f, inputs);
        QVERIFY2(difference.empty(), difference.c_str());
    }

    void viewsShareStorage_data()
    {
        QTest::addColumn<OpCase>("view");
        const auto row = [](const char* name, const TensorFunction& f) {
            QTest::newRow(name) << OpCase{f, {}};
        };
        row("reshape", [](const List& v) { return reshape(v[0], {6, 4}); });
        row("permute", [](const List& v) { return permute(v[0], {1, 2, 0}); });
        row("transpose", [](const List& v) { return transpose(v[0]); });
        row("unsqueeze", [](const List& v) { return unsqueeze(v[0], 1); });
        row("squeeze", [](const List& v) { return squeeze(unsqueeze(v[0], 0), 0); });
        row("expand", [](const List& v) { return expand(v[0], {5, 2, 3, 4}); });
        row("slice", [](const List& v) { return slice(v[0], 1, 1, 3); });
        row("select", [](const List& v) { return select(v[0], 0, 1); });
        row("unfold", [](const List& v) { return unfold(v[0], 2, 2, 1); });
        row("flatten", [](const List& v) { return flatten(v[0]); });
        row("chunk", [](const List& v) { return chunk(v[0], 2, 0)[1]; });
    }

    void viewsShareStorage()
    {
        QFETCH(OpCase, view);
        const Tensor x = Tensor::zeros({2, 3, 4});
        const std::int64_t before = poolStats().bytesInUse;
        const Tensor y = view.f({x});
        QVERIFY(y.sharesStorage(x));
        QCOMPARE(poolStats().bytesInUse, before);
    }

    void wrongShapesAreNamed()
    {
        const Tensor a = Tensor::zeros({2, 3});
        const Tensor b = Tensor::zeros({2, 4});
        QCOMPARE(
            messageOf([&] { add(a, b); }),
            QString(
                "The operation add cannot combine the shapes [2, 3] and [2, 4]: sizes must be equal or 1."));
        QCOMPARE(messageOf([&] { matmul(a, b); }),
                 QString("The operation matmul cannot multiply the shapes [2, 3] and [2, 4]."));
        QCOMPARE(messageOf([&] { linear(a, b); }),
                 QString("The operation linear cannot multiply the shapes [2, 3] and [2, 4]."));
        QCOMPARE(messageOf([&] {
                     concat({a, b}, 0);
                 }),
                 QString("The operation concat cannot join the shapes [2, 3] and [2, 4] along axis 0."));
        QCOMPARE(messageOf([&] {
                     reshape(a, {4, -1});
                 }),
                 QString("The operation reshape cannot turn the shape [2, 3] into [4, 1]."));
        QCOMPARE(messageOf([&] { sum(a, {2}); }),
                 QString("The operation sum was asked for axis 2 of the shape [2, 3]."));
        QCOMPARE(messageOf([&] { select(a, 1, 3); }),
                 QString("The operation select was asked for position 3 along axis 1 of shape [2, 3]."));
        QCOMPARE(messageOf([&] { indexSelect(a, 0, Tensor::full({1}, 2.5F)); }),
                 QString("The operation indexSelect was asked for position 2.5 of an axis of size 2."));
        QCOMPARE(
            messageOf([&] { conv1d(unsqueeze(a, 0), unsqueeze(b, 0), {}); }),
            QString("The operation conv1d cannot use weights of shape [1, 2, 4] on the shape [1, 2, 3]."));
        QCOMPARE(messageOf([&] {
                     lstm(unsqueeze(a, 0), {}, {}, b, Tensor::zeros({4, 1}), {}, {});
                 }),
                 QString("The operation lstm got input weights of the shape [2, 4] instead of [4, 3]."));
        QCOMPARE(messageOf([&] { layerNorm(a, Tensor::zeros({2})); }),
                 QString("The operation layerNorm cannot use weights of shape [2] on the shape [2, 3]."));
        Rng rng(1);
        QCOMPARE(messageOf([&] { dropout(a, 1.0F, rng); }),
                 QString("The dropout share is 1, but it must be at least 0 and below 1."));
    }

    /// 100,000 operations in a row: neither the walk back nor the end of the tape may recurse.
    void longChainsPass()
    {
        Tape tape;
        const Tensor x = Tensor::full({2}, 1.0F);
        tape.watch(x);
        Tensor y = x;
        {
            const TapeScope scope(&tape);
            for (int i = 0; i < 100000; ++i)
                y = y * 1.00001F;
            y = sum(y);
        }
        QCOMPARE(tape.recordCount(), 100001);
        tape.backward(y);
        QVERIFY(std::fabs(tape.grad(x).values()[0] - std::exp(1.0F)) < 0.02F);
        tape.clear();
        {
            const TapeScope scope(&tape);
            tape.watch(x);
            for (int i = 0; i < 100000; ++i)
                y = tanh(i == 0 ? x : y);
        }
    }

    void steadyStepsAllocateNothing()
    {
        Rng rng(7);
        const List weights = trainingWeights(rng, 16);
        const Tensor x = randomTensor({8, 12, 3}, rng);
        Tape tape;
        for (int i = 0; i < 3; ++i)
            trainingStep(tape, weights, x, rng);
        const std::int64_t heap = heapAllocations();
        const PoolStats pool = poolStats();
        for (int i = 0; i < 5; ++i)
            trainingStep(tape, weights, x, rng);
        QCOMPARE(heapAllocations() - heap, 0);
        QCOMPARE(poolStats().heapAllocations, pool.heapAllocations);
    }

    void resultsDoNotDependOnThreads()
    {
        const auto run = [](int threads) {
            setThreadCount(threads);
            Rng rng(11);
            const List weights = trainingWeights(rng, 40);
            const Tensor x = randomTensor({50, 60, 3}, rng);
            Tape tape;
            std::vector<float> results{trainingStep(tape, weights, x, rng)};
            for (const Tensor& weight : weights) {
                const std::vector<float> values = tape.grad(weight).values();
                results.insert(results.end(), values.begin(), values.end());
            }
            const Tensor a = randomTensor({300, 310}, rng);
            const Tensor big = randomTensor({3, 70000}, rng);
            const Tensor batches = randomTensor({64, 40, 30}, rng);
            for (const Tensor& y :
                 {matmul(a, transpose(a)), gelu(big) * big, matmul(batches, transpose(batches))}) {
                const std::vector<float> values = y.values();
                results.insert(results.end(), values.begin(), values.end());
            }
            setThreadCount(1);
            return results;
        };
        const std::vector<float> one = run(1);
        QVERIFY(one == run(2));
        QVERIFY(one == run(3));
    }

    void gradientsAddUpUntilCleared()
    {
        Tape tape;
        const Tensor x = Tensor::full({3}, 2.0F);
        tape.watch(x);
        for (int i = 0; i < 3; ++i) {
            tape.clearRecords();
            const TapeScope scope(&tape);
            tape.backward(sum(square(x)));
        }
        QCOMPARE(tape.grad(x).values(), std::vector<float>(3, 12.0F));
        tape.clear();
        QVERIFY(!tape.isTracked(x));
        tape.watch(x);
        QCOMPARE(tape.grad(x).values(), std::vector<float>(3, 0.0F));
    }

    /// An optimizer scales gradients in place: those of two leaves must not be one.
    void gradientsOfLeavesAreTheirOwn()
    {
        Tape tape;
        const Tensor a = Tensor::full({3}, 1.0F);
        const Tensor b = Tensor::full({3}, 2.0F);
        tape.watch(a);
        tape.watch(b);
        {
            const TapeScope scope(&tape);
            tape.backward(sum(a + b));
        }
        QVERIFY(!tape.grad(a).sharesStorage(tape.grad(b)));
        QVERIFY(tape.grad(a).isContiguous());
        QVERIFY(tape.grad(a).sharesStorage(tape.grad(a)));
    }

    void oneTensorUsedTwiceGetsBothGradients()
    {
        Tape tape;
        const Tensor x = Tensor::full({1}, 3.0F);
        tape.watch(x);
        {
            const TapeScope scope(&tape);
            const Tensor y = x * 2.0F;
            tape.backward(sum(y * y + y));
        }
        QCOMPARE(tape.grad(x).item(), 26.0F);
    }

    void watchedResultsKeepTheirGradient()
    {
        Tape tape;
        const Tensor x = Tensor::full({2}, 3.0F);
        tape.watch(x);
        const TapeScope scope(&tape);
        const Tensor y = x * 2.0F;
        const Tensor z = y * y;
        tape.watch(y);
        tape.backward(sum(z));
        QCOMPARE(tape.grad(y).values(), std::vector<float>(2, 12.0F));
        QCOMPARE(tape.grad(x).values(), std::vector<float>(2, 24.0F));
        QCOMPARE(
            messageOf([&] { tape.grad(z); }),
            QString("The gradient of a tensor of shape [2] was asked for, but the tensor was not watched."));
    }

    void outputsWithoutAGradientAreLeftOut()
    {
        Tape tape;
        Rng rng(2);
        const Tensor x = randomTensor({1, 4, 2}, rng);
        const Tensor wIh = randomTensor({12, 2}, rng);
        const Tensor wHh = randomTensor({12, 3}, rng);
        tape.watch(wHh);
        {
            const TapeScope scope(&tape);
            tape.backward(sum(lstm(x, {}, {}, wIh, wHh, {}, {}).c));
        }
        QVERIFY(tape.grad(wHh).values() != std::vector<float>(36, 0.0F));
    }

    void impossibleBackwardPassesAreRefused()
    {
        Tape tape;
        const Tensor x = Tensor::full({2}, 3.0F);
        tape.watch(x);
        const TapeScope scope(&tape);
        QCOMPARE(messageOf([&] { tape.backward(x * 2.0F); }),
                 QString("The loss has the shape [2], but gradients start from one value."));
        QCOMPARE(messageOf([&] { tape.backward(Tensor::scalar(1.0F)); }),
                 QString("The loss does not depend on anything that can be trained."));
        const Tensor loss = sum(x);
        tape.backward(loss);
        QCOMPARE(messageOf([&] { tape.backward(loss); }),
                 QString("The records of this loss were used up by an earlier backward pass."));
    }

    void nothingIsRecordedWithoutNeed()
    {
        Tape tape;
        const Tensor x = Tensor::full({2}, 3.0F);
        tape.watch(x);
        sigmoid(x);
        const TapeScope scope(&tape);
        sigmoid(Tensor::full({2}, 1.0F));
        sigmoid(x.detach());
        {
            const TapeScope off(nullptr);
            QVERIFY(currentTape() == nullptr);
            sigmoid(x);
        }
        QCOMPARE(tape.recordCount(), 0);
        sigmoid(x);
        QCOMPARE(tape.recordCount(), 1);
    }

    void savedValuesLeaveWithTheirRecord()
    {
        const std::int64_t before = poolStats().bytesInUse;
        {
            Tape tape;
            const Tensor x = Tensor::full({1000}, 0.1F);
            tape.watch(x);
            const TapeScope scope(&tape);
            sum(tanh(tanh(x)));
            QVERIFY(poolStats().bytesInUse > before + 12000);
            tape.clear();
            QVERIFY(poolStats().bytesInUse < before + 6000);
        }
        QCOMPARE(poolStats().bytesInUse, before);
    }

    void notANumberStaysVisible_data()
    {
        QTest::addColumn<OpCase>("op");
        for (const auto& [name, op] : mathCases()) {
            if (op.shapes.size() == 1 && op.shapes[0].rank() == 1)
                QTest::newRow(name.c_str()) << op;
        }
        for (const char* name :
             {"softmax", "logSoftmax", "logsumexp", "sum", "amax", "amin", "variance", "cumsum"})
            QTest::newRow(name) << reduceCases().at(name);
    }

    /// At every place of a row, so that vector and remainder loops are both met.
    void notANumberStaysVisible()
    {
        QFETCH(OpCase, op);
        const Shape shape = op.shapes[0].rank() == 1 ? Shape{37} : op.shapes[0];
        for (std::int64_t at = 0; at < shape.count(); ++at) {
            Tensor x = Tensor::full(shape, 0.7F);
            x.data()[at] = std::numeric_limits<float>::quiet_NaN();
            const std::vector<float> y = op.f({x}).values();
            QVERIFY(std::any_of(y.begin(), y.end(), [](float v) { return std::isnan(v); }));
        }
    }

    void longSumsKeepTheirDigits_data()
    {
        QTest::addColumn<std::vector<int>>("axes");
        QTest::newRow("rows") << std::vector<int>{2};
        QTest::newRow("columns") << std::vector<int>{0, 1};
        QTest::newRow("middle") << std::vector<int>{1};
        QTest::newRow("ends") << std::vector<int>{0, 2};
        QTest::newRow("first") << std::vector<int>{0};
        QTest::newRow("all") << std::vector<int>{};
    }

    /// Whole numbers, whose sums float can hold: any other result is a lost value, not rounding.
    void longSumsKeepTheirDigits()
    {
        QFETCH(std::vector<int>, axes);
        const Shape shape{30, 131, 1031};
        Tensor x = Tensor::empty(shape);
        for (std::int64_t i = 0; i < x.count(); ++i)
            x.data()[i] = static_cast<float>(i % 3);
        const Tensor total = sum(x, AxisList(std::span(axes)), Keep::Yes);
        std::vector<double> wanted(static_cast<std::size_t>(total.count()));
        for (std::int64_t i = 0; i < x.count(); ++i) {
            const std::array<std::int64_t, 3> at{i / (131 * 1031), i / 1031 % 131, i % 1031};
            std::int64_t to = 0;
            for (int axis = 0; axis < 3; ++axis)
                to = to * total.size(axis) + (total.size(axis) == 1 ? 0 : at[static_cast<std::size_t>(axis)]);
            wanted[static_cast<std::size_t>(to)] += static_cast<double>(i % 3);
        }
        const std::vector<float> got = total.values();
        for (std::size_t i = 0; i < got.size(); ++i)
            QCOMPARE(static_cast<double>(got[i]), wanted[i]);
    }

    void dropoutFollowsTheGenerator()
    {
        const Tensor x = Tensor::full({1001}, 1.0F);
        Rng rng(42, 7);
        const std::vector<float> y = dropout(x, 0.25F, rng).values();
        QCOMPARE(rng.position(), std::uint64_t{1004});
        Rng words(42, 7);
        std::int64_t dropped = 0;
        for (const float value : y) {
            const bool drops = words.bits() < std::uint32_t{1} << 30U;
            QCOMPARE(value, drops ? 0.0F : 1.0F / 0.75F);
            dropped += drops ? 1 : 0;
        }
        QVERIFY(dropped > 200 && dropped < 300);
    }
};

QTEST_APPLESS_MAIN(AutogradTest)
#include "tst_autograd.moc"
