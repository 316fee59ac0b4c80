// SPDX-License-Identifier: GPL-3.0-or-later
// The gradient of every operation, layer, loss and model against differences, and the check itself: a
// gradient that is wrong by 1% in one tensor is found.
#include <QDir>
#include <QRegularExpression>
#include <QTest>
#include <algorithm>
#include <iterator>
#include <set>

#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_matmul.h"
#include "engine/autograd/tape.h"
#include "engine/gradcheck/cases.h"

using namespace fc;

namespace {

/// Comparisons and positions have no gradient.
const std::set<QString> withoutGradient = {"greater", "greaterEqual", "equal", "positions"};

/// x^2 whose gradient is wrong: that of `wrongAt`, or of all when -1, is multiplied by `factor`.
Tensor wrongSquare(const Tensor& x, float factor, std::int64_t wrongAt = -1)
{
    Tensor y;
    {
        const TapeScope notRecording(nullptr);
        y = square(x);
    }
    return record(y, {x}, [x, factor, wrongAt](const Tensor& dy, Grads& grads) {
        Tensor dx = (2.0F * x * dy).contiguous();
        for (std::int64_t i = 0; i < dx.count(); ++i)
            dx.data()[i] *= wrongAt < 0 || wrongAt == i ? factor : 1.0F;
        grads.add(0, dx);
    });
}

GradientCase caseOf(const std::vector<float>& values, const std::function<Tensor(const Tensor&)>& f)
{
    const Tensor x = Tensor::from({static_cast<std::int64_t>(values.size())}, values);
    return {.name = "case", .tensors = {{"x", x}}, .outputs = [x, f] { return std::vector<Tensor>{f(x)}; }};
}

const std::vector<float> someValues = {0.7F, -0.4F, 1.3F, 0.9F, -1.1F, 0.2F, -0.8F, 0.6F};

bool isOk(const GradientCase& example)
{
    return std::ranges::all_of(measureGradients(example),
                               [](const GradientMeasure& measure) { return judge(measure).ok; });
}

QString text(const GradientMeasure& measure, const GradientVerdict& verdict)
{
    return QString("%1: error %2, allowed %3, %4 derivatives, %5 left out")
        .arg(QString::fromStdString(measure.name))
        .arg(verdict.error)
        .arg(verdict.tolerance)
        .arg(verdict.checked)
        .arg(verdict.leftOut);
}

}  // namespace

Q_DECLARE_METATYPE(GradientCase)

class GradcheckTest : public QObject {
    Q_OBJECT

private slots:
    void operationsHaveTheirGradient_data() { rows(operationCases()); }
    void operationsHaveTheirGradient() { check(); }
    void layersHaveTheirGradient_data() { rows(layerCases()); }
    void layersHaveTheirGradient() { check(); }
    void lossesHaveTheirGradient_data() { rows(lossCases()); }
    void lossesHaveTheirGradient() { check(); }
    void modelsHaveTheirGradient_data()
    {
        std::vector<GradientCase> all;
        for (const ModelEntry& entry : models())
            std::ranges::move(modelCases(entry), std::back_inserter(all));
        rows(all);
    }
    void modelsHaveTheirGradient() { check(); }

    void everyOperationIsChecked()
    {
        std::set<QString> checked;
        for (const GradientCase& each : operationCases())
            checked.insert(QString::fromStdString(each.name).section(QRegularExpression("[ ,]"), 0, 0));
        // operators and functions that only say a case of another under its own name are those others
        const QRegularExpression declaration(
            R"(^(?:inline )?(?:Tensor|Picked|Spectrum|AttentionOutput|\w+Output|WindowStatistics|std::vector<Tensor>) (\w+)\()",
            QRegularExpression::MultilineOption);
        const QDir folder(FC_SOURCE_DIR "/engine/autograd");
        QStringList missing;
        int found = 0;
        for (const QString& file : folder.entryList({"ops_*.h"})) {
            QFile header(folder.filePath(file));
            QVERIFY(header.open(QIODevice::ReadOnly));
            auto matches = declaration.globalMatch(QString::fromUtf8(header.readAll()));
            while (matches.hasNext()) {
                const QString name = matches.next().captured(1);
                ++found;
                if (!checked.contains(name) && !withoutGradient.contains(name) && !missing.contains(name))
                    missing += name;
            }
        }
        QVERIFY(found > 100);
        QVERIFY2(missing.isEmpty(), qPrintable("Not in operationCases(): " + missing.join(", ")));
    }

