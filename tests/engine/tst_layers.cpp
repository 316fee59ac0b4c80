// SPDX-License-Identifier: GPL-3.0-or-later
// Layers: names and shapes of their weights, what they compute, what they refuse. Reference values are in
// tst_golden_layers, gradients in tst_gradcheck.
#include <QTest>
#include <algorithm>
#include <cmath>
#include <functional>

#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_matmul.h"
#include "engine/autograd/ops_reduce.h"
#include "engine/autograd/ops_shape.h"
#include "engine/autograd/tape.h"
#include "engine/nn/attention.h"
#include "engine/nn/conv.h"
#include "engine/nn/embedding.h"
#include "engine/nn/gated.h"
#include "engine/nn/norm.h"
#include "engine/nn/positions.h"
#include "engine/nn/sequential.h"
#include "engine/nn/transformer.h"
#include "engine/nn/weight_norm.h"

using namespace fc;

namespace {

/// A layer with weights of its own.
template <typename Layer>
struct Made {
    template <typename... Args>
    explicit Made(const Args&... args) : layer(WeightScope(weights, rng), args...)
    {
    }

    Weights weights;
    Rng rng{1};
    Layer layer;
};

template <typename Layer, typename... Args>
QString namesOf(const Args&... args)
{
    const Made<Layer> made(args...);
    QStringList names;
    for (const NamedWeight& weight : made.weights.all())
        names += QString::fromStdString(weight.name + print(weight.value.shape()));
    return names.join(' ');
}

Tensor random(const Shape& shape, std::uint64_t seed = 7)
{
    Rng rng(seed);
    Tensor x = Tensor::empty(shape);
    normalInit(1.0)(x, rng);
    return x;
}

/// Largest difference; infinite when the shapes differ.
double off(const Tensor& a, const Tensor& b)
{
    if (!(a.shape() == b.shape()))
        return std::numeric_limits<double>::infinity();
    const Tensor difference = abs(a - b);
    return double{amax(difference).item()};
}

/// How far a layer with matrices of 16 bits is from the same with whole ones, in its result and in the
/// gradients of its weights; infinite when a weight has none.
template <typename Layer, typename Call, typename... Args>
double halved(const Tensor& x, const Call& call, const Args&... args)
{
    const Made<Layer> whole(args...);
    const MatrixTypeScope matrices(DType::BF16);
    const Made<Layer> half(args...);
    Tape tape;
    for (const Weights* weights : {&whole.weights, &half.weights}) {
        for (const NamedWeight& weight : weights->all())
            tape.watch(weight.value);
    }
    const TapeScope scope(&tape);
    const Tensor expected = call(whole.layer, x);
    const Tensor got = call(half.layer, x);
    tape.backward(sum(square(expected)) + sum(square(got)));
    double result = off(got, expected);
    for (const NamedWeight& weight : whole.weights.all()) {
        const Tensor gradient = tape.grad(weight.value);
        const Tensor other = tape.grad(half.weights.find(weight.name)->value);
        if (weight.value.rank() > 1 && half.weights.find(weight.name)->value.dtype() != DType::BF16 &&
            weight.mayBeHalf)
            return std::numeric_limits<double>::infinity();
        const double size = std::max(1.0, double{amax(abs(gradient)).item()});
        result = std::max(result, off(gradient, other) / size);
    }
    return result;
}

QString refusal(const std::function<void()>& act)
{
    try {
        act();
    } catch (const Error& error) {
        return QString::fromUtf8(error.what());
    }
    return "accepted";
}

/// 1 where step j comes after step i.
Tensor laterSteps(std::int64_t n)
{
    return triu(Tensor::full({n, n}, 1.0F), 1);
}

const Pass evaluating{};

}  // namespace

