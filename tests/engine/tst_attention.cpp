// SPDX-License-Identifier: GPL-3.0-or-later
// Attention by tiles against attention with its weights stored, and rotary positions.
#include <QtTest>
#include <array>
#include <cmath>
#include <limits>
#include <thread>

#include "engine/autograd/ops_attention.h"
#include "engine/autograd/ops_index.h"
#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_matmul.h"
#include "engine/autograd/ops_reduce.h"
#include "engine/autograd/ops_shape.h"
#include "engine/autograd/tape.h"
#include "engine/base/parallel.h"
#include "tests/support/allocations.h"
#include "tests/support/golden.h"
#include "tests/support/gradcheck.h"

using namespace fc;

namespace {

using List = std::vector<Tensor>;
using Attend = std::function<Tensor(const List& v, const AttentionOptions& options)>;

Tensor byTiles(const List& v, const AttentionOptions& options)
{
    return attend(v[0], v[1], v[2], options);
}
Tensor byWeights(const List& v, const AttentionOptions& options)
{
    return attention(v[0], v[1], v[2], options).values;
}

struct Sizes {
    std::int64_t batch = 2, heads = 3, queries = 5, keys = 5, depth = 4;
};

List randomHeads(const Sizes& s, std::uint64_t seed)
{
    Rng rng(seed);
    return {randomTensor({s.batch, s.heads, s.queries, s.depth}, rng),
            randomTensor({s.batch, s.heads, s.keys, s.depth}, rng),
            randomTensor({s.batch, s.heads, s.keys, s.depth}, rng)};
}

/// The values and then the gradients of the inputs (and of the bias where there is one).
List valuesAndGrads(const Attend& run, const List& inputs, const AttentionOptions& options)
{
    Tape tape;
    List watched = inputs;
    if (options.bias.defined())
        watched.push_back(options.bias);
    for (const Tensor& input : watched)
        tape.watch(input);
    Tensor y;
    {
        const TapeScope scope(&tape);
        y = run(inputs, options);
    }
    Rng rng(5);
    const std::pair<Tensor, Tensor> seed{y, randomTensor(y.shape(), rng)};
    tape.backward(std::span(&seed, 1));
    List all{y};
    for (const Tensor& input : watched)
        all.push_back(tape.grad(input));
    return all;
}

/// Attention that carries the scores of some layers, of their projections.
using Carrying = std::function<Tensor(const List& projections)>;
constexpr std::int64_t carryingHeads = 3;

Tensor fused(const List& projections)
{
    CarriedLayers layers;
    for (const Tensor& projection : projections)
        layers.push(projection);
    return attendCarrying(layers, carryingHeads);
}

Tensor composed(const List& projections)
{
    const std::int64_t B = projections[0].size(0), T = projections[0].size(1), E = projections[0].size(2) / 3;
    const auto part = [&](const Tensor& projection, std::int64_t i) {
        const Tensor x = slice(projection, 2, i * E, (i + 1) * E);
        return transpose(reshape(x, {B, T, carryingHeads, E / carryingHeads}), 1, 2);
    };
    const float scale = 1.0F / std::sqrt(static_cast<float>(E / carryingHeads));
    Tensor scores = Tensor::zeros({1});
    for (const Tensor& projection : projections)
        scores = scores + matmul(part(projection, 0), transpose(part(projection, 1))) * scale;
    const Tensor values = matmul(softmax(scores, -1), part(projections.back(), 2));
    return flatten(transpose(values, 1, 2), 2, 3);
}

/// Every layer's values, each carrying the scores of those before, in one tensor.
Tensor stacked(const Carrying& run, const List& projections)
{
    Tensor all;
    for (std::size_t i = 1; i <= projections.size(); ++i) {
        const Tensor y = run(List(projections.begin(), projections.begin() + static_cast<std::ptrdiff_t>(i)));
        all = all.defined() ? concat({all, y}, 0) : y;
    }
    return all;
}

/// The values and then the gradients of the projections.
List carriedAndGrads(const Carrying& run, const List& projections)
{
    Tape tape;
    for (const Tensor& projection : projections)
        tape.watch(projection);
    Tensor y;
    {
        const TapeScope scope(&tape);
        y = stacked(run, projections);
    }
    Rng rng(21);
    const std::pair<Tensor, Tensor> seed{y, randomTensor(y.shape(), rng)};
    tape.backward(std::span(&seed, 1));
    List all{y};
    for (const Tensor& projection : projections)
        all.push_back(tape.grad(projection));
    return all;
}

/// The largest difference of any value.
float distance(const List& a, const List& b)
{
    float most = a.size() == b.size() ? 0.0F : std::numeric_limits<float>::infinity();
    for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
        const std::vector<float> p = a[i].values();
        const std::vector<float> q = b[i].values();
        for (std::size_t j = 0; j < p.size(); ++j)
            most = std::isnan(p[j] - q[j]) ? std::numeric_limits<float>::infinity()
                                           : std::max(most, std::abs(p[j] - q[j]));
    }
    return most;
}

