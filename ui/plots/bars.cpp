// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/bars.h"

#include "ui/text/text.h"

namespace fc::ui {

Bars barsOf(const Series& series, const QString& title)
{
    Bars bars;
    bars.title = title;
    if (title.isEmpty()) {
        bars.title = fromUtf8(series.name);
        if (series.hasClock)
            bars.title += QStringLiteral(" · ") + engineText(detectFrequency(series).text());
    }
    bars.synthetic = series.synthetic;
    bars.hasClock = series.hasClock;
    bars.time = secondsOf(series.times, series.hasClock);

    if (!series.isMarket()) {
        for (const Column& column : series.columns)
            bars.lines.push_back({fromUtf8(column.name), column.values});
        return bars;
    }
    const auto values = [&series](const char* role) {
        const Column* column = series.column(role);
        return column ? column->values : std::vector<double>();
    };
    bars.open = values("open");
    bars.high = values("high");
    bars.low = values("low");
    bars.close = values("close");
    bars.volume = values("volume");
    return bars;
}

std::vector<double> secondsOf(const std::vector<Timestamp>& times, bool hasClock)
{
    std::vector<double> seconds;
    seconds.reserve(times.size());
    for (const Timestamp time : times)
        seconds.push_back(static_cast<double>(time) / (hasClock ? 1e6 : 1.0));
    return seconds;
}

}  // namespace fc::ui
