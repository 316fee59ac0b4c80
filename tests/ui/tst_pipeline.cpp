// SPDX-License-Identifier: GPL-3.0-or-later
// The recipe as a person edits it: rows, undo, problems, preview, storage.
#include <QAbstractItemModelTester>
#include <QDir>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMimeData>
#include <QPushButton>
#include <QToolButton>
#include <QTreeView>
#include <QTreeWidget>

#include "engine/runs/recipe_json.h"
#include "tests/ui/workbench.h"
#include "ui/main/actions.h"
#include "ui/main/notice_bar.h"
#include "ui/main/tool_bar.h"
#include "ui/params/param_editor.h"
#include "ui/params/param_form.h"
#include "ui/params/setup_panel.h"
#include "ui/pipeline/feature_catalogue.h"
#include "ui/pipeline/pipeline_delegate.h"
#include "ui/pipeline/pipeline_model.h"
#include "ui/pipeline/pipeline_panel.h"
#include "ui/pipeline/recipe_commands.h"
#include "ui/plots/price_chart.h"
#include "ui/text/translation.h"

using namespace fc;
using namespace fc::ui;

namespace {

const ModelEntry& modelThat(bool takesFeatures)
{
    for (const ModelEntry& entry : models())
        if (entry.capabilities.pastCovariates == takesFeatures &&
            entry.capabilities.futureCovariates == takesFeatures)
            return entry;
    qFatal("no such model");
}

/// Titles of the rows, one a line, as they are read: "on" or "off" first, then a problem behind a bang.
QString rowsOf(const QAbstractItemModel& model)
{
    QStringList rows;
    for (int row = 0; row < model.rowCount(); ++row) {
        const QModelIndex index = model.index(row, 0);
        QString text = index.data().toString();
        if (const QVariant checked = index.data(Qt::CheckStateRole); checked.isValid())
            text.prepend(checked.toInt() == Qt::Checked ? QStringLiteral("on ") : QStringLiteral("off "));
        rows << text;
    }
    return rows.join(u'\n');
}

}  // namespace