/// The last `hidden` keys of entry 1 are padding.
Tensor paddingOf(const Sizes& s, std::int64_t hidden)
{
    Tensor mask = Tensor::zeros({s.batch, s.keys});
    for (std::int64_t j = s.keys - hidden; j < s.keys; ++j)
        mask.data()[s.keys + j] = 1.0F;
    return mask;
}

QString messageOf(const std::function<void()>& run)
{
    try {
        run();
    } catch (const Error& error) {
        return QString::fromStdString(error.what());
    }
    return {};
}

}  // namespace

class TestAttention : public QObject {
    Q_OBJECT

private slots:
    void init() { setThreadCount(1); }

    void tilesGiveWhatStoredWeightsDo_data()
    {
        QTest::addColumn<int>("queries");
        QTest::addColumn<int>("keys");
        QTest::addColumn<int>("depth");
        QTest::newRow("tiny") << 1 << 1 << 1;
        QTest::newRow("small") << 5 << 5 << 4;
        QTest::newRow("cross") << 5 << 7 << 4;
        QTest::newRow("patches") << 12 << 12 << 8;
        QTest::newRow("odd depth") << 13 << 17 << 19;
        QTest::newRow("whole registers") << 24 << 64 << 32;
        QTest::newRow("several tiles of queries") << 75 << 40 << 20;
        QTest::newRow("several tiles of keys") << 30 << 531 << 9;
        QTest::newRow("more queries than keys") << 50 << 20 << 16;
    }
    void tilesGiveWhatStoredWeightsDo()
    {
        QFETCH(const int, queries);
        QFETCH(const int, keys);
        QFETCH(const int, depth);
        const Sizes s{.queries = queries, .keys = keys, .depth = depth};
        const List v = randomHeads(s, 3);
        Rng rng(4);
        const Tensor padding = paddingOf(s, keys / 2);
        const Tensor full = randomTensor({2, 3, queries, keys}, rng);
        const Tensor shared = randomTensor({queries, keys}, rng);
        const Tensor perHead = randomTensor({3, 1, 1}, rng);
        for (const AttentionOptions& options : std::vector<AttentionOptions>{
                 {},
                 {.causal = true},
                 {.scale = 0.7F},
                 {.keyPaddingMask = padding},
                 {.bias = full},
                 {.bias = shared},
                 {.causal = true, .scale = 1.5F, .keyPaddingMask = padding, .bias = perHead}}) {
            const float most =
                distance(valuesAndGrads(byTiles, v, options), valuesAndGrads(byWeights, v, options));
            // Sums of some hundred products of numbers below 2.
            QVERIFY2(most < 5e-6F, qPrintable(QString::number(most)));
        }
    }

    void tilesMatchTheReferenceCases()
    {
        int count = 0;
        for (const GoldenCase& golden : goldenCases("ops")) {
            if (golden.op() != "sdpa")
                continue;
            ++count;
            const auto differences = checkGolden(golden, [&](const GoldenValues& v) {
                const auto optional = [&](const char* name) {
                    return v.contains(name) ? v.at(name) : Tensor();
                };
                AttentionOptions options{.causal = golden.setting("causal", false),
                                         .keyPaddingMask = optional("key_padding_mask"),
                                         .bias = optional("attn_bias")};
                if (!golden.config.at("scale").is_null())
                    options.scale = golden.config.at("scale").get<float>();
                return GoldenValues{{"out", attend(v.at("q"), v.at("k"), v.at("v"), options)},
                                    {"attn", attention(v.at("q"), v.at("k"), v.at("v"), options).weights}};
            });
            QVERIFY2(differences.empty(), differences.empty() ? "" : differences.front().c_str());
        }
        if (count == 0)
            QSKIP("There are no reference cases here.");
    }

