// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commands/pictures.h"

#include <QApplication>
#include <algorithm>

#include "app/commands/output.h"
#include "ui/plots/picture.h"

namespace fc::app {

namespace {

/// A QApplication on the platform "offscreen" while pictures are drawn; Qt keeps references to the arguments.
class OffscreenQt {
public:
    OffscreenQt()
    {
        qputenv("QT_QPA_PLATFORM", "offscreen");
        qInstallMessageHandler([](QtMsgType, const QMessageLogContext&, const QString&) {});
        m_application = std::make_unique<QApplication>(m_count, m_arguments);
    }

private:
    int m_count = 1;
    char m_name[11] = "forecastle";
    char* m_arguments[2] = {m_name, nullptr};
    std::unique_ptr<QApplication> m_application;
};

QString qString(const std::string& text)
{
    return QString::fromStdString(text);
}

/// The values of one channel of a forecast: index [step * channels + channel].
std::vector<double> channelOf(const std::vector<double>& values, size_t channels, size_t channel)
{
    std::vector<double> out;
    for (size_t i = channel; i < values.size(); i += channels)
        out.push_back(values[i]);
    return out;
}

/// Candles when the closing price was forecast, else the forecast columns as lines.
ui::Bars barsFor(const Series& series, const std::vector<std::string>& channels)
{
    const Column* first = series.column(channels.front());
    if (series.isMarket() && channels.size() == 1 && first == series.column("close"))
        return ui::barsOf(series);
    Series shown = series;
    shown.columns.clear();
    for (const std::string& channel : channels) {
        if (const Column* column = series.column(channel))
            shown.columns.push_back({column->name, {}, column->values});
    }
    return ui::barsOf(shown);
}

}  // namespace

void checkPicturePath(const std::string& path)
{
    ui::pictureFormat(qString(path));
}

void drawForecast(const std::filesystem::path& workspace, const FutureForecast& forecast,
                  const std::string& path)
{
    const Store store = Store::open(workspace, Store::Mode::ReadOnly);
    const Series series =
        store.loadSeries(store.seriesVersion(forecast.series, store.run(forecast.run).seriesHash));
    const size_t channels = forecast.channels.size();
    ui::ForecastPicture picture;
    picture.bars = barsFor(series, forecast.channels);
    picture.forecast = {.time = ui::secondsOf(forecast.times, forecast.hasClock),
                        .median = channelOf(forecast.point, channels, 0),
                        .lower = channelOf(forecast.lower, channels, 0),
                        .upper = channelOf(forecast.upper, channels, 0)};
    picture.subtitle = qString(escaped(forecast.run) + ", step " + std::to_string(forecast.step));
    const OffscreenQt qt;
    ui::savePicture(picture, qString(path));
}

void drawLoss(const std::filesystem::path& workspace, const RunRecord& run, const std::string& path)
{
    const Store store = Store::open(workspace, Store::Mode::ReadOnly);
    ui::LossPicture picture;
    picture.title = qString(escaped(run.name));
    for (const StepRecord& step : store.steps(run.id))
        picture.steps.push_back({static_cast<double>(step.step), step.loss});
    for (const ValidationRecord& validation : store.validations(run.id))
        picture.validation.push_back({static_cast<double>(validation.step), validation.validationLoss});
    const OffscreenQt qt;
    ui::saveLossPicture(picture, qString(path));
}

}  // namespace fc::app
