// SPDX-License-Identifier: GPL-3.0-or-later
// That each model is what it says: its defining mechanism, by closed forms. What all models share is in
// tst_models.cpp.
#include <QTest>
#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/autograd/ops_conv.h"
#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_matmul.h"
#include "engine/autograd/ops_shape.h"
#include "engine/autograd/tape.h"
#include "engine/nn/causal_conv.h"
#include "engine/nn/recurrent.h"
#include "tests/support/model_cases.h"

using namespace fc;

namespace {

Tensor weightOf(const Model& model, const std::string& name)
{
    const NamedWeight* weight = model.weights.find(name);
    if (!weight)
        qFatal("There is no weight %s.", name.c_str());
    return weight->value;
}

void fill(const Model& model, const std::string& name, float value)
{
    Tensor weight = weightOf(model, name);
    std::fill_n(weight.data(), weight.count(), value);
}

std::vector<float> forecast(const Model& model, const Tensor& past)
{
    Batch batch;
    batch.past = past;
    return model.forward(batch, {}).values();
}

/// d forecast[output] / d past for one window of one channel.
std::vector<float> sensitivity(const Model& model, const Tensor& past, std::int64_t output)
{
    Tape tape;
    const TapeScope scope(&tape);
    tape.watch(past);
    Batch batch;
    batch.past = past;
    const Tensor y = model.forward(batch, {});
    tape.backward(reshape(slice(flatten(y), 0, output, output + 1), Shape{}));
    return tape.grad(past).values();
}

/// The moving average with repeated ends as a matrix: row t holds the weights of the window's steps in
/// trend[t].
std::vector<std::vector<double>> averagingMatrix(int length, int size)
{
    std::vector<std::vector<double>> matrix(static_cast<size_t>(length),
                                            std::vector<double>(static_cast<size_t>(length)));
    for (int t = 0; t < length; ++t)
        for (int j = t - size / 2; j <= t + size / 2; ++j)
            matrix[static_cast<size_t>(t)][static_cast<size_t>(std::clamp(j, 0, length - 1))] += 1.0 / size;
    return matrix;
}

const ParamValues oneBlock = {{"channels", std::string("1")}, {"levels", std::int64_t{1}}};

}  // namespace

class ModelFactsTest : public QObject {
    Q_OBJECT

private slots:
    void theCountOfWeightsFollowsTheFormula_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<Task>("task");
        QTest::addColumn<ParamValues>("values");
        QTest::addColumn<qint64>("count");
        const auto row = [](const char* name, const char* id, const Task& task, const ParamValues& values,
                            qint64 count) { QTest::newRow(name) << QString(id) << task << values << count; };
        const auto peer = [](const char* id) { return modelEntry(id).peerValues; };
        const Task rich{.length = 12,
                        .horizon = 4,
                        .channels = 2,
                        .pastCovariates = 3,
                        .futureCovariates = 5,
                        .outputs = 3};

        row("dlinear of the peer", "dlinear", {}, peer("dlinear"), 4656);
        row("dlinear of the peer, long", "dlinear", {.length = 500}, peer("dlinear"), 24048);
        row("dlinear, quantiles", "dlinear", {.length = 12, .horizon = 4, .channels = 2, .outputs = 3}, {},
            2 * 12 * (12 + 1));
        row("dlinear, own weights", "dlinear", {.length = 12, .horizon = 4, .channels = 2, .outputs = 3},
            {{"individual", true}}, 2 * 2 * 12 * (12 + 1));

        row("lstm of the peer", "lstm", {}, peer("lstm"), 215809);
        row("lstm of the peer, long", "lstm", {.length = 500}, peer("lstm"), 215809);
        // 4 gates of (inputs + states + 2 biases) a unit and layer; then the two maps of the decoder
        row("lstm", "lstm", rich,
            {{"hidden_size", std::int64_t{7}},
             {"layers", std::int64_t{3}},
             {"decoder_size", std::int64_t{6}}},
            4 * 7 * (10 + 7 + 2) + 2 * 4 * 7 * (7 + 7 + 2) + (7 + 4 * 5 + 1) * 6 + (6 + 1) * 4 * 2 * 3);

