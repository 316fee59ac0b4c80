// SPDX-License-Identifier: GPL-3.0-or-later
// The charts and their arithmetic, off screen.
#include <QApplication>
#include <QImage>
#include <QLabel>
#include <QLocale>
#include <QSignalSpy>
#include <QTest>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "tests/ui/plot_data.h"
#include "ui/plots/loss_chart.h"
#include "ui/plots/loss_plot.h"
#include "ui/plots/number_text.h"
#include "ui/plots/preview_panes.h"
#include "ui/plots/price_chart.h"
#include "ui/plots/price_plot.h"
#include "ui/theme/theme.h"

using namespace fc;
using namespace fc::ui;

namespace {

Pyramid pyramidOf(const Bars& bars)
{
    return Pyramid({bars.open, bars.high, bars.low, bars.close, bars.volume});
}

QString labels(const std::vector<RowClock::Tick>& ticks)
{
    QStringList all;
    for (const RowClock::Tick& tick : ticks)
        all.append(QStringLiteral("%1:%2").arg(tick.row).arg(tick.label));
    return all.join(QStringLiteral(", "));
}

}  // namespace

class TestPlots : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();

    void pyramidKeepsExtremesAndSums();
    void pyramidSkipsMissingValues();
    void viewHasABoundedNumberOfBars_data();
    void viewHasABoundedNumberOfBars();

    void candlesLieOnWholePixels();
    void candleBodiesAreOddAndLeaveAGap();
    void linesBreakAtMissingValues();
    void shapesStayInsideTheArea();
    void columnsCoverWhatALineWould();

    void hoursAreLabelledWithDays();
    void weekendsTakeNoRoom();
    void monthsBeforeEpochAreLabelled();
    void rowsWithoutAClockAreCounted();
    void stampsFollowTheStep_data();
    void stampsFollowTheStep();
    void futureRowsHaveTheirOwnTimes();

    void numbersTakeTheDecimalsTheyNeed_data();
    void numbersTakeTheDecimalsTheyNeed();

    void millionBarsDrawNoMoreShapesThanPixels();
    void forecastStartsAtTheLastClose();
    void forecastComesIntoView();
    void windowForecastIsPlacedAtItsTimes();
    void viewStaysNearTheData();
    void keysMoveTheView();
    void readOutShowsTheRowUnderTheMouse();
    void syntheticDataIsCalledSynthetic();
    void chartDescribesItselfInWords();
    void panesMoveWithThePrices();
    void aPaneOfAMillionRowsDrawsNoMoreShapesThanPixels();
    void linesOfAnotherLengthAreLeftOut();
    void otherBarsHaveNoPanes();
    void emptyChartsSayWhatToDo();

    void smoothingHasNoStartingBias();
    void resumedStepsReplaceLaterOnes();
    void thinningKeepsExtremes();
    void trackKnowsExtremesOfAnyStretch();
    void firstLossesDoNotSquashTheRest();
    void appendsInOneTurnAreOneReplot();
    void millionLossPointsDrawFewLines();
    void logScaleLeavesOutWhatIsNotPositive();
    void bestValidationIsMarked();
};

void TestPlots::initTestCase()
{
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
    new Theme(*qApp, Scheme::Light);  // owned by the application
}

void TestPlots::pyramidKeepsExtremesAndSums()
{
    Bars bars = wave(100000);
    bars.high[54321] = 9999;
    bars.low[65432] = -7;
    const Pyramid pyramid = pyramidOf(bars);
    const Pyramid::View all = pyramid.view(0, 99999, 200);
    double high = -1e9;
    double low = 1e9;
    double volume = 0;
    for (const Bar& bar : all.bars) {
        high = std::max(high, bar.high);
        low = std::min(low, bar.low);
        volume += bar.volume;
    }
    QCOMPARE(high, 9999.0);
    QCOMPARE(low, -7.0);
    QCOMPARE(volume, std::accumulate(bars.volume.begin(), bars.volume.end(), 0.0));
    QCOMPARE(all.bars.front().open, bars.open.front());
    QCOMPARE(all.bars.back().close, bars.close.back());
}

