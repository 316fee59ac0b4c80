// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/explore.h"

#include <algorithm>
#include <cmath>

#include "engine/base/error.h"
#include "engine/features/feature.h"
#include "engine/statistics/information.h"
#include "engine/store/store.h"

namespace fc {

namespace {

constexpr std::size_t mostTestedRows = 20'000;
constexpr std::int64_t mostScoredRows = 4'000;

const Column& chosenColumn(const Series& series, const std::string& wanted)
{
    if (series.columns.empty())
        throw Error(Message(TR("engine", "The series \"%1\" has no columns."), series.name));
    const Column* found = series.column(wanted.empty() ? "close" : wanted);
    if (found != nullptr)
        return *found;
    if (wanted.empty())
        return series.columns.front();
    std::vector<std::string> names;
    for (const Column& column : series.columns)
        names.push_back(column.name);
    const std::string near = nearest(wanted, names);
    if (near.empty())
        throw UsageError(
            Message(TR("engine", "The series \"%1\" has no column \"%2\"."), series.name, wanted));
    throw UsageError(Message(TR("engine", "The series \"%1\" has no column \"%2\". The nearest is \"%3\"."),
                             series.name, wanted, near));
}

void checkOptions(const ExploreOptions& options)
{
    const auto within = [](const char* what, int value, int low, int high) {
        if (value < low || value > high)
            throw UsageError(
                Message(TR("engine", "%1 is %2; it may be from %3 to %4."), what, value, low, high));
    };
    within("lags", options.lags, 1, 2000);
    within("season", options.season, 0, 100'000);
    within("horizon", options.horizon, 1, 10'000);
}

std::vector<double> changes(std::span<const double> values, std::size_t rows = 1)
{
    std::vector<double> out;
    for (std::size_t t = 0; t + rows < values.size(); ++t)
        out.push_back(values[t + rows] - values[t]);
    return out;
}

/// What a test says, or its refusal among the notes.
template <typename Test>
auto unlessRefused(std::vector<Message>& notes, const Test& test) -> std::optional<decltype(test())>
{
    try {
        return test();
    } catch (const Error& error) {
        const auto same = [&](const Message& note) { return note.english() == error.message().english(); };
        if (std::ranges::none_of(notes, same))
            notes.push_back(error.message());
        return std::nullopt;
    }
}

void lookAtOrder(std::span<const double> tested, const ExploreOptions& options, Exploration& out)
{
    out.autocorrelation = autocorrelation(tested, options.lags);
    out.partial = partialAutocorrelation(tested, options.lags);
    out.ljungBox = ljungBox(tested, options.lags);
    out.unitRoot = unlessRefused(out.notes, [&] { return augmentedDickeyFuller(tested); });
    out.levelTest = unlessRefused(out.notes, [&] { return kpss(tested); });
    out.trendTest = unlessRefused(out.notes, [&] { return kpss(tested, Deterministic::ConstantAndTrend); });
}

void lookAtSeason(std::span<const double> tested, const Series& series, const ExploreOptions& options,
                  Exploration& out)
{
    out.cycles = dominantCycles(tested, 5);
    out.season = options.season > 0 ? options.season : detectFrequency(series).season();
    if (out.season < 2 && !out.cycles.empty())
        out.season = static_cast<int>(std::lround(out.cycles.front().period));
    if (out.season < 2) {
        out.season = 0;
        return;
    }
    const auto parts = unlessRefused(out.notes, [&] { return decompose(tested, out.season); });
    if (!parts) {
        out.season = 0;
        return;
    }
    out.parts = *parts;
    out.strength = strengthOf(out.parts);
}

void lookAtOthers(const Series& series, const Column& column, const ExploreOptions& options, Exploration& out)
{
    const auto tail = [&](const Column& each) {
        const std::size_t rows = std::min(each.values.size(), mostTestedRows);
        return changes(std::span(each.values).last(rows));
    };
    const std::vector<double> own = tail(column);
    for (const Column& other : series.columns) {
        if (&other != &column)
            out.crossCorrelations.push_back({other.name, crossCorrelation(tail(other), own, options.lags)});
    }
}

std::vector<FeatureSpec> scoredFeatures(const Series& series, const std::string& text)
{
    if (text != "all")
        return parseFeatures(text);
    std::vector<FeatureSpec> specs;
    for (const FeatureEntry& entry : featureCatalogue()) {
        FeatureSpec spec{entry.id, defaults(entry.schema)};
        try {
            computeFeatures(series, {spec});
            specs.push_back(std::move(spec));
        } catch (const Error&) {
            // A feature without its columns, or one that needs parameters, has nothing to score.
            continue;
        }
    }
    return specs;
}

/// The last rows of a long series, so that 80 features over a million rows take no longer than a look may.
Series scoredRows(const Series& series)
{
    constexpr std::size_t most = 50'000;
    const std::size_t rows = series.rows();
    if (rows <= most)
        return series;
    const auto from = static_cast<std::ptrdiff_t>(rows - most);
    Series tail = series;
    tail.times.erase(tail.times.begin(), tail.times.begin() + from);
    for (Column& column : tail.columns)
        column.values.erase(column.values.begin(), column.values.begin() + from);
    return tail;
}

void scoreFeatures(const Series& whole, const std::string& columnName, const ExploreOptions& options,
                   const CancelToken* cancel, Exploration& out)
{
    const Series series = scoredRows(whole);
    const FeatureTable table = computeFeatures(series, scoredFeatures(series, options.features));
    const std::vector<double> ahead =
        changes(chosenColumn(series, columnName).values, static_cast<std::size_t>(options.horizon));
    const auto rows = static_cast<std::int64_t>(ahead.size()) - table.warmUp;
    if (rows <= 0) {
        out.notes.emplace_back(
            TR("engine", "The features need %1 rows before their first value, but there are only %2."),
            table.warmUp, whole.rows());
        return;
    }
    const std::int64_t step = (rows + mostScoredRows - 1) / mostScoredRows;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        if (cancel != nullptr && cancel->cancelled())
            return;
        std::vector<double> x;
        std::vector<double> y;
        for (std::int64_t t = table.warmUp; t < table.warmUp + rows; t += step) {
            x.push_back(table.columns[i][static_cast<std::size_t>(t)]);
            y.push_back(ahead[static_cast<std::size_t>(t)]);
        }
        out.features.push_back({table.names[i], mutualInformation(x, y), spearman(x, y)});
    }
    const auto rank = [](const FeatureScore& f) { return std::isnan(f.information) ? -1 : f.information; };
    std::ranges::stable_sort(out.features, [&](const auto& a, const auto& b) { return rank(a) > rank(b); });
}

}  // namespace

Exploration explore(const Series& series, const ExploreOptions& options, const CancelToken* cancel)
{
    checkOptions(options);
    const Column& column = chosenColumn(series, options.column);
    const std::vector<FeatureSpec> unused =
        options.features == "all" ? std::vector<FeatureSpec>{} : parseFeatures(options.features);
    Exploration out;
    out.series = series.name;
    out.column = column.name;
    out.rows = static_cast<std::int64_t>(series.rows());
    out.summary = summaryOf(column.values);
    if (out.summary.count < 3) {
        throw Error(Message(TR("engine", "The column \"%1\" has %2 values; a look at it takes at least 3."),
                            column.name, out.summary.count));
    }
    out.histogram = histogramOf(column.values);
    const std::vector<double> steps = changes(column.values);
    out.changeSummary = summaryOf(steps);
    out.changeHistogram = histogramOf(steps);
    std::vector<std::span<const double>> all;
    for (const Column& each : series.columns) {
        out.columns.push_back(each.name);
        all.emplace_back(each.values);
    }
    out.missing = missingMap(all);

    const auto goOn = [&] { return cancel == nullptr || !cancel->cancelled(); };
    std::span<const double> tested = longestPresent(column.values);
    tested = tested.last(std::min(tested.size(), mostTestedRows));
    out.testedRows = static_cast<std::int64_t>(tested.size());
    if (goOn())
        lookAtOrder(tested, options, out);
    if (goOn())
        lookAtSeason(tested, series, options, out);
    if (goOn())
        lookAtOthers(series, column, options, out);
    if (goOn() && !options.features.empty())
        scoreFeatures(series, column.name, options, cancel, out);
    return out;
}

Exploration exploreSeries(const std::filesystem::path& workspace, const std::string& series,
                          const ExploreOptions& options, const CancelToken* cancel)
{
    return explore(Store::open(workspace, Store::Mode::ReadOnly).loadSeries(series), options, cancel);
}

std::optional<Message> stationarityVerdict(const Exploration& exploration)
{
    if (!exploration.unitRoot || !exploration.levelTest || !exploration.trendTest)
        return std::nullopt;
    constexpr double level = 0.05;
    const bool noUnitRoot = exploration.unitRoot->pValue < level;
    const bool flat = exploration.levelTest->pValue >= level;
    if (noUnitRoot && flat)
        return Message(TR("engine", "Stationary: the unit root is rejected and a constant level is not."));
    if (noUnitRoot && exploration.trendTest->pValue >= level)
        return Message(
            TR("engine", "Stationary around a trend: the unit root is rejected and a straight line is not."));
    if (noUnitRoot) {
        return Message(TR("engine",
                          "Undecided: the unit root is rejected, but so is a constant level; the level may "
                          "shift or the variance may change."));
    }
    if (flat)
        return Message(TR("engine", "Undecided: neither a unit root nor a constant level is rejected."));
    return Message(TR("engine",
                      "Not stationary: a unit root is not rejected and a constant level is. Differences or "
                      "returns may be easier to model."));
}

}  // namespace fc
