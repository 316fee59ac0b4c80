// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop.h"

#include <QApplication>

#include "engine/base/error.h"
#include "engine/runs/services.h"
#include "ui/main/main_window.h"
#include "ui/settings/settings.h"
#include "ui/text/text.h"
#include "ui/text/translation.h"
#include "ui/theme/icon.h"

namespace fc {
namespace {

/// Qt ends the program without a word of ours when it finds no display.
void checkDisplay()
{
#ifdef Q_OS_LINUX
    const bool isChosen = qEnvironmentVariableIsSet("QT_QPA_PLATFORM");
    if (!isChosen && qEnvironmentVariableIsEmpty("DISPLAY") && qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY"))
        throw Error(
            Message(TR("engine",
                       "There is no display to open a window on. Use a command such as \"forecastle demo\", "
                       "or start it from a desktop session.")));
#endif
}

}  // namespace

int runDesktop(int& argc, char** argv, const DesktopOptions& options)
{
    checkDisplay();
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("forecastle"));
    QApplication::setApplicationDisplayName(QStringLiteral("Forecastle"));
    QApplication::setApplicationVersion(ui::fromUtf8(programVersion()));
    QApplication::setDesktopFileName(QStringLiteral("forecastle"));
    ui::installTranslation(application);
    ui::Theme theme(application);
    QApplication::setWindowIcon(ui::applicationIcon());
    ui::MainWindow window(theme);
    window.show();
    if (options.demo)
        window.openDemo(options.workspace.empty() ? ui::toPath(ui::sampleWorkspace()) : options.workspace,
                        true);
    else if (!options.workspace.empty())
        window.openWorkspace(options.workspace);
    return QApplication::exec();
}

}  // namespace fc