void TestPlots::pyramidSkipsMissingValues()
{
    std::vector<double> values(256, missing);
    values[5] = 3;
    values[200] = 4;
    const Pyramid pyramid({values, values, values, values, {}});
    const Pyramid::View view = pyramid.view(0, 255, 64);
    QCOMPARE(view.rowsPerBar, std::int64_t{4});
    QCOMPARE(view.bars[1].open, 3.0);
    QCOMPARE(view.bars[1].high, 3.0);
    QCOMPARE(view.bars[1].close, 3.0);
    QVERIFY(std::isnan(view.bars[0].high));
    QCOMPARE(view.bars[50].low, 4.0);
}

void TestPlots::viewHasABoundedNumberOfBars_data()
{
    QTest::addColumn<double>("from");
    QTest::addColumn<double>("to");
    QTest::addColumn<qint64>("rowsPerBar");
    QTest::newRow("all") << 0.0 << 299999.0 << qint64(1024);
    QTest::newRow("beyond both ends") << -5000.0 << 400000.0 << qint64(1024);
    QTest::newRow("a few rows") << 1000.0 << 1200.0 << qint64(1);
    QTest::newRow("the end") << 298000.0 << 299999.0 << qint64(16);
}

void TestPlots::viewHasABoundedNumberOfBars()
{
    QFETCH(double, from);
    QFETCH(double, to);
    const Bars bars = wave(300000);
    const Pyramid::View view = pyramidOf(bars).view(from, to, 300);
    QTEST(qint64(view.rowsPerBar), "rowsPerBar");
    QVERIFY(view.bars.size() <= 303);
    QVERIFY(view.firstRow <= std::max(0.0, from));
    const auto end = view.firstRow + static_cast<qint64>(view.bars.size()) * view.rowsPerBar;
    QVERIFY(static_cast<double>(end) > std::min(to, 299999.0));
}

void TestPlots::candlesLieOnWholePixels()
{
    const Bars bars = wave(60);
    const Pyramid pyramid = pyramidOf(bars);
    const Mapping map{QRectF(0, 0, 613, 301), -0.5, 59.5, 400, 1600};
    const RiseAndFall shapes = candleShapes(pyramid.view(0, 59, 1000), map);
    QCOMPARE(shapes.up.size() + shapes.down.size(), 120);

    QImage image(613, 301, QImage::Format_RGB32);
    image.fill(Qt::black);
    QPainter painter(&image);
    painter.setPen(Qt::NoPen);
    painter.setBrush(Qt::green);
    painter.drawRects(shapes.up);
    painter.setBrush(Qt::red);
    painter.drawRects(shapes.down);
    painter.end();
    // No pixel is a mixture, so nothing is blurred.
    QCOMPARE(countOf(image, Qt::black) + countOf(image, Qt::green) + countOf(image, Qt::red),
             qsizetype(613 * 301));

    for (const QVector<QRect>* side : {&shapes.up, &shapes.down}) {
        for (qsizetype i = 0; i + 1 < side->size(); i += 2) {
            const QRect wick = (*side)[i];
            const QRect body = (*side)[i + 1];
            QCOMPARE(wick.width(), 1);
            QCOMPARE(body.center().x(), wick.x());
            QVERIFY(wick.top() <= body.top());
            QVERIFY(wick.bottom() >= body.bottom() - 1);
        }
    }
}

void TestPlots::candleBodiesAreOddAndLeaveAGap()
{
    for (double spacing = 3; spacing < 60; spacing += 0.25) {
        const int width = bodyWidth(spacing);
        QCOMPARE(width % 2, 1);
        QVERIFY2(width <= spacing - 1, qPrintable(QString::number(spacing)));
    }
}

