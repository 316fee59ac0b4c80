// SPDX-License-Identifier: GPL-3.0-or-later
// What the charts are given: plain values, nothing that a running job still writes.
#pragma once

#include <QString>
#include <vector>

#include "engine/data/series.h"

namespace fc::ui {

/// One column of a series that is not a market.
struct NamedLine {
    QString name;
    std::vector<double> values;  ///< NaN where there is none
};

/// A series to show, N rows in order of time. Either open, high, low and close (each N long; volume N or
/// empty), or `lines` (each N long).
struct Bars {
    QString title;             ///< "BTC-USD · 1h"
    bool synthetic = false;    ///< the title says so
    bool hasClock = true;      ///< false: `time` counts rows
    std::vector<double> time;  ///< seconds since 1970-01-01T00:00:00Z, rising
    std::vector<double> open;
    std::vector<double> high;
    std::vector<double> low;
    std::vector<double> close;
    std::vector<double> volume;
    std::vector<NamedLine> lines;

    std::size_t rows() const { return time.size(); }
    bool isMarket() const { return !close.empty(); }
};

/// All columns of a stored series: candles for a market, lines otherwise. `title` empty: name and frequency.
Bars barsOf(const Series& series, const QString& title = {});
/// Stamps of the engine (µs, or row numbers) as the charts count them.
std::vector<double> secondsOf(const std::vector<Timestamp>& times, bool hasClock);

/// Values computed from a series, shown with it: over the prices, or in a pane of their own below.
struct PreviewPane {
    QString title;  ///< "RSI (14)"
    bool onPrices = false;
    std::vector<NamedLine> lines;  ///< each as long as the series
};

/// A forecast beyond the last row, H steps.
struct ForecastBand {
    std::vector<double> time;    ///< the H stamps after the last row
    std::vector<double> median;  ///< H values
    std::vector<double> lower;   ///< 10% bound of the 80% interval; empty: no band
    std::vector<double> upper;   ///< 90% bound
    int line = 0;                ///< which of Bars::lines it goes on from
};

/// A forecast of a window that the series knows, beside what came true. H steps.
struct WindowBand {
    std::vector<double> time;      ///< stamps of the H rows that were forecast
    std::vector<double> forecast;  ///< H values
    std::vector<double> actual;    ///< H values; empty: read from the series
    std::vector<double> lower;     ///< may be empty
    std::vector<double> upper;
    int line = 0;  ///< which of Bars::lines was forecast
};

/// Loss at one training step (counted from 1) or validation.
struct LossPoint {
    double step = 0;
    double loss = 0;
};

}  // namespace fc::ui
