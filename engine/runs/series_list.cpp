// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/series_list.h"

#include <algorithm>

#include "engine/base/atomic_file.h"
#include "engine/base/sha256.h"

namespace fc {

bool isKeptOnDisk(const SeriesRecord& series)
{
    // In memory it would take three times as many.
    constexpr std::int64_t largest = 100'000'000;
    return series.rows * (1 + static_cast<std::int64_t>(series.columns.size())) * 8 > largest;
}

std::vector<std::string> seriesInList(const Store& store, const std::string& list)
{
    const std::vector<SeriesRecord> known = store.seriesList();
    const auto isKnown = [&](const std::string& name) {
        return std::ranges::find(known, name, &SeriesRecord::name) != known.end();
    };
    if (isKnown(list) || list.find(',') == std::string::npos)
        return {store.seriesRecord(list).name};
    std::vector<std::string> names;
    for (std::size_t begin = 0; begin <= list.size();) {
        const std::size_t comma = std::min(list.find(',', begin), list.size());
        const std::size_t first = std::min(list.find_first_not_of(' ', begin), comma);
        const std::size_t last = list.find_last_not_of(' ', comma - (comma > 0));
        begin = comma + 1;
        if (first >= comma)
            continue;
        const std::string name = store.seriesRecord(list.substr(first, last + 1 - first)).name;
        if (std::ranges::find(names, name) != names.end())
            throw UsageError(Message(TR("engine", "The series \"%1\" is listed twice."), displayPath(name)));
        names.push_back(name);
    }
    if (names.empty())
        throw UsageError(Message(TR("engine", "The list of series is empty. Name one.")));
    return names;
}

Dataset loadDataset(const Store& store, const std::string& list, const Recipe& recipe,
                    const FittedScales* fitted)
{
    const std::vector<std::string> names = seriesInList(store, list);
    if (names.size() == 1 && isKeptOnDisk(store.seriesRecord(names.front())))
        return makeDatasetOnDisk(*store.seriesSource(names.front()), recipe, fitted);
    std::vector<Series> all;
    all.reserve(names.size());
    for (const std::string& name : names)
        all.push_back(store.loadSeries(name));
    return makeDataset(all, recipe, fitted);
}

std::string hashOfAll(const Store& store, const std::vector<std::string>& names)
{
    if (names.size() == 1)
        return store.seriesRecord(names.front()).hash;
    Sha256 digest;
    for (const std::string& name : names)
        digest.add(store.seriesRecord(name).hash);
    return digest.hex();
}

}  // namespace fc
