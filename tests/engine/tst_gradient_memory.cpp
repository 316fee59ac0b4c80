// SPDX-License-Identifier: GPL-3.0-or-later
// Gradients that overwrite what nobody else looks at, and results that are made again instead of kept.
#include <QtTest>
#include <algorithm>
#include <iterator>

#include "engine/autograd/linear_of.h"
#include "engine/autograd/ops_conv.h"
#include "engine/autograd/ops_gated.h"
#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_norm.h"
#include "engine/autograd/ops_random.h"
#include "engine/autograd/ops_reduce.h"
#include "tests/support/gradcheck.h"

using namespace fc;

namespace {

using List = std::vector<Tensor>;

/// An operation of one input.
struct OpCase {
    TensorFunction f;
};

}  // namespace

Q_DECLARE_METATYPE(OpCase)

class GradientMemoryTest : public QObject {
    Q_OBJECT

private slots:
    void workingInPlaceShowsNowhere_data()
    {
        QTest::addColumn<OpCase>("op");
        const auto row = [](const char* name, const TensorFunction& f) { QTest::newRow(name) << OpCase{f}; };
        Rng rng(31);
        const Tensor weight = randomTensor({6, 4}, rng);
        const Tensor taps = randomTensor({6, 6, 3}, rng);
        row("linear", [=](const List& v) { return linear(v[0], weight); });
        row("linearRelu", [=](const List& v) { return linearRelu(v[0], weight); });
        row("swiglu", [](const List& v) { return swiglu(v[0]); });
        row("dropout", [](const List& v) {
            Rng words(3);
            return dropout(v[0], 0.4F, words);
        });
        row("batchNorm", [](const List& v) {
            RunningStatistics running{Tensor::zeros({6}), Tensor::full({6}, 1.0F)};
            return batchNorm(v[0], {}, {}, running, true);
        });
        row("conv1d, cut at 0", [=](const List& v) { return conv1d(v[0], taps, {}, {.relu = true}); });
    }
    void workingInPlaceShowsNowhere()
    {
        QFETCH(const OpCase, op);
        Rng rng(32);
        const Tensor x = randomTensor({5, 6, 4}, rng);
        const Tensor weight = randomTensor({5, 6, 4}, rng);
        // Input and result of the operation are held by somebody, or by the tape alone.
        bool changed = false;
        const auto gradient = [&](bool held) {
            Tape tape;
            tape.watch(x);
            List kept;
            Tensor loss;
            {
                const TapeScope scope(&tape);
                Tensor input = x + weight;
                Tensor y = op.f({input});
                if (held)
                    kept = {input, y, input.clone(), y.clone()};
                loss = sum(square(y)) + sum(input * weight);
            }
            tape.backward(loss);
            changed =
                changed ||
                (held && (kept[0].values() != kept[2].values() || kept[1].values() != kept[3].values()));
            return tape.grad(x).values();
        };
        QCOMPARE(gradient(false), gradient(true));
        QVERIFY(!changed);
    }

    void linearOfGivesWhatLinearDoesWithoutItsInput()
    {
        Rng rng(33);
        const Tensor x = randomTensor({64, 32}, rng);
        const Tensor norm = randomTensor({32}, rng);
        const Tensor weight = randomTensor({8, 32}, rng);
        const Tensor bias = randomTensor({8}, rng);
        std::int64_t kept[2] = {};
        const auto run = [&](bool again) {
            Tape tape;
            for (const Tensor& leaf : {x, norm, weight, bias})
                tape.watch(leaf);
            const std::int64_t before = poolStats().bytesInUse;
            Tensor y;
            {
                const TapeScope scope(&tape);
                const auto make = [&] { return rmsNorm(x, norm); };
                y = again ? linearOf(make, weight, bias) : linear(make(), weight, bias);
            }
            kept[again ? 1 : 0] = poolStats().bytesInUse - before;
            const std::pair<Tensor, Tensor> seed{y, y};
            tape.backward(std::span(&seed, 1));
            std::vector<float> all = y.values();
            for (const Tensor& leaf : {x, norm, weight, bias})
                std::ranges::copy(tape.grad(leaf).values(), std::back_inserter(all));
            return all;
        };
        QCOMPARE(run(true), run(false));
        QVERIFY(kept[1] <= kept[0] - 64 * 32 * 4);
    }
};

QTEST_APPLESS_MAIN(GradientMemoryTest)
#include "tst_gradient_memory.moc"