class LayersTest : public QObject {
    Q_OBJECT

private slots:
    void weightsHaveTheNamesOfPyTorch_data()
    {
        QTest::addColumn<QString>("names");
        QTest::addColumn<QString>("expected");
        const MultiHeadAttention::Options plain{.heads = 2};
        const TransformerOptions small{.heads = 2, .feedForward = 7};
        QTest::newRow("conv1d") << namesOf<Conv1d>(4, 6,
                                                   Conv1d::Options{.kernelSize = 3, .conv = {.groups = 2}})
                                << "weight[6, 2, 3] bias[6]";
        QTest::newRow("conv1d, weight norm, no bias")
            << namesOf<Conv1d>(4, 6, Conv1d::Options{.bias = false, .weightNorm = true})
            << "weight_v[6, 4, 3] weight_g[6, 1, 1]";
        QTest::newRow("conv2d") << namesOf<Conv2d>(4, 6, Conv2d::Options{.kernelSize = {3, 5}})
                                << "weight[6, 4, 3, 5] bias[6]";
        QTest::newRow("batch norm") << namesOf<BatchNorm>(3)
                                    << "weight[3] bias[3] running_mean[3] running_var[3]";
        QTest::newRow("layer norm") << namesOf<LayerNorm>(3) << "weight[3] bias[3]";
        QTest::newRow("rms norm") << namesOf<RmsNorm>(3) << "weight[3]";
        QTest::newRow("group norm") << namesOf<GroupNorm>(2, 4) << "weight[4] bias[4]";
        QTest::newRow("linear without bias") << namesOf<Linear>(3, 2, Bias::No) << "weight[2, 3]";
        QTest::newRow("embedding") << namesOf<Embedding>(5, 3) << "weight[5, 3]";
        QTest::newRow("attention")
            << namesOf<MultiHeadAttention>(4, plain)
            << "in_proj_weight[12, 4] in_proj_bias[12] out_proj.weight[4, 4] out_proj.bias[4]";
        QTest::newRow("attention over other widths")
            << namesOf<MultiHeadAttention>(
                   4, MultiHeadAttention::Options{.heads = 2, .bias = false, .keyWidth = 3, .valueWidth = 5})
            << "q_proj_weight[4, 4] k_proj_weight[4, 3] v_proj_weight[4, 5] out_proj.weight[4, 4]";
        const QString attention =
            "self_attn.in_proj_weight[12, 4] self_attn.in_proj_bias[12] "
            "self_attn.out_proj.weight[4, 4] self_attn.out_proj.bias[4] ";
        const QString rest =
            "linear1.weight[7, 4] linear1.bias[7] linear2.weight[4, 7] linear2.bias[4] "
            "norm1.weight[4] norm1.bias[4] norm2.weight[4] norm2.bias[4]";
        QTest::newRow("encoder layer") << namesOf<TransformerEncoderLayer>(4, small) << attention + rest;
        QTest::newRow("decoder layer")
            << namesOf<TransformerDecoderLayer>(4, small)
            << attention + QString(attention).replace("self_attn", "multihead_attn") + rest +
                   " norm3.weight[4] norm3.bias[4]";
    }
    void weightsHaveTheNamesOfPyTorch()
    {
        QFETCH(const QString, names);
        QFETCH(const QString, expected);
        QCOMPARE(names, expected);
    }

    void matricesMayBeHalf()
    {
        const Made<TransformerEncoderLayer> made(4, TransformerOptions{.heads = 2, .feedForward = 7});
        for (const NamedWeight& weight : made.weights.all())
            QCOMPARE(weight.mayBeHalf, weight.value.rank() == 2);
        QVERIFY(Made<Conv1d>(2, 3, Conv1d::Options{}).weights.find("weight")->mayBeHalf);
        const Made<Conv1d> normed(2, 3, Conv1d::Options{.weightNorm = true});
        QVERIFY(normed.weights.find("weight_v")->mayBeHalf);
        QVERIFY(!normed.weights.find("weight_g")->mayBeHalf);
    }

    void layersTakeHalfMatrices_data()
    {
        QTest::addColumn<double>("difference");
        const TransformerOptions small{.heads = 2, .feedForward = 7, .normFirst = true};
        const Tensor index = Tensor::from({3}, std::vector<float>{1, 4, 1});
        const auto call = [](const auto& layer, const Tensor& x) { return layer(x); };
        const auto pass = [](const auto& layer, const Tensor& x) { return layer(x, evaluating); };
        const auto self = [](const auto& layer, const Tensor& x) { return layer(x, x, x, {}, evaluating); };
        const auto over = [](const auto& layer, const Tensor& x) {
            return layer(x, x.clone(), x.clone(), {}, evaluating);
        };
        const auto row = [](const char* name, double difference) { QTest::newRow(name) << difference; };
        row("linear", halved<Linear>(random({2, 4}), call, 4, 3));
        row("conv1d", halved<Conv1d>(random({2, 3, 7}), call, 3, 4, Conv1d::Options{}));
        row("conv1d with stride",
            halved<Conv1d>(random({2, 3, 7}), call, 3, 4, Conv1d::Options{.conv = {.stride = 2}}));
        row("conv1d with weight norm",
            halved<Conv1d>(random({2, 3, 7}), call, 3, 4, Conv1d::Options{.weightNorm = true}));
        row("conv2d", halved<Conv2d>(random({2, 3, 5, 5}), call, 3, 4, Conv2d::Options{}));
        row("embedding", halved<Embedding>(index, call, 5, 3));
        row("swiglu", halved<SwiGlu>(random({2, 4}), call, 4, 6));
        row("gated residual network", halved<GatedResidualNetwork>(random({2, 4}), pass, 4, 6, 5));
        row("residual mlp", halved<ResidualMlp>(random({2, 4}), pass, 4, 6, 5));
        row("attention",
            halved<MultiHeadAttention>(random({2, 3, 4}), self, 4, MultiHeadAttention::Options{.heads = 2}));
        row("attention by parts",
            halved<MultiHeadAttention>(random({2, 3, 4}), over, 4, MultiHeadAttention::Options{.heads = 2}));
        row("encoder layer", halved<TransformerEncoderLayer>(random({2, 3, 4}), pass, 4, small));
    }
    void layersTakeHalfMatrices()
    {
        QFETCH(const double, difference);
        QVERIFY2(difference > 0 && difference < 0.05, qPrintable(QString::number(difference)));
    }

