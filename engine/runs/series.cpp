// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "engine/features/samples.h"
#include "engine/runs/services.h"

namespace fc {

namespace {

/// Thrown through the transaction of a store that was cancelled.
struct StoreCancelled {};

/// `name` in place of the detected name, which the series of a long file only begin with.
std::string renamed(const std::string& series, const std::string& detected, const std::string& name)
{
    return name.empty() || !series.starts_with(detected) ? series : name + series.substr(detected.size());
}

}  // namespace

SeriesRecord describeSeries(const SeriesShape& series, const std::string& source,
                            const std::string& importRecipe)
{
    SeriesRecord record;
    record.name = series.name;
    record.rows = static_cast<std::int64_t>(series.rows);
    const auto text = [&](Timestamp t) { return series.hasClock ? formatTimestamp(t) : std::to_string(t); };
    record.first = series.first ? text(*series.first) : "";
    record.last = series.last ? text(*series.last) : "";
    record.frequency = series.frequency.text();
    record.timeZone = series.timeZone;
    record.hasClock = series.hasClock;
    record.source = source;
    record.importRecipe = importRecipe;
    record.created = nowIso();
    for (const Column& column : series.columns)
        record.columns.push_back(column.name);
    return record;
}

SeriesRecord describeSeries(const Series& series, const std::string& source, const std::string& importRecipe)
{
    SeriesRecord record = describeSeries(shapeOf(series), source, importRecipe);
    record.hash = contentHash(series);
    record.synthetic = series.synthetic;
    return record;
}

std::vector<SeriesRecord> storeStaged(const std::filesystem::path& workspace, const std::vector<StagedFile>& files,
                                      const ImportControl& control)
{
    Store store = Store::open(workspace);
    std::vector<SeriesRecord> stored;
    double done = 0;
    try {
        store.transaction([&] {
            for (const StagedFile& file : files) {
                const ImportResult& result = file.import.result();
                const std::string recipe = toJson(result.detected);
                const auto describe = [&](const SeriesShape& shape) {
                    SeriesRecord record = describeSeries(shape, file.source, recipe);
                    record.name = renamed(shape.name, result.detected.name.value_or(shape.name), file.name);
                    return record;
                };
                const ImportControl part{control.cancel, [&](double share) {
                                             if (control.progress)
                                                 control.progress((done + share) /
                                                                  static_cast<double>(files.size()));
                                         }};
                const std::vector<SeriesRecord> records = store.addSeries(describe, [&](SeriesSink& sink) {
                    if (!file.import.giveTo(sink, part))
                        throw StoreCancelled{};
                });
                stored.insert(stored.end(), records.begin(), records.end());
                ++done;
            }
        });
    } catch (const StoreCancelled&) {
        return {};
    }
    if (control.progress)
        control.progress(1.0);
    return stored;
}

std::vector<SeriesRecord> storeSeries(const std::filesystem::path& workspace,
                                      const std::vector<std::pair<Series, SeriesRecord>>& series)
{
    Store store = Store::open(workspace);
    std::vector<SeriesRecord> stored;
    store.transaction([&] {
        for (const auto& [values, record] : series) {
            stored.push_back(record);
            stored.back().id = store.addSeries(values, record);
        }
    });
    return stored;
}

std::vector<SeriesRecord> addSamples(const std::filesystem::path& workspace, std::uint64_t seed)
{
    Store store = Store::open(workspace);
    const std::vector<SeriesRecord> there = store.seriesList();
    store.transaction([&] {
        for (const std::string& name : sampleNames()) {
            if (std::ranges::find(there, name, &SeriesRecord::name) != there.end())
                continue;
            const Series sample = makeSample(name, seed);
            store.addSeries(
                sample, describeSeries(sample, "synthetic generator, seed " + std::to_string(seed), "{}"));
        }
    });
    return store.seriesList();
}

TrainRequest demoRequest(const std::filesystem::path& workspace)
{
    // Small and slow enough to watch: about twenty seconds, with a validation loss that falls over several
    // epochs.
    return {.workspace = workspace,
            .series = "synthetic-crypto-1h",
            .model = "tcn",
            .settings = {{"features",
                          std::string(
                              "log_return(period=1); rsi(period=14); volume_zscore(period=24); calendar()")},
                         {"scaler", std::string("revin_last")},
                         {"channels", std::string("16")},
                         {"dropout", 0.2},
                         {"learning_rate", 2e-4},
                         {"validate_every", std::int64_t{86}},
                         {"patience", std::int64_t{10}},
                         {"epochs", std::int64_t{8}}},
            .runName = {}};
}

}  // namespace fc
