// SPDX-License-Identifier: GPL-3.0-or-later
// The learning rate over time.
#include <QTest>
#include <cmath>
#include <numbers>

#include "engine/optim/plateau.h"
#include "engine/optim/schedule.h"

using namespace fc;

class ScheduleTest : public QObject {
    Q_OBJECT

private slots:
    void schedulesTakeTheirMarkedValues_data()
    {
        QTest::addColumn<QString>("schedule");
        QTest::addColumn<int>("step");
        QTest::addColumn<double>("rate");
        const auto row = [](const char* schedule, int step, double rate) {
            QTest::addRow("%s at %d", schedule, step) << QString(schedule) << step << rate;
        };
        // base 1, 100 steps in all, 10 of warm-up, a drop to a quarter each 20, a tenth left at the end
        row("constant", 0, 1.0);
        row("constant", 5000, 1.0);
        row("step", 19, 1.0);
        row("step", 20, 0.25);
        row("step", 45, 0.0625);
        row("exponential", 10, 0.5);
        row("polynomial", 0, 1.0);
        row("polynomial", 50, 0.1 + 0.9 * 0.25);
        row("polynomial", 100, 0.1);
        row("cosine", 0, 1.0);
        row("cosine", 50, 0.55);
        row("cosine", 100, 0.1);
        row("cosine", 170, 0.1);
        row("warmup_constant", 0, 0.1);
        row("warmup_constant", 9, 1.0);
        row("warmup_constant", 60, 1.0);
        row("warmup_cosine", 4, 0.5);
        row("warmup_cosine", 10, 1.0);
        row("warmup_cosine", 55, 0.55);
        row("warmup_cosine", 100, 0.1);
        row("one_cycle", 0, 0.04);
        row("one_cycle", 29, 1.0);
        row("one_cycle", 99, 0.04 / 1e4);
        row("inverse_sqrt", 4, 0.5);
        row("inverse_sqrt", 9, 1.0);
        row("inverse_sqrt", 39, 0.5);
        // low at a fifth, milestones 30 and 60, four steps up and six down
        row("low_start", 99, 0.2);
        row("low_start", 100, 1.0);
        row("multi_step", 29, 1.0);
        row("multi_step", 30, 0.25);
        row("multi_step", 60, 0.0625);
        row("linear", 0, 1.0);
        row("linear", 50, 0.55);
        row("linear", 200, 0.1);
        row("cosine_restarts", 50, 0.55);
        row("cosine_restarts", 100, 1.0);
        row("cosine_restarts", 200, 0.55);
        row("cosine_restarts", 299, 0.1 + 0.45 * (1 + std::cos(std::numbers::pi * 199 / 200)));
        row("cosine_restarts", 300, 1.0);
        row("warmup_linear", 4, 0.5);
        row("warmup_linear", 55, 0.55);
        row("warmup_linear", 300, 0.1);
        row("cyclic", 0, 0.2);
        row("cyclic", 4, 1.0);
        row("cyclic", 7, 0.6);
        row("cyclic", 10, 0.2);
        row("cyclic", 12, 0.6);
        row("plateau", 70, 1.0);
    }
    void schedulesTakeTheirMarkedValues()
    {
        QFETCH(const QString, schedule);
        QFETCH(const int, step);
        QFETCH(const double, rate);
        const ScheduleParams params{.schedule = schedule.toStdString(),
                                    .warmupSteps = 10,
                                    .stepEvery = 20,
                                    .stepFactor = 0.25,
                                    .milestones = "30,60",
                                    .power = 2.0,
                                    .lowShare = 0.2,
                                    .finalShare = 0.1,
                                    .periodFactor = 2,
                                    .riseSteps = 4,
                                    .fallSteps = 6};
        QVERIFY(std::abs(Schedule(params, 1.0, 100).rate(step) - rate) < 1e-12);
        QVERIFY(std::abs(Schedule(params, 0.02, 100).rate(step) - 0.02 * rate) < 1e-12);
    }

