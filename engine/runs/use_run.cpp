// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <charconv>

#include "engine/runs/series_list.h"
#include "engine/runs/settings.h"
#include "engine/training/checkpoint.h"

namespace fc {

namespace {

/// A stored run with the weights of one checkpoint in its model.
struct LoadedRun {
    RunRecord run;
    CheckpointRecord checkpoint;
    Trainable trainable;
};

std::shared_ptr<const Dataset> datasetOf(const Store& store, const RunRecord& run, const Recipe& recipe,
                                         const FittedScales* scales)
{
    return std::make_shared<const Dataset>(
        loadDataset(store, store.seriesVersion(run.series, run.seriesHash), recipe, scales));
}

LoadedRun loadRun(const std::filesystem::path& workspace, const std::string& name,
                  const CheckpointChoice& choice)
{
    const Store store = Store::open(workspace, Store::Mode::ReadOnly);
    LoadedRun loaded;
    loaded.run = store.run(name);
    loaded.checkpoint = chosenCheckpoint(store, loaded.run, choice);
    const std::string bytes = store.checkpointBytes(loaded.checkpoint.id);
    const ModelEntry& entry = modelEntry(loaded.run.model);
    const RunSettings settings = resolveSettings(entry, paramsFromJson(loaded.run.settings));
    const FittedScales scales = checkpointScales(bytes);
    loaded.trainable = makeTrainable(datasetOf(store, loaded.run, settings.recipe, &scales), entry,
                                     settings.model, settings.plan);
    restoreWeights(bytes, loaded.trainable);
    return loaded;
}

/// The 80% interval of a forecast: the trained quantiles when 0.1 and 0.9 are among them, else the validation
/// residuals.
void addInterval(FutureForecast& forecast, const WindowForecast& window, const LoadedRun& loaded,
                 const Dataset& data)
{
    const std::vector<double>& quantiles = loaded.trainable.loss.quantiles;
    const auto trained = [&](double q) {
        const auto it =
            std::ranges::find_if(quantiles, [&](double each) { return std::abs(each - q) < 1e-6; });
        return it == quantiles.end() ? -1 : static_cast<int>(it - quantiles.begin());
    };
    const int low = trained(0.1), high = trained(0.9);
    if (low >= 0 && high >= 0) {
        forecast.lower = window.quantiles[static_cast<size_t>(low)];
        forecast.upper = window.quantiles[static_cast<size_t>(high)];
        return;
    }
    const Trainable& run = loaded.trainable;
    const bool storedOnesFit =
        loaded.checkpoint.best && !loaded.run.intervals.empty() && run.dataset->others.empty();
    const ResidualIntervals offsets = storedOnesFit ? ResidualIntervals::fromJson(loaded.run.intervals)
                                                    : residualIntervals(*run.model, run.norm, data, run.loss);
    forecast.lower = ResidualIntervals::bound(data, window.point, offsets.lower);
    forecast.upper = ResidualIntervals::bound(data, window.point, offsets.upper);
}

/// The first series when `name` is empty.
const Dataset& seriesNamed(const Dataset& dataset, const std::string& name, const std::string& run)
{
    std::vector<std::string> names;
    for (std::size_t i = 0; i < dataset.seriesCount(); ++i) {
        names.push_back(dataset.at(i).series.name);
        if (name.empty() || names.back() == name)
            return dataset.at(i);
    }
    const std::string near = nearest(name, names);
    throw UsageError(
        Message(TR("engine", "The run \"%1\" did not learn from a series \"%2\". It learned from \"%3\"."),
                run, name, near.empty() ? seriesNames(dataset) : near));
}

}  // namespace

CheckpointRecord chosenCheckpoint(const Store& store, const RunRecord& run, const CheckpointChoice& choice)
{
    const std::vector<CheckpointRecord> all = store.checkpoints(run.id);
    if (all.empty())
        throw Error(Message(TR("engine", "Run \"%1\" has no checkpoint yet. Train it longer or resume it."),
                            run.name));
    const auto newest = std::ranges::max_element(all, {}, &CheckpointRecord::step);
    if (choice == "last")
        return *newest;
    if (choice == "best") {
        const auto best = std::ranges::find_if(all, [](const CheckpointRecord& each) { return each.best; });
        return best == all.end() ? *newest : *best;
    }
    std::int64_t id = 0;
    const auto [end, error] = std::from_chars(choice.data(), choice.data() + choice.size(), id);
    if (error == std::errc() && end == choice.data() + choice.size()) {
        const auto it = std::ranges::find(all, id, &CheckpointRecord::id);
        if (it != all.end())
            return *it;
    }
    throw UsageError(
        Message(TR("engine",
                   "Run \"%1\" has no checkpoint \"%2\". Use best, last, or a number from the list "
                   "of its checkpoints."),
                run.name, choice));
}

FutureForecast forecastRun(const std::filesystem::path& workspace, const std::string& run,
                           const CheckpointChoice& checkpoint, const std::string& series)
{
    const LoadedRun loaded = loadRun(workspace, run, checkpoint);
    const Dataset& data = seriesNamed(*loaded.trainable.dataset, series, loaded.run.name);
    FutureForecast forecast;
    forecast.run = loaded.run.name;
    forecast.series = data.series.name;
    forecast.checkpoint = loaded.checkpoint.id;
    forecast.step = loaded.checkpoint.step;
    forecast.times = data.timesAhead;
    forecast.hasClock = data.series.hasClock;
    forecast.channels = data.targetNames;
    const std::int64_t end = data.rows();
    predictWindows(*loaded.trainable.model, loaded.trainable.norm, data, loaded.trainable.loss,
                   std::span(&end, 1), [&](const WindowForecast& window) {
                       forecast.point = window.point;
                       addInterval(forecast, window, loaded, data);
                   });
    return forecast;
}

std::string forecastCsv(const FutureForecast& forecast)
{
    const size_t channels = forecast.channels.size();
    std::string csv = "time";
    for (const std::string& channel : forecast.channels) {
        const std::string prefix = channels > 1 ? channel + "_" : "";
        csv += "," + prefix + "forecast," + prefix + "lower_80," + prefix + "upper_80";
    }
    csv += "\n";
    for (size_t step = 0; step < forecast.times.size(); ++step) {
        csv +=
            forecast.hasClock ? formatTimestamp(forecast.times[step]) : std::to_string(forecast.times[step]);
        for (size_t c = 0; c < channels; ++c) {
            const size_t i = step * channels + c;
            csv += "," + formatNumber(forecast.point[i]);
            csv += i < forecast.lower.size()
                       ? "," + formatNumber(forecast.lower[i]) + "," + formatNumber(forecast.upper[i])
                       : ",,";
        }
        csv += "\n";
    }
    return csv;
}

WindowForecast forecastWindow(const std::filesystem::path& workspace, const std::string& run,
                              const CheckpointChoice& checkpoint, Part part, std::int64_t index)
{
    const LoadedRun loaded = loadRun(workspace, run, checkpoint);
    const auto windows = loaded.trainable.dataset->windows(part);
    if (index < 0 || index >= static_cast<std::int64_t>(windows.size()))
        throw UsageError(Message(TR("engine", "There is no window %1: the %2 part has %3."), index,
                                 partName(part), windows.size()));
    WindowForecast result;
    predictWindows(*loaded.trainable.model, loaded.trainable.norm, *loaded.trainable.dataset,
                   loaded.trainable.loss, windows.subspan(static_cast<size_t>(index), 1),
                   [&](const WindowForecast& window) { result = window; });
    return result;
}

PartEvaluation evaluateRun(const std::filesystem::path& workspace, const std::string& run,
                           const CheckpointChoice& checkpoint, Part part)
{
    const LoadedRun loaded = loadRun(workspace, run, checkpoint);
    return evaluatePart(*loaded.trainable.model, loaded.trainable.norm, *loaded.trainable.dataset,
                        loaded.trainable.loss, part);
}

std::shared_ptr<const Dataset> datasetOfRun(const std::filesystem::path& workspace, const std::string& name)
{
    const Store store = Store::open(workspace, Store::Mode::ReadOnly);
    const RunRecord run = store.run(name);
    const RunSettings settings = resolveSettings(modelEntry(run.model), paramsFromJson(run.settings));
    return datasetOf(store, run, settings.recipe, nullptr);
}

}  // namespace fc
