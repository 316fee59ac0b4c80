// SPDX-License-Identifier: GPL-3.0-or-later
// Forms, tables and the background thread, each without a window around it.
#include <QAbstractButton>
#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTest>
#include <QToolButton>
#include <map>
#include <set>

#include "engine/models/model.h"
#include "engine/runs/services.h"
#include "ui/data/preview_table.h"
#include "ui/jobs/background.h"
#include "ui/jobs/rate_meter.h"
#include "ui/params/param_editor.h"
#include "ui/params/param_form.h"
#include "ui/params/setup_panel.h"
#include "ui/pipeline/pipeline_document.h"
#include "ui/runs/comparison.h"
#include "ui/runs/metrics_panel.h"
#include "ui/runs/run_pages.h"
#include "ui/runs/runs_page.h"
#include "ui/text/text.h"

using namespace fc;
using namespace fc::ui;
using Tester = QAbstractItemModelTester;

namespace {

constexpr int waitMs = 30000;

RunRecord makeRun(std::int64_t id, const std::string& name, RunState state = RunState::Finished)
{
    RunRecord run;
    run.id = id;
    run.name = name;
    run.model = "dlinear";
    run.series = "hourly";
    run.state = state;
    run.steps = 100 * id;
    run.bestValidationLoss = 0.5;
    run.metrics["test"] = {{"mae", 9.0}, {"r2", 0.4}};
    run.baselines["naive"]["test"] = {{"mae", 10.0}, {"r2", 0.5}};
    run.baselines["seasonal_naive"]["test"] = {{"mae", 12.0}};
    return run;
}

QLineEdit& editOf(ParamForm& form, const std::string& id)
{
    return *qobject_cast<QLineEdit*>(form.editor(id)->field());
}

void typeInto(QLineEdit& edit, const QString& text)
{
    edit.selectAll();
    QTest::keyClicks(&edit, text);
}

void choose(ParamForm& form, const std::string& id, const char* value)
{
    qobject_cast<QComboBox*>(form.editor(id)->field())->setCurrentText(QString::fromLatin1(value));
}

bool isShown(const ParamForm& form, const std::string& id)
{
    return form.editor(id)->isVisible();
}

const ModelEntry& modelThat(bool takesFeatures)
{
    for (const ModelEntry& entry : models())
        if (entry.capabilities.pastCovariates == takesFeatures)
            return entry;
    return models().front();
}

}  // namespace

class TestWidgets : public QObject {
    Q_OBJECT

private slots:
    void everyFormReturnsItsDefaults_data()
    {
        QTest::addColumn<int>("index");
        QTest::newRow("recipe") << -1;
        QTest::newRow("training") << -2;
        for (std::size_t i = 0; i < models().size(); ++i)
            QTest::newRow(models()[i].id.c_str()) << static_cast<int>(i);
    }
    void everyFormReturnsItsDefaults()
    {
        QFETCH(int, index);
        const Schema schema = index == -1   ? recipeSchema()
                              : index == -2 ? planSchema()
                                            : models()[static_cast<std::size_t>(index)].schema;
        ParamForm form(schema);
        QCOMPARE(toJson(form.values()), toJson(defaults(schema)));
        QCOMPARE(form.changeCount(), 0);
        QVERIFY(!form.hasProblems());
        QVERIFY(problems(schema, form.values()).empty());
    }

    void everyFeatureFormReturnsItsDefaults_data()
    {
        QTest::addColumn<QString>("id");
        for (const FeatureEntry& entry : featureCatalogue())
            QTest::newRow(entry.id.c_str()) << fromUtf8(entry.id);
    }
    void everyFeatureFormReturnsItsDefaults()
    {
        QFETCH(QString, id);
        const Schema& schema = featureEntry(toUtf8(id)).schema;
        QCOMPARE(toJson(ParamForm(schema).values()), toJson(defaults(schema)));
    }