    void attentionIsTheFormula()
    {
        // softmax(q k^T / sqrt(d)) v for each head, written out
        const Made<MultiHeadAttention> made(
            6, MultiHeadAttention::Options{.heads = 2, .keyWidth = 3, .valueWidth = 5});
        const MultiHeadAttention& layer = made.layer;
        Tensor bias = layer.inBias;
        Rng rng(3);
        normalInit(1.0)(bias, rng);
        const Tensor query = random({2, 4, 6}, 1);
        const Tensor key = random({2, 5, 3}, 2);
        const Tensor value = random({2, 5, 5}, 3);
        const Tensor q = linear(query, layer.queryWeight, slice(bias, 0, 0, 6));
        const Tensor k = linear(key, layer.keyWeight, slice(bias, 0, 6, 12));
        const Tensor v = linear(value, layer.valueWeight, slice(bias, 0, 12, 18));
        std::vector<Tensor> heads;
        for (const std::int64_t begin : {0, 3}) {
            const auto part = [begin](const Tensor& x) { return slice(x, 2, begin, begin + 3); };
            const Tensor scores = matmul(part(q), transpose(part(k))) / std::sqrt(3.0F);
            heads.push_back(matmul(softmax(scores), part(v)));
        }
        const Tensor expected = layer.out(concat(heads, 2));
        QVERIFY(off(layer(query, key, value, {}, evaluating), expected) < 1e-5);
    }

    void sharedInputsGiveTheSameAttention()
    {
        const Made<MultiHeadAttention> made(8, MultiHeadAttention::Options{.heads = 4});
        const Tensor x = random({2, 5, 8});
        const Tensor self = made.layer(x, x, x, {.causal = true}, evaluating);
        QVERIFY(off(self, made.layer(x, x.clone(), x.clone(), {.causal = true}, evaluating)) < 1e-6);
        const Tensor memory = random({2, 3, 8}, 8);
        const Tensor crossed = made.layer(x, memory, memory, {}, evaluating);
        QVERIFY(off(crossed, made.layer(x, memory, memory.clone(), {}, evaluating)) < 1e-6);
    }

    void masksHoldTogether()
    {
        const Made<MultiHeadAttention> made(4, MultiHeadAttention::Options{.heads = 2});
        const Tensor x = random({2, 4, 4});
        const Tensor padding = Tensor::from({2, 4}, std::vector<float>{0, 0, 0, 1, 0, 0, 1, 1});
        const auto weights = [&](const AttentionMasks& masks) {
            return made.layer.run(x, x, x, masks, evaluating, AttentionWeights::PerHead).weights;
        };
        const Tensor both = weights({.causal = true, .keyPadding = padding});
        QVERIFY(off(both, weights({.keyPadding = padding, .hidden = laterSteps(4)})) == 0);
        const Tensor hidden = maximum(laterSteps(4), unsqueeze(unsqueeze(padding, 1), 1));
        QVERIFY(off(both, weights({.hidden = hidden})) == 0);
        QVERIFY(off(both, weights({.causal = true, .bias = unsqueeze(unsqueeze(padding, 1), 1) * -1e30F})) <
                1e-7);
        QCOMPARE(double{amax(both * hidden).item()}, 0.0);
        QVERIFY(off(sum(both, -1), Tensor::full({2, 2, 4}, 1.0F)) < 1e-6);
        const Tensor averaged =
            made.layer
                .run(x, x, x, {.causal = true, .keyPadding = padding}, evaluating, AttentionWeights::Averaged)
                .weights;
        QVERIFY(off(averaged, mean(both, 1)) < 1e-7);
    }

