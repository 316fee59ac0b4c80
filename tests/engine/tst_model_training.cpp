// SPDX-License-Identifier: GPL-3.0-or-later
// That every model of the registry can be trained: true gradients, a falling loss, steps that allocate
// nothing.
#include <QTest>
#include <algorithm>
#include <cmath>
#include <functional>

#include "engine/autograd/tape.h"
#include "engine/loss/loss.h"
#include "engine/optim/optimizer.h"
#include "tests/support/allocations.h"
#include "tests/support/model_cases.h"

using namespace fc;

namespace {

/// Training steps on one batch.
class Training {
public:
    explicit Training(const Model& model) : m_model(model), m_optimizer({.learningRate = 0.01}, model.weights)
    {
    }

    double step(const Batch& batch)
    {
        m_tape.clear();
        const TapeScope scope(&m_tape);
        for (const NamedWeight& weight : m_optimizer.weights())
            m_tape.watch(weight.value);
        const Tensor value =
            loss({}, m_model.forward(batch, {.training = true, .rng = &m_rng}), batch.target);
        m_tape.backward(value);
        for (size_t i = 0; i < m_gradients.size(); ++i)
            m_gradients[i] = m_tape.grad(m_optimizer.weights()[i].value);
        m_optimizer.step(m_gradients, 0.01, m_optimizer.clip({}, m_gradients));
        return value.item();
    }

private:
    const Model& m_model;
    Optimizer m_optimizer;
    std::vector<Tensor> m_gradients = std::vector<Tensor>(m_optimizer.weights().size());
    Tape m_tape;
    Rng m_rng{2};
};

/// Windows of one sine of period 12, each at another phase.
Batch sineBatch(const Task& task, int size)
{
    Batch batch = randomBatch(task, size);
    for (int row = 0; row < size; ++row)
        for (int t = 0; t < task.length + task.horizon; ++t) {
            float* place = t < task.length ? batch.past.data() + row * task.length + t
                                           : batch.target.data() + row * task.horizon + t - task.length;
            *place = static_cast<float>(std::sin(0.5236 * t + row));
        }
    return batch;
}

}  // namespace

class ModelTrainingTest : public QObject {
    Q_OBJECT

private slots:
    void everyGradientIsASlope_data() { everyVariant(); }
    void everyGradientIsASlope()
    {
        QFETCH(const QString, id);
        QFETCH(const ParamValues, values);
        const ModelEntry& entry = modelEntry(id.toStdString());
        const Task task = possible(fullTask, entry);
        const auto model = makeSeeded(entry, task, values);
        const Batch batch = randomBatch(task, 3);
        Rng rng(11);
        const Tensor cotangent = randomTensor({3, task.horizon, task.channels, task.outputs}, rng);

        Tape tape;
        {
            const TapeScope scope(&tape);
            for (const NamedWeight& weight : model->weights.all())
                tape.watch(weight.value);
            tape.backward(std::vector{std::pair{model->forward(batch, {}), cotangent}});
        }
        const auto objective = [&] {
            const std::vector<float> y = model->forward(batch, {}).values();
            double sum = 0;
            for (size_t i = 0; i < y.size(); ++i)
                sum += double{y[i]} * cotangent.data()[i];
            return sum;
        };
        for (const NamedWeight& weight : model->weights.all()) {
            const std::vector<float> gradient = tape.grad(weight.value).values();
            checkAlongDirections(weight, gradient, objective, rng);
        }
    }

    void lossFallsOnASine_data() { everyVariant(); }
    void lossFallsOnASine()
    {
        QFETCH(const QString, id);
        QFETCH(const ParamValues, values);
        const Task task{.length = 24, .horizon = 4};
        const auto model = makeSeeded(modelEntry(id.toStdString()), task, values);
        const Batch batch = sineBatch(task, 32);
        Training training(*model);
        double last = 0;
        const double first = training.step(batch);
        for (int i = 0; i < 200; ++i)
            last = training.step(batch);
        QVERIFY2(last < 0.2 * first, qPrintable(QString("%1 -> %2").arg(first).arg(last)));
    }

    void aSteadyTrainingStepAllocatesNothing_data() { everyVariant(); }
    void aSteadyTrainingStepAllocatesNothing()
    {
        QFETCH(const QString, id);
        QFETCH(const ParamValues, values);
        const ModelEntry& entry = modelEntry(id.toStdString());
        const Task task =
            possible({.length = 12, .horizon = 4, .pastCovariates = 1, .futureCovariates = 2}, entry);
        const auto model = makeSeeded(entry, task, values);
        const Batch batch = randomBatch(task, 4);
        Training training(*model);
        for (int i = 0; i < 3; ++i)
            training.step(batch);
        const std::int64_t before = heapAllocations();
        const std::int64_t poolBefore = poolStats().heapAllocations;
        training.step(batch);
        QCOMPARE(heapAllocations() - before, std::int64_t{0});
        QCOMPARE(poolStats().heapAllocations - poolBefore, std::int64_t{0});
    }

private:
    static void everyVariant()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<ParamValues>("values");
        for (const ModelEntry& entry : models()) {
            QTest::newRow(entry.id.c_str()) << QString::fromStdString(entry.id) << smallValues(entry);
            for (const Variant& variant : variants())
                if (variant.model == entry.id)
                    QTest::addRow("%s, %s", entry.id.c_str(), variant.name)
                        << QString::fromStdString(entry.id) << with(smallValues(entry), variant.values);
        }
    }

    /// Along random ±1 directions through all numbers of a weight, the slopes of a small step forward and one
    /// back enclose the gradient's, also across a kink of ReLU on one side. The models are float32 inside:
    /// sums of some ten forecasts carry errors near 1e-6, which over a step of 5e-4 is the absolute
    /// tolerance; the two percent of the gradient's length are for kinks on both sides.
    static void checkAlongDirections(const NamedWeight& weight, const std::vector<float>& gradient,
                                     const std::function<double()>& objective, Rng& rng)
    {
        double squares = 0;
        for (const float slope : gradient)
            squares += double{slope} * slope;
        QVERIFY2(squares > 0, weight.name.c_str());
        Tensor value = weight.value;
        const Tensor start = weight.value.clone();
        for (int repeat = 0; repeat < 3; ++repeat) {
            double expected = 0;
            std::vector<float> direction(gradient.size());
            for (size_t i = 0; i < gradient.size(); ++i) {
                direction[i] = rng.bits() % 2 == 0 ? 1.0F : -1.0F;
                expected += double{gradient[i]} * direction[i];
            }
            const double step = 5e-4;
            const auto at = [&](double distance) {
                for (size_t i = 0; i < direction.size(); ++i)
                    value.data()[i] = start.data()[i] + static_cast<float>(distance) * direction[i];
                return objective();
            };
            const double here = at(0);
            const double forward = (at(step) - here) / step;
            const double back = (here - at(-step)) / step;
            copyInto(value, start);
            const double tolerance = 0.02 * std::sqrt(squares) + 5e-3;
            QVERIFY2(expected >= std::min(forward, back) - tolerance &&
                         expected <= std::max(forward, back) + tolerance,
                     qPrintable(QString("%1: gradient %2, slopes %3 and %4")
                                    .arg(weight.name.c_str())
                                    .arg(expected)
                                    .arg(forward)
                                    .arg(back)));
        }
    }
};

QTEST_APPLESS_MAIN(ModelTrainingTest)
#include "tst_model_training.moc"
