// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIcon>
#include <QString>
#include <QStringList>

namespace fc::ui {

enum class IconColor { Text, Muted, Accent, OnAccent, Danger };

/// A drawing of resources/icons, by its name without ".svg", drawn in the current look's colour whenever it
/// is painted and sharp at any device pixel ratio. `OnAccent` is for Role::Primary buttons. An unknown name
/// gives a null icon.
///
/// Names: audit best cancel chart checkpoint close column-settings compare copy data delete down export eye
/// eye-off features fit folder forecast forecastle fullscreen help import info list log-scale new note paste
/// pause play quit redo refresh resume run save scaler search series settings split stop tag target theme train
/// undo up warning window-next window-previous
QIcon icon(const QString& name, IconColor color = IconColor::Text);

/// Every name there is, sorted.
QStringList iconNames();

/// The program's own sign, in its own colours.
QIcon applicationIcon();

}  // namespace fc::ui