        row("tcn of the peer", "tcn", {}, peer("tcn"), 158873);
        row("tcn of the peer, long", "tcn", {.length = 500}, peer("tcn"), 168569);
        // Under weight norm each output has one more number than weights and bias.
        row("tcn", "tcn", rich, {{"channels", std::string("6,6,8")}},
            (6 * (10 * 3 + 2) + 6 * (6 * 3 + 2) + 6 * (10 + 1)) + 2 * 6 * (6 * 3 + 2) +
                (8 * (6 * 3 + 2) + 8 * (8 * 3 + 2) + 8 * (6 + 1)) + (8 + 4 * 5 + 1) * 4 * 2 * 3);
        row("tcn as deep as the window needs", "tcn", {.length = 12, .horizon = 4},
            {{"channels", std::string("4")}, {"weight_norm", false}},
            (4 * (3 + 1) + 4 * (12 + 1) + 4 * 2) + 2 * 4 * (12 + 1) + (4 + 1) * 4);
    }
    void theCountOfWeightsFollowsTheFormula()
    {
        QFETCH(const QString, id);
        QFETCH(const Task, task);
        QFETCH(const ParamValues, values);
        QFETCH(const qint64, count);
        QCOMPARE(makeSeeded(modelEntry(id.toStdString()), task, values)->weights.count(),
                 std::int64_t{count});
    }

    void dlinearSplitsTheSeriesExactly()
    {
        const Tensor x = Tensor::from({1, 1, 9}, std::vector<float>{5, -10, 15, 40, 0, 25, -35, 60, 5});
        const Tensor trend = movingAvg(x, 5);
        QCOMPARE(((x - trend) + trend).values(), x.values());
        QCOMPARE(trend.values(), (std::vector<float>{4, 11, 10, 14, 9, 18, 11, 12, 8}));
    }

    void dlinearIsTwoLinearMapsOfTrendAndSeason()
    {
        const Task task{.length = 11, .horizon = 3};
        const auto model = makeSeeded(modelEntry("dlinear"), task, {{"moving_avg", std::int64_t{5}}});
        const std::vector<float> trend = weightOf(*model, "trend.weight").values();
        const std::vector<float> season = weightOf(*model, "seasonal.weight").values();
        const auto average = averagingMatrix(11, 5);
        Rng rng(1);
        const Tensor past = randomTensor({1, 11, 1}, rng);
        for (size_t j = 0; j < 3; ++j) {
            const std::vector<float> row = sensitivity(*model, past, static_cast<std::int64_t>(j));
            for (size_t i = 0; i < 11; ++i) {
                double expected = season[j * 11 + i];
                for (size_t t = 0; t < 11; ++t)
                    expected += (double{trend[j * 11 + t]} - season[j * 11 + t]) * average[t][i];
                QVERIFY(std::abs(row[i] - expected) < 1e-6);
            }
        }
    }

    void dlinearFindsARampToBeAllTrend()
    {
        const Task task{.length = 21, .horizon = 21};
        const auto model = makeSeeded(modelEntry("dlinear"), task, {{"moving_avg", std::int64_t{5}}});
        for (const char* name : {"trend.weight", "trend.bias", "seasonal.weight", "seasonal.bias"})
            fill(*model, name, 0.0F);
        Tensor season = weightOf(*model, "seasonal.weight");
        for (int t = 0; t < 21; ++t)
            season.data()[t * 21 + t] = 1.0F;  // the forecast is the season itself
        Tensor ramp = Tensor::empty({1, 21, 1});
        for (int t = 0; t < 21; ++t)
            ramp.data()[t] = static_cast<float>(5 * t);
        const std::vector<float> left = forecast(*model, ramp);
        for (size_t t = 2; t < 19; ++t)
            QCOMPARE(left[t], 0.0F);
        QCOMPARE(left[0], -3.0F);  // (0 + 0 + 0 + 5 + 10) / 5 = 3 at the repeated end
        QCOMPARE(left[20], 3.0F);
    }

    void dlinearStartedAsTheAverageForecastsTheMean_data()
    {
        QTest::addColumn<int>("size");
        for (const int size : {1, 5, 25})
            QTest::addRow("%d", size) << size;
    }
    void dlinearStartedAsTheAverageForecastsTheMean()
    {
        QFETCH(const int, size);
        const Task task{.length = 16, .horizon = 3};
        const auto model = makeSeeded(modelEntry("dlinear"), task,
                                      {{"moving_avg", std::int64_t{size}}, {"average_start", true}});
        fill(*model, "trend.bias", 0.0F);
        fill(*model, "seasonal.bias", 0.0F);
        Rng rng(1);
        const Tensor past = randomTensor({1, 16, 1}, rng);
        double mean = 0;
        for (const float value : past.values())
            mean += value / 16.0;
        for (const float value : forecast(*model, past))
            QVERIFY(std::abs(value - mean) < 1e-6);
    }

    void dlinearTrainsItsTwoMapsApart()
    {
        const Task task{.length = 16, .horizon = 3};
        const auto model = makeSeeded(modelEntry("dlinear"), task, {});
        const Batch batch = randomBatch(task, 2);
        Tape tape;
        const TapeScope scope(&tape);
        const Tensor trend = weightOf(*model, "trend.weight");
        const Tensor season = weightOf(*model, "seasonal.weight");
        tape.watch(trend);
        tape.watch(season);
        tape.backward(std::vector{std::pair{model->forward(batch, {}), Tensor::full({2, 3, 1, 1}, 1.0F)}});
        QVERIFY(tape.grad(trend).values() != tape.grad(season).values());
    }

    void dlinearWithOwnWeightsKeepsChannelsApart()
    {
        const Task task{.length = 16, .horizon = 3, .channels = 2};
        const auto model = makeSeeded(modelEntry("dlinear"), task, {{"individual", true}});
        fill(*model, "trend.1.weight", 0.0F);
        fill(*model, "seasonal.1.weight", 0.0F);
        fill(*model, "trend.1.bias", 2.0F);
        fill(*model, "seasonal.1.bias", 1.0F);
        const std::vector<float> y = forecast(*model, randomBatch(task, 1).past);
        for (size_t step = 0; step < 3; ++step) {
            QVERIFY(y[2 * step] != 3.0F);
            QCOMPARE(y[2 * step + 1], 3.0F);
        }
    }

    void lstmDecodesFromTheFinalStateOnly()
    {
        const Task task{.length = 12, .horizon = 6};
        const Tensor past = randomBatch(task, 1).past;
        const auto reaches = [&](const char* from, std::int64_t step) {
            const auto model =
                makeSeeded(modelEntry("lstm"), task,
                           {{"hidden_size", std::int64_t{8}}, {"decode_from", std::string(from)}});
            const std::vector<float> slopes = sensitivity(*model, past, step);
            std::int64_t last = -1;
            for (size_t t = 0; t < slopes.size(); ++t)
                if (slopes[t] != 0)
                    last = static_cast<std::int64_t>(t);
            return last;
        };
        for (std::int64_t step = 0; step < 6; ++step) {
            QCOMPARE(reaches("final", step), std::int64_t{11});
            QCOMPARE(reaches("last_states", step), 6 + step);  // misses the newest 5 - step observations
        }
    }

    void lstmWithOpenForgetGateKeepsItsCell()
    {
        Weights weights;
        Rng rng(1);
        const Recurrent layer(WeightScope(weights, rng), RecurrentKind::Lstm, 2, 3);
        Tensor bias = layer.layers[0].biasIh;
        for (int unit = 0; unit < 3; ++unit) {
            bias.data()[unit] = -1000.0F;     // input gate shut
            bias.data()[3 + unit] = 1000.0F;  // forget gate open
        }
        const Tensor cell =
            Tensor::from({1, 2, 3}, std::vector<float>{0.3F, -2.5F, 7.0F, 1e-3F, -0.1F, 0.7F});
        const Recurrent::States states =
            layer.run(randomTensor({2, 1000, 2}, rng), Tensor::zeros({1, 2, 3}), cell, {});
        QCOMPARE(states.cell.values(), cell.values());
    }

    void lstmOfOneUnitFollowsItsEquations()
    {
        Weights weights;
        Rng rng(1);
        const Recurrent layer(WeightScope(weights, rng), RecurrentKind::Lstm, 1, 1);
        // rows i, f, g, o: any mix-up of gates or biases changes the result
        const std::vector<float> input = {0.5F, -0.25F, 1.5F, 0.75F};
        const std::vector<float> state = {0.125F, 0.5F, -1.0F, 0.25F};
        const std::vector<float> biasIh = {0.1F, 0.2F, -0.3F, 0.4F};
        const std::vector<float> biasHh = {-0.5F, 0.6F, 0.7F, -0.8F};
        const auto set = [](Tensor weight, const std::vector<float>& values) {
            std::ranges::copy(values, weight.data());
        };
        set(layer.layers[0].weightIh, input);
        set(layer.layers[0].weightHh, state);
        set(layer.layers[0].biasIh, biasIh);
        set(layer.layers[0].biasHh, biasHh);
        const std::vector<float> x = {1.0F, -2.0F, 0.5F, 3.0F};

        double h = 0;
        double c = 0;
        const auto sigmoid = [](double a) { return 1 / (1 + std::exp(-a)); };
        const std::vector<float> outputs = layer.outputs(Tensor::from({1, 4, 1}, x), {}).values();
        for (size_t t = 0; t < 4; ++t) {
            const auto gate = [&](size_t k) {
                return input[k] * x[t] + state[k] * h + biasIh[k] + biasHh[k];
            };
            const double g = std::tanh(gate(2));
            const double o = sigmoid(gate(3));
            c = sigmoid(gate(1)) * c + sigmoid(gate(0)) * g;
            h = o * std::tanh(c);
            QVERIFY(std::abs(outputs[t] - h) < 5e-7);
        }
        QVERIFY(std::abs(layer.finalState(Tensor::from({1, 4, 1}, x), {}).item() - h) < 5e-7);
    }

    void lstmRunInPiecesEqualsOneRun()
    {
        Weights weights;
        Rng rng(1);
        const Recurrent encoder(WeightScope(weights, rng), RecurrentKind::Lstm, 3, 5, {.layers = 2});
        const Tensor x = randomTensor({2, 10, 3}, rng);
        const Tensor zero = Tensor::zeros({2, 2, 5});
        const Recurrent::States whole = encoder.run(x, zero, zero, {});
        const Recurrent::States first = encoder.run(slice(x, 1, 0, 4), zero, zero, {});
        const Recurrent::States second = encoder.run(slice(x, 1, 4), first.hidden, first.cell, {});
        const auto close = [](const Tensor& a, const Tensor& b) {
            return std::ranges::equal(a.values(), b.values(),
                                      [](float p, float q) { return std::abs(p - q) < 1e-6F; });
        };
        QVERIFY(close(concat({first.outputs, second.outputs}, 1), whole.outputs));
        QVERIFY(close(second.cell, whole.cell));
        QVERIFY(close(encoder.outputs(x, {}), whole.outputs));
        QVERIFY(close(encoder.finalState(x, {}), select(whole.hidden, 0, 1)));
    }

    void lstmDropsOutOnlyBetweenLayersAndOnlyInTraining()
    {
        const Task task{.length = 12, .horizon = 3};
        const Batch batch = randomBatch(task, 2);
        const auto changes = [&](int layers, std::uint64_t seed) {
            const auto model = makeSeeded(
                modelEntry("lstm"), task,
                {{"hidden_size", std::int64_t{8}}, {"layers", std::int64_t{layers}}, {"dropout", 0.5}});
            Rng rng(seed);
            return model->forward(batch, {.training = true, .rng = &rng}).values() !=
                   model->forward(batch, {}).values();
        };
        QVERIFY(changes(2, 1));
        QVERIFY(!changes(1, 1));
    }

    void tcnNeverSeesTheFuture_data()
    {
        QTest::addColumn<QString>("block");
        QTest::newRow("residual") << "residual";
        QTest::newRow("plain") << "plain";
    }
    void tcnNeverSeesTheFuture()
    {
        QFETCH(const QString, block);
        const Task task{.length = 20, .horizon = 20};
        const auto model = makeSeeded(modelEntry("tcn"), task,
                                      {{"channels", std::string("4")},
                                       {"levels", std::int64_t{3}},
                                       {"block", block.toStdString()},
                                       {"head", std::string("over_time")}});
        fill(*model, "context.weight", 0.0F);
        Tensor context = weightOf(*model, "context.weight");
        for (int t = 0; t < 20; ++t)
            context.data()[t * 20 + t] = 1.0F;  // forecast step t reads the state of step t
        const Tensor past = randomBatch(task, 1).past;
        bool seesItself = false;
        for (std::int64_t t = 0; t < 20; ++t) {
            const std::vector<float> slopes = sensitivity(*model, past, t);
            for (size_t later = static_cast<size_t>(t) + 1; later < 20; ++later)
                QCOMPARE(slopes[later], 0.0F);
            seesItself = seesItself || slopes[static_cast<size_t>(t)] != 0;
        }
        QVERIFY(seesItself);
    }

    void tcnSeesAsFarAsTheFormulaSays_data()
    {
        QTest::addColumn<int>("kernel");
        QTest::addColumn<int>("levels");
        QTest::addColumn<QString>("block");
        for (const auto& [kernel, levels] : {std::pair{2, 1}, {2, 4}, {3, 3}, {5, 2}})
            for (const char* block : {"residual", "plain"})
                QTest::addRow("kernel %d, %d levels, %s", kernel, levels, block)
                    << kernel << levels << QString(block);
    }
    void tcnSeesAsFarAsTheFormulaSays()
    {
        QFETCH(const int, kernel);
        QFETCH(const int, levels);
        QFETCH(const QString, block);
        const Task task{.length = 64, .horizon = 1};
        const auto model = makeSeeded(modelEntry("tcn"), task,
                                      {{"channels", std::string("3")},
                                       {"levels", std::int64_t{levels}},
                                       {"kernel_size", std::int64_t{kernel}},
                                       {"block", block.toStdString()}});
        // All weights positive and the series positive: every ReLU is open and no path cancels another.
        for (const NamedWeight& weight : model->weights.all())
            fill(*model, weight.name, 0.1F);
        const std::vector<float> slopes = sensitivity(*model, Tensor::full({1, 64, 1}, 1.0F), 0);
        const auto first = std::ranges::find_if(slopes, [](float slope) { return slope != 0; });
        const int dilations = (1 << levels) - 1;  // 1 + 2 + 4 + …
        QCOMPARE(static_cast<int>(slopes.end() - first),
                 1 + (block == "plain" ? 1 : 2) * (kernel - 1) * dilations);
    }

    void tcnComputesWhatTheWholeStackWould_data()
    {
        QTest::addColumn<int>("length");
        QTest::addColumn<QString>("block");
        for (const int length : {6, 20, 29, 64}) {  // three residual levels see 29 steps, plain ones 15
            for (const char* block : {"residual", "plain"})
                QTest::addRow("%s, %d steps", block, length) << length << QString(block);
        }
    }
    void tcnComputesWhatTheWholeStackWould()
    {
        QFETCH(const int, length);
        QFETCH(const QString, block);
        const Task task{.length = length, .horizon = 3};
        const auto model = makeSeeded(
            modelEntry("tcn"), task,
            {{"channels", std::string("4,5,5")}, {"weight_norm", false}, {"block", block.toStdString()}});
        const Batch batch = randomBatch(task, 2);
        Tensor states = transpose(batch.past, 1, 2);
        for (int level = 0; level < 3; ++level) {
            const std::string name = "block" + std::to_string(level) + ".";
            const auto convolved = [&](const Tensor& x, const std::string& layer) {
                const Tensor weight = weightOf(*model, name + layer + ".weight");
                const std::int64_t dilation = std::int64_t{1} << level;
                return conv1d(x, weight, weightOf(*model, name + layer + ".bias"),
                              {.leftPad = (weight.size(2) - 1) * dilation, .dilation = dilation});
            };
            const Tensor first = relu(convolved(states, "conv1"));
            if (block == "plain") {
                states = first;
                continue;
            }
            const bool widens = states.size(1) != first.size(1);
            states =
                relu(relu(convolved(first, "conv2")) + (widens ? convolved(states, "downsample") : states));
        }
        const Tensor want = linear(select(states, 2, length - 1), weightOf(*model, "head.weight"),
                                   weightOf(*model, "head.bias"));
        const std::vector<float> got = model->forward(batch, {}).values();
        const std::vector<float> all = want.values();
        for (std::size_t i = 0; i < all.size(); ++i)
            QVERIFY(std::abs(got[i] - all[i]) <= 1e-5F * (1 + std::abs(all[i])));
    }

    void tcnWithSilentConvolutionsPassesTheSkip()
    {
        const Task task{.length = 8, .horizon = 1};
        const auto model = makeSeeded(modelEntry("tcn"), task, oneBlock);
        for (const char* name : {"block0.conv1.weight_g", "block0.conv2.weight_g", "block0.conv1.bias",
                                 "block0.conv2.bias", "head.bias"})
            fill(*model, name, 0.0F);
        fill(*model, "head.weight", 1.0F);
        for (const float last : {1.5F, -2.0F}) {
            Tensor past = randomBatch(task, 1).past;
            past.data()[7] = last;
            QCOMPARE(forecast(*model, past), std::vector<float>{std::max(last, 0.0F)});
        }
    }

    void tcnSkipsThroughAMapWhereWidthsDiffer()
    {
        const auto names = [](const char* channels) {
            const auto model = makeSeeded(modelEntry("tcn"), {}, {{"channels", std::string(channels)}});
            std::string all;
            for (const NamedWeight& weight : model->weights.all())
                all += weight.name + " ";
            return all;
        };
        QVERIFY(names("1,4,4").find("block1.downsample") != std::string::npos);
        QVERIFY(names("1,4,4").find("block0.downsample") == std::string::npos);
        QVERIFY(names("1,4,4").find("block2.downsample") == std::string::npos);
    }

    void weightNormForgetsTheLengthOfTheDirection()
    {
        const Task task{.length = 12, .horizon = 2};
        const auto model = makeSeeded(modelEntry("tcn"), task, {{"channels", std::string("4")}});
        const Tensor past = randomBatch(task, 1).past;
        const std::vector<float> before = forecast(*model, past);
        Tensor direction = weightOf(*model, "block1.conv2.weight_v");
        for (std::int64_t i = 0; i < direction.count(); ++i)
            direction.data()[i] *= 8.0F;  // a power of two: not even rounding changes
        QCOMPARE(forecast(*model, past), before);
        fill(*model, "block1.conv2.weight_g", 3.0F);
        QVERIFY(forecast(*model, past) != before);
    }

    void weightNormStartsAsTheWeightItself()
    {
        Weights weights;
        Rng rng(4);
        const CausalConv1d convolution(WeightScope(weights, rng), 3, 4, {.weightNorm = true});
        const std::vector<float> whole = weightNorm(convolution.weight, convolution.length).values();
        const std::vector<float> direction = convolution.weight.values();
        for (size_t i = 0; i < whole.size(); ++i)
            QVERIFY(std::abs(whole[i] - direction[i]) < 1e-6F);
    }

    void tcnNamesWhatIsWrongWithItsChannels_data()
    {
        QTest::addColumn<QString>("channels");
        QTest::addColumn<int>("levels");
        QTest::addColumn<QString>("message");
        const QString list =
            "channels is \"%1\"; it must be one width or a list of up to 12 widths from 1 to 1024, as in "
            "\"64,128,256\".";
        for (const char* text : {"", "0", "2.5", "8,,8", "8;8", "2000", "1,1,1,1,1,1,1,1,1,1,1,1,1"})
            QTest::newRow(text) << QString(text) << 0 << list.arg(text);
        QTest::newRow("two counts")
            << "8,8" << 3
            << "channels lists 2 widths, but levels is 3. List one width for all levels, or set "
               "levels to 0.";
    }
    void tcnNamesWhatIsWrongWithItsChannels()
    {
        QFETCH(const QString, channels);
        QFETCH(const int, levels);
        QFETCH(const QString, message);
        try {
            makeSeeded(modelEntry("tcn"), {},
                       {{"channels", channels.toStdString()}, {"levels", std::int64_t{levels}}});
            QFAIL("It was accepted.");
        } catch (const UsageError& error) {
            QCOMPARE(QString::fromUtf8(error.what()), message);
        }
    }
};

QTEST_APPLESS_MAIN(ModelFactsTest)
#include "tst_model_facts.moc"