    void gradientsMatchDifferences()
    {
        const auto run = [](const List& v) {
            return attend(v[0], v[1], v[2], {.causal = true, .bias = v[3]});
        };
        Rng rng(6);
        List inputs = randomHeads({.batch = 1, .heads = 2, .queries = 3, .keys = 4, .depth = 3}, 7);
        inputs.push_back(randomTensor({2, 3, 4}, rng));
        QCOMPARE(QString::fromStdString(gradcheck(run, inputs)), QString());
    }

    void viewsAreReadInPlace()
    {
        // q, k and v side by side in one projection [B, T, 3 heads D], as an attention layer makes them.
        const std::int64_t B = 2, T = 11, H = 3, D = 8;
        Rng rng(8);
        const Tensor projection = randomTensor({B, T, 3 * H * D}, rng);
        const auto part = [&](const Tensor& x, std::int64_t i) {
            return transpose(reshape(slice(x, 2, i * H * D, (i + 1) * H * D), {B, T, H, D}), 1, 2);
        };
        const auto views = [&](const List& v) { return List{part(v[0], 0), part(v[0], 1), part(v[0], 2)}; };
        const auto run = [&](const List& v, const AttentionOptions& o) { return byTiles(views(v), o); };
        const auto copied = [&](const List& v, const AttentionOptions& o) { return byWeights(views(v), o); };
        QVERIFY(distance(valuesAndGrads(run, {projection}, {}), valuesAndGrads(copied, {projection}, {})) <
                2e-6F);
        // Depth as the slowest axis.
        List turned = randomHeads({.depth = 6}, 9);
        for (Tensor& x : turned)
            x = transpose(transpose(x).clone());
        QVERIFY(distance({byTiles(turned, {})}, {byWeights(turned, {})}) < 2e-6F);
        const Tensor joined = flatten(transpose(byTiles(turned, {}), 1, 2), 2, 3);
        QVERIFY(joined.shape() == (Shape{2, 5, 18}));
    }

    void selfAttentionOfOneProjectionEqualsItsParts_data()
    {
        QTest::addColumn<bool>("turned");
        QTest::addColumn<bool>("interleaved");
        QTest::newRow("plain") << false << false;
        QTest::newRow("turned halves") << true << false;
        QTest::newRow("turned neighbours") << true << true;
    }
    void selfAttentionOfOneProjectionEqualsItsParts()
    {
        QFETCH(const bool, turned);
        QFETCH(const bool, interleaved);
        const std::int64_t B = 2, T = 45, H = 3, D = 20;
        Rng rng(18);
        const Tensor projection = randomTensor({B, T, 3 * H * D}, rng);
        const RotaryTable table = turned ? rotaryTable(50, 16) : RotaryTable();
        const auto part = [&](const Tensor& x, std::int64_t i) {
            const Tensor heads =
                transpose(reshape(slice(x, 2, i * H * D, (i + 1) * H * D), {B, T, H, D}), 1, 2);
            return turned && i < 2 ? rotary(heads, table, {.interleaved = interleaved}) : heads;
        };
        const auto run = [&](const List& v, const AttentionOptions& options) {
            return selfAttend(v[0], H, options, {.table = table, .interleaved = interleaved});
        };
        const auto byParts = [&](const List& v, const AttentionOptions& options) {
            const Tensor y = attend(part(v[0], 0), part(v[0], 1), part(v[0], 2), options);
            return flatten(transpose(y, 1, 2), 2, 3);
        };
        const Tensor bias = randomTensor({H, T, T}, rng);
        for (const AttentionOptions& options : std::vector<AttentionOptions>{
                 {}, {.causal = true}, {.keyPaddingMask = paddingOf({.keys = T}, 9), .bias = bias}}) {
            const List one = valuesAndGrads(run, {projection}, options);
            const List many = valuesAndGrads(byParts, {projection}, options);
            QVERIFY(distance(one, many) < 2e-6F);
            QCOMPARE(run({projection}, options).values(), one[0].values());
        }
        QVERIFY(!messageOf([&] { selfAttend(projection, 7); }).isEmpty());
        QVERIFY(!messageOf([&] { selfAttend(projection, H, {}, {.table = rotaryTable(44, 16)}); }).isEmpty());
    }

