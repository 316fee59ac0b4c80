// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/picture.h"

#include <QBuffer>
#include <QImage>
#include <QPageSize>
#include <QPdfWriter>
#include <QSvgGenerator>
#include <functional>

#include "engine/base/atomic_file.h"
#include "engine/base/error.h"
#include "ui/plots/caption.h"
#include "ui/plots/loss_plot.h"
#include "ui/plots/plot_parts.h"
#include "ui/plots/price_plot.h"
#include "ui/text/text.h"
#include "ui/theme/theme.h"

namespace fc::ui {
namespace {

constexpr int headerHeight = 52;
constexpr int pngScale = 2;
constexpr int pdfDotsPerInch = 96;  // one unit of the picture is one pixel of a 96 dpi screen

struct Header {
    QString title;
    QString subtitle;
    std::vector<Piece> key;
};

QSize plotSize(const QSize& picture)
{
    return {picture.width(), picture.height() - headerHeight};
}

using Paint = std::function<void(QCPPainter&)>;

void drawHeader(QPainter& painter, const QSize& size, const Header& header, const Colors& colors)
{
    constexpr double margin = 16;
    painter.fillRect(QRect(QPoint(), size), colors.panel);
    painter.setFont(uiFont(10));
    const double keyWidth = piecesWidth(painter.font(), header.key);
    const QRectF line(margin, 10, size.width() - 2 * margin, headerHeight - 16);
    drawPieces(painter, line, header.key, Qt::AlignRight, colors.muted);

    painter.setFont(uiFont(14, QFont::Bold));
    painter.setPen(colors.text);
    const QFontMetricsF metrics(painter.font());
    const double room = line.width() - keyWidth - 24;
    const QString title = metrics.elidedText(header.title, Qt::ElideRight, room);
    painter.drawText(line, Qt::AlignVCenter | Qt::AlignLeft, title);
    const QRectF rest = line.adjusted(metrics.horizontalAdvance(title) + 14, 0, -keyWidth - 24, 0);
    painter.setFont(uiFont(10));
    painter.setPen(colors.muted);
    painter.drawText(rest, Qt::AlignVCenter | Qt::AlignLeft,
                     QFontMetricsF(painter.font()).elidedText(header.subtitle, Qt::ElideRight, rest.width()));
}

/// Header and plot on any painter whose unit is one pixel of `size`.
void compose(QCPPainter& painter, const QSize& size, const Header& header, QCustomPlot& plot,
             const Colors& colors)
{
    drawHeader(painter, size, header, colors);
    painter.translate(0, headerHeight);
    plot.toPainter(&painter, plotSize(size).width(), plotSize(size).height());
}

QByteArray png(const QSize& size, const Paint& paint)
{
    QImage image(size * pngScale, QImage::Format_RGB32);
    image.setDevicePixelRatio(pngScale);
    {
        QCPPainter painter(&image);
        painter.setRenderHint(QPainter::TextAntialiasing);
        paint(painter);
    }
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return bytes;
}

QByteArray svg(const QSize& size, const QString& title, const Paint& paint)
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(size);
    generator.setViewBox(QRect(QPoint(), size));
    generator.setResolution(pdfDotsPerInch);
    generator.setTitle(title);
    {
        QCPPainter painter(&generator);
        paint(painter);
    }
    return bytes;
}

QByteArray pdf(const QSize& size, const QString& title, const Paint& paint)
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QPdfWriter writer(&buffer);
    writer.setTitle(title);
    writer.setResolution(pdfDotsPerInch);
    constexpr double pointsPerInch = 72;
    const QSizeF points = QSizeF(size) * pointsPerInch / pdfDotsPerInch;
    writer.setPageSize(QPageSize(points, QPageSize::Point, QString(), QPageSize::ExactMatch));
    writer.setPageMargins(QMarginsF());
    {
        QCPPainter painter(&writer);
        paint(painter);
    }
    return bytes;
}

QByteArray draw(PictureFormat format, const QSize& size, const QString& title, const Paint& paint)
{
    switch (format) {
        case PictureFormat::Png:
            return png(size, paint);
        case PictureFormat::Svg:
            return svg(size, title, paint);
        case PictureFormat::Pdf:
            return pdf(size, title, paint);
    }
    return {};
}

void write(const QByteArray& bytes, const QString& path)
{
    writeFile(toPath(path), {bytes.constData(), static_cast<std::size_t>(bytes.size())});
}

}  // namespace

PictureFormat pictureFormat(const QString& path)
{
    const QString name = path.toLower();
    if (name.endsWith(QLatin1String(".png")))
        return PictureFormat::Png;
    if (name.endsWith(QLatin1String(".svg")))
        return PictureFormat::Svg;
    if (name.endsWith(QLatin1String(".pdf")))
        return PictureFormat::Pdf;
    throw UsageError(
        Message(TR("engine", "The picture's name is \"%1\"; it has to end in .png, .svg or .pdf."),
                displayPath(toPath(path))));
}

QByteArray pictureBytes(const ForecastPicture& picture, PictureFormat format)
{
    loadFonts();
    const Colors colors = lightColors();
    PricePlot plot;
    plot.setLook(colors, uiFont(9.5));
    plot.setBars(picture.bars);
    plot.setForecast(picture.forecast);
    plot.setWindow(picture.window);
    plot.showLast(picture.lastBars);
    if (!plot.window().isEmpty() && plot.forecast().isEmpty())
        plot.showWindow();
    plot.setAxisLabels(picture.bars.hasClock ? PricePlot::tr("Time (UTC)") : PricePlot::tr("Row"),
                       picture.bars.isMarket() ? PricePlot::tr("Price") : PricePlot::tr("Value"));
    plot.layOut(plotSize(picture.size));
    QString title = picture.bars.title;
    if (picture.bars.synthetic)
        title += QStringLiteral(" · ") + QCoreApplication::translate("fc::ui::PriceChart", "synthetic");

    std::vector<Piece> key = plot.lineKey();
    const std::vector<Piece> forecast = plot.key();
    key.insert(key.end(), forecast.begin(), forecast.end());

    return draw(format, picture.size, title, [&](QCPPainter& painter) {
        compose(painter, picture.size, {title, picture.subtitle, key}, plot, colors);
    });
}

QByteArray pictureBytes(const LossPicture& picture, PictureFormat format)
{
    loadFonts();
    const Colors colors = lightColors();
    LossPlot plot;
    plot.setLook(colors, uiFont(9.5));
    plot.setSmoothing(picture.smoothing);
    plot.setLogScale(picture.logScale);
    plot.appendSteps(picture.steps);
    plot.appendValidation(picture.validation);
    plot.xAxis->setLabel(LossPlot::tr("Training step"));
    plot.yAxis->setLabel(LossPlot::tr("Loss"));
    plot.fit();
    plot.layOut(plotSize(picture.size));

    return draw(format, picture.size, picture.title, [&](QCPPainter& painter) {
        compose(painter, picture.size, {picture.title, {}, plot.key()}, plot, colors);
    });
}

void savePicture(const ForecastPicture& picture, const QString& path)
{
    write(pictureBytes(picture, pictureFormat(path)), path);
}

void saveLossPicture(const LossPicture& picture, const QString& path)
{
    write(pictureBytes(picture, pictureFormat(path)), path);
}

}  // namespace fc::ui
