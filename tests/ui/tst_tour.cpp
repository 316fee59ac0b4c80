// SPDX-License-Identifier: GPL-3.0-or-later
// The whole job by hand, from a file to an exported forecast, with a picture of every stage in the build
// folder.
#include <QAbstractButton>
#include <QDir>
#include <QDockWidget>
#include <QDropEvent>
#include <QFileDialog>
#include <QImageReader>
#include <QLabel>
#include <QLineEdit>
#include <QMenuBar>
#include <QMimeData>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableView>

#include "tests/ui/workbench.h"
#include "ui/data/import_dialog.h"
#include "ui/main/actions.h"
#include "ui/main/notice_bar.h"
#include "ui/main/tool_bar.h"
#include "ui/main/welcome_page.h"
#include "ui/params/param_form.h"
#include "ui/params/setup_panel.h"
#include "ui/plots/loss_chart.h"
#include "ui/plots/price_chart.h"
#include "ui/runs/run_pages.h"
#include "ui/runs/run_presenter.h"
#include "ui/runs/runs_page.h"
#include "ui/runs/tables.h"
#include "ui/runs/window_bar.h"
#include "ui/text/translation.h"

using namespace fc;
using namespace fc::ui;

class TestTour : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        installTranslation(*qApp);
        QDir().mkpath(QStringLiteral(FC_TOUR_DIR));
        m_theme = std::make_unique<Theme>(*qApp, Scheme::Dark);
        m_bench = std::make_unique<Workbench>(*m_theme);
        window().resize(1440, 900);
        window().show();
        QVERIFY(QTest::qWaitForWindowExposed(&window()));
    }
    void cleanupTestCase() { m_bench.reset(); }
    // Each stage stands on the one before.
    void init()
    {
        if (m_failed)
            QSKIP("An earlier stage failed.");
    }
    void cleanup() { m_failed = m_failed || QTest::currentTestFailed(); }

    void welcome()
    {
        m_theme->setScheme(Scheme::Dark);
        picture("01-welcome");
        QVERIFY(m_bench->open(0));
        picture("02-empty-workspace");
    }

    void aDroppedFileIsImported()
    {
        const QString file = m_bench->write(QStringLiteral("hourly.csv"), marketCsv(3000));
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(file)});
        QDragEnterEvent enter(QPoint(300, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&window(), &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop(QPointF(300, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&window(), &drop);
        auto* dialog = window().findChild<ImportDialog*>();
        QVERIFY(dialog);
        QTRY_VERIFY_WITH_TIMEOUT(dialog->importButton().isEnabled(), waitMs);
        QCOMPARE(dialog->result()->rows(), 3000);
        picture("03-import", dialog);
        QTest::mouseClick(&dialog->importButton(), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(window().toolBar().series(), std::string("hourly"), waitMs);
        QTRY_COMPARE_WITH_TIMEOUT(chart().bars().rows(), std::size_t{3000}, waitMs);
        QTRY_VERIFY_WITH_TIMEOUT(window().actions().train->isEnabled(), waitMs);
        picture("04-series");
    }

    void settingsAreChosen()
    {
        const std::string first = models().front().id;
        for (const ModelEntry& entry : models())
            if (entry.capabilities.pastCovariates)
                window().toolBar().chooseModel(entry.id);
        window().setup().setSettings(endlessSettings());
        auto* groups = window().setup().findChild<QTabWidget*>(QStringLiteral("setupGroups"));
        if (modelEntry(window().toolBar().model()).capabilities.pastCovariates)
            window().recipe().setPreviewed(window().recipe().add("rsi"), true);
        QTRY_COMPARE_WITH_TIMEOUT(chart().paneTitles().size(), window().recipe().count(), waitMs);
        picture("05-pipeline");
        window().findChild<QDockWidget*>(QStringLiteral("setupDock"))->raise();
        groups->setCurrentIndex(0);
        picture("06-settings");
        ParamForm& training = *window().setup().trainingForm();
        training.setValues({{"loss", std::string("quantile")},
                            {"optimizer", std::string("sgd")},
                            {"schedule", std::string("plateau")}});
        picture("06-settings-of-others");
        training.resetAll();
        training.setValues(endlessSettings());
        window().toolBar().chooseModel(first);
    }

    void aRunTrainsPausesAndGoesOn()
    {
        QSignalSpy validated(&window().job(), &TrainingJob::validated);
        clickTool(window().actions().train);
        QTRY_COMPARE_WITH_TIMEOUT(window().job().phase(), TrainingJob::Phase::Running, waitMs);
        QTRY_VERIFY_WITH_TIMEOUT(validated.count() >= 3, waitMs);
        QTRY_VERIFY_WITH_TIMEOUT(runs().selectedRun() != 0, waitMs);
        QTRY_VERIFY_WITH_TIMEOUT(windows().windowCount() > 0, waitMs);
        QVERIFY(label("statusStep").contains(QStringLiteral("step")));
        picture("07-training");

        clickTool(window().actions().pause);
        QTRY_VERIFY_WITH_TIMEOUT(hasEvent("paused"), waitMs);
        picture("08-paused");
        const int before = validated.count();
        clickTool(window().actions().pause);
        QTRY_VERIFY_WITH_TIMEOUT(hasEvent("resumed"), waitMs);
        QTRY_VERIFY_WITH_TIMEOUT(validated.count() > before, waitMs);
    }

    void theLearningRateChangesWhileItRuns()
    {
        auto* edit = window().findChild<QLineEdit*>(QStringLiteral("learningRate"));
        edit->setFocus();
        edit->selectAll();
        QTest::keyClicks(edit, QStringLiteral("0.0002"));
        QTest::keyClick(edit, Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(hasEvent("learning_rate"), waitMs);
        QTRY_COMPARE_WITH_TIMEOUT(edit->text().toDouble(), 0.0002, waitMs);
    }

    void anotherValidationWindowIsShown()
    {
        QSignalSpy shown(&window().presenter(), &RunPresenter::windowShown);
        auto* spin = windows().findChild<QSpinBox*>();
        QVERIFY(spin->isVisible());
        spin->setValue(10);
        QVERIFY(shown.wait(waitMs));
        picture("09-another-window");
    }

    void stoppingKeepsTheBestAndForecasts()
    {
        QSignalSpy forecast(&window().presenter(), &RunPresenter::forecastShown);
        clickTool(window().actions().stop);
        QTRY_VERIFY_WITH_TIMEOUT(!window().job().isActive(), waitMs);
        QTRY_VERIFY_WITH_TIMEOUT(forecast.count() > 0, waitMs);
        QTRY_COMPARE_WITH_TIMEOUT(window().workspace().runs().front().state, RunState::Stopped, waitMs);
        QVERIFY(window().presenter().forecast()->lower.size() ==
                window().presenter().forecast()->point.size());
        auto* comparison = window().findChild<QTableView*>(QStringLiteral("comparisonTable"));
        QTRY_VERIFY_WITH_TIMEOUT(comparison->model()->rowCount() > 3, waitMs);
        picture("10-finished");
    }

    void aCheckpointShowsItsForecast()
    {
        auto& page = *window().findChild<CheckpointsPage*>();
        QTRY_VERIFY_WITH_TIMEOUT(page.model()->rowCount() > 1, waitMs);
        window().findChild<QTabWidget*>(QStringLiteral("tabs"))->setCurrentWidget(&page);
        QSignalSpy forecast(&window().presenter(), &RunPresenter::forecastShown);
        page.table()->selectRow(0);
        QVERIFY(forecast.wait(waitMs));
        QCOMPARE(window().presenter().forecast()->step, page.model()->at(0).step);
        picture("11-checkpoint");
    }

    void forecastAndPictureAreExported()
    {
        window().actions().exportForecast->trigger();
        choose(m_bench->file(QStringLiteral("forecast.csv")));
        QTRY_VERIFY_WITH_TIMEOUT(QFileInfo(m_bench->file(QStringLiteral("forecast.csv"))).size() > 0, waitMs);
        QFile csv(m_bench->file(QStringLiteral("forecast.csv")));
        QVERIFY(csv.open(QIODevice::ReadOnly));
        QCOMPARE(csv.readLine().trimmed(), QByteArray("time,forecast,lower_80,upper_80"));
        QCOMPARE(csv.readAll().count('\n'), 12);

        window().actions().savePicture->trigger();
        choose(m_bench->file(QStringLiteral("forecast.png")));
        QTRY_VERIFY_WITH_TIMEOUT(QFileInfo(m_bench->file(QStringLiteral("forecast.png"))).size() > 0, waitMs);
        QVERIFY(QImageReader(m_bench->file(QStringLiteral("forecast.png"))).size().width() > 600);
    }

    void runsAreListedWithTheirEvents()
    {
        auto* tabs = window().findChild<QTabWidget*>(QStringLiteral("tabs"));
        for (int i = 0; i < tabs->count(); ++i) {
            tabs->setCurrentIndex(i);
            picture(qPrintable(QStringLiteral("12-tab-%1").arg(i)));
        }
        tabs->setCurrentIndex(0);
    }

    void aStoredRunOpensAgain()
    {
        RunsPage& page = runs();
        const std::int64_t id = page.selectedRun();
        page.table()->clearSelection();
        QTRY_COMPARE_WITH_TIMEOUT(window().presenter().shownRun(), std::int64_t{0}, waitMs);
        QSignalSpy forecast(&window().presenter(), &RunPresenter::forecastShown);
        page.selectRun(id);
        QVERIFY(forecast.wait(waitMs));
        windows().setMode(WindowBar::Mode::Window);
        QSignalSpy shown(&window().presenter(), &RunPresenter::windowShown);
        QVERIFY(shown.wait(waitMs));
        picture("13-stored-window");
        windows().setMode(WindowBar::Mode::Forecast);
    }

    void aSecondRunCanBeCancelled()
    {
        clickTool(window().actions().train);
        QTRY_COMPARE_WITH_TIMEOUT(window().workspace().runs().size(), std::size_t{2}, waitMs);
        clickTool(window().actions().cancel);
        QTRY_VERIFY_WITH_TIMEOUT(!window().job().isActive(), waitMs);
        QTRY_COMPARE_WITH_TIMEOUT(window().workspace().runs().size(), std::size_t{1}, waitMs);
    }

    void problemsAreToldInOneLine()
    {
        window().setup().setSettings({{"length", std::int64_t{4000}}});
        clickTool(window().actions().train);
        QTRY_VERIFY_WITH_TIMEOUT(!window().notice().text().isEmpty(), waitMs);
        picture("14-problem");
        window().notice().clear();
        window().setup().setSettings({});
    }

    void menusAndHelpOpen()
    {
        for (QAction* action : window().menuBar()->actions()) {
            action->menu()->popup(window().mapToGlobal(QPoint(0, 0)));
            QVERIFY(action->menu()->isVisible());
            picture(qPrintable(QStringLiteral("15-menu-") + action->text().remove(u'&')), action->menu());
            action->menu()->close();
        }
        window().actions().shortcuts->trigger();
        auto* shortcuts = window().findChild<QDialog*>();
        QVERIFY(shortcuts && shortcuts->isVisible());
        picture("16-shortcuts", shortcuts);
        shortcuts->close();
    }

    void aFileWithProblemsSaysWhereTheyAre()
    {
        QByteArray csv = marketCsv(60);
        csv.replace("2023-11-15T08:00:00Z", "2023-11-15T07:00:00Z");
        csv += "2023-11-18,1;2\n2023-11-19T00:00:00Z,5,4,6,5,-1\n";
        ImportDialog dialog(window().workspace(),
                            {sourceOf(m_bench->write(QStringLiteral("odd.csv"), csv))}, &window());
        dialog.show();
        QTRY_VERIFY_WITH_TIMEOUT(dialog.result() && !dialog.isReading(), waitMs);
        dialog.findChild<TableView*>(QStringLiteral("importMessages"))->selectRow(0);
        picture("17-import-problems", &dialog);
    }

    void everySizeAndTheme_data()
    {
        QTest::addColumn<QSize>("size");
        QTest::addColumn<bool>("dark");
        QTest::newRow("dark-1280x800") << QSize(1280, 800) << true;
        QTest::newRow("light-1280x800") << QSize(1280, 800) << false;
        QTest::newRow("dark-2560x1440") << QSize(2560, 1440) << true;
        QTest::newRow("light-2560x1440") << QSize(2560, 1440) << false;
    }
    void everySizeAndTheme()
    {
        QFETCH(QSize, size);
        QFETCH(bool, dark);
        m_theme->setScheme(dark ? Scheme::Dark : Scheme::Light);
        // However many workspaces the hidden welcome page lists.
        QStringList recent;
        for (int i = 0; i < 10; ++i)
            recent << QStringLiteral("/home/analyst/%1.forecastle").arg(i);
        window().findChild<WelcomePage*>()->setRecent(recent);
        window().resize(size);
        if (runs().selectedRun() == 0) {
            QSignalSpy forecast(&window().presenter(), &RunPresenter::forecastShown);
            runs().selectRun(window().workspace().runs().front().id);
            QVERIFY(forecast.wait(waitMs));
        }
        QCOMPARE(window().size(), size);
        picture(QTest::currentDataTag());
    }

private:
    MainWindow& window() { return m_bench->window(); }
    PriceChart& chart() { return *window().findChild<PriceChart*>(); }
    RunsPage& runs() { return *window().findChild<RunsPage*>(); }
    WindowBar& windows() { return *window().findChild<WindowBar*>(); }
    QString label(const char* name) { return window().findChild<QLabel*>(QLatin1String(name))->text(); }

    void clickTool(QAction* action)
    {
        for (QObject* object : action->associatedObjects())
            if (auto* button = qobject_cast<QAbstractButton*>(object)) {
                QTRY_VERIFY_WITH_TIMEOUT(button->isEnabled(), waitMs);
                QTest::mouseClick(button, Qt::LeftButton);
                return;
            }
        QFAIL("the action has no button");
    }

    bool hasEvent(const std::string& kind)
    {
        const auto& events = window().findChild<EventsPage*>()->model()->rows();
        return std::any_of(events.begin(), events.end(),
                           [&](const EventRecord& event) { return event.kind == kind; });
    }

    /// Confirms the open file dialog with `path`.
    void choose(const QString& path)
    {
        const auto dialogs = window().findChildren<QFileDialog*>();
        const auto open =
            std::find_if(dialogs.begin(), dialogs.end(), [](auto* each) { return each->isVisible(); });
        QVERIFY(open != dialogs.end());
        QFileDialog* dialog = *open;
        dialog->selectFile(path);
        QMetaObject::invokeMethod(dialog, "accept");
    }

    /// Charts redraw at most 30 times a second; the picture waits until the last change is in.
    void picture(const char* name, QWidget* widget = nullptr)
    {
        QTest::qWait(120);
        const QPixmap shot = (widget ? widget : &window())->grab();
        QVERIFY(shot.save(QStringLiteral(FC_TOUR_DIR "/%1.png").arg(QLatin1String(name))));
    }

    bool m_failed = false;
    std::unique_ptr<Theme> m_theme;
    std::unique_ptr<Workbench> m_bench;
};

QTEST_MAIN(TestTour)
#include "tst_tour.moc"
