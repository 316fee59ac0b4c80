// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/features/sampler.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <utility>

#include "engine/base/rng.h"

namespace fc {

namespace {

/// Streams of the run's generator, one per epoch; those of the other consumers are in train.cpp and
/// trainable.cpp.
constexpr std::uint64_t orderStream = std::uint64_t{1} << 32;

/// Windows are named by their place in the list: half the memory, which counts with millions of them.
using Places = std::vector<std::uint32_t>;

/// Places [begin, end).
struct Stretch {
    std::uint32_t begin;
    std::uint32_t end;
};

/// Those of each series; they lie one series after the other.
std::vector<Stretch> windowsBySeries(const Dataset& dataset)
{
    std::vector<Stretch> all;
    const std::span<const std::int64_t> windows = dataset.trainWindows;
    std::uint32_t begin = 0;
    for (std::size_t series = 0; series < dataset.seriesCount(); ++series) {
        const auto end = std::ranges::lower_bound(windows, Dataset::idOf(series + 1, 0)) - windows.begin();
        all.push_back({begin, static_cast<std::uint32_t>(end)});
        begin = all.back().end;
    }
    return all;
}

/// Mean absolute value of the targets in the training part.
double levelOf(const Dataset& series)
{
    double sum = 0;
    std::int64_t count = 0;
    for (const std::span<const double> target : series.targets) {
        for (std::int64_t t = series.split.train.begin; t < series.split.train.end; ++t) {
            const double x = target[static_cast<std::size_t>(t)];
            if (std::isnan(x))
                continue;
            sum += std::abs(x);
            ++count;
        }
    }
    return count > 0 ? sum / static_cast<double>(count) : 0.0;
}

/// What share of an epoch each series has, not yet of sum 1; 0 for a series without windows.
std::vector<double> shares(const Dataset& dataset, const std::vector<Stretch>& windows)
{
    std::vector<double> all;
    const auto isEmpty = [&](std::size_t i) { return windows[i].begin == windows[i].end; };
    for (std::size_t i = 0; i < windows.size(); ++i) {
        const double share = dataset.recipe.sampling == "scale" ? levelOf(dataset.at(i)) : 1.0;
        all.push_back(isEmpty(i) ? 0.0 : share);
    }
    if (std::ranges::all_of(all, [](double share) { return share == 0.0; })) {
        for (std::size_t i = 0; i < windows.size(); ++i)
            all[i] = isEmpty(i) ? 0.0 : 1.0;
    }
    return all;
}

/// Fisher & Yates, as Rng::permutation.
void shuffle(Places& places, Rng& rng)
{
    for (std::size_t i = places.size(); i > 1; --i)
        std::swap(places[i - 1], places[rng.below(i)]);
}

Places shuffled(const Stretch& stretch, Rng& rng)
{
    Places places(stretch.end - stretch.begin);
    std::iota(places.begin(), places.end(), stretch.begin);
    shuffle(places, rng);
    return places;
}

}  // namespace

std::vector<std::uint32_t> epochPlaces(const Dataset& dataset, std::uint64_t seed, std::int64_t epoch)
{
    Rng rng(seed, orderStream + static_cast<std::uint64_t>(epoch));
    const std::size_t size = dataset.trainWindows.size();
    if (dataset.others.empty() || dataset.recipe.sampling == "window")
        return shuffled({0, static_cast<std::uint32_t>(size)}, rng);
    const std::vector<Stretch> windows = windowsBySeries(dataset);
    const std::vector<double> share = shares(dataset, windows);
    double total = 0;
    for (const double each : share)
        total += each;
    // Systematic draws: each series gets its share rounded down or up, by chance from epoch to epoch.
    const double offset = rng.uniformDouble();
    Places drawn;
    drawn.reserve(size);
    double before = 0;
    for (std::size_t i = 0; i < windows.size(); ++i) {
        before += share[i];
        const auto due = static_cast<std::size_t>(before / total * static_cast<double>(size) + offset);
        const std::size_t upTo = before >= total ? size : std::min(due, size);
        while (share[i] > 0 && drawn.size() < upTo) {
            const Places round = shuffled(windows[i], rng);
            const std::size_t wanted = std::min(upTo - drawn.size(), round.size());
            drawn.insert(drawn.end(), round.begin(), round.begin() + static_cast<std::ptrdiff_t>(wanted));
        }
    }
    shuffle(drawn, rng);
    return drawn;
}

std::vector<std::int64_t> epochOrder(const Dataset& dataset, std::uint64_t seed, std::int64_t epoch)
{
    std::vector<std::int64_t> windows;
    for (const std::uint32_t place : epochPlaces(dataset, seed, epoch))
        windows.push_back(dataset.trainWindows[place]);
    return windows;
}

}  // namespace fc