    void aValueOutOfRangeIsExplainedAtItsField()
    {
        ParamForm form(planSchema());
        form.show();
        QSignalSpy changed(&form, &ParamForm::changed);
        typeInto(editOf(form, "batch_size"), QStringLiteral("0"));
        QVERIFY(changed.count() > 0);
        QVERIFY(form.hasProblems());
        const auto* label = form.editor("batch_size")->findChild<QLabel*>(QStringLiteral("problem"));
        QVERIFY(label->isVisible());
        QVERIFY2(label->text().contains(QStringLiteral("0")), qPrintable(label->text()));
        QVERIFY(form.focusProblem());
        typeInto(editOf(form, "batch_size"), QStringLiteral("16"));
        QVERIFY(!form.hasProblems());
        QVERIFY(!label->isVisible());
        QCOMPARE(std::get<std::int64_t>(form.changes().at("batch_size")), 16);
    }

    void aWordIsNoNumber()
    {
        ParamForm form(planSchema());
        typeInto(editOf(form, "learning_rate"), QStringLiteral("fast"));
        QVERIFY(form.editor("learning_rate")->problem().contains(QStringLiteral("fast")));
    }

    void aChangedFieldShowsAResetButtonThatWorks()
    {
        ParamForm form(planSchema());
        form.show();
        auto* reset = form.editor("learning_rate")->findChild<QToolButton*>(QStringLiteral("reset"));
        QVERIFY(!reset->isVisible());
        typeInto(editOf(form, "learning_rate"), QStringLiteral("0.01"));
        QVERIFY(reset->isVisible());
        QTest::mouseClick(reset, Qt::LeftButton);
        QCOMPARE(form.changeCount(), 0);
        QCOMPARE(editOf(form, "learning_rate").text(), QStringLiteral("0.001"));
    }

    void onlySettingsThatCountAreShown()
    {
        ParamForm form(planSchema());
        form.show();
        QVERIFY(isShown(form, "beta1") && isShown(form, "epochs"));
        QVERIFY(!isShown(form, "momentum") && !isShown(form, "huber_delta") && !isShown(form, "rise_steps"));
        choose(form, "optimizer", "sgd");
        QVERIFY(isShown(form, "momentum") && !isShown(form, "beta1"));
        choose(form, "schedule", "cyclic");
        QVERIFY(isShown(form, "cycle_mode") && !isShown(form, "cycle_decay"));
        choose(form, "cycle_mode", "exp_range");
        QVERIFY(isShown(form, "cycle_decay") && !isShown(form, "lowest_momentum"));
        qobject_cast<QAbstractButton*>(form.editor("cycle_momentum")->field())->click();
        QVERIFY(isShown(form, "lowest_momentum"));
        choose(form, "schedule", "constant");
        QVERIFY(!isShown(form, "cycle_decay") && !isShown(form, "lowest_momentum"));
        form.resetAll();
        QVERIFY(isShown(form, "beta1") && !isShown(form, "momentum"));
    }

    void aHiddenSettingKeepsItsValueUntilAllAreReset()
    {
        ParamForm form(planSchema());
        form.show();
        choose(form, "loss", "huber");
        typeInto(editOf(form, "huber_delta"), QStringLiteral("2.5"));
        QCOMPARE(form.changeCount(), 2);
        choose(form, "loss", "mse");
        QCOMPARE(std::get<double>(form.values().at("huber_delta")), 2.5);
        // What has no effect is neither counted nor given to a run.
        QCOMPARE(form.changeCount(), 0);
        QVERIFY(form.changes().empty());
        choose(form, "loss", "huber");
        QCOMPARE(editOf(form, "huber_delta").text(), QStringLiteral("2.5"));
        choose(form, "loss", "mse");
        form.resetAll();
        QCOMPARE(std::get<double>(form.values().at("huber_delta")), 1.0);
    }

    void aProblemInAHiddenSettingStopsNothing()
    {
        PipelineDocument recipe;
        SetupPanel setup(recipe);
        setup.show();
        ParamForm& form = *setup.trainingForm();
        choose(form, "loss", "huber");
        typeInto(editOf(form, "huber_delta"), QStringLiteral("wide"));
        QVERIFY(!setup.validate());
        choose(form, "loss", "mae");
        QVERIFY(setup.validate());
        QVERIFY(!form.focusProblem());
        choose(form, "loss", "huber");
        QVERIFY(!setup.validate());
    }

