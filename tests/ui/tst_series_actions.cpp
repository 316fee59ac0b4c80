// SPDX-License-Identifier: GPL-3.0-or-later
// Checks and transforms of series from the desktop: dialogs from schemas, previews, remedies and undo.
#include <QComboBox>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QtTest>

#include "engine/runs/services.h"
#include "ui/data/check_report.h"
#include "ui/data/series_actions.h"
#include "ui/data/transform_dialog.h"
#include "ui/params/param_editor.h"
#include "ui/params/param_form.h"

using namespace fc;
using namespace fc::ui;

namespace {

/// Rows of a day each from 2024-01-01.
Series seriesOf(const char* name, const std::vector<std::pair<const char*, std::vector<double>>>& columns,
                const std::vector<int>& days)
{
    Series series;
    series.name = name;
    for (const auto& [column, values] : columns)
        series.columns.push_back({column, std::string(column) == "rate" ? "" : column, values});
    for (const int day : days)
        series.times.push_back(*parseTimestamp("2024-01-01") + day * 86'400'000'000LL);
    return series;
}

}  // namespace

class TestSeriesActions : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_path = m_folder->filePath(QStringLiteral("w.forecastle")).toStdString();
        Store::create(m_path);
        const Series a = seriesOf("a",
                                  {{"open", {2, 2, 2, 2}},
                                   {"high", {3, 1, 3, 3}},
                                   {"low", {1, 3, 1, 1}},
                                   {"close", {2, 2, 2, 2}},
                                   {"volume", {5, 5, 0, 5}}},
                                  {0, 1, 2, 4});
        const Series b = seriesOf("b", {{"rate", {1, 2}}}, {0, 1});
        storeSeries(m_path, {{a, describeSeries(a, "a.csv", "{}")}, {b, describeSeries(b, "b.csv", "{}")}});
    }

    void theReportOffersRemediesAndKeepsByDefault()
    {
        CheckReport report(checkStoredSeries(m_path, "a"), nullptr);
        QCOMPARE(report.table()->rowCount(), 3);
        QCOMPARE(report.table()->item(0, 4)->text(),
                 QStringLiteral("In 1 rows the high (high) is below the low, first at 2024-01-02."));
        QVERIFY(report.remedies().empty());
        report.choose(0, "swap");
        report.choose(2, "forward");
        QCOMPARE(report.remedies(), std::string("gaps=forward, high_below_low=swap"));
    }

    void dialogsShowWhatATransformWouldGive()
    {
        TransformDialog dialog(seriesTransform("resample"), {m_path, "a", "resample", {}, {}}, {"b"},
                               nullptr);
        dialog.form().setValues({{"to", std::string("1w")}});
        QTRY_VERIFY_WITH_TIMEOUT(dialog.preview().startsWith(QStringLiteral("1 row")), 30000);
        dialog.form().setValues({{"to", std::string("sometime")}});
        QTRY_VERIFY_WITH_TIMEOUT(
            dialog.preview().startsWith(QStringLiteral("The step \"sometime\" is none.")), 30000);
        QCOMPARE(Store::open(m_path).seriesList().size(), 2u);
    }

    void everyTransformHasItsDialog()
    {
        for (const SeriesTransform& transform : seriesTransforms()) {
            TransformDialog dialog(transform, {m_path, "a", transform.id, {}, {}}, {"b"}, nullptr);
            for (const Param& param : transform.schema)
                QVERIFY2(dialog.form().editor(param.spec.id), param.spec.id.c_str());
        }
    }

    void aConfirmedTransformIsStoredAndTakenBack()
    {
        Workspace workspace;
        QSignalSpy opened(&workspace, &Workspace::opened);
        workspace.open(m_path);
        QVERIFY(opened.count() > 0 || opened.wait(30000));
        QWidget window;
        auto* actions = new SeriesActions(
            workspace, [] { return std::string("a"); }, &window);
        QMenu menu;
        actions->addTo(menu);
        QVERIFY(menu.actions().size() >= static_cast<int>(seriesTransforms().size()) + 2);
        QSignalSpy stored(actions, &SeriesActions::stored);
        actions->transform("slice");
        auto* dialog = window.findChild<TransformDialog*>();
        QVERIFY(dialog);
        dialog->form().setValues({{"from", std::string("-2")}});
        auto* apply = [&]() -> QPushButton* {
            for (QPushButton* button : dialog->findChildren<QPushButton*>())
                if (button->text() == QStringLiteral("Slice"))
                    return button;
            return nullptr;
        }();
        QVERIFY(apply);
        QTRY_VERIFY_WITH_TIMEOUT(apply->isEnabled() && dialog->preview().startsWith(QStringLiteral("2 row")),
                                 30000);
        apply->click();
        QVERIFY(stored.count() > 0 || stored.wait(30000));
        QCOMPARE(Store::open(m_path).loadSeries("a").rows(), 2u);
        actions->undo();
        QVERIFY(stored.count() > 1 || stored.wait(30000));
        QCOMPARE(Store::open(m_path).loadSeries("a").rows(), 4u);
        QSignalSpy failed(actions, &SeriesActions::failed);
        actions->undo();
        QVERIFY(failed.count() > 0 || failed.wait(30000));
        delete actions;
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::filesystem::path m_path;
};

QTEST_MAIN(TestSeriesActions)
#include "tst_series_actions.moc"
