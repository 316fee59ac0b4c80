// SPDX-License-Identifier: GPL-3.0-or-later
// Theme, icons, fonts and pictures, off screen.
#include <QApplication>
#include <QFile>
#include <QFontInfo>
#include <QIcon>
#include <QImage>
#include <QSignalSpy>
#include <QSvgRenderer>
#include <QTemporaryDir>
#include <QTest>

#include "engine/base/error.h"
#include "tests/ui/plot_data.h"
#include "ui/plots/picture.h"
#include "ui/plots/price_chart.h"
#include "ui/plots/price_plot.h"
#include "ui/theme/icon.h"
#include "ui/theme/theme.h"

using namespace fc;
using namespace fc::ui;

class TestLook : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { m_theme = new Theme(*qApp, Scheme::Light); }

    void textHasEnoughContrast_data();
    void textHasEnoughContrast();
    void themeSwitchesLive();
    void iconsFollowTheTheme();
    void everyIconDraws();
    void fontHasDigitsOfEqualWidth();
    void picturesCanBeRead_data();
    void picturesCanBeRead();
    void pictureShowsBandAndCandles();
    void pictureOfAnotherKindIsRefused();
    void pictureThatCannotBeWrittenSaysWhere();

private:
    Theme* m_theme = nullptr;  ///< owned by the application
};

void TestLook::textHasEnoughContrast_data()
{
    QTest::addColumn<bool>("dark");
    QTest::addColumn<bool>("blueOrange");
    QTest::newRow("dark") << true << false;
    QTest::newRow("dark, blue and orange") << true << true;
    QTest::newRow("light") << false << false;
    QTest::newRow("light, blue and orange") << false << true;
}

void TestLook::textHasEnoughContrast()
{
    QFETCH(bool, dark);
    QFETCH(bool, blueOrange);
    const UpDown upDown = blueOrange ? UpDown::BlueOrange : UpDown::GreenRed;
    const Colors c = dark ? darkColors(upDown) : lightColors(upDown);
    const auto enough = [](const QColor& text, const QColor& ground, const char* what) {
        const double ratio = contrast(text, ground);
        QVERIFY2(ratio >= 4.5, qPrintable(QStringLiteral("%1: %2").arg(QLatin1String(what)).arg(ratio)));
    };
    for (const QColor& ground : {c.window, c.panel, c.raised}) {
        enough(c.text, ground, "text");
        enough(c.muted, ground, "muted");
    }
    enough(c.text, c.selection, "selected");
    enough(c.onAccent, c.accent, "primary");
    const std::pair<const char*, QColor> figures[] = {{"up", c.up},
                                                      {"down", c.down},
                                                      {"danger", c.danger},
                                                      {"warning", c.warning},
                                                      {"forecast", c.forecast},
                                                      {"train", c.train},
                                                      {"validation", c.validation}};
    for (const auto& [name, color] : figures) {
        enough(color, c.panel, name);
        enough(inkOn(color), color, name);
    }
    enough(inkOn(c.border), c.border, "cursor tag");
    enough(c.danger, c.raised, "danger on a button");
}

void TestLook::themeSwitchesLive()
{
    QWidget window;
    PriceChart chart(&window);
    chart.resize(400, 300);
    chart.setBars(wave(60));
    window.show();
    const QSignalSpy changed(m_theme, &Theme::changed);
    m_theme->setScheme(Scheme::Dark);
    QCOMPARE(changed.size(), 1);
    QCOMPARE(qApp->palette().color(QPalette::Window), darkColors().window);
    QVERIFY(currentColors().dark);
    QCOMPARE(chart.findChild<PricePlot*>()->toPixmap(300, 200).toImage().pixelColor(0, 0),
             darkColors().panel);
    m_theme->toggle();
    QVERIFY(!currentColors().dark);
    QCOMPARE(chart.findChild<PricePlot*>()->toPixmap(300, 200).toImage().pixelColor(0, 0),
             lightColors().panel);
    m_theme->setUpDown(UpDown::BlueOrange);
    QCOMPARE(currentColors().up, lightColors(UpDown::BlueOrange).up);
    m_theme->setUpDown(UpDown::GreenRed);
    QCOMPARE(changed.size(), 4);
}

void TestLook::iconsFollowTheTheme()
{
    const QIcon stop = icon(QStringLiteral("stop"));
    const auto middle = [](const QIcon& shown, QIcon::Mode mode) {
        return shown.pixmap(QSize(32, 32), 2.0, mode).toImage().pixelColor(32, 32);
    };
    m_theme->setScheme(Scheme::Dark);
    QCOMPARE(middle(stop, QIcon::Normal), darkColors().text);
    QCOMPARE(middle(stop, QIcon::Disabled), darkColors().disabled);
    m_theme->setScheme(Scheme::Light);
    QCOMPARE(middle(stop, QIcon::Normal), lightColors().text);
    QCOMPARE(middle(icon(QStringLiteral("stop"), IconColor::OnAccent), QIcon::Normal),
             lightColors().onAccent);
    QCOMPARE(stop.pixmap(QSize(16, 16), 2.0).size(), QSize(32, 32));
}

