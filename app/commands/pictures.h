// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "engine/runs/services.h"

namespace fc::app {

/// Throws UsageError when the ending of `path` is none of .png, .svg and .pdf.
void checkPicturePath(const std::string& path);

/// Draws the end of the series and the forecast into `path`, without a display.
void drawForecast(const std::filesystem::path& workspace, const FutureForecast& forecast,
                  const std::string& path);

/// Draws a run's training and validation loss into `path`, without a display.
void drawLoss(const std::filesystem::path& workspace, const RunRecord& run, const std::string& path);

}  // namespace fc::app