    void everyScheduleStaysBetweenZeroAndItsBase_data()
    {
        QTest::addColumn<QString>("schedule");
        const Schema schema = schemaOf<ScheduleParams>();
        for (const std::string& name : find(schema, "schedule")->spec.choices)
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }
    void everyScheduleStaysBetweenZeroAndItsBase()
    {
        QFETCH(const QString, schedule);
        for (const int warmup : {0, 1, 7, 500})
            for (const int total : {0, 1, 2, 3, 50})
                for (int step = 0; step <= 2 * total + 2; ++step) {
                    const Schedule rates({.schedule = schedule.toStdString(),
                                          .warmupSteps = warmup,
                                          .stepEvery = 5,
                                          .milestones = "1,4"},
                                         0.3, total);
                    const double rate = rates.rate(step);
                    QVERIFY2(rate >= 0 && rate <= 0.3 * (1 + 1e-12),
                             qPrintable(QString("%1 at step %2 of %3, warm-up %4")
                                            .arg(rate)
                                            .arg(step)
                                            .arg(total)
                                            .arg(warmup)));
                }
    }

    void aCosineRisesAgainWhenAsked()
    {
        ScheduleParams params{.schedule = "cosine", .periodSteps = 8, .risesAgain = true};
        QCOMPARE(Schedule(params, 1.0, 100).rate(8), 0.0);
        QCOMPARE(Schedule(params, 1.0, 100).rate(16), 1.0);
        params.risesAgain = false;
        QCOMPARE(Schedule(params, 1.0, 100).rate(16), 0.0);
    }

    void momentumRunsAgainstTheRate()
    {
        for (const char* id : {"one_cycle", "cyclic"}) {
            const Schedule still({.schedule = id}, 1.0, 100);
            QVERIFY(!still.momentum(3));
            const Schedule moving({.schedule = id, .riseSteps = 30, .cycleMomentum = true}, 1.0, 100);
            QVERIFY(std::abs(*moving.momentum(0) - 0.95) < 1e-12);
            double rate = 0;
            double momentum = 1;
            for (int step = 0; step < 29; ++step) {
                QVERIFY(moving.rate(step) >= rate && *moving.momentum(step) <= momentum);
                rate = moving.rate(step);
                momentum = *moving.momentum(step);
            }
        }
        QVERIFY(!Schedule({.schedule = "cosine", .cycleMomentum = true}, 1.0, 100).momentum(3));
    }

    void aPlateauWaitsDropsAndCoolsDown()
    {
        const ScheduleParams params{.schedule = "plateau",
                                    .stepFactor = 0.1,
                                    .plateauPatience = 1,
                                    .plateauThreshold = 0.1,
                                    .plateauCooldown = 2,
                                    .minLearningRate = 0.005};
        PlateauState state = plateauStart(1.0);
        const auto after = [&](double loss) {
            state = plateauAfter(params, state, loss);
            return state.rate;
        };
        QCOMPARE(after(1.0), 1.0);
        QCOMPARE(after(0.95), 1.0);  // not a tenth better
        QCOMPARE(after(0.89), 1.0);  // better: counting starts anew
        QCOMPARE(after(0.89), 1.0);
        QCOMPARE(after(0.89), 0.1);  // two bad ones are more than one
        QCOMPARE(after(0.89), 0.1);  // cooling down
        QCOMPARE(after(0.89), 0.1);
        QCOMPARE(after(0.89), 0.1);
        QCOMPARE(after(0.89), 0.1 * 0.1);
        for (int i = 0; i < 8; ++i)
            after(0.89);
        QCOMPARE(state.rate, 0.005);
        // Below zero a threshold still asks for less, not for more.
        state = plateauAfter(params, plateauStart(1.0), -1.0);
        QCOMPARE(plateauAfter(params, state, -0.95).badValidations, std::int64_t{1});
        QCOMPARE(plateauAfter(params, state, -1.2).badValidations, std::int64_t{0});
    }
};

QTEST_APPLESS_MAIN(ScheduleTest)
#include "tst_schedule.moc"