    void carriedScoresGiveWhatTheComposedFormDoes_data()
    {
        QTest::addColumn<int>("steps");
        QTest::addColumn<int>("depth");
        for (const int steps : {1, 12, 17, 41, 62, 150}) {
            for (const int depth : {2, 5, 8, 19, 32})
                QTest::addRow("%d steps, depth %d", steps, depth) << steps << depth;
        }
    }
    void carriedScoresGiveWhatTheComposedFormDoes()
    {
        QFETCH(const int, steps);
        QFETCH(const int, depth);
        Rng rng(22);
        List projections;
        for (int layers = 1; layers <= 4; ++layers) {
            projections.push_back(randomTensor({2, steps, 3 * carryingHeads * depth}, rng));
            const List one = carriedAndGrads(fused, projections);
            const float most = distance(one, carriedAndGrads(composed, projections));
            // Sums of up to 150 products of numbers of size 1.
            QVERIFY2(most < 5e-5F, qPrintable(QString::number(most)));
            QCOMPARE(stacked(fused, projections).values(), one[0].values());
        }
    }

    void oneProjectionMayStandForSeveralLayers()
    {
        Rng rng(23);
        const Tensor projection = randomTensor({2, 13, 3 * carryingHeads * 8}, rng);
        const List twice{projection, projection};
        QVERIFY(distance(carriedAndGrads(fused, twice), carriedAndGrads(composed, twice)) < 1e-5F);
    }

    void layersThatWantNoGradientAreLeftOut()
    {
        Rng rng(26);
        const List both{randomTensor({2, 13, 3 * carryingHeads * 8}, rng),
                        randomTensor({2, 13, 3 * carryingHeads * 8}, rng)};
        for (const std::size_t fixed : {0U, 1U}) {
            const auto one = [&](const Carrying& run) {
                return carriedAndGrads(
                    [&](const List& wanted) {
                        return run(fixed == 0 ? List{both[0], wanted[0]} : List{wanted[0], both[1]});
                    },
                    {both[1 - fixed]});
            };
            QVERIFY(distance(one(fused), one(composed)) < 1e-5F);
        }
    }

    void carriedScoresDependOnNoThreads()
    {
        Rng rng(24);
        const List projections{randomTensor({9, 70, 3 * carryingHeads * 8}, rng),
                               randomTensor({9, 70, 3 * carryingHeads * 8}, rng)};
        const List one = carriedAndGrads(fused, projections);
        for (const int threads : {2, 3}) {
            setThreadCount(threads);
            const List many = carriedAndGrads(fused, projections);
            for (std::size_t i = 0; i < one.size(); ++i)
                QCOMPARE(many[i].values(), one[i].values());
        }
    }

    void carriedScoresMayBeLarge()
    {
        Rng rng(25);
        const List projections{randomTensor({1, 20, 3 * carryingHeads * 8}, rng) * 30.0F};
        const List one = carriedAndGrads(fused, projections);
        QVERIFY(distance({one[0]}, {composed(projections)}) < 1e-3F);
        for (const Tensor& x : one) {
            for (const float value : x.values())
                QVERIFY(std::isfinite(value));
        }
    }

    void carryingRefusesWhatDoesNotFit()
    {
        CarriedLayers layers;
        layers.push(Tensor::zeros({2, 5, 18}));
        QCOMPARE(
            messageOf([&] { attendCarrying(layers, 4); }),
            QString("The operation attendCarrying cannot cut the shape [2, 5, 18] into queries, keys and "
                    "values of 4 heads."));
        layers.push(Tensor::zeros({2, 4, 18}));
        QCOMPARE(messageOf([&] { attendCarrying(layers, 3); }),
                 QString("The operation attendCarrying got layers of the shapes [2, 5, 18] and [2, 4, 18]."));
        while (layers.count < layers.projections.size())
            layers.push(Tensor::zeros({2, 5, 18}));
        QCOMPARE(messageOf([&] {
                     layers.push(Tensor::zeros({2, 5, 18}));
                 }),
                 QString("Attention cannot carry the scores of more than 32 layers."));
    }

