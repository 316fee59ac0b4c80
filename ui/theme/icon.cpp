// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/icon.h"

#include <QDir>
#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QPixmap>
#include <QSvgRenderer>

#include "ui/theme/colors.h"

namespace fc::ui {
namespace {

const QLatin1String iconFolder(":/forecastle/icons/");

class SvgIconEngine : public QIconEngine {
public:
    SvgIconEngine(QByteArray svg, IconColor color) : m_svg(std::move(svg)), m_color(color) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override
    {
        QByteArray svg = m_svg;
        svg.replace("currentColor", color(mode).name().toLatin1());
        QSvgRenderer renderer(svg);
        renderer.setAspectRatioMode(Qt::KeepAspectRatio);
        renderer.render(painter, rect);
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override
    {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(), size), mode, state);
        return pixmap;
    }

    // `size` is in device pixels already; QIcon sets the ratio afterwards.
    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State state, qreal) override
    {
        return pixmap(size, mode, state);
    }

    QIconEngine* clone() const override { return new SvgIconEngine(m_svg, m_color); }
    bool isNull() override { return m_svg.isEmpty(); }

private:
    QColor color(QIcon::Mode mode) const
    {
        const Colors c = currentColors();
        if (mode == QIcon::Disabled)
            return c.disabled;
        switch (m_color) {
            case IconColor::Text:
                return c.text;
            case IconColor::Muted:
                return c.muted;
            case IconColor::Accent:
                return c.train;
            case IconColor::OnAccent:
                return c.onAccent;
            case IconColor::Danger:
                return c.danger;
        }
        return c.text;
    }

    QByteArray m_svg;
    IconColor m_color;
};

}  // namespace

QIcon icon(const QString& name, IconColor color)
{
    QFile file(iconFolder % name % QLatin1String(".svg"));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return QIcon(new SvgIconEngine(file.readAll(), color));
}

QStringList iconNames()
{
    QStringList names;
    const QStringList files = QDir(iconFolder).entryList({QStringLiteral("*.svg")}, QDir::Files, QDir::Name);
    for (const QString& file : files)
        names.append(file.chopped(4));
    return names;
}

QIcon applicationIcon()
{
    return icon(QStringLiteral("forecastle"));
}

}  // namespace fc::ui