    void aCausalEncoderDoesNotLookAhead()
    {
        const Made<TransformerEncoderLayer> made(4, TransformerOptions{.heads = 2, .feedForward = 8});
        const Tensor x = random({1, 6, 4});
        Tensor changed = x.clone();
        for (std::int64_t i = 4 * 4; i < changed.count(); ++i)
            changed.data()[i] += 1.0F;
        const auto firstFour = [&](const Tensor& from) {
            return slice(made.layer(from, {.causal = true}, evaluating), 1, 0, 4).clone();
        };
        QVERIFY(off(firstFour(x), firstFour(changed)) == 0);
        QVERIFY(off(made.layer(x, evaluating), made.layer(changed, evaluating)) > 0.01);
    }

    void dropoutFollowsTheGenerator()
    {
        const Made<TransformerEncoderLayer> made(
            4, TransformerOptions{.heads = 2, .feedForward = 8, .dropout = 0.3});
        const Tensor x = random({2, 5, 4});
        const auto trained = [&](std::uint64_t seed) {
            Rng rng(seed);
            return made.layer(x, {.training = true, .rng = &rng});
        };
        QVERIFY(off(trained(1), trained(1)) == 0);
        QVERIFY(off(trained(1), trained(2)) > 0.01);
        QVERIFY(off(made.layer(x, evaluating), made.layer(x, evaluating)) == 0);
    }

    void batchNormRemembersItsBatches()
    {
        const Made<BatchNorm> made(2);
        const Tensor x = 3.0F * random({50, 2, 4}) + 5.0F;
        const Tensor y = made.layer(x, {.training = true});
        QVERIFY(off(mean(y, {0, 2}), Tensor::zeros({2})) < 1e-5);
        QVERIFY(off(variance(y, {0, 2}, Keep::No, 0), Tensor::full({2}, 1.0F)) < 1e-4);
        QVERIFY(off(made.weights.find("running_mean")->value, 0.1F * mean(x, {0, 2})) < 1e-5);
        QVERIFY(off(made.weights.find("running_var")->value, 0.1F * variance(x, {0, 2}) + 0.9F) < 1e-4);
        QVERIFY(off(made.layer(x, evaluating), y) > 0.1);
    }

    void weightNormStartsAsTheWeight()
    {
        Weights plain;
        Weights normed;
        Rng first(4);
        Rng second(4);
        const Tensor weight = WeightScope(plain, first).make("weight", {3, 4}, uniformFanIn(4));
        const NormedWeight split(WeightScope(normed, second), {3, 4}, uniformFanIn(4));
        QVERIFY(off(split(), weight) < 1e-6);
        QVERIFY(off(weightNorm(split.direction * 5.0F, split.length), weight) < 1e-6);
        QVERIFY(off(weightNorm(split.direction, split.length * 2.0F), weight * 2.0F) < 1e-6);
        const Tensor x = random({2, 4});
        QVERIFY(off(linear(x, split()), linear(x, weight)) < 1e-6);
        QCOMPARE(refusal([&] {
                     weightNorm(weight, Tensor::full({2, 1}, 1.0F));
                 }),
                 "The operation weightNorm cannot give the directions [3, 4] the lengths [2, 1].");
    }

    void anEmbeddingKeepsItsPaddingZero()
    {
        const Made<Embedding> made(4, 3, 2);
        QVERIFY(off(select(made.layer.weight, 0, 2), Tensor::zeros({3})) == 0);
        Tape tape;
        tape.watch(made.layer.weight);
        Tensor y;
        {
            const TapeScope scope(&tape);
            y = sum(made.layer(Tensor::from({3}, std::vector<float>{1, 2, 2})));
        }
        tape.backward(y);
        QCOMPARE(tape.grad(made.layer.weight).values(),
                 (std::vector<float>{0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0}));
    }

    void sinusoidalPositionsTurn()
    {
        const Tensor table = sinusoidalPositions(3, 4, 100.0);
        const std::vector<float> values = table.values();
        QCOMPARE(values[0], 0.0F);
        QCOMPARE(values[1], 1.0F);
        QCOMPARE(values[8], std::sin(2.0F));
        QCOMPARE(values[11], std::cos(0.2F));
    }

    void learnedPositionsAreAdded()
    {
        const Made<LearnedPositions> made(5, 3);
        const Tensor x = random({2, 4, 3});
        QVERIFY(off(made.layer(x) - x, expand(unsqueeze(slice(made.layer.weight, 0, 0, 4), 0), {2, 4, 3})) <
                1e-6);
    }

