// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>

namespace fc::ui {

/// The two colours of rising and falling bars. BlueOrange stays distinct for every common kind of colour
/// blindness.
enum class UpDown { GreenRed, BlueOrange };

/// All colours of one look. Text on window, panel and raised, and text-like colours on panel, have a contrast
/// of at least 4.5 (WCAG 2.1, 1.4.3).
struct Colors {
    bool dark = false;
    QColor window;      ///< ground between the panels
    QColor panel;       ///< charts, tables, docks
    QColor raised;      ///< cards, fields, buttons
    QColor border;      ///< edges of panels and fields; ground of cursor tags
    QColor grid;        ///< lines of charts and tables
    QColor text;        ///< what is read
    QColor muted;       ///< labels, axes, hints
    QColor disabled;    ///< what cannot be used now
    QColor accent;      ///< the primary button, selection, focus
    QColor onAccent;    ///< text and icons on `accent`
    QColor selection;   ///< ground of selected rows; `text` is read on it
    QColor up;          ///< rising bars, good news
    QColor down;        ///< falling bars
    QColor danger;      ///< failures, destructive buttons
    QColor forecast;    ///< median, band, cut-off
    QColor warning;     ///< text that asks for care
    QColor train;       ///< training loss
    QColor validation;  ///< validation loss
};

Colors darkColors(UpDown upDown = UpDown::GreenRed);
Colors lightColors(UpDown upDown = UpDown::GreenRed);

/// Those of the running application; light when no Theme was made.
Colors currentColors();

/// Near black or white, whichever reads better on `ground`.
QColor inkOn(const QColor& ground);

/// Contrast ratio of two opaque colours, 1 ... 21. // WCAG 2.1, "relative luminance" and "contrast ratio"
double contrast(const QColor& a, const QColor& b);

/// `top` with the given opacity 0 ... 1 laid over `ground`; opaque.
QColor blend(const QColor& top, const QColor& ground, double opacity);

}  // namespace fc::ui
