// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.h"

#include <QFile>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QPalette>
#include <QStyle>
#include <QStyleFactory>
#include <QStyleHints>
#include <utility>

namespace fc::ui {
namespace {

constexpr const char* roleProperty = "role";

/// What the desktop asks for. Only true before a palette of ours is set.
bool desktopIsDark()
{
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    return QGuiApplication::styleHints()->colorScheme() == Qt::ColorScheme::Dark;
#else
    const QPalette palette = QGuiApplication::palette();
    return palette.color(QPalette::WindowText).lightness() > palette.color(QPalette::Window).lightness();
#endif
}

QPalette paletteOf(const Colors& c)
{
    const std::pair<QPalette::ColorRole, QColor> roles[] = {
        {QPalette::Window, c.window},
        {QPalette::WindowText, c.text},
        {QPalette::Base, c.panel},
        {QPalette::AlternateBase, c.raised},
        {QPalette::Text, c.text},
        {QPalette::PlaceholderText, c.muted},
        {QPalette::Button, c.raised},
        {QPalette::ButtonText, c.text},
        {QPalette::BrightText, c.onAccent},
        {QPalette::ToolTipBase, c.raised},
        {QPalette::ToolTipText, c.text},
        {QPalette::Highlight, c.accent},
        {QPalette::HighlightedText, c.onAccent},
        {QPalette::Link, c.train},
        {QPalette::LinkVisited, c.train},
        {QPalette::Light, blend(c.text, c.raised, 0.10)},
        {QPalette::Midlight, blend(c.text, c.raised, 0.05)},
        {QPalette::Mid, c.border},
        {QPalette::Dark, blend(c.border, c.window, 0.5)},
        {QPalette::Shadow, c.window.darker(150)},
    };
    QPalette palette;
    for (const auto& [role, color] : roles)
        palette.setColor(role, color);
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, c.disabled);
    palette.setColor(QPalette::Disabled, QPalette::Highlight, c.border);
    return palette;
}

QString styleSheetOf(const Colors& c)
{
    QFile file(QStringLiteral(":/forecastle/style/style.qss"));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("The style sheet is not built into the program.");
    QString sheet = QString::fromUtf8(file.readAll());

    // Longer names first: "@accentHover" must not be taken for "@accent".
    const std::pair<QLatin1String, QString> values[] = {
        {QLatin1String("@accentHover"), blend(c.text, c.accent, 0.12).name()},
        {QLatin1String("@accentPressed"), blend(Qt::black, c.accent, 0.18).name()},
        {QLatin1String("@onAccent"), c.onAccent.name()},
        {QLatin1String("@accent"), c.accent.name()},
        {QLatin1String("@selection"), c.selection.name()},
        {QLatin1String("@window"), c.window.name()},
        {QLatin1String("@panel"), c.panel.name()},
        {QLatin1String("@raised"), c.raised.name()},
        {QLatin1String("@hover"), blend(c.text, c.raised, 0.06).name()},
        {QLatin1String("@border"), c.border.name()},
        {QLatin1String("@grid"), c.grid.name()},
        {QLatin1String("@text"), c.text.name()},
        {QLatin1String("@muted"), c.muted.name()},
        {QLatin1String("@disabled"), c.disabled.name()},
        {QLatin1String("@danger"), c.danger.name()},
        {QLatin1String("@warning"), c.warning.name()},
        {QLatin1String("@good"), c.up.name()},
        {QLatin1String("@look"), c.dark ? QStringLiteral("dark") : QStringLiteral("light")},
    };
    for (const auto& [name, value] : values)
        sheet.replace(name, value);
    return sheet;
}

const char* roleName(Role role)
{
    switch (role) {
        case Role::Card:
            return "card";
        case Role::Metric:
            return "metric";
        case Role::Heading:
            return "heading";
        case Role::Muted:
            return "muted";
        case Role::MetricValue:
            return "metricValue";
        case Role::Good:
            return "good";
        case Role::Warning:
            return "warning";
        case Role::Bad:
            return "bad";
        case Role::Primary:
            return "primary";
        case Role::Danger:
            return "danger";
    }
    return "";
}

}  // namespace

Theme::Theme(QApplication& app, Scheme scheme)
    : QObject(&app), m_app(app), m_scheme(scheme), m_systemDark(desktopIsDark())
{
    loadFonts();
    QApplication::setFont(uiFont());
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    apply();
}

bool Theme::isDark() const
{
    return m_scheme == Scheme::Dark || (m_scheme == Scheme::System && m_systemDark);
}

void Theme::setScheme(Scheme scheme)
{
    if (scheme == m_scheme)
        return;
    m_scheme = scheme;
    apply();
}

void Theme::setUpDown(UpDown upDown)
{
    if (upDown == m_upDown)
        return;
    m_upDown = upDown;
    apply();
}

void Theme::toggle()
{
    setScheme(isDark() ? Scheme::Light : Scheme::Dark);
}

void Theme::apply()
{
    // The properties go first: widgets read them while the palette changes.
    m_app.setProperty(darkProperty, isDark());
    m_app.setProperty(blueOrangeProperty, m_upDown == UpDown::BlueOrange);
    const Colors colors = currentColors();
    QApplication::setPalette(paletteOf(colors));
    m_app.setStyleSheet(styleSheetOf(colors));
    emit changed();
}

void setRole(QWidget& widget, Role role)
{
    widget.setProperty(roleProperty, QString::fromLatin1(roleName(role)));
    widget.style()->unpolish(&widget);
    widget.style()->polish(&widget);
}

void loadFonts()
{
    const QString font = QStringLiteral(":/forecastle/fonts/Roboto-%1.ttf");
    if (QFontDatabase::hasFamily(QStringLiteral("Roboto")))
        return;
    for (const char* weight : {"Regular", "Medium", "Bold"})
        QFontDatabase::addApplicationFont(font.arg(QLatin1String(weight)));
}

QFont uiFont(double points, QFont::Weight weight)
{
    QFont font(QStringLiteral("Roboto"));
    font.setPointSizeF(points);
    font.setWeight(weight);
    font.setHintingPreference(QFont::PreferNoHinting);
    return font;
}

}  // namespace fc::ui
