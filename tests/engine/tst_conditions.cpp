// SPDX-License-Identifier: GPL-3.0-or-later
// When a setting counts: the declared conditions are sound, and say what the rules really use.
#include <QTest>
#include <algorithm>
#include <set>

#include "engine/models/model.h"
#include "engine/optim/optimizer.h"
#include "engine/optim/plateau.h"
#include "engine/runs/settings.h"

using namespace fc;

namespace {

Schema trainSchemaOf(const std::string& model)
{
    return trainSchema(modelEntry(model));
}

/// Another value that the parameter can have.
ParamValue otherValue(const Param& param, const ParamValue& value)
{
    if (const auto* flag = std::get_if<bool>(&value))
        return !*flag;
    if (const auto* whole = std::get_if<std::int64_t>(&value))
        return *whole + 2;
    if (const auto* real = std::get_if<double>(&value))
        return *real > 0 ? *real * 0.75 : 0.25;
    const std::vector<std::string>& choices = param.spec.choices;
    const auto it = std::ranges::find(choices, std::get<std::string>(value));
    return it == choices.begin() ? choices.back() : choices.front();
}

/// Rates and momenta of the first steps; under plateau the rates while the loss stays the same.
std::vector<double> course(const ParamValues& values)
{
    const auto params = paramsFrom<ScheduleParams>(values);
    const Schedule schedule(params, 0.5, 40);
    std::vector<double> numbers;
    PlateauState plateau = plateauStart(0.5);
    for (int step = 0; step < 40; ++step) {
        const bool watches = params.schedule == "plateau";
        // Better by a little until step 30, then no longer.
        plateau = watches ? plateauAfter(params, plateau, 10.0 - 0.2 * std::min(step, 30)) : plateau;
        numbers.push_back(watches ? plateau.rate : schedule.rate(step));
        numbers.push_back(schedule.momentum(step).value_or(0.0));
    }
    return numbers;
}

/// Values with which every setting of the chosen schedule shows.
ParamValues lively(const std::string& schedule)
{
    ParamValues values = {{"schedule", schedule},
                          {"warmup_steps", std::int64_t{4}},
                          {"step_every", std::int64_t{3}},
                          {"milestones", std::string("5,20")},
                          {"period_steps", std::int64_t{10}},
                          {"rise_steps", std::int64_t{5}},
                          {"cycle_mode", std::string("exp_range")},
                          {"cycle_momentum", true},
                          {"plateau_patience", std::int64_t{1}},
                          {"plateau_threshold", 0.06},
                          {"plateau_cooldown", std::int64_t{1}},
                          {"min_learning_rate", 0.01}};
    const ParamValues rest = defaults(schemaOf<ScheduleParams>());
    values.insert(rest.begin(), rest.end());
    return values;
}

/// Weights after some steps along gradients that turn round and get smaller.
std::vector<float> weightsAfter(const ParamValues& values)
{
    Weights weights;
    Rng rng(1);
    const WeightScope scope(weights, rng);
    scope.make("w", {2, 2}, constantInit(0.5F));
    scope.make("b", {2}, constantInit(0.25F));
    const auto params = paramsFrom<OptimizerParams>(values);
    Optimizer optimizer(params, weights);
    for (const float slope : {1.0F, 0.5F, 0.25F, -0.8F, -0.1F, 0.05F, 0.02F, 0.01F}) {
        const std::vector<Tensor> gradients = {Tensor::full({2, 2}, slope), Tensor::full({2}, -slope)};
        optimizer.step(gradients, params.learningRate, {});
    }
    std::vector<float> numbers;
    for (const NamedWeight& weight : weights.all())
        for (const float value : weight.value.values())
            numbers.push_back(value);
    return numbers;
}

}  // namespace

class TestConditions : public QObject {
    Q_OBJECT

private slots:
    void everyConditionNamesAChoiceAndItsValues_data()
    {
        QTest::addColumn<QString>("model");
        for (const ModelEntry& entry : models())
            QTest::newRow(entry.id.c_str()) << QString::fromStdString(entry.id);
    }
    void everyConditionNamesAChoiceAndItsValues()
    {
        QFETCH(QString, model);
        const Schema schema = trainSchemaOf(model.toStdString());
        std::set<std::string> above;
        for (const Param& param : schema) {
            const ParamCondition& when = param.spec.when;
            above.insert(param.spec.id);
            if (when.id.empty()) {
                QVERIFY(when.values.empty());
                continue;
            }
            const QByteArray what = QByteArray::fromStdString(param.spec.id + " when " + when.id);
            const Param* chooser = find(schema, when.id);
            QVERIFY2(chooser && !when.values.empty(), what);
            // Below what decides over it, so that nothing above the change moves in a form.
            QVERIFY2(when.id != param.spec.id && above.contains(when.id), what);
            QVERIFY2(chooser->type() == "choice" || chooser->type() == "boolean", what);
            for (const std::string& value : when.values)
                QCOMPARE(valueText(parseValue(*chooser, value)), value);
            const std::set<std::string> once(when.values.begin(), when.values.end());
            QVERIFY2(once.size() == when.values.size(), what);
            QVERIFY2(chooser->type() == "boolean" || once.size() < chooser->spec.choices.size(), what);
        }
    }