void TestPlots::linesBreakAtMissingValues()
{
    const std::vector<double> values{1, 2, missing, 4, 5, 6};
    const Pyramid pyramid({values, values, values, values, {}});
    const Mapping map{QRectF(0, 0, 100, 100), 0, 5, 0, 10};
    const QVector<QLineF> lines = lineShapes(pyramid.view(0, 5, 100), map);
    QCOMPARE(lines.size(), 3);
    QCOMPARE(lines[0], QLineF(0, 90, 20, 80));
    QCOMPARE(lines[1], QLineF(60, 60, 80, 50));
}

void TestPlots::shapesStayInsideTheArea()
{
    const Bars bars = wave(60);
    const Pyramid pyramid = pyramidOf(bars);
    const Mapping map{QRectF(10, 20, 300, 100), 10.2, 30.7, 900, 1200};  // cuts on all sides
    const QRect area = map.area.toAlignedRect();
    const Pyramid::View view = pyramid.view(10, 31, 1000);
    for (const RiseAndFall& shapes : {candleShapes(view, map), volumeShapes(view, map)})
        for (const QVector<QRect>* side : {&shapes.up, &shapes.down})
            for (const QRect& rect : *side)
                QVERIFY(area.contains(rect));
    const QVector<QLineF> lines = lineShapes(view, map);
    QVERIFY(!lines.isEmpty());
    for (const QLineF& line : lines) {
        QVERIFY(map.area.adjusted(-1e-9, -1e-9, 1e-9, 1e-9).contains(line.p1()));
        QVERIFY(map.area.adjusted(-1e-9, -1e-9, 1e-9, 1e-9).contains(line.p2()));
    }
    QCOMPARE(segments({0, 40}, {1000, 1100}, map).size(), 1);
    QCOMPARE(segments({0, 5}, {1000, 1100}, map).size(), 0);
}

void TestPlots::columnsCoverWhatALineWould()
{
    const Mapping map{QRectF(0, 0, 10, 100), 0, 10, 0, 100};
    const std::vector<double> across{0, 0.2, 0.4, 2, 2.2};
    const QVector<QRect> columns = columnShapes(across, {50, 80, 40, 60, missing}, map);
    QCOMPARE(columns.size(), 2);
    QCOMPARE(columns[0], QRect(QPoint(0, 20), QPoint(0, 60)));
    QCOMPARE(columns[1], QRect(QPoint(2, 40), QPoint(2, 60)));
}

void TestPlots::hoursAreLabelledWithDays()
{
    const Bars bars = wave(100);
    const RowClock clock(bars.time, true);
    QCOMPARE(labels(clock.ticks(0, 60, 6)),
             QStringLiteral("0:6 Apr, 12:12:00, 24:7 Apr, 36:12:00, 48:8 Apr, 60:12:00"));
}

void TestPlots::weekendsTakeNoRoom()
{
    std::vector<double> times;
    for (int i = 0; i < 70; ++i)
        if (i % 7 > 1)  // day 0 is a Saturday
            times.push_back(start + i * day);
    const RowClock clock(times, true);
    QCOMPARE(labels(clock.ticks(0, 19, 4)), QStringLiteral("0:8 Apr, 5:15 Apr, 10:22 Apr, 15:29 Apr"));
    QCOMPARE(clock.stamp(4), QStringLiteral("Fri 12 Apr 2024"));
    QCOMPARE(clock.stamp(5), QStringLiteral("Mon 15 Apr 2024"));
    QCOMPARE(clock.rowOf(start + 7 * day), 5.0);
}

void TestPlots::monthsBeforeEpochAreLabelled()
{
    std::vector<double> times;
    for (int month = 0; month < 36; ++month)
        times.push_back(
            QDateTime(QDate(1949 + month / 12, 1 + month % 12, 1), QTime(), Qt::UTC).toSecsSinceEpoch());
    const RowClock clock(times, true);
    QCOMPARE(labels(clock.ticks(0, 14, 5)), QStringLiteral("0:1949, 3:Apr, 6:Jul, 9:Oct, 12:1950"));
}

void TestPlots::rowsWithoutAClockAreCounted()
{
    std::vector<double> times(500);
    std::iota(times.begin(), times.end(), 0.0);
    const RowClock clock(times, false);
    QCOMPARE(labels(clock.ticks(0, 400, 4)), QStringLiteral("0:0, 100:100, 200:200, 300:300, 400:400"));
    QCOMPARE(clock.stamp(17), QStringLiteral("# 17"));
}