    void threadsChangeNoBit()
    {
        const Sizes s{.batch = 3, .heads = 4, .queries = 90, .keys = 130, .depth = 24};
        const List v = randomHeads(s, 10);
        const auto run = [&](const List& inputs, const AttentionOptions& options) {
            Rng rng(2);
            AttentionOptions withDropout = options;
            withDropout.rng = &rng;
            return byTiles(inputs, withDropout);
        };
        const AttentionOptions options{.causal = true, .dropout = 0.2F};
        const List one = valuesAndGrads(run, v, options);
        for (const int threads : {2, 3}) {
            setThreadCount(threads);
            const List many = valuesAndGrads(run, v, options);
            for (std::size_t i = 0; i < one.size(); ++i)
                QCOMPARE(many[i].values(), one[i].values());
        }
    }

    void dropoutZeroesTheSameWeightsInBothForms()
    {
        // With a multiple of 64 keys both forms take the same numbers for the same weights.
        const List v = randomHeads({.queries = 20, .keys = 256, .depth = 8}, 11);
        const auto with = [](const Attend& attendBy) {
            return [&attendBy](const List& inputs, const AttentionOptions& options) {
                Rng rng(3);
                AttentionOptions withDropout = options;
                withDropout.rng = &rng;
                const Tensor y = attendBy(inputs, withDropout);
                if (rng.position() != std::uint64_t{2 * 3 * 20 * 256 / 2})
                    throw Error(Message(TR("test", "wrong count of words")));
                return y;
            };
        };
        const Attend tiles = byTiles;
        const Attend weights = byWeights;
        const AttentionOptions options{.dropout = 0.3F};
        QVERIFY(distance(valuesAndGrads(with(tiles), v, options), valuesAndGrads(with(weights), v, options)) <
                5e-6F);
        QVERIFY(distance({with(tiles)(v, options)}, {byTiles(v, {})}) > 0.01F);
    }

    void queryWithoutKeysGivesZeros()
    {
        const Sizes s;
        const List v = randomHeads(s, 12);
        const List all = valuesAndGrads(byTiles, v, {.keyPaddingMask = paddingOf(s, s.keys)});
        for (const Tensor& x : all) {
            for (const float value : select(x, 0, 1).values())
                QCOMPARE(value, 0.0F);
            for (const float value : x.values())
                QVERIFY(std::isfinite(value));
        }
    }

    void largeScoresDoNotOverflow()
    {
        List v = randomHeads({.queries = 40, .keys = 300, .depth = 16}, 13);
        v[0] = v[0] * 1000.0F;
        QVERIFY(distance({byTiles(v, {})}, {byWeights(v, {})}) < 1e-4F);
    }

    void nothingOfTheSizeOfTheScoresIsKept()
    {
        const std::int64_t T = 2048;
        std::int64_t most = 0;
        // A thread of its own has seen no other test.
        std::thread([&] {
            const List v = randomHeads({.batch = 1, .heads = 2, .queries = T, .keys = T, .depth = 8}, 14);
            const std::int64_t before = poolStats().bytesInUse;
            valuesAndGrads(byTiles, v, {});
            most = poolStats().bytesPeak - before;
        }).join();
        const std::int64_t scores = 2 * T * T * 4;
        QVERIFY(most > 0 && most < scores / 8);
    }