    void sequentialRunsInOrder()
    {
        Weights weights;
        Rng rng(1);
        Sequential net{WeightScope(weights, rng, "net.")};
        net.add([](const WeightScope& at) { return Linear(at, 3, 4); });
        net.add([](const WeightScope&) { return [](const Tensor& x) { return relu(x); }; });
        net.add([](const WeightScope& at) { return BatchNorm(at, 4); });
        const Tensor x = random({5, 3});
        QVERIFY(weights.find("net.0.weight") && weights.find("net.2.running_mean"));
        QCOMPARE(net.size(), std::size_t{3});
        const Tensor hidden =
            relu(linear(x, weights.find("net.0.weight")->value, weights.find("net.0.bias")->value));
        QVERIFY(off(net(x, evaluating), hidden * (1.0F / std::sqrt(1.0F + 1e-5F))) < 1e-6);
    }

    void dropPathDropsWholeSamples()
    {
        Rng rng(3);
        const Tensor x = Tensor::full({400, 2, 3}, 1.0F);
        QVERIFY(off(dropPath(x, 0.25, evaluating), x) == 0);
        const std::vector<float> y = dropPath(x, 0.25, {.training = true, .rng = &rng}).values();
        int kept = 0;
        for (std::size_t sample = 0; sample < 400; ++sample) {
            const float first = y[sample * 6];
            QVERIFY(first == 0.0F || std::abs(first - 4.0F / 3.0F) < 1e-6F);
            for (std::size_t i = 1; i < 6; ++i)
                QCOMPARE(y[sample * 6 + i], first);
            kept += first != 0.0F;
        }
        QVERIFY(std::abs(kept - 300) < 35);  // four standard deviations: sqrt(400 * 0.25 * 0.75) = 8.7
    }

    void aResidualMlpIsItsFormula()
    {
        const Made<ResidualMlp> made(3, 5, 2);
        const Tensor x = random({4, 3});
        const ResidualMlp& block = made.layer;
        const Tensor sum = block.output(relu(block.hidden(x))) + block.skip(x);
        QVERIFY(off(block(x, evaluating), layerNorm(sum, block.norm->weight, block.norm->bias)) < 1e-6);
        const Made<ResidualMlp> bare(3, 5, 2, ResidualMlp::Options{.layerNorm = false});
        QVERIFY(!bare.weights.find("norm.weight"));
    }

    void whatDoesNotFitIsRefused_data()
    {
        QTest::addColumn<QString>("got");
        QTest::addColumn<QString>("expected");
        QTest::newRow("heads") << refusal([] {
            const Made<MultiHeadAttention> made(6, MultiHeadAttention::Options{.heads = 4});
        }) << "4 attention heads cannot share a width of 6: they must divide it.";
        QTest::newRow("attention widths") << refusal([] {
            const Made<MultiHeadAttention> made(4, MultiHeadAttention::Options{.heads = 2});
            const Tensor x = random({1, 3, 4});
            made.layer(x, x, random({1, 2, 4}), {}, evaluating);
        })
                                          << "An attention of width 4 cannot combine queries [1, 3, 4], keys "
                                             "[1, 3, 4] and values [1, 2, 4], as "
                                             "[batch, steps, width].";
        QTest::newRow("groups") << refusal([] {
            const Made<Conv1d> made(4, 6, Conv1d::Options{.conv = {.groups = 4}});
        }) << "A convolution from 4 to 6 channels cannot have 4 groups: they must divide both.";
        QTest::newRow("missing context") << refusal([] {
            const Made<GatedResidualNetwork> made(2, 3, 2, GatedResidualNetwork::Options{.context = 4});
            made.layer(random({1, 2}), evaluating);
        }) << "A gated residual network of context width 4 was given a context of the shape [].";
        QTest::newRow("positions") << refusal([] {
            const Made<LearnedPositions> made(3, 2);
            made.layer(random({1, 4, 2}));
        }) << "Learned positions of the shape [3, 2] do not fit the steps of [1, 4, 2].";
        QTest::newRow("padding row") << refusal([] { const Made<Embedding> made(3, 2, 3); })
                                     << "The padding index 3 is outside an embedding of 3 rows.";
    }
    void whatDoesNotFitIsRefused()
    {
        QFETCH(const QString, got);
        QFETCH(const QString, expected);
        QCOMPARE(got, expected);
    }
};

QTEST_GUILESS_MAIN(LayersTest)
#include "tst_layers.moc"
