// SPDX-License-Identifier: GPL-3.0-or-later
// The window as a whole: names, keys, first start, closing, and that it stays quick while a model trains.
#include <QAbstractButton>
#include <QAccessible>
#include <QAccessibleActionInterface>
#include <QAccessibleTableInterface>
#include <QComboBox>
#include <QDockWidget>
#include <QLabel>
#include <QMenuBar>
#include <QMessageBox>
#include <QPushButton>
#include <QSet>
#include <time.h>

#include "engine/models/model.h"
#include "tests/ui/workbench.h"
#include "ui/data/series_page.h"
#include "ui/main/actions.h"
#include "ui/main/notice_bar.h"
#include "ui/main/tool_bar.h"
#include "ui/main/welcome_page.h"
#include "ui/params/setup_panel.h"
#include "ui/runs/run_presenter.h"
#include "ui/runs/tables.h"

using namespace fc;
using namespace fc::ui;

namespace {

/// Remembers what the slowest event on the screen's thread cost.
class TimedApplication : public QApplication {
public:
    using QApplication::QApplication;

    bool notify(QObject* receiver, QEvent* event) override
    {
        if (m_depth > 0)
            return QApplication::notify(receiver, event);
        const QByteArray name = receiver->metaObject()->className();
        const int type = event->type();
        ++m_depth;
        const double before = cpuMs();
        QElapsedTimer wall;
        wall.start();
        const bool done = QApplication::notify(receiver, event);
        const double cost = cpuMs() - before;
        --m_depth;
        ++m_events;
        m_slowestWallMs = std::max(m_slowestWallMs, static_cast<double>(wall.nsecsElapsed()) / 1e6);
        if (cost > m_slowestMs) {
            m_slowestMs = cost;
            m_slowest = QStringLiteral("%1, event %2").arg(QLatin1String(name)).arg(type);
        }
        return done;
    }

    void forget()
    {
        m_slowestMs = m_slowestWallMs = 0;
        m_events = 0;
        m_slowest.clear();
    }
    double slowestMs() const { return m_slowestMs; }
    double slowestWallMs() const { return m_slowestWallMs; }
    int events() const { return m_events; }
    const QString& slowest() const { return m_slowest; }

private:
    static double cpuMs()
    {
        timespec now{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
    }

    double m_slowestMs = 0;
    double m_slowestWallMs = 0;
    int m_events = 0;
    int m_depth = 0;
    QString m_slowest;
};

QString describe(const QWidget* widget)
{
    const QWidget* parent = widget->parentWidget();
    return QStringLiteral("%1 \"%2\" in %3 \"%4\"")
        .arg(QLatin1String(widget->metaObject()->className()), widget->objectName(),
             parent ? QLatin1String(parent->metaObject()->className()) : QLatin1String("-"),
             parent ? parent->objectName() : QString());
}

QString accessibleName(QWidget* widget)
{
    QAccessibleInterface* face = QAccessible::queryAccessibleInterface(widget);
    return face ? face->text(QAccessible::Name) : QString();
}

}  // namespace

class TestWindow : public QObject {
    Q_OBJECT

public:
    explicit TestWindow(TimedApplication& application)
        : m_application(application), m_theme(application, Scheme::Dark)
    {
    }

private slots:
    void init() { m_bench = std::make_unique<Workbench>(m_theme); }
    void cleanup() { m_bench.reset(); }

    void theFirstStartWelcomes()
    {
        MainWindow& window = m_bench->window();
        window.show();
        auto* welcome = window.findChild<WelcomePage*>();
        QVERIFY(welcome->isVisible());
        QVERIFY(welcome->findChildren<QPushButton*>().size() >= 3);
        for (const QDockWidget* dock : window.findChildren<QDockWidget*>())
            QVERIFY2(!dock->isVisible(), qPrintable(dock->objectName()));
        QVERIFY(!window.actions().train->isEnabled());
        QVERIFY(m_bench->open(0));
        QTRY_VERIFY_WITH_TIMEOUT(!welcome->isVisible(), waitMs);
        for (const QDockWidget* dock : window.findChildren<QDockWidget*>())
            if (!dock->isFloating())  // what floats is opened when it is asked for
                QVERIFY2(dock->isVisible(), qPrintable(dock->objectName()));
        QVERIFY(!window.actions().train->isEnabled());
    }

