// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/explore.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <memory>

#include "app/commands/command.h"
#include "app/commands/output.h"
#include "app/commands/settings.h"

namespace fc::app {

namespace {

struct Options {
    std::string workspace;
    std::string series;
    ExploreOptions look;
    std::string lags = "40";
    std::string season = "0";
    std::string horizon = "1";
    bool json = false;
};

void printSummary(const Exploration& e)
{
    print(escaped(e.series) + ", column " + escaped(e.column) + ": " + std::to_string(e.rows) + " rows, " +
          std::to_string(e.summary.missing) + " missing, " + std::to_string(e.summary.zeros) + " zeros.\n\n");
    TextTable table({"", "mean", "sd", "min", "25%", "median", "75%", "max", "skewness", "kurtosis"});
    const auto row = [&](const std::string& name, const ValueSummary& s) {
        table.add({name, shortNumber(s.mean), shortNumber(s.deviation), shortNumber(s.minimum),
                   shortNumber(s.lowerQuartile), shortNumber(s.median), shortNumber(s.upperQuartile),
                   shortNumber(s.maximum), shortNumber(s.skewness), shortNumber(s.kurtosis)});
    };
    row("values", e.summary);
    row("changes", e.changeSummary);
    print(table.text());
}

void printTests(const Exploration& e)
{
    print("\nTests on " + std::to_string(e.testedRows) + " rows without a gap:\n");
    TextTable table({"test", "statistic", "p", "lags"});
    if (e.unitRoot)
        table.add({"ADF, null: unit root", shortNumber(e.unitRoot->statistic),
                   shortNumber(e.unitRoot->pValue), std::to_string(e.unitRoot->lags)});
    const auto kpssRow = [&](const char* name, const std::optional<StationarityTest>& test) {
        if (test)
            table.add(
                {name, shortNumber(test->statistic), shortNumber(test->pValue), std::to_string(test->lags)});
    };
    kpssRow("KPSS, null: constant level", e.levelTest);
    kpssRow("KPSS, null: straight line", e.trendTest);
    if (!e.ljungBox.statistic.empty())
        table.add({"Ljung-Box, null: no autocorrelation", shortNumber(e.ljungBox.statistic.back()),
                   shortNumber(e.ljungBox.pValue.back()), std::to_string(e.ljungBox.statistic.size())});
    print(table.text());
    if (const auto verdict = stationarityVerdict(e))
        print(verdict->english() + "\n");
}

void printSeason(const Exploration& e)
{
    print("\nSeason: ");
    if (e.season == 0)
        print("none that could be measured");
    else
        print(std::to_string(e.season) + " rows, strength " + shortNumber(e.strength.season) + " (trend " +
              shortNumber(e.strength.trend) + ", 0 none .. 1 all)");
    std::string cycles;
    for (const Cycle& cycle : e.cycles)
        cycles += (cycles.empty() ? "; strongest cycles: " : ", ") + shortNumber(cycle.period) + " rows (" +
                  shortNumber(100 * cycle.share) + "%)";
    print(cycles + ".\n");
}

void printDependence(const Exploration& e)
{
    print("\n");
    TextTable table({"lag", "acf", "band", "pacf"});
    const size_t shown = std::min<size_t>(e.autocorrelation.values.size(), 25);
    for (size_t k = 1; k < shown; ++k)
        table.add({std::to_string(k), shortNumber(e.autocorrelation.values[k]),
                   shortNumber(e.autocorrelation.halfWidths[k]), shortNumber(e.partial[k])});
    print(table.text());
    if (e.crossCorrelations.empty())
        return;
    print("\nChanges of other columns and of this one; a peak at a lag above 0 leads.\n");
    TextTable others({"column", "at lag 0", "largest", "at lag"});
    for (const CrossCorrelation& each : e.crossCorrelations) {
        const auto middle = static_cast<std::ptrdiff_t>(each.values.size() / 2);
        const auto size = [](double v) { return std::isnan(v) ? -1 : std::abs(v); };
        const auto top = std::ranges::max_element(each.values, {}, size);
        others.add({each.column, shortNumber(each.values[static_cast<size_t>(middle)]), shortNumber(*top),
                    std::to_string(top - each.values.begin() - middle)});
    }
    print(others.text());
}

int show(Options options)
{
    options.look.lags = static_cast<int>(wholeNumber("--lags", options.lags, 1));
    options.look.season = static_cast<int>(wholeNumber("--season", options.season, 0));
    options.look.horizon = static_cast<int>(wholeNumber("--horizon", options.horizon, 1));
    const Exploration e = exploreSeries(options.workspace, options.series, options.look);
    if (options.json) {
        print(exploreJson(e) + "\n");
        return 0;
    }
    printSummary(e);
    printTests(e);
    printSeason(e);
    printDependence(e);
    if (!e.features.empty()) {
        print("\nFeatures and the change over the next " + std::to_string(options.look.horizon) + " rows:\n");
        TextTable table({"feature", "information (nats)", "Spearman"});
        for (const FeatureScore& f : e.features)
            table.add({f.name, shortNumber(f.information), shortNumber(f.correlation)});
        print(table.text());
    }
    for (const Message& note : e.notes)
        say(note.english());
    return 0;
}

}  // namespace

Action declareExplore(CLI::App& app)
{
    const auto options = std::make_shared<Options>();
    app.add_option("workspace", options->workspace, "The workspace.")->required();
    app.add_option("series", options->series, "The series.")->required();
    app.add_option("--column", options->look.column,
                   "The column; the closing price or the first one otherwise.");
    app.add_option("--lags", options->lags, "How far the correlations look.")->type_name("N");
    app.add_option("--season", options->season, "Rows of the season; 0 finds one.")->type_name("N");
    app.add_option("--features", options->look.features,
                   "Features to score against the column, as in a recipe, or \"all\".");
    app.add_option("--horizon", options->horizon, "Rows ahead for which features are scored.")
        ->type_name("N");
    app.add_flag("--json", options->json, "Print one JSON document.");
    return [options] { return show(*options); };
}

}  // namespace fc::app