void TestPlots::stampsFollowTheStep_data()
{
    QTest::addColumn<double>("step");
    QTest::addColumn<QString>("stamp");
    QTest::newRow("second") << 1.0 << QStringLiteral("Sat 6 Apr 2024 00:00:01");
    QTest::newRow("hour") << hour << QStringLiteral("Sat 6 Apr 2024 01:00");
    QTest::newRow("day") << day << QStringLiteral("Sun 7 Apr 2024");
}

void TestPlots::stampsFollowTheStep()
{
    QFETCH(double, step);
    const std::vector<double> times{start, start + step, start + 2 * step};
    QTEST(RowClock(times, true).stamp(1), "stamp");
}

void TestPlots::futureRowsHaveTheirOwnTimes()
{
    const std::vector<double> times{start + 5 * day, start + 6 * day};  // Thursday, Friday
    RowClock clock(times, true);
    clock.setFuture({start + 9 * day, start + 10 * day});
    QCOMPARE(clock.timeOf(2), start + 9 * day);
    QCOMPARE(clock.timeOf(4), start + 11 * day);
    QCOMPARE(clock.rowOf(start + 10 * day), 3.0);
    QCOMPARE(clock.rowOf(clock.timeOf(7)), 7.0);
}

void TestPlots::numbersTakeTheDecimalsTheyNeed_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const QString& text, const char* expected) {
        QTest::newRow(name) << text << QString::fromUtf8(expected);
    };
    row("quarter steps", fixedNumber(0.75, decimalsFor(0.25)), "0.75");
    row("tenth steps", fixedNumber(0.3, decimalsFor(0.1)), "0.3");
    row("steps of 500", fixedNumber(31500, decimalsFor(500)), "31,500");
    row("volume below 1000", shortNumber(162), "162");
    row("thousands", shortNumber(12340), "12.3K");
    row("just below a million", shortNumber(999700), "1M");
    row("billions", shortNumber(-7e9), "-7B");
    row("zero", shortNumber(0), "0");
    row("loss", lossNumber(0.88384), "0.8838");
    row("small loss", lossNumber(0.00123456), "0.001235");
    row("tiny loss", lossNumber(1.5e-7), "1.5E-07");
    row("no loss", lossNumber(missing), "–");
    row("no price", fixedNumber(missing, 2), "–");
}

void TestPlots::numbersTakeTheDecimalsTheyNeed()
{
    QFETCH(QString, text);
    QTEST(text, "expected");
}

void TestPlots::millionBarsDrawNoMoreShapesThanPixels()
{
    PricePlot plot;
    plot.layOut({1200, 600});
    plot.setBars(wave(1000000, 60));
    plot.fit();
    plot.replot();
    QVERIFY(plot.drawn().candles > 100);
    QVERIFY2(plot.drawn().candles <= 1200, qPrintable(QString::number(plot.drawn().candles)));
    QVERIFY(plot.drawn().volumes <= 600);

    Bars lines;
    lines.time = plot.bars().time;
    lines.lines.push_back({QStringLiteral("a"), plot.bars().close});
    plot.setBars(lines);
    plot.fit();
    plot.replot();
    QVERIFY(plot.drawn().lines > 100);
    QVERIFY(plot.drawn().lines <= 2 * 1200 + 10);
}

void TestPlots::forecastStartsAtTheLastClose()
{
    const Bars bars = wave(300);
    PricePlot plot;
    plot.setBars(bars);
    plot.setForecast(forecastAfter(bars, 24));
    const Fan& fan = plot.forecast();
    QCOMPARE(fan.rows.size(), 25U);
    QCOMPARE(fan.rows.front(), 299.0);
    QCOMPARE(fan.middle.front(), bars.close.back());
    QCOMPARE(fan.lower.front(), bars.close.back());
    QCOMPARE(fan.upper.front(), bars.close.back());
    QCOMPARE(fan.end(), 323.0);
    plot.setForecast({});
    QVERIFY(plot.forecast().isEmpty());
}