    void steadyStepAllocatesNothing()
    {
        const List v = randomHeads({.queries = 20, .keys = 20, .depth = 16}, 15);
        const RotaryTable table = rotaryTable(20, 16);
        const Tensor projection = Tensor::full({2, 20, 48}, 0.5F);
        Tape tape;
        const auto step = [&] {
            tape.clear();
            for (const Tensor& input : v)
                tape.watch(input);
            tape.watch(projection);
            Tensor y;
            {
                const TapeScope scope(&tape);
                y = attend(rotary(v[0], table), rotary(v[1], table), v[2], {.causal = true});
            }
            CarriedLayers layers;
            layers.push(projection);
            layers.push(projection);
            Tensor carried;
            {
                const TapeScope scope(&tape);
                carried = attendCarrying(layers, 2);
            }
            const std::array seeds{std::pair{y, y}, std::pair{carried, carried}};
            tape.backward(seeds);
        };
        for (int i = 0; i < 3; ++i)
            step();
        const std::int64_t before = heapAllocations();
        step();
        QCOMPARE(heapAllocations(), before);
    }

    void wrongShapesAreNamed()
    {
        const List v = randomHeads({}, 16);
        QCOMPARE(messageOf([&] {
                     attend(v[0], v[1], Tensor::zeros({2, 3, 4, 4}));
                 }),
                 QString("The operation attention cannot combine queries [2, 3, 5, 4], keys [2, 3, 5, 4] and "
                         "values [2, 3, 4, 4]."));
        QCOMPARE(messageOf([&] {
                     attend(v[0], v[1], v[2], {.keyPaddingMask = Tensor::zeros({2, 4})});
                 }),
                 QString("The operation attention got a padding mask [2, 4] for keys [2, 3, 5, 4]."));
        QVERIFY(!messageOf([&] { attend(v[0], v[1], v[2], {.bias = Tensor::zeros({4, 5})}); }).isEmpty());
        QVERIFY(!messageOf([&] { attend(v[0], v[1], v[2], {.dropout = 1.0F}); }).isEmpty());
    }

    void rotaryTurnsByTheAngleOfThePosition_data()
    {
        QTest::addColumn<bool>("interleaved");
        QTest::newRow("halves") << false;
        QTest::newRow("neighbours") << true;
    }
    void rotaryTurnsByTheAngleOfThePosition()
    {
        QFETCH(const bool, interleaved);
        Rng rng(17);
        const std::int64_t T = 7, D = 10, turned = 6, offset = 3;
        const Tensor x = randomTensor({2, T, D}, rng);
        const RotaryOptions options{
            .dimensions = turned, .offset = offset, .base = 500.0, .interleaved = interleaved};
        const Tensor y = rotary(x, options);
        for (std::int64_t i = 0; i < x.count(); ++i) {
            const std::int64_t t = i / D % T, d = i % D;
            float wanted = x.data()[i];
            if (d < turned) {
                const std::int64_t pair = interleaved ? d / 2 : d % (turned / 2);
                const bool isFirst = interleaved ? d % 2 == 0 : d < turned / 2;
                const std::int64_t distanceToOther = interleaved ? 1 : turned / 2;
                const double angle = static_cast<double>(t + offset) *
                                     std::pow(500.0, -2.0 * static_cast<double>(pair) / turned);
                const double a = x.data()[i];
                const double b = x.data()[isFirst ? i + distanceToOther : i - distanceToOther];
                wanted = static_cast<float>(a * std::cos(angle) + (isFirst ? -b : b) * std::sin(angle));
            }
            QVERIFY(std::abs(y.data()[i] - wanted) < 1e-6F);
        }
        QCOMPARE(rotary(x, rotaryTable(20, turned, 500.0), options).values(), y.values());
        const auto run = [&](const List& v) { return rotary(v[0], options); };
        QCOMPARE(QString::fromStdString(gradcheck(run, {x})), QString());
        const Tensor view = transpose(transpose(x).clone());
        QCOMPARE(rotary(view, options).values(), y.values());
    }

    void rotaryRefusesATableThatIsTooShort()
    {
        const RotaryTable table = rotaryTable(5, 4);
        QVERIFY(!messageOf([&] { rotary(Tensor::zeros({6, 4}), table); }).isEmpty());
        QVERIFY(!messageOf([&] { rotary(Tensor::zeros({4, 4}), table, {.offset = 2}); }).isEmpty());
        QVERIFY(!messageOf([&] { rotary(Tensor::zeros({4, 2}), table); }).isEmpty());
        QVERIFY(!messageOf([&] { rotaryTable(5, 3); }).isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestAttention)
#include "tst_attention.moc"