    void aWrongGradientIsFound()
    {
        const auto with = [](float factor, std::int64_t at) {
            return isOk(caseOf(someValues, [=](const Tensor& x) { return wrongSquare(x, factor, at); }));
        };
        QVERIFY(with(1.0F, -1));
        QVERIFY(!with(1.01F, -1));
        QVERIFY(!with(0.99F, -1));
        QVERIFY(!with(-1.0F, -1));
        QVERIFY(!with(0.0F, -1));
        QVERIFY(!with(1.1F, 2));
        QVERIFY(!with(0.0F, 4));
    }

    void aMissingInputIsFound()
    {
        const Tensor a = Tensor::from({4}, std::vector<float>{0.5F, 1.0F, -0.7F, 0.3F});
        const Tensor b = Tensor::from({4}, std::vector<float>{1.5F, -1.0F, 0.2F, 0.8F});
        const auto ok = [&](bool detached) {
            return isOk({.name = "product", .tensors = {{"a", a}, {"b", b}}, .outputs = [=] {
                             return std::vector<Tensor>{a * (detached ? b.detach() : b)};
                         }});
        };
        QVERIFY(ok(false));
        QVERIFY(!ok(true));
    }

    void aTensorWithoutGradientIsFlat()
    {
        const GradientCase example = caseOf(someValues, [](const Tensor& x) { return x - x + 1.0F; });
        const std::vector<GradientMeasure> measures = measureGradients(example);
        QVERIFY(measures.front().isFlat);
        QVERIFY(judge(measures.front()).ok);
    }

    void kinksAreLeftOut()
    {
        // At 0 the slopes to both sides differ; the tape gives one of them.
        std::vector<float> values = someValues;
        values[3] = 0.0F;
        const std::vector<GradientMeasure> measures =
            measureGradients(caseOf(values, [](const Tensor& x) { return relu(x); }));
        const GradientVerdict verdict = judge(measures.front());
        QVERIFY(verdict.ok);
        QVERIFY(verdict.leftOut > 0);
        QVERIFY(verdict.checked > 0);
    }

    void theSameSeedMeasuresTheSame()
    {
        const auto measured = [] {
            const auto f = [](const Tensor& x) { return exp(x); };
            return measureGradients(caseOf(someValues, f)).front().slopes.back().numeric;
        };
        QCOMPARE(measured(), measured());
    }

    void theValuesAreSetBack()
    {
        const GradientCase example = caseOf(someValues, [](const Tensor& x) { return exp(x); });
        measureGradients(example);
        QCOMPARE(example.tensors.front().value.values(), someValues);
    }

private:
    static void rows(const std::vector<GradientCase>& cases)
    {
        QTest::addColumn<GradientCase>("example");
        for (const GradientCase& each : cases)
            QTest::newRow(each.name.c_str()) << each;
    }

    /// Every tensor of the case passes, and would not if its gradient were wrong by 1%.
    static void check()
    {
        QFETCH(const GradientCase, example);
        for (const GradientMeasure& measure : measureGradients(example)) {
            const GradientVerdict verdict = judge(measure);
            QVERIFY2(verdict.ok, qPrintable(text(measure, verdict)));
            QVERIFY(verdict.tolerance <= largestTolerance);
            for (const double wrong : {0.99, 1.01})
                QVERIFY2(measure.isFlat || !judge(measure, wrong).ok, qPrintable(text(measure, verdict)));
        }
    }
};

QTEST_GUILESS_MAIN(GradcheckTest)
#include "tst_gradcheck.moc"