void TestPlots::forecastComesIntoView()
{
    const Bars bars = wave(300);
    PricePlot plot;
    plot.setBars(bars);
    QVERIFY(!plot.rowRange().contains(323));
    plot.setForecast(forecastAfter(bars, 24));
    QVERIFY(plot.rowRange().contains(323));
    QVERIFY(plot.valueRange().contains(plot.forecast().upper.back()));
    QVERIFY(plot.valueRange().contains(plot.forecast().lower.back()));

    plot.showRows(10, 60);
    plot.setForecast(forecastAfter(bars, 30));
    QVERIFY(!plot.rowRange().contains(300));
}

void TestPlots::windowForecastIsPlacedAtItsTimes()
{
    const Bars bars = wave(300);
    WindowBand window;
    for (int i = 100; i < 112; ++i) {
        window.time.push_back(bars.time[static_cast<std::size_t>(i)]);
        window.forecast.push_back(1000);
    }
    PricePlot plot;
    plot.setBars(bars);
    plot.setWindow(window);
    QCOMPARE(plot.window().cut, 99.0);
    QCOMPARE(plot.window().middle.front(), bars.close[99]);
    QCOMPARE(plot.window().actual.back(), bars.close[111]);
    plot.showWindow();
    QVERIFY(plot.rowRange().contains(99));
    QVERIFY(plot.rowRange().contains(111));
    QVERIFY(piecesText(plot.key()).contains(QStringLiteral("Actual")));
}

void TestPlots::viewStaysNearTheData()
{
    PricePlot plot;
    plot.setBars(wave(300));
    plot.showRows(-5000, 9000);
    QVERIFY(plot.rowRange().size() < 400);
    QVERIFY(plot.rowRange().contains(0));
    QVERIFY(plot.rowRange().contains(299));
    plot.showRows(150, 150.5);
    QVERIFY(plot.rowRange().size() >= 8);
}

void TestPlots::keysMoveTheView()
{
    PricePlot plot;
    plot.setBars(wave(1000));
    plot.showRows(400, 500);
    const double before = plot.rowRange().lower;
    QTest::keyClick(&plot, Qt::Key_Left);
    QVERIFY(plot.rowRange().lower < before);
    const double size = plot.rowRange().size();
    QTest::keyClick(&plot, Qt::Key_Plus);
    QVERIFY(plot.rowRange().size() < size);
    QTest::keyClick(&plot, Qt::Key_End);
    QVERIFY(plot.rowRange().contains(999));
    QTest::keyClick(&plot, Qt::Key_F);
    QVERIFY(plot.rowRange().contains(0));
    QVERIFY(plot.rowRange().contains(999));
}

void TestPlots::readOutShowsTheRowUnderTheMouse()
{
    Bars bars = wave(50);
    bars.open[10] = 100;
    bars.high[10] = 130.5;
    bars.low[10] = 90;
    bars.close[10] = 120;
    bars.close[9] = 80;
    bars.volume[10] = 12345;
    PriceChart chart;
    chart.resize(900, 500);
    chart.setBars(bars);
    chart.fit();
    chart.show();
    auto* plot = chart.findChild<PricePlot*>();
    plot->replot();
    QCOMPARE(piecesText(plot->readOut(10)),
             QStringLiteral("O 100.0, H 130.5, L 90.0, C 120.0, Vol 12.3K, +50.00%"));

    const QSignalSpy hovered(&chart, &PriceChart::barHovered);
    const QCPAxis* axis = plot->axisRect(0)->axis(QCPAxis::atBottom);
    const QPoint at(qRound(axis->coordToPixel(10)), plot->height() / 2);
    QTest::mouseMove(plot, at);
    QVERIFY(!hovered.isEmpty());
    QCOMPARE(hovered.last().first().toLongLong(), 10);
}