    void theTabKeyGoesDownTheRowsShown()
    {
        ParamForm form(planSchema());
        form.show();
        choose(form, "schedule", "plateau");
        choose(form, "optimizer", "rmsprop");
        std::vector<std::string> shown;
        std::map<const QWidget*, std::string> fields;
        const auto* rows = qobject_cast<const QFormLayout*>(form.layout());
        for (const Param& param : planSchema()) {
            ParamEditor* editor = form.editor(param.spec.id);
            QCOMPARE(rows->labelForField(editor)->isVisible(), editor->isVisible());
            fields[editor->field()] = param.spec.id;
            if (isShown(form, param.spec.id))
                shown.push_back(param.spec.id);
        }
        std::vector<std::string> reached;
        for (const QWidget* each = form.nextInFocusChain(); each != &form; each = each->nextInFocusChain())
            if (each->isVisible() && (each->focusPolicy() & Qt::TabFocus) && fields.count(each) > 0)
                reached.push_back(fields.at(each));
        QCOMPARE(reached, shown);
        int last = -1;
        for (const std::string& id : shown) {
            const int y = form.editor(id)->y();
            QVERIFY2(y > last, id.c_str());
            last = y;
        }
    }

    void changingASettingDoesNotScroll()
    {
        PipelineDocument recipe;
        SetupPanel setup(recipe);
        setup.resize(380, 420);
        setup.show();
        setup.findChild<QTabWidget*>(QStringLiteral("setupGroups"))->setCurrentIndex(0);
        ParamForm& form = *setup.trainingForm();
        choose(form, "schedule", "one_cycle");
        QCoreApplication::processEvents();
        const QScrollArea* area = nullptr;
        for (const QWidget* each = &form; !area; each = each->parentWidget())
            area = qobject_cast<const QScrollArea*>(each);
        QScrollBar* bar = area->verticalScrollBar();
        bar->setValue(form.editor("schedule")->y());
        const int place = bar->value();
        QVERIFY(place > 0 && place < bar->maximum());
        const QPoint before = form.editor("schedule")->mapTo(&setup, QPoint());
        for (const char* schedule : {"cyclic", "plateau", "one_cycle"}) {
            choose(form, "schedule", schedule);
            QCoreApplication::processEvents();
            QCOMPARE(bar->value(), place);
            QCOMPARE(form.editor("schedule")->mapTo(&setup, QPoint()), before);
        }
    }

    void aSettingSaysWhenItCounts()
    {
        const Schema schema = planSchema();
        QVERIFY(paramHelp(*find(schema, "momentum"))
                    .contains(QStringLiteral("Only with optimizer = sgd, rmsprop.")));
        QVERIFY(!paramHelp(*find(schema, "epochs")).contains(QStringLiteral("Only with")));
    }

    void setupGivesOnlyWhatWasChanged()
    {
        PipelineDocument recipe;
        SetupPanel setup(recipe);
        QVERIFY(setup.settings().empty());
        setup.setModel(modelThat(true));
        setup.setSettings({{"horizon", std::int64_t{12}},
                           {"epochs", std::int64_t{3}},
                           {"features", std::string("rsi(period=7)")}});
        ParamValues settings = setup.settings();
        QCOMPARE(settings.size(), std::size_t{3});
        QCOMPARE(std::get<std::string>(settings.at("features")), parseFeature("rsi(period=7)").text());
        QVERIFY(setup.validate());
        setup.setModel(modelThat(false));
        settings = setup.settings();
        QVERIFY(!settings.count("features"));
        QCOMPARE(std::get<std::int64_t>(settings.at("horizon")), 12);
        setup.setSettings({});
        QVERIFY(setup.settings().empty());
    }

    void aWrongSettingStopsTheStart()
    {
        PipelineDocument recipe;
        SetupPanel setup(recipe);
        setup.show();
        typeInto(editOf(*setup.trainingForm(), "epochs"), QStringLiteral("-4"));
        QVERIFY(!setup.validate());
        setup.setSettings({});
        QVERIFY(setup.validate());
    }

    void runTableKeepsTheRulesOfModels()
    {
        RunTable* table = makeRunTable(this);
        const Tester tester(table, Tester::FailureReportingMode::QtTest);
        table->setRows({makeRun(1, "a"), makeRun(2, "b"), makeRun(3, "c")});
        table->setRows({makeRun(1, "a"), makeRun(3, "c"), makeRun(4, "d")});
        table->update(makeRun(3, "renamed"));
        QCOMPARE(table->index(1, 0).data().toString(), QStringLiteral("renamed"));
        table->setRows({makeRun(9, "z"), makeRun(1, "a")});
        QCOMPARE(table->rowCount(), 2);
        table->setRows({});
        QCOMPARE(table->rowCount(), 0);
    }

