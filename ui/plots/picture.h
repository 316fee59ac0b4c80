// SPDX-License-Identifier: GPL-3.0-or-later
// Charts as files, drawn off screen in the light look. The caller has made a QApplication (the platform
// "offscreen" will do) and calls on its thread.
#pragma once

#include <QByteArray>
#include <QSize>
#include <QString>
#include <vector>

#include "ui/plots/bars.h"

namespace fc::ui {

struct ForecastPicture {
    Bars bars;
    ForecastBand forecast;  ///< may be empty
    WindowBand window;      ///< may be empty
    QString subtitle;       ///< beside the title: run, checkpoint
    int lastBars = 200;     ///< shown before the forecast
    QSize size{1280, 720};
};

struct LossPicture {
    QString title;
    std::vector<LossPoint> steps;
    std::vector<LossPoint> validation;
    double smoothing = 0.9;  ///< weight of the past, 0 ... 0.999
    bool logScale = false;
    QSize size{1280, 560};
};

/// Writes .png (two pixels a unit), .svg or .pdf, whole or not at all. Throws UsageError for another ending,
/// Error when the file cannot be written.
void savePicture(const ForecastPicture& picture, const QString& path);
void saveLossPicture(const LossPicture& picture, const QString& path);

enum class PictureFormat { Png, Svg, Pdf };
/// By the ending of `path`, upper or lower case. Throws UsageError for any other; commands ask before they
/// compute.
PictureFormat pictureFormat(const QString& path);

QByteArray pictureBytes(const ForecastPicture& picture, PictureFormat format);
QByteArray pictureBytes(const LossPicture& picture, PictureFormat format);

}  // namespace fc::ui
