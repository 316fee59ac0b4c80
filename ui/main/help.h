// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <vector>

class QWidget;

namespace fc::ui {

/// A list of all actions with a shortcut, and the keys and mouse of the charts.
void showShortcuts(QWidget* parent, const std::vector<QAction*>& actions);
void showAbout(QWidget* parent);

}  // namespace fc::ui