void TestLook::everyIconDraws()
{
    const QStringList names = iconNames();
    QVERIFY(names.size() > 30);
    for (const QString& name : names) {
        QFile file(QStringLiteral(":/forecastle/icons/%1.svg").arg(name));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray svg = file.readAll();
        QVERIFY2(QSvgRenderer(svg).isValid(), qPrintable(name));
        QVERIFY2(svg.contains("currentColor") || name == QStringLiteral("forecastle"), qPrintable(name));
        QImage blank(24, 24, QImage::Format_ARGB32_Premultiplied);
        blank.fill(Qt::transparent);
        QVERIFY2(icon(name).pixmap(QSize(24, 24), 1.0).toImage().convertToFormat(blank.format()) != blank,
                 qPrintable(name));
    }
    QVERIFY(icon(QStringLiteral("no such icon")).isNull());
}

void TestLook::fontHasDigitsOfEqualWidth()
{
    const QFontMetricsF metrics(uiFont(12));
    QCOMPARE(QFontInfo(uiFont(12)).family(), QStringLiteral("Roboto"));
    QCOMPARE(metrics.horizontalAdvance(QStringLiteral("1111")),
             metrics.horizontalAdvance(QStringLiteral("0000")));
}

void TestLook::picturesCanBeRead_data()
{
    QTest::addColumn<QString>("ending");
    for (const char* ending : {"png", "svg", "pdf", "PNG"})
        QTest::newRow(ending) << QString::fromLatin1(ending);
}

void TestLook::picturesCanBeRead()
{
    QFETCH(QString, ending);
    const QTemporaryDir dir;
    const Bars bars = wave(400);
    const QString forecast = dir.filePath(QStringLiteral("forecast.") + ending);
    const QString loss = dir.filePath(QStringLiteral("löss.") + ending);
    savePicture({bars, forecastAfter(bars, 24), {}, QStringLiteral("run 1")}, forecast);
    saveLossPicture({QStringLiteral("Loss · run 1"), descent(3000), {{1000, 1.2}, {2000, 1.1}}}, loss);
    for (const QString& path : {forecast, loss}) {
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray bytes = file.readAll();
        QVERIFY(bytes.size() > 5000);
        if (ending.toLower() == QStringLiteral("png")) {
            const QImage image = QImage::fromData(bytes);
            QCOMPARE(image.width(), 2560);
            QVERIFY(countOf(image, lightColors().panel) < image.width() * image.height() * 99 / 100);
        } else if (ending == QStringLiteral("svg")) {
            QVERIFY(QSvgRenderer(bytes).isValid());
            QVERIFY(bytes.contains("<text"));
        } else {
            QVERIFY(bytes.startsWith("%PDF-"));
            QVERIFY(bytes.trimmed().endsWith("%%EOF"));
        }
    }
}

void TestLook::pictureShowsBandAndCandles()
{
    const Bars bars = wave(400);
    const auto drawn = [](const ForecastPicture& picture) {
        return QImage::fromData(pictureBytes(picture, PictureFormat::Png));
    };
    const Colors c = lightColors();
    const QImage without = drawn({bars, {}, {}, {}});
    const QImage with = drawn({bars, forecastAfter(bars, 24), {}, {}});
    QVERIFY(countOf(without, c.up) > 1000);
    QVERIFY(countOf(without, c.down) > 1000);
    QCOMPARE(countOf(without, c.forecast), qsizetype(0));
    QVERIFY(countOf(with, c.forecast) > 500);
}

void TestLook::pictureOfAnotherKindIsRefused()
{
    try {
        savePicture({wave(30), {}, {}, {}}, QStringLiteral("out.bmp"));
        QFAIL("no error");
    } catch (const UsageError& error) {
        QCOMPARE(QString::fromUtf8(error.what()),
                 QStringLiteral("The picture's name is \"out.bmp\"; it has to end in .png, .svg or .pdf."));
    }
}

void TestLook::pictureThatCannotBeWrittenSaysWhere()
{
    const QTemporaryDir dir;
    try {
        savePicture({wave(30), {}, {}, {}}, dir.filePath(QStringLiteral("nowhere/out.png")));
        QFAIL("no error");
    } catch (const Error& error) {
        QVERIFY2(QString::fromUtf8(error.what()).contains(QStringLiteral("nowhere")), error.what());
    }
}

QTEST_MAIN(TestLook)
#include "tst_look.moc"