void TestPlots::syntheticDataIsCalledSynthetic()
{
    Bars bars = wave(50);
    PriceChart chart;
    chart.setBars(bars);
    QCOMPARE(chart.findChild<QLabel*>()->text(), QStringLiteral("TEST · 1h"));
    bars.synthetic = true;
    chart.setBars(bars);
    QCOMPARE(chart.findChild<QLabel*>()->text(), QStringLiteral("TEST · 1h · synthetic"));
}

void TestPlots::chartDescribesItselfInWords()
{
    Bars bars = wave(50);
    bars.close.back() = 1000;
    PriceChart chart;
    chart.setBars(bars);
    chart.setForecast(forecastAfter(bars, 4));
    QVERIFY(!chart.accessibleName().isEmpty());
    const QString text = chart.findChild<PricePlot*>()->accessibleDescription();
    QVERIFY2(text.contains(QStringLiteral("50 rows from Sat 6 Apr 2024 00:00 to Mon 8 Apr 2024 01:00")),
             qPrintable(text));
    QVERIFY2(text.contains(QStringLiteral("Forecast after 4 steps: 1,004.0.")), qPrintable(text));
    QVERIFY2(text.contains(QStringLiteral("80% interval: 984.0 to 1,024.0.")), qPrintable(text));
}

namespace {

PreviewPane paneOf(const QString& title, std::size_t rows, double low, double high, bool onPrices = false)
{
    PreviewPane pane{title, onPrices, {{title, std::vector<double>(rows, low)}}};
    for (std::size_t row = 1; row < rows; row += 2)
        pane.lines.front().values[row] = high;
    if (rows > 0)
        pane.lines.front().values.front() = missing;
    return pane;
}

}  // namespace

void TestPlots::panesMoveWithThePrices()
{
    PricePlot plot;
    plot.layOut({900, 600});
    plot.setBars(wave(500));
    plot.setPreview({paneOf(QStringLiteral("one"), 500, 0, 1), paneOf(QStringLiteral("two"), 500, -5, 5),
                     paneOf(QStringLiteral("over"), 500, 990, 1010, true)});
    QCOMPARE(plot.preview().titles(), (QStringList{QStringLiteral("one"), QStringLiteral("two")}));
    QCOMPARE(plot.axisRects().size(), 4);
    plot.showRows(100, 200);
    for (QCPAxisRect* rect : plot.axisRects())
        QCOMPARE(rect->axis(QCPAxis::atBottom)->range(), plot.rowRange());
    plot.axisRects().at(1)->axis(QCPAxis::atBottom)->setRange(150, 300);  // dragged in a pane
    QCOMPARE(plot.rowRange(), QCPRange(150, 300));
    plot.layOut({900, 600});
    const QCPRange values = plot.preview().valueRange(1);
    QVERIFY(values.lower < -5 && values.lower > -7 && values.upper > 5 && values.upper < 10);
    QCOMPARE(plot.preview().readOut(0, 101).front().value.left(1), QStringLiteral("1"));
    QCOMPARE(plot.preview().readOut(0, 0).front().value, QStringLiteral("–"));
    QCOMPARE(plot.preview().readOut(-1, 101).size(), std::size_t{1});
}

void TestPlots::aPaneOfAMillionRowsDrawsNoMoreShapesThanPixels()
{
    constexpr int rows = 1'000'000;
    PricePlot plot;
    plot.layOut({1200, 700});
    plot.setBars(wave(rows));
    plot.setPreview({paneOf(QStringLiteral("one"), rows, 0, 1)});
    plot.fit();
    plot.replot();
    QVERIFY(plot.preview().drawnLines() > 100);
    QVERIFY(plot.preview().drawnLines() <= 2 * 1200 + 10);
}

void TestPlots::linesOfAnotherLengthAreLeftOut()
{
    PricePlot plot;
    plot.setBars(wave(300));
    plot.setPreview({paneOf(QStringLiteral("stale"), 299, 0, 1)});
    QVERIFY(plot.preview().titles().isEmpty());
    QCOMPARE(plot.axisRects().size(), 2);
}