    void otherTablesKeepTheRulesOfModels()
    {
        CheckpointTable* checkpoints = makeCheckpointTable(this);
        const Tester first(checkpoints, Tester::FailureReportingMode::QtTest);
        CheckpointRecord checkpoint;
        checkpoint.id = 5;
        checkpoint.best = checkpoint.last = true;
        checkpoints->setRows({checkpoint});
        QCOMPARE(checkpoints->index(0, 1).data().toString(), QStringLiteral("best, last"));
        EventTable* events = makeEventTable(this);
        const Tester second(events, Tester::FailureReportingMode::QtTest);
        events->setRows({EventRecord{}, EventRecord{}});
        events->setRows({EventRecord{}});
        QCOMPARE(events->rowCount(), 1);
        SeriesTable* series = makeSeriesTable(this);
        const Tester third(series, Tester::FailureReportingMode::QtTest);
        SeriesRecord record;
        record.columns = {"close", "<b>volume</b>"};
        series->setRows({record});
        QCOMPARE(series->index(0, 5).data().toString(), QStringLiteral("close, <b>volume</b>"));
    }

    void previewAndMessagesKeepTheRulesOfModels()
    {
        PreviewTable preview;
        ImportMessageTable messages;
        const Tester first(&preview, Tester::FailureReportingMode::QtTest);
        const Tester second(&messages, Tester::FailureReportingMode::QtTest);
        const auto result = std::make_shared<const ImportResult>(
            importCsvBytes("date,close\n2024-01-01,1\n2024-01-02,\n2024-01-03,3\n", "x"));
        preview.setResult(result);
        messages.setMessages(result->messages);
        QVERIFY(preview.rowCount() >= 3);
        QCOMPARE(preview.rowOfLine(3), 2);
        QCOMPARE(preview.rowOfLine(900), preview.rowCount() - 1);
        preview.setResult(nullptr);
        QCOMPARE(preview.rowCount(), 0);
    }

    void runsAreComparedWithTheNaiveForecast()
    {
        QCOMPARE(againstNaive(makeRun(1, "a")), -0.1);
        RunRecord untrained;
        QVERIFY(std::isnan(againstNaive(untrained)));
        ComparisonTable table;
        const Tester tester(&table, Tester::FailureReportingMode::QtTest);
        table.setRun(makeRun(1, "a"), "test");
        QCOMPARE(table.rowCount(), 2);
        QCOMPARE(table.index(0, ComparisonTable::Model).data().toString(), number(9.0));
        QCOMPARE(table.index(0, ComparisonTable::Naive).data().toString(), number(10.0));
        QVERIFY(table.index(0, ComparisonTable::Model).data(Qt::FontRole).value<QFont>().bold());
        QVERIFY(table.index(1, ComparisonTable::Naive).data(Qt::FontRole).value<QFont>().bold());
        table.setRun(makeRun(1, "a"), "train");
        QCOMPARE(table.rowCount(), 0);
    }

    void selectionOfRunsSurvivesNewRows()
    {
        RunsPage page;
        QSignalSpy selected(&page, &RunsPage::runSelected);
        page.selectRun(2);
        page.setRuns({makeRun(1, "a"), makeRun(2, "b")});
        QCOMPARE(page.selectedRun(), 2);
        page.setRuns({makeRun(1, "a"), makeRun(2, "b"), makeRun(3, "c")});
        QCOMPARE(page.selectedRun(), 2);
        QCOMPARE(selected.count(), 1);
        page.setRuns({makeRun(1, "a")});
        QCOMPARE(page.selectedRun(), 0);
        QCOMPARE(selected.count(), 2);
    }

    void filterLooksInAllColumns()
    {
        RunsPage page;
        page.setRuns({makeRun(1, "first"), makeRun(2, "second", RunState::Failed)});
        auto* filter = page.findChild<QLineEdit*>(QStringLiteral("runsFilter"));
        filter->setText(QStringLiteral("FAILED"));
        QCOMPARE(page.table()->model()->rowCount(), 1);
        filter->clear();
        QCOMPARE(page.table()->model()->rowCount(), 2);
    }