    void aWorkspaceThatIsNoneIsRefusedInOneLine()
    {
        MainWindow& window = m_bench->window();
        window.show();
        window.openWorkspace(toPath(m_bench->write(QStringLiteral("text.forecastle"), "not a workspace")));
        QTRY_VERIFY_WITH_TIMEOUT(!window.notice().text().isEmpty(), waitMs);
        QVERIFY(window.notice().isVisible());
        QVERIFY(!window.workspace().isOpen());
    }

    void everyControlHasAName()
    {
        QVERIFY(m_bench->open(400));
        MainWindow& window = m_bench->window();
        window.resize(1600, 1000);
        window.show();
        QStringList nameless;
        for (QWidget* widget : window.findChildren<QWidget*>()) {
            const bool isOwn = !widget->objectName().startsWith(QStringLiteral("qt_"));
            if (widget->focusPolicy() == Qt::NoFocus || !widget->isVisibleTo(&window) || !isOwn)
                continue;
            if (accessibleName(widget).isEmpty())
                nameless << describe(widget);
        }
        QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u'\n')));
    }

    void everyActionExplainsItself()
    {
        for (const QAction* action : m_bench->window().actions().all()) {
            QVERIFY2(!action->toolTip().isEmpty() && !action->statusTip().isEmpty(),
                     qPrintable(action->text()));
            QVERIFY2(action->text().contains(u'&'), qPrintable(action->text()));
        }
    }

    void shortcutsAndMnemonicsAreUnique()
    {
        MainWindow& window = m_bench->window();
        QSet<QString> keys;
        for (const QAction* action : window.actions().all())
            for (const QKeySequence& key : action->shortcuts()) {
                QVERIFY2(!keys.contains(key.toString()), qPrintable(key.toString()));
                keys.insert(key.toString());
            }
        const auto checkMnemonics = [](const QList<QAction*>& actions) {
            QSet<QChar> letters;
            for (const QAction* action : actions) {
                const qsizetype mark = action->text().indexOf(u'&');
                if (mark < 0)
                    continue;
                const QChar letter = action->text().at(mark + 1).toLower();
                QVERIFY2(!letters.contains(letter), qPrintable(action->text()));
                letters.insert(letter);
            }
        };
        checkMnemonics(window.menuBar()->actions());
        for (QAction* menu : window.menuBar()->actions())
            checkMnemonics(menu->menu()->actions());
    }

    void tabReachesEveryControl()
    {
        QVERIFY(m_bench->open(400));
        MainWindow& window = m_bench->window();
        window.resize(1600, 1000);
        window.show();
        window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        // A dock behind another is moved out of the window, and calls itself visible.
        const auto isBehind = [&](const QWidget* widget) {
            for (; widget; widget = widget->parentWidget())
                if (const auto* dock = qobject_cast<const QDockWidget*>(widget))
                    return !dock->isFloating() && !window.rect().intersects(dock->geometry());
            return false;
        };
        QSet<QWidget*> seen;
        for (int i = 0; i < 300; ++i) {
            QWidget* focused = QApplication::focusWidget();
            QTest::keyClick(focused ? focused : &window, Qt::Key_Tab);
            focused = QApplication::focusWidget();
            QVERIFY(focused);
            if (seen.contains(focused))
                break;
            seen.insert(focused);
        }
        QStringList missed;
        for (QWidget* widget : window.findChildren<QWidget*>()) {
            const bool takesTab = (widget->focusPolicy() & Qt::TabFocus) && !widget->focusProxy();
            const bool isPart = widget->objectName().startsWith(QStringLiteral("qt_"));
            if (takesTab && !isPart && widget->isVisible() && widget->isEnabled() && !isBehind(widget) &&
                !seen.contains(widget))
                missed << describe(widget);
        }
        QVERIFY2(missed.isEmpty(), qPrintable(missed.join(u'\n')));
    }

    void trainingCanBeStartedThroughAccessibility()
    {
        QVERIFY(m_bench->open(600));
        MainWindow& window = m_bench->window();
        window.setup().setSettings(endlessSettings());
        window.show();
        auto* train = window.findChild<QAbstractButton*>(QStringLiteral("setupTrain"));
        QTRY_VERIFY_WITH_TIMEOUT(train->isEnabled(), waitMs);
        QAccessible::queryAccessibleInterface(train)->actionInterface()->doAction(
            QAccessibleActionInterface::pressAction());
        QTRY_COMPARE_WITH_TIMEOUT(window.job().phase(), TrainingJob::Phase::Running, waitMs);
        auto* table = window.findChild<QWidget*>(QStringLiteral("runsTable"));
        QAccessibleTableInterface* cells = QAccessible::queryAccessibleInterface(table)->tableInterface();
        QVERIFY(cells);
        QTRY_COMPARE_WITH_TIMEOUT(cells->rowCount(), 1, waitMs);
        QVERIFY(!cells->cellAt(0, 0)->text(QAccessible::Name).isEmpty());
        window.job().cancel();
        QTRY_VERIFY_WITH_TIMEOUT(!window.job().isActive(), waitMs);
        QTRY_COMPARE_WITH_TIMEOUT(cells->rowCount(), 0, waitMs);
    }

    void aTrainingThatCannotStartSaysWhy()
    {
        QVERIFY(m_bench->open(60));
        MainWindow& window = m_bench->window();
        window.show();
        QTRY_VERIFY_WITH_TIMEOUT(window.actions().train->isEnabled(), waitMs);
        window.actions().train->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(!window.notice().text().isEmpty(), waitMs);
        QTRY_VERIFY_WITH_TIMEOUT(!window.job().isActive(), waitMs);
        QVERIFY(window.workspace().runs().empty());
    }

    void closingWhileTrainingKeepsTheRun()
    {
        QVERIFY(m_bench->open(600));
        MainWindow& window = m_bench->window();
        window.setup().setSettings(endlessSettings());
        window.show();
        QTRY_VERIFY_WITH_TIMEOUT(window.actions().train->isEnabled(), waitMs);
        QSignalSpy validated(&window.job(), &TrainingJob::validated);
        window.actions().train->trigger();
        QVERIFY(validated.wait(waitMs));
        QVERIFY(!window.close());
        auto* question = window.findChild<QMessageBox*>(QStringLiteral("closeQuestion"));
        QVERIFY(question);
        question->defaultButton()->click();
        QTRY_VERIFY_WITH_TIMEOUT(!window.isVisible(), waitMs);
        const auto runs = Store::open(window.workspace().path(), Store::Mode::ReadOnly).runs();
        QCOMPARE(runs.size(), std::size_t{1});
        QCOMPARE(runs.front().state, RunState::Stopped);
    }

    void aSecondWindowSeesWhatTheFirstDid()
    {
        QVERIFY(m_bench->open(600));
        MainWindow second(m_theme);
        QSignalSpy opened(&second.workspace(), &Workspace::opened);
        second.openWorkspace(m_bench->window().workspace().path());
        QVERIFY(opened.wait(waitMs));
        QSignalSpy changed(&second.workspace(), &Workspace::seriesChanged);
        m_bench->window().workspace().change([](Store& store) { store.deleteSeries("hourly"); });
        QVERIFY(changed.wait(waitMs));
        QTRY_VERIFY_WITH_TIMEOUT(second.workspace().series().empty(), waitMs);
    }

    void theDemonstrationTrainsAtOnce()
    {
        MainWindow& window = m_bench->window();
        window.show();
        QSignalSpy validated(&window.job(), &TrainingJob::validated);
        window.openDemo(toPath(m_bench->file(QStringLiteral("demo.forecastle"))), true);
        QVERIFY(validated.wait(waitMs));
        QVERIFY(window.workspace().series().size() >= 3);
        window.job().stop();
        QTRY_VERIFY_WITH_TIMEOUT(!window.job().isActive(), waitMs);
    }

    void aSeriesThatIsNoMarketIsForecastToo()
    {
        MainWindow& window = m_bench->window();
        window.show();
        window.openDemo(toPath(m_bench->file(QStringLiteral("demo.forecastle"))), false);
        QTRY_VERIFY_WITH_TIMEOUT(window.workspace().findSeries("synthetic-load-1h"), waitMs);
        auto* series = window.findChild<SeriesPage*>();
        series->selectSeries("synthetic-load-1h");
        QCOMPARE(window.toolBar().series(), std::string("synthetic-load-1h"));
        window.toolBar().chooseModel("dlinear");
        window.setup().setSettings({{"horizon", std::int64_t{24}}, {"max_steps", std::int64_t{100}}});
        QSignalSpy forecast(&window.presenter(), &RunPresenter::forecastShown);
        window.actions().train->trigger();
        QVERIFY(forecast.wait(waitMs));
        const ForecastPicture picture = window.presenter().picture();
        QVERIFY(!picture.bars.isMarket() && picture.bars.synthetic);
        QCOMPARE(picture.forecast.median.size(), std::size_t{24});
        QCOMPARE(picture.forecast.lower.size(), std::size_t{24});
        QVERIFY(picture.forecast.time.front() > picture.bars.time.back());
    }

    void noEventTakesLongWhileAllCoresTrain_data()
    {
        QTest::addColumn<QString>("model");
        QTest::addColumn<int>("validations");
        QTest::addColumn<qint64>("every");
        QTest::newRow("many quick steps") << fromUtf8(models().front().id) << 60 << qint64{150};
        QTest::newRow("few heavy steps") << fromUtf8(models().back().id) << 3 << qint64{20};
    }
    void noEventTakesLongWhileAllCoresTrain()
    {
        QFETCH(QString, model);
        QFETCH(int, validations);
        QFETCH(qint64, every);
        QVERIFY(m_bench->open(4000));
        MainWindow& window = m_bench->window();
        window.resize(1600, 1000);
        window.toolBar().chooseModel(toUtf8(model));
        ParamValues settings = endlessSettings();
        settings["threads"] = std::int64_t{0};
        settings["validate_every"] = std::int64_t{every};
        window.setup().setSettings(settings);
        window.show();
        QTRY_VERIFY_WITH_TIMEOUT(window.actions().train->isEnabled(), waitMs);
        QSignalSpy validated(&window.job(), &TrainingJob::validated);
        m_application.forget();
        window.actions().train->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(validated.count() >= validations, 4 * waitMs);
        window.job().stop();
        QTRY_VERIFY_WITH_TIMEOUT(!window.job().isActive(), waitMs);
        qInfo("%d events; slowest %.1f ms of processor time (%s), %.1f ms on the wall",
              m_application.events(), m_application.slowestMs(), qPrintable(m_application.slowest()),
              m_application.slowestWallMs());
        QVERIFY(m_application.events() > 100);
        QVERIFY2(m_application.slowestMs() < 50, qPrintable(m_application.slowest()));
    }

private:
    TimedApplication& m_application;
    Theme m_theme;
    std::unique_ptr<Workbench> m_bench;
};

int main(int argc, char** argv)
{
    TimedApplication application(argc, argv);
    TestWindow test(application);
    QTEST_SET_MAIN_SOURCE_PATH
    return QTest::qExec(&test, argc, argv);
}

#include "tst_window.moc"
