// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>
#include <QFont>
#include <QObject>
#include <QWidget>

#include "ui/theme/colors.h"

namespace fc::ui {

enum class Scheme { System, Dark, Light };

/// Makes the application look like itself: fonts, Fusion, palette, one style sheet. Make one, early in main
/// and before any widget; it belongs to the application. Its choice lives in properties of the application,
/// where `currentColors()` and the icons read it; every widget hears of a change by QEvent::PaletteChange or
/// StyleChange.
class Theme : public QObject {
    Q_OBJECT
public:
    /// Names of the application's properties that hold the choice (bool each).
    static constexpr const char* darkProperty = "forecastle.dark";
    static constexpr const char* blueOrangeProperty = "forecastle.blueOrange";

    explicit Theme(QApplication& app, Scheme scheme = Scheme::System);

    Scheme scheme() const { return m_scheme; }
    bool isDark() const;
    UpDown upDown() const { return m_upDown; }

    /// Live; emits changed(). System follows what the desktop said at the start.
    void setScheme(Scheme scheme);
    void setUpDown(UpDown upDown);
    /// From dark to light and back.
    void toggle();

signals:
    /// After palette and style sheet are in place: rich text with colours of its own is to be written anew.
    void changed();

private:
    void apply();

    QApplication& m_app;
    Scheme m_scheme;
    UpDown m_upDown = UpDown::GreenRed;
    bool m_systemDark = false;
};

/// What a widget is, for the style sheet.
enum class Role {
    Card,         ///< QFrame: a panel with an edge
    Metric,       ///< QFrame: a raised tile without an edge
    Heading,      ///< QLabel: title of a panel
    Muted,        ///< QLabel: names, hints
    MetricValue,  ///< QLabel: the large number of a tile
    Good,         ///< QLabel: text in the colour of good news
    Warning,      ///< QLabel: text in the colour of warnings
    Bad,          ///< QLabel: text in the colour of failures
    Primary,      ///< QPushButton, QToolButton: the one thing to do next; icon(name, IconColor::OnAccent)
    Danger,       ///< QPushButton, QToolButton: throws something away
};
/// May be called again with another role; the look follows at once.
void setRole(QWidget& widget, Role role);

/// The application's own fonts (Roboto: digits of equal width), loaded once. For pictures without a Theme.
void loadFonts();
/// `points` large, in the application's family.
QFont uiFont(double points = 9.5, QFont::Weight weight = QFont::Normal);

}  // namespace fc::ui