    void learningRateIsAskedForOnlyWhenItIsOne()
    {
        MetricsPanel panel;
        panel.setEditable(true);
        panel.show();
        QSignalSpy asked(&panel, &MetricsPanel::learningRateRequested);
        auto* edit = panel.findChild<QLineEdit*>(QStringLiteral("learningRate"));
        typeInto(*edit, QStringLiteral("-1"));
        QTest::keyClick(edit, Qt::Key_Return);
        QCOMPARE(asked.count(), 0);
        typeInto(*edit, QStringLiteral("0.0005"));
        QTest::keyClick(edit, Qt::Key_Return);
        QCOMPARE(asked.count(), 1);
        QCOMPARE(asked.first().first().toDouble(), 0.0005);
    }

    void aNewerQuestionMakesTheOlderObsolete()
    {
        Background background(QStringLiteral("test"));
        QStringList answers;
        for (int i = 0; i < 20; ++i)
            background.ask(
                QStringLiteral("topic"), [i] { return i; },
                [&answers](int answer) { answers << QString::number(answer); });
        background.ask(
            QStringLiteral("other"), [] { return 1; },
            [&answers](int) { answers << QStringLiteral("other"); });
        QTRY_VERIFY_WITH_TIMEOUT(!background.isBusy(), waitMs);
        QCOMPARE(answers, QStringList({QStringLiteral("19"), QStringLiteral("other")}));
    }

    void questionsWithoutTopicAreAllAnswered()
    {
        Background background(QStringLiteral("test"));
        int answers = 0;
        for (int i = 0; i < 20; ++i)
            background.ask(
                QString(), [] {}, [&answers] { ++answers; });
        QTRY_COMPARE_WITH_TIMEOUT(answers, 20, waitMs);
    }

    void anErrorComesBackAsItsSentence()
    {
        Background background(QStringLiteral("test"));
        QSignalSpy failed(&background, &Background::failed);
        background.ask(
            QString(), []() -> int { throw Error(Message("The %1 is empty.", "file")); },
            [](int) { QFAIL("answered"); });
        QVERIFY(failed.wait(waitMs));
        QCOMPARE(sentence(failed.first().first().value<Message>()), QStringLiteral("The file is empty."));
    }

    void anEndingBackgroundAnswersNothing()
    {
        bool answered = false;
        {
            Background background(QStringLiteral("test"));
            background.ask(
                QString(), [] { return 1; }, [&answered](int) { answered = true; });
        }
        QCoreApplication::sendPostedEvents();
        QVERIFY(!answered);
    }

    void numbersFitTheScreen_data()
    {
        QTest::addColumn<double>("value");
        QTest::addColumn<QString>("text");
        QTest::newRow("zero") << 0.0 << QStringLiteral("0");
        QTest::newRow("small loss") << 0.0366123 << QStringLiteral("0.036612");
        QTest::newRow("loss") << 0.123456 << QStringLiteral("0.12346");
        QTest::newRow("price") << 33945.71 << QStringLiteral("33,946");
        QTest::newRow("small") << 1.5e-6 << QStringLiteral("1.5E-06");
        QTest::newRow("nothing") << std::nan("") << QStringLiteral("–");
    }
    void numbersFitTheScreen()
    {
        QFETCH(double, value);
        QFETCH(QString, text);
        QLocale::setDefault(QLocale(QLocale::English));
        QCOMPARE(number(value), text);
    }

    void durationsFitTheScreen()
    {
        QLocale::setDefault(QLocale(QLocale::English));
        QCOMPARE(duration(1.24), QStringLiteral("1.2 s"));
        QCOMPARE(duration(187), QStringLiteral("3:07"));
        QCOMPARE(duration(8109), QStringLiteral("2:15:09"));
        QCOMPARE(duration(-1), QStringLiteral("–"));
    }

    void argumentsAreNotTranslatedOrFilledTwice()
    {
        QCOMPARE(sentence(Message("%1 and %2", "%2", "x")), QStringLiteral("%2 and x"));
    }
};

QTEST_MAIN(TestWidgets)
#include "tst_widgets.moc"