void TestPlots::otherBarsHaveNoPanes()
{
    PriceChart chart;
    chart.resize(800, 500);
    chart.setBars(wave(300));
    chart.setPreview({paneOf(QStringLiteral("one"), 300, 0, 1)});
    QVERIFY(chart.accessibleDescription().contains(QStringLiteral("Below the prices: one.")));
    QSignalSpy changed(&chart, &PriceChart::barsChanged);
    chart.setBars(wave(300));
    QCOMPARE(changed.count(), 1);
    QVERIFY(chart.paneTitles().isEmpty());
}

void TestPlots::emptyChartsSayWhatToDo()
{
    PriceChart price;
    LossChart loss;
    for (QCustomPlot* plot : {static_cast<QCustomPlot*>(price.findChild<PricePlot*>()),
                              static_cast<QCustomPlot*>(loss.findChild<LossPlot*>())})
        QVERIFY(countOf(plot->toPixmap(600, 300).toImage(), currentColors().panel) < 600 * 300 - 500);
    price.setEmptyText(QString());
    QCOMPARE(countOf(price.findChild<PricePlot*>()->toPixmap(600, 300).toImage(), currentColors().panel),
             qsizetype(600 * 300));
    QVERIFY(price.accessibleName() != loss.accessibleName());
    price.setBars(wave(30));
    price.clear();
    QVERIFY(price.bars().rows() == 0);
}

void TestPlots::smoothingHasNoStartingBias()
{
    LossCurve curve;
    curve.setSmoothing(0.9);
    curve.append({{1, 4}, {2, 4}, {3, 4}, {4, missing}});
    for (const double value : curve.smoothed().values())
        QCOMPARE(value, 4.0);

    curve.clear();
    curve.append({{1, 1}, {2, 3}});
    // (0.9 * 0.1 * 1 + 0.1 * 3) / (1 - 0.81)
    QVERIFY(std::abs(curve.smoothed().values()[1] - 0.39 / 0.19) < 1e-12);
    curve.setSmoothing(0);
    QCOMPARE(curve.smoothed().values()[1], 3.0);
}

void TestPlots::resumedStepsReplaceLaterOnes()
{
    LossCurve curve;
    curve.append({{1, 1}, {2, 2}, {3, 3}, {4, 4}});
    curve.append({{3, 30}, {4, 40}});
    QCOMPARE(curve.steps(), (std::vector<double>{1, 2, 3, 4}));
    QCOMPARE(curve.raw().values(), (std::vector<double>{1, 2, 30, 40}));

    LossCurve fresh;
    fresh.append({{1, 1}, {2, 2}, {3, 30}, {4, 40}});
    QCOMPARE(curve.smoothed().values(), fresh.smoothed().values());
}

void TestPlots::thinningKeepsExtremes()
{
    std::vector<double> steps(100000);
    std::iota(steps.begin(), steps.end(), 1.0);
    Track values;
    for (int i = 0; i < 100000; ++i)
        values.append(i == 33333 ? 7 : i == 77777 ? -5 : i == 50000 ? missing : 1);
    const ThinCurve curve = thin(steps, values, 1, 100000, 500);
    QVERIFY(curve.values.size() <= 4 * 501);
    QVERIFY(curve.values.size() >= 500);
    QCOMPARE(*std::max_element(curve.values.begin(), curve.values.end()), 7.0);
    QCOMPARE(*std::min_element(curve.values.begin(), curve.values.end()), -5.0);
    QVERIFY(std::is_sorted(curve.steps.begin(), curve.steps.end()));
    QCOMPARE(curve.steps.back(), 100000.0);

    const ThinCurve all = thin(steps, values, 100, 120, 500);
    QCOMPARE(all.steps.front(), 99.0);
    QCOMPARE(all.steps.back(), 121.0);
    QCOMPARE(all.steps.size(), 23U);
}

