// SPDX-License-Identifier: GPL-3.0-or-later
// Several series as one dataset.
#include <algorithm>

#include "engine/features/dataset_parts.h"

namespace fc {

namespace {

/// What each static covariate is over the series: standard, so that no unit outweighs the other inputs.
std::vector<ColumnScale> staticScales(const Dataset& first,
                                      const std::vector<std::shared_ptr<Dataset>>& others)
{
    std::vector<ColumnScale> scales;
    for (std::size_t i = 0; i < first.statics.size(); ++i) {
        std::vector<double> values = {first.statics[i]};
        for (const auto& other : others)
            values.push_back(other->statics[i]);
        scales.push_back(fitScale(first.recipe.scaler == "none" ? "none" : "standard", values));
    }
    return scales;
}

/// The windows of one part of all series.
std::span<const std::int64_t> windowsOfAll(const std::vector<const Dataset*>& all, Part part, Room& room)
{
    std::size_t count = 0;
    for (const Dataset* series : all)
        count += series->windows(part).size();
    const std::span<std::int64_t> windows = room.words(static_cast<std::int64_t>(count));
    auto to = windows.begin();
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (const std::int64_t row : all[i]->windows(part))
            *to++ = Dataset::idOf(i, row);
    }
    return windows;
}

void join(Dataset& first, const std::vector<std::shared_ptr<Dataset>>& others)
{
    struct Storages {
        std::shared_ptr<const void> rows, windows;
    };
    std::vector<const Dataset*> all = {&first};
    for (const auto& other : others) {
        all.push_back(other.get());
        first.targetGaps = first.targetGaps || other->targetGaps;
        first.pastGaps = first.pastGaps || other->pastGaps;
        first.futureGaps = first.futureGaps || other->futureGaps;
    }
    Room room;
    const auto train = windowsOfAll(all, Part::Train, room);
    const auto validation = windowsOfAll(all, Part::Validation, room);
    first.testWindows = windowsOfAll(all, Part::Test, room);
    first.trainWindows = train;
    first.validationWindows = validation;
    first.storage = std::make_shared<const Storages>(Storages{first.storage, room.storage()});
    first.others.assign(others.begin(), others.end());
}

void checkStored(const FittedScales* fitted, std::size_t series)
{
    if (fitted && fitted->others.size() + 1 != series)
        throw Error(Message(TR("engine", "The stored scales are for %1 series, but there are %2."),
                            fitted->others.size() + 1, series));
}

/// Names the series in what is wrong with it.
Dataset makeNamed(const Series& series, const Recipe& recipe, const FittedScales* fitted)
{
    const auto named = [&](const Error& error) {
        return Message(TR("engine", "%1 (Series \"%2\".)"), error.message().english(), series.name);
    };
    try {
        return makeDataset(series, recipe, fitted);
    } catch (const UsageError& error) {
        throw UsageError(named(error));
    } catch (const Error& error) {
        throw Error(named(error));
    }
}

}  // namespace

Dataset makeDataset(std::span<const Series> series, const Recipe& recipe, const FittedScales* fitted)
{
    if (series.size() == 1)
        return makeDataset(series.front(), recipe, fitted);
    checkStored(fitted, series.size());
    Dataset first = makeNamed(series.front(), recipe, fitted);
    std::vector<std::shared_ptr<Dataset>> others;
    for (std::size_t i = 1; i < series.size(); ++i)
        others.push_back(std::make_shared<Dataset>(
            makeNamed(series[i], recipe, fitted ? &fitted->others[i - 1] : nullptr)));
    if (!fitted) {
        first.staticScales = staticScales(first, others);
        for (const auto& other : others)
            other->staticScales = first.staticScales;
    }
    join(first, others);
    return first;
}

std::string seriesNames(const Dataset& dataset)
{
    std::string names = dataset.series.name;
    for (const auto& other : dataset.others)
        names += "," + other->series.name;
    return names;
}

FittedScales scalesOf(const Dataset& dataset)
{
    FittedScales scales{dataset.targetScales, dataset.pastScales, dataset.futureScales, dataset.staticScales};
    for (const auto& other : dataset.others)
        scales.others.push_back(scalesOf(*other));
    return scales;
}

}  // namespace fc