    void aConditionHoldsOnlyWhileItsOwnParameterCounts()
    {
        const Schema schema = trainSchemaOf("dlinear");
        const auto unusedBy = [&](const ParamValues& values, const char* id) {
            const Param* choice = unusedBecauseOf(schema, values, *find(schema, id));
            return QString::fromStdString(choice ? choice->spec.id : "");
        };
        QCOMPARE(unusedBy({}, "momentum"), QString("optimizer"));
        QCOMPARE(unusedBy({{"optimizer", std::string("rmsprop")}}, "momentum"), QString());
        QCOMPARE(unusedBy({}, "epochs"), QString());
        const std::string falling = "exp_range";
        QCOMPARE(unusedBy({{"schedule", std::string("cosine")}, {"cycle_mode", falling}}, "cycle_decay"),
                 QString("schedule"));
        QCOMPARE(unusedBy({{"schedule", std::string("cyclic")}}, "cycle_decay"), QString("cycle_mode"));
        QCOMPARE(unusedBy({{"schedule", std::string("cyclic")}, {"cycle_mode", falling}}, "cycle_decay"),
                 QString());
        QCOMPARE(unusedBy({{"schedule", std::string("cyclic")}, {"cycle_momentum", true}}, "lowest_momentum"),
                 QString());
        const Schema alone = {*find(schema, "cycle_decay")};
        QVERIFY(!unusedBecauseOf(alone, {}, alone.front()));
    }

    void theConditionIsSaidInASentence()
    {
        const Schema schema = trainSchemaOf("tcn");
        QCOMPARE(sentenceOf(find(schema, "momentum")->spec.when).english(),
                 std::string("Only with optimizer = sgd, rmsprop."));
        QCOMPARE(sentenceOf(find(schema, "decoder_size")->spec.when).english(),
                 std::string("Only with head = over_time."));
    }

    void aScheduleUsesTheSettingsThatCount_data()
    {
        QTest::addColumn<QString>("schedule");
        for (const std::string& id : scheduleIds())
            QTest::newRow(id.c_str()) << QString::fromStdString(id);
    }
    void aScheduleUsesTheSettingsThatCount()
    {
        QFETCH(QString, schedule);
        const Schema schema = schemaOf<ScheduleParams>();
        const ParamValues values = lively(schedule.toStdString());
        const std::vector<double> usual = course(values);
        for (const Param& param : schema) {
            const std::string& id = param.spec.id;
            if (id == "schedule")
                continue;
            ParamValues changed = values;
            changed[id] =
                id == "milestones" ? ParamValue(std::string("7")) : otherValue(param, values.at(id));
            const bool counts = !unusedBecauseOf(schema, values, param);
            QVERIFY2((course(changed) != usual) == counts, id.c_str());
        }
    }

    void anOptimizerUsesTheSettingsThatCount_data()
    {
        QTest::addColumn<QString>("optimizer");
        const Schema schema = schemaOf<OptimizerParams>();
        for (const std::string& id : find(schema, "optimizer")->spec.choices)
            QTest::newRow(id.c_str()) << QString::fromStdString(id);
    }
    void anOptimizerUsesTheSettingsThatCount()
    {
        QFETCH(QString, optimizer);
        const Schema schema = schemaOf<OptimizerParams>();
        ParamValues values = {{"optimizer", optimizer.toStdString()},
                              {"learning_rate", 0.1},
                              {"weight_decay", 0.1},
                              {"epsilon", 0.01},
                              {"beta2", 0.8},
                              {"momentum_decay", 0.5}};
        values.merge(defaults(schema));
        const std::vector<float> usual = weightsAfter(values);
        for (const Param& param : schema) {
            const std::string& id = param.spec.id;
            if (id == "optimizer")
                continue;
            ParamValues changed = values;
            changed[id] = otherValue(param, values.at(id));
            const bool counts = !unusedBecauseOf(schema, values, param);
            QVERIFY2((weightsAfter(changed) != usual) == counts, id.c_str());
        }
    }

    void aLossUsesTheSettingsThatCount_data()
    {
        QTest::addColumn<QString>("loss");
        const Schema schema = schemaOf<LossParams>();
        for (const std::string& id : find(schema, "loss")->spec.choices)
            QTest::newRow(id.c_str()) << QString::fromStdString(id);
    }
    void aLossUsesTheSettingsThatCount()
    {
        QFETCH(QString, loss);
        const Schema schema = schemaOf<LossParams>();
        const ParamValues values = {{"loss", loss.toStdString()}};
        const LossSpec spec = lossSpec(paramsFrom<LossParams>(values));
        const auto counts = [&](const char* id) {
            return !unusedBecauseOf(schema, values, *find(schema, id));
        };
        QCOMPARE(counts("quantiles"), !spec.quantiles.empty());
        QCOMPARE(counts("huber_delta"), spec.kind == LossKind::Huber);
        QCOMPARE(counts("smooth_l1_beta"), spec.kind == LossKind::SmoothL1);
        QCOMPARE(counts("mixture_components"), spec.kind == LossKind::GaussianMixture);
        QVERIFY(counts("horizon_weights"));
    }
};

QTEST_GUILESS_MAIN(TestConditions)
#include "tst_conditions.moc"
