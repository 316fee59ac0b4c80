// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

namespace fc {

struct DesktopOptions {
    std::filesystem::path workspace;  ///< empty: the welcome page, or the sample workspace with `demo`
    bool demo = false;                ///< add the sample series and train the demonstration run at once
};

/// Runs the workbench until its window is closed; returns the exit status. Throws Error when there is no
/// display.
int runDesktop(int& argc, char** argv, const DesktopOptions& options);

}  // namespace fc
