// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/settings.h"

#include <QDir>
#include <QSettings>
#include <QStandardPaths>

namespace fc::ui {
namespace {

constexpr int recentLimit = 10;

QString schemeName(Scheme scheme)
{
    switch (scheme) {
        case Scheme::Dark:
            return QStringLiteral("dark");
        case Scheme::Light:
            return QStringLiteral("light");
        case Scheme::System:
            break;
    }
    return QStringLiteral("system");
}

Scheme schemeOf(const QString& name)
{
    if (name == QStringLiteral("dark"))
        return Scheme::Dark;
    return name == QStringLiteral("light") ? Scheme::Light : Scheme::System;
}

QSettings file()
{
    return QSettings(QSettings::IniFormat, QSettings::UserScope, QStringLiteral("forecastle"),
                     QStringLiteral("forecastle"));
}

}  // namespace

Settings loadSettings()
{
    const QSettings in = file();
    Settings settings;
    settings.geometry = in.value(QStringLiteral("window/geometry")).toByteArray();
    settings.layout = in.value(QStringLiteral("window/layout")).toByteArray();
    settings.scheme = schemeOf(in.value(QStringLiteral("look/scheme")).toString());
    if (in.value(QStringLiteral("look/blue_orange")).toBool())
        settings.upDown = UpDown::BlueOrange;
    settings.recent = in.value(QStringLiteral("workspaces/recent")).toStringList();
    settings.folder = in.value(QStringLiteral("files/folder")).toString();
    settings.smoothing = in.value(QStringLiteral("loss/smoothing"), settings.smoothing).toDouble();
    settings.logLoss = in.value(QStringLiteral("loss/log_scale")).toBool();
    return settings;
}

void saveSettings(const Settings& settings)
{
    QSettings out = file();
    out.setValue(QStringLiteral("window/geometry"), settings.geometry);
    out.setValue(QStringLiteral("window/layout"), settings.layout);
    out.setValue(QStringLiteral("look/scheme"), schemeName(settings.scheme));
    out.setValue(QStringLiteral("look/blue_orange"), settings.upDown == UpDown::BlueOrange);
    out.setValue(QStringLiteral("workspaces/recent"), settings.recent);
    out.setValue(QStringLiteral("files/folder"), settings.folder);
    out.setValue(QStringLiteral("loss/smoothing"), settings.smoothing);
    out.setValue(QStringLiteral("loss/log_scale"), settings.logLoss);
}

void rememberWorkspace(Settings& settings, const QString& path)
{
    settings.recent.removeAll(path);
    settings.recent.prepend(path);
    while (settings.recent.size() > recentLimit)
        settings.recent.removeLast();
}

QString sampleWorkspace()
{
    const QDir folder(QStandardPaths::writableLocation(QStandardPaths::AppDataLocation));
    folder.mkpath(QStringLiteral("."));
    return folder.filePath(QStringLiteral("samples.forecastle"));
}

}  // namespace fc::ui