class TestPipeline : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        QCoreApplication::setOrganizationName(QStringLiteral("forecastle-tests"));
        installTranslation(*qApp);
        m_theme = std::make_unique<Theme>(*qApp, Scheme::Dark);
    }
    void cleanup() { m_bench.reset(); }

    void everyStepIsUndone()
    {
        PipelineDocument document;
        document.setModel(modelThat(true));
        PipelineModel model(document);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const QString empty = rowsOf(model);
        document.add("rsi");
        document.add("sma");
        document.duplicate(0);
        document.move(2, 0);
        document.setOn(1, false);
        document.remove(2);
        const QString all = rowsOf(model);
        QCOMPARE(all, QStringLiteral("Columns\non Moving average (20)\noff RSI (14)\nScaler\nSplit\nWindow"));
        QCOMPARE(document.undoStack().count(), 6);
        while (document.undoStack().canUndo())
            document.undoStack().undo();
        QCOMPARE(rowsOf(model), empty);
        while (document.undoStack().canRedo())
            document.undoStack().redo();
        QCOMPARE(rowsOf(model), all);
    }

    void typingANumberIsOneStep()
    {
        PipelineDocument document;
        document.add("rsi");
        const int before = document.undoStack().count();
        for (const int period : {2, 21, 210}) {
            ParamValues values = document.feature(0).listed.spec.values;
            values["period"] = std::int64_t{period};
            document.setFeatureValues(0, values);
        }
        QCOMPARE(document.undoStack().count(), before + 1);
        document.undoStack().undo();
        QCOMPARE(std::get<std::int64_t>(document.feature(0).listed.spec.values.at("period")), 14);
    }

    void aRowIsDraggedToItsPlace_data()
    {
        QTest::addColumn<int>("from");
        QTest::addColumn<int>("gap");
        QTest::addColumn<QString>("order");
        QTest::newRow("first to the end") << 0 << 3 << "sma ema rsi";
        QTest::newRow("last to the front") << 2 << 0 << "ema rsi sma";
        QTest::newRow("down by one") << 0 << 2 << "sma rsi ema";
        QTest::newRow("to where it is") << 1 << 1 << "rsi sma ema";
        QTest::newRow("before the targets") << 1 << -1 << "rsi sma ema";
        QTest::newRow("behind the scaler") << 1 << 4 << "rsi sma ema";
    }
    void aRowIsDraggedToItsPlace()
    {
        QFETCH(int, from);
        QFETCH(int, gap);
        QFETCH(QString, order);
        PipelineDocument document;
        PipelineModel model(document);
        for (const char* id : {"rsi", "sma", "ema"})
            document.add(id);
        const std::unique_ptr<QMimeData> dragged(model.mimeData({model.index(from + 1)}));
        if (model.canDropMimeData(dragged.get(), Qt::MoveAction, gap + 1, 0, {}))
            model.dropMimeData(dragged.get(), Qt::MoveAction, gap + 1, 0, {});
        QStringList ids;
        for (int place = 0; place < document.count(); ++place)
            ids << fromUtf8(document.feature(place).listed.spec.id);
        QCOMPARE(ids.join(u' '), order);
    }

    void keysMoveDuplicateAndDelete()
    {
        open(0);
        QTreeView& list = panel().list();
        document().add("rsi");
        document().add("sma");
        panel().select(document().feature(1).key);
        list.setFocus();
        QTest::keyClick(&list, Qt::Key_Up, Qt::AltModifier);
        QCOMPARE(ids(), QStringLiteral("sma rsi"));
        QTest::keyClick(&list, Qt::Key_D, Qt::ControlModifier);
        QCOMPARE(ids(), QStringLiteral("sma sma rsi"));
        QTest::keyClick(&list, Qt::Key_Down, Qt::AltModifier);
        QTest::keyClick(&list, Qt::Key_Delete);
        QCOMPARE(ids(), QStringLiteral("sma rsi"));
        QTest::keyClick(&list, Qt::Key_Space);
        QVERIFY(!document().feature(1).listed.isOn);
        QTest::keyClick(&window(), Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(document().feature(1).listed.isOn);
        QCOMPARE(window().actions().redo->text(), QStringLiteral("&Redo Switch RSI off"));
        QTest::keyClick(&window(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(!document().feature(1).listed.isOn);
    }

    void aClickSwitchesOffAndOneShows()
    {
        open(0);
        document().add("rsi");
        QTreeView& list = panel().list();
        const auto rect = [&] { return list.visualRect(list.model()->index(1, 0)); };
        QTest::mouseClick(list.viewport(), Qt::LeftButton, {}, PipelineDelegate::markArea(rect()).center());
        QVERIFY(!document().feature(0).listed.isOn);
        QTest::mouseClick(list.viewport(), Qt::LeftButton, {}, PipelineDelegate::eyeArea(rect()).center());
        QVERIFY(document().isPreviewed(document().feature(0).key));
    }

    void theCatalogueFindsByAnyWord()
    {
        open(0);
        QTest::mouseClick(panel().findChild<QToolButton*>(QStringLiteral("addFeature")), Qt::LeftButton);
        FeatureCatalogue& catalogue = panel().catalogue();
        QVERIFY(catalogue.isVisible());
        auto* search = catalogue.findChild<QLineEdit*>(QStringLiteral("catalogueSearch"));
        QTest::keyClicks(search, QStringLiteral("money flow index"));
        const QString facts = catalogue.findChild<QLabel*>(QStringLiteral("catalogueFacts"))->text();
        for (const QString& word : {QStringLiteral("Formula:"), QStringLiteral("Source:"),
                                    QStringLiteral("Unit: 0..100"), QStringLiteral("Warm-up: 14")})
            QVERIFY2(facts.contains(word), qPrintable(facts));
        QTest::keyClick(search, Qt::Key_Return);
        QVERIFY(!catalogue.isVisible());
        QCOMPARE(ids(), QStringLiteral("mfi"));
        QCOMPARE(panel().list().currentIndex().data().toString(), QStringLiteral("Money flow index (14)"));
    }

    void theFormChangesTheRowAndFollowsUndo()
    {
        open(0);
        panel().select(document().add("rsi"));
        auto* edit = qobject_cast<QLineEdit*>(panel().form()->editor("period")->field());
        edit->selectAll();
        QTest::keyClicks(edit, QStringLiteral("21"));
        QCOMPARE(panel().list().currentIndex().data().toString(), QStringLiteral("RSI (21)"));
        document().undoStack().undo();
        QCOMPARE(edit->text(), QStringLiteral("14"));
        edit->selectAll();
        QTest::keyClicks(edit, QStringLiteral("0"));
        QVERIFY(!panel().validate());
        QCOMPARE(panel().list().currentIndex().data().toString(), QStringLiteral("RSI (14)"));
    }

    void whatAModelCannotTakeIsLeftOutAndKept()
    {
        PipelineDocument document;
        PipelineModel model(document);
        SetupPanel setup(document);
        setup.setModel(modelThat(true));
        document.add("rsi");
        document.setOn(0, false);
        document.add("sma");
        QCOMPARE(std::get<std::string>(setup.settings().at("features")), parseFeature("sma").text());
        setup.setModel(modelThat(false));
        QVERIFY(setup.settings().empty());
        QVERIFY(
            model.index(2).data(PipelineModel::DetailRole).toString().contains(QStringLiteral("left out")));
        QCOMPARE(document.count(), 2);
    }

    void aProblemIsToldAtItsRow()
    {
        open(600);
        document().replace({{"targets", std::string("clse")}}, {}, QStringLiteral("x"));
        document().add("macd");
        ParamValues values = document().feature(0).listed.spec.values;
        values["fast"] = std::int64_t{50};
        document().setFeatureValues(0, values);
        const QAbstractItemModel& rows = *panel().list().model();
        QVERIFY(!rows.index(1, 0).data(PipelineModel::ProblemRole).toString().isEmpty());
        QTRY_VERIFY_WITH_TIMEOUT(
            rows.index(0, 0).data(PipelineModel::ProblemRole).toString().contains(QStringLiteral("clse")),
            waitMs);
        QVERIFY(!panel().validate());
        document().undoStack().undo();
        document().undoStack().undo();
        document().undoStack().undo();
        QTRY_VERIFY_WITH_TIMEOUT(summary().contains(QStringLiteral("600 rows")), waitMs);
        QVERIFY(panel().validate());
    }

    void aPreviewAppearsAndGoes()
    {
        open(600);
        QTRY_COMPARE_WITH_TIMEOUT(chart().bars().rows(), std::size_t{600}, waitMs);
        const int rsi = document().add("rsi");
        const int sma = document().add("sma");
        document().setPreviewed(rsi, true);
        QTRY_COMPARE_WITH_TIMEOUT(chart().paneTitles(), QStringList{QStringLiteral("RSI (14)")}, waitMs);
        document().setPreviewed(sma, true);  // over the prices
        document().setPreviewed(document().add("atr"), true);
        const QStringList both{QStringLiteral("RSI (14)"), QStringLiteral("Average true range (14)")};
        QTRY_COMPARE_WITH_TIMEOUT(chart().paneTitles(), both, waitMs);
        QVERIFY(chart().accessibleDescription().contains(QStringLiteral("RSI (14)")));
        document().setPreviewed(rsi, false);
        QTRY_COMPARE_WITH_TIMEOUT(chart().paneTitles(), both.mid(1), waitMs);
        document().remove(2);
        QTRY_VERIFY_WITH_TIMEOUT(chart().paneTitles().isEmpty(), waitMs);
    }

    void thePreviewFollowsTheParameters()
    {
        open(600);
        QTRY_COMPARE_WITH_TIMEOUT(chart().bars().rows(), std::size_t{600}, waitMs);
        panel().select(document().add("rsi"));
        document().setPreviewed(document().feature(0).key, true);
        QTRY_COMPARE_WITH_TIMEOUT(chart().paneTitles(), QStringList{QStringLiteral("RSI (14)")}, waitMs);
        panel().form()->setValues({{"period", std::int64_t{5}}});
        QTRY_COMPARE_WITH_TIMEOUT(chart().paneTitles(), QStringList{QStringLiteral("RSI (5)")}, waitMs);
    }

    void anOlderPreviewNeverArrives()
    {
        open(600);
        PipelineDocument document;
        document.setModel(modelThat(true));
        const int key = document.add("rsi");
        document.setPreviewed(key, true);
        PipelineJobs jobs(document);
        QStringList arrived;
        connect(&jobs, &PipelineJobs::previewReady, this, [&](const std::vector<PreviewPane>& panes) {
            arrived << (panes.empty() ? QString() : panes.front().title);
        });
        const SeriesRecord& series = window().workspace().series().front();
        jobs.setSeries(window().workspace().path(), series.name, series.hash);
        for (const int period : {3, 4, 5}) {
            ParamValues values = document.feature(0).listed.spec.values;
            values["period"] = std::int64_t{period};
            document.setFeatureValues(0, values);
            jobs.askPreview();
        }
        QTRY_VERIFY_WITH_TIMEOUT(!arrived.isEmpty(), waitMs);
        QCOMPARE(arrived.front(), QStringLiteral("RSI (5)"));
    }

    void aRecipeIsSavedOpenedAndShared()
    {
        open(600);
        document().add("rsi");
        document().add("sma");
        document().setOn(1, false);
        QVERIFY(name().contains(u'•'));
        recipes().save(QStringLiteral("momentum"));
        QTRY_COMPARE_WITH_TIMEOUT(name(), QStringLiteral("momentum"), waitMs);
        const ParamValues saved = recipeOf(document().pipeline());
        const QString file = m_bench->file(QStringLiteral("r.json"));
        QSignalSpy done(&recipes(), &RecipeCommands::done);
        recipes().writeFile(file);
        QVERIFY(done.wait(waitMs));

        document().remove(0);
        QCOMPARE(name(), QStringLiteral("momentum •"));
        recipes().open("momentum");
        QTRY_COMPARE_WITH_TIMEOUT(document().count(), 2, waitMs);
        QCOMPARE(recipeOf(document().pipeline()), saved);
        QCOMPARE(name(), QStringLiteral("momentum"));
        document().undoStack().undo();
        QCOMPARE(document().count(), 1);

        document().replace({}, {}, QStringLiteral("x"));
        recipes().readFile(file);
        QTRY_COMPARE_WITH_TIMEOUT(document().count(), 2, waitMs);
        QCOMPARE(recipeOf(document().pipeline()), saved);
        QFile text(file);
        QVERIFY(text.open(QIODevice::ReadOnly));
        QCOMPARE(recipeFromJson(text.readAll().toStdString()), saved);
    }

    void aBadFileChangesNothing()
    {
        open(0);
        document().add("rsi");
        QSignalSpy failed(&recipes(), &RecipeCommands::failed);
        recipes().readFile(m_bench->write(QStringLiteral("bad.json"), "{\"features\": [\"rsy()\"]}"));
        QVERIFY(failed.wait(waitMs));
        QVERIFY(window().notice().text().contains(QStringLiteral("rsi")));
        QCOMPARE(document().count(), 1);
    }

    void anotherSeriesThatLacksAColumnIsTold()
    {
        open(600);
        const ImportResult plain =
            importCsvBytes("date,price\n2024-01-01,1\n2024-01-02,2\n2024-01-03,3\n", "plain");
        storeSeries(window().workspace().path(),
                    {{plain.records(), describeSeries(plain.records(), "p.csv", "{}")}});
        document().add("mfi");
        recipes().applyTo("plain");
        QTRY_VERIFY_WITH_TIMEOUT(window().notice().text().contains(QStringLiteral("plain")), waitMs);
        QVERIFY2(window().notice().text().contains(QStringLiteral("needs the column")),
                 qPrintable(window().notice().text()));
        QCOMPARE(window().toolBar().series(), std::string("hourly"));
    }

    void theAuditSaysThatNothingLooksAhead()
    {
        open(600);
        document().replace({{"length", std::int64_t{24}}, {"horizon", std::int64_t{6}}}, {},
                           QStringLiteral("x"));
        document().add("rsi");
        auto* button = panel().findChild<QToolButton*>(QStringLiteral("auditRecipe"));
        QTRY_VERIFY_WITH_TIMEOUT(button->isEnabled(), waitMs);
        QTest::mouseClick(button, Qt::LeftButton);
        auto* verdict = panel().findChild<QLabel*>(QStringLiteral("auditVerdict"));
        QVERIFY(!button->isEnabled());
        QTRY_VERIFY_WITH_TIMEOUT(verdict->text().startsWith(QStringLiteral("Nothing looks ahead")), waitMs);
        document().add("sma");
        QVERIFY(!verdict->isVisibleTo(&panel()));  // it was about another recipe
    }

private:
    void open(int rows)
    {
        m_bench = std::make_unique<Workbench>(*m_theme);
        window().resize(1280, 800);
        window().show();
        QVERIFY(m_bench->open(rows));
        document().setModel(modelThat(true));
        if (rows > 0)
            QTRY_COMPARE_WITH_TIMEOUT(window().toolBar().series(), std::string("hourly"), waitMs);
    }
    QString ids()
    {
        QStringList all;
        for (int place = 0; place < document().count(); ++place)
            all << fromUtf8(document().feature(place).listed.spec.id);
        return all.join(u' ');
    }
    MainWindow& window() { return m_bench->window(); }
    PipelineDocument& document() { return window().recipe(); }
    PipelinePanel& panel() { return window().pipeline(); }
    RecipeCommands& recipes() { return window().recipeCommands(); }
    PriceChart& chart() { return window().chart(); }
    QString name() { return panel().findChild<QLabel*>(QStringLiteral("recipeName"))->text(); }
    QString summary() { return panel().findChild<QLabel*>(QStringLiteral("pipelineSummary"))->text(); }

    std::unique_ptr<Theme> m_theme;
    std::unique_ptr<Workbench> m_bench;
};

QTEST_MAIN(TestPipeline)
#include "tst_pipeline.moc"
