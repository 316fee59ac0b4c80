// SPDX-License-Identifier: GPL-3.0-or-later
// What the program remembers between two starts, in the person's configuration folder.
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

#include "ui/theme/theme.h"

namespace fc::ui {

/// Everything remembered; written as a whole.
struct Settings {
    QByteArray geometry;  ///< of the main window
    QByteArray layout;    ///< its docks and bars
    Scheme scheme = Scheme::System;
    UpDown upDown = UpDown::GreenRed;
    QStringList recent;      ///< workspaces, newest first
    QString folder;          ///< of the last file dialog; empty = home
    double smoothing = 0.9;  ///< of the loss plot
    bool logLoss = false;
};

Settings loadSettings();
void saveSettings(const Settings& settings);

/// `path` moves to the front; at most ten are kept.
void rememberWorkspace(Settings& settings, const QString& path);

/// Where the sample data lives; its folder is made.
QString sampleWorkspace();

}  // namespace fc::ui