void TestPlots::trackKnowsExtremesOfAnyStretch()
{
    Track track;
    for (int i = 0; i < 1000; ++i)
        track.append(i % 7 == 3 ? missing : (i * 7919) % 1009);
    track.shorten(900);
    for (int begin = 0; begin < 900; begin += 37) {
        for (int end = begin + 1; end <= 900; end += 53) {
            double low = 1e9;
            double high = -1e9;
            for (int i = begin; i < end; ++i) {
                const double value = track.values()[static_cast<std::size_t>(i)];
                low = value < low ? value : low;
                high = value > high ? value : high;
            }
            const Track::Extremes found = track.extremes(begin, end);
            if (found.lowest < 0) {
                QCOMPARE(low, 1e9);
                continue;
            }
            QCOMPARE(track.values()[static_cast<std::size_t>(found.lowest)], low);
            QCOMPARE(track.values()[static_cast<std::size_t>(found.highest)], high);
        }
    }
}

void TestPlots::firstLossesDoNotSquashTheRest()
{
    LossPlot plot;
    plot.layOut({800, 300});
    plot.appendSteps(descent(20000));
    plot.fit();
    QVERIFY2(plot.lossRange().upper < 1.5, qPrintable(QString::number(plot.lossRange().upper)));
    QVERIFY(plot.lossRange().lower < 0.9);

    plot.appendSteps({{20001, 1}, {20002, 1000}});
    plot.setSmoothing(0);
    plot.fit();
    QVERIFY2(plot.lossRange().upper >= 1000, "a late explosion stays in view");
}

void TestPlots::appendsInOneTurnAreOneReplot()
{
    LossChart chart;
    chart.resize(800, 300);
    auto* plot = chart.findChild<LossPlot*>();
    QSignalSpy drawn(plot, &QCustomPlot::afterReplot);
    chart.show();
    QVERIFY(drawn.wait(30000));
    QCoreApplication::processEvents();
    drawn.clear();
    for (int i = 0; i < 500; ++i)
        chart.appendSteps({{2.0 * i + 1, 1.0}, {2.0 * i + 2, 2.0}});
    QVERIFY2(!plot->stepRange().contains(500), "the work waits for the next frame");
    QVERIFY(drawn.wait(30000));
    QVERIFY2(drawn.size() <= 3, qPrintable(QString::number(drawn.size())));
    QCOMPARE(plot->train().size(), 1000U);
    QVERIFY(plot->stepRange().contains(1000));
}

void TestPlots::millionLossPointsDrawFewLines()
{
    LossPlot plot;
    plot.layOut({1200, 300});
    plot.appendSteps(descent(1000000));
    plot.fit();
    plot.replot();
    QVERIFY(plot.drawnShapes() > 1000);
    QVERIFY2(plot.drawnShapes() <= 1200 * 4, qPrintable(QString::number(plot.drawnShapes())));
}

void TestPlots::logScaleLeavesOutWhatIsNotPositive()
{
    LossPlot plot;
    plot.layOut({800, 300});
    plot.setLogScale(true);
    plot.appendSteps({{1, 100}, {2, 10}, {3, -1}, {4, 1}, {5, 0.1}, {6, 0}});
    plot.setSmoothing(0);
    plot.fit();
    plot.replot();
    QVERIFY(plot.lossRange().lower > 0);
    QVERIFY(plot.lossRange().lower < 0.1);

    plot.clear();
    plot.appendSteps({{1, -3}, {2, -4}});
    plot.fit();
    plot.replot();
    QVERIFY2(plot.lossRange().contains(-4), "losses below zero are shown on the plain scale");
}

void TestPlots::bestValidationIsMarked()
{
    LossPlot plot;
    plot.setLook(lightColors(), uiFont(9));
    plot.layOut({800, 300});
    plot.appendValidation({{100, 2}, {200, 1}, {300, 1.5}});
    plot.fit();
    QCOMPARE(plot.validation().lowest(), std::optional<std::size_t>(1));
    QVERIFY(countOf(plot.toPixmap(800, 300).toImage(), lightColors().border) > 200);  // ground of the tag
    QCOMPARE(piecesText(plot.readOut(std::nullopt)), QStringLiteral("Validation 1.500"));
}

QTEST_MAIN(TestPlots)
#include "tst_plots.moc"
