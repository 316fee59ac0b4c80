// SPDX-License-Identifier: GPL-3.0-or-later
// The panel that gives a first look at a series.
#include <QComboBox>
#include <QDir>
#include <QLabel>
#include <QSpinBox>
#include <QTabWidget>

#include "tests/ui/workbench.h"
#include "ui/data/explore_panel.h"
#include "ui/plots/stat_plot.h"

using namespace fc;
using namespace fc::ui;

class ExplorePanelTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        QDir().mkpath(QStringLiteral(FC_TOUR_DIR));
        m_theme = new Theme(*qApp, Scheme::Dark);
        m_path = toPath(m_folder.filePath(QStringLiteral("explore.forecastle")));
        Store::create(m_path);
        const ImportResult result = importCsvBytes(marketCsv(600).toStdString(), "hourly");
        storeSeries(m_path, {{result.records(), describeSeries(result.records(), "hourly.csv", "{}")}});
    }

    void theCloseIsShownFirst()
    {
        ExplorePanel panel;
        open(panel);
        QCOMPARE(panel.shown()->column, std::string("close"));
        const auto text = panel.findChild<QLabel*>(QStringLiteral("exploreNumbers"))->text();
        QVERIFY2(text.contains(QStringLiteral("600")), qPrintable(text));
        QVERIFY(panel.findChild<QLabel*>(QStringLiteral("exploreVerdict"))
                    ->text()
                    .contains(QStringLiteral("ADF")));
        const auto plots = panel.findChildren<StatPlot*>();
        QCOMPARE(plots.size(), 8);
    }

    void anotherColumnIsAnotherLook()
    {
        ExplorePanel panel;
        open(panel);
        auto* column = panel.findChild<QComboBox*>(QStringLiteral("exploreColumn"));
        column->setCurrentIndex(column->findText(QStringLiteral("volume")));
        QSignalSpy explored(&panel, &ExplorePanel::explored);
        emit column->activated(column->currentIndex());
        QVERIFY(explored.wait(waitMs));
        QCOMPARE(panel.shown()->column, std::string("volume"));
    }

    void onlyTheNewestQuestionIsAnswered()
    {
        ExplorePanel panel;
        open(panel);
        QSignalSpy explored(&panel, &ExplorePanel::explored);
        auto* lags = panel.findChild<QSpinBox*>(QStringLiteral("exploreLags"));
        lags->setValue(10);
        lags->setValue(17);
        QVERIFY(explored.wait(waitMs));
        QCOMPARE(explored.count(), 1);
        QCOMPARE(panel.shown()->autocorrelation.values.size(), size_t(18));
    }

    void aHiddenPanelComputesNothing()
    {
        ExplorePanel panel;
        panel.setSeries(m_path, "hourly", {"open", "close"});
        QSignalSpy explored(&panel, &ExplorePanel::explored);
        QCoreApplication::processEvents();
        QVERIFY(panel.shown() == nullptr);
        panel.show();
        QVERIFY(explored.wait(waitMs));
    }

    void aSeriesThatIsGoneIsSaidInThePlots()
    {
        ExplorePanel panel;
        panel.show();
        QSignalSpy explored(&panel, &ExplorePanel::explored);
        panel.setSeries(m_path, "nowhere", {"close"});
        QVERIFY(explored.wait(waitMs));
        QVERIFY(panel.shown() == nullptr);
    }

    void everyPageDrawsWhatItSays()
    {
        ExplorePanel panel;
        panel.setFeatures("rsi(period=14); log_return(); calendar()");
        open(panel);
        auto* tabs = panel.findChild<QTabWidget*>();
        for (int page = 0; page < tabs->count(); ++page) {
            tabs->setCurrentIndex(page);
            QTest::qWait(0);
            const QPixmap shot = panel.grab();
            QVERIFY(shot.save(QStringLiteral(FC_TOUR_DIR "/explore-%1.png").arg(page)));
        }
        int drawn = 0;
        for (const StatPlot* plot : panel.findChildren<StatPlot*>())
            drawn += plot->drawnValues() > 0 ? 1 : 0;
        QCOMPARE(drawn, 7);  // nothing is missing, and the map says so
    }

private:
    void open(ExplorePanel& panel)
    {
        panel.resize(1000, 700);
        panel.show();
        QSignalSpy explored(&panel, &ExplorePanel::explored);
        panel.setSeries(m_path, "hourly", {"open", "high", "low", "close", "volume"});
        QVERIFY(explored.wait(waitMs));
        QVERIFY(panel.shown() != nullptr);
    }

    Theme* m_theme = nullptr;  ///< owned by the application
    QTemporaryDir m_folder;
    std::filesystem::path m_path;
};

QTEST_MAIN(ExplorePanelTest)
#include "tst_explore_panel.moc"
