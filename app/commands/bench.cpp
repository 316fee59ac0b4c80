// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <sys/resource.h>

#include "app/commands/allocations.h"
#include "app/commands/command.h"
#include "app/commands/output.h"
#include "app/commands/settings.h"
#include "engine/base/parallel.h"
#include "engine/metrics/metrics.h"
#include "engine/runs/settings.h"

namespace fc::app {

namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t warmUpSteps = 10;
constexpr std::int64_t forecasts = 200;
constexpr std::int64_t warmUpForecasts = 20;

struct Options {
    std::string model;
    std::string channels = "1";
    std::string steps = "100";
    std::map<std::string, std::string> sizes;  ///< setting id -> text given for it
    SettingArguments settings;
    bool peer = false;
    bool json = false;
};

/// Sorted samples of one duration.
struct Timing {
    std::vector<double> sorted;

    explicit Timing(std::vector<double> samples) : sorted(std::move(samples)) { std::ranges::sort(sorted); }
    double at(double probability) const { return quantile(sorted, probability); }
    Json json() const { return {{"median", at(0.5)}, {"p10", at(0.1)}, {"p90", at(0.9)}}; }
};

/// Takes the time at the end of every step; the first ones are warm-up. Asks the heap for nothing itself.
class StepClock : public TrainObserver {
public:
    explicit StepClock(std::int64_t steps) { m_ends.reserve(static_cast<size_t>(steps + warmUpSteps)); }

    void stepDone(const StepNews& news) override
    {
        m_ends.push_back(Clock::now());
        if (news.step == warmUpSteps)
            m_allocationsBefore = allocationCount();
        m_allocationsAfter = allocationCount();
    }
    void validated(const ValidationNews&) override {}
    void checkpointDue(const CheckpointNews&, const std::string&) override {}
    void event(std::int64_t, const std::string&, const Message&) override {}

    std::vector<double> milliseconds() const
    {
        std::vector<double> samples;
        for (size_t i = warmUpSteps; i < m_ends.size(); ++i)
            samples.push_back(std::chrono::duration<double, std::milli>(m_ends[i] - m_ends[i - 1]).count());
        return samples;
    }

    std::optional<double> allocationsPerStep() const
    {
        if (!m_allocationsBefore || !m_allocationsAfter)
            return std::nullopt;
        return static_cast<double>(*m_allocationsAfter - *m_allocationsBefore) /
               static_cast<double>(m_ends.size() - warmUpSteps);
    }

private:
    std::vector<Clock::time_point> m_ends;
    std::optional<std::int64_t> m_allocationsBefore;
    std::optional<std::int64_t> m_allocationsAfter;
};

/// Noise around a daily wave: enough for any model to work on, with no meaning.
Series syntheticSeries(std::int64_t rows, std::int64_t channels)
{
    Series series;
    series.name = "bench";
    series.hasClock = false;
    series.synthetic = true;
    for (std::int64_t i = 0; i < rows; ++i)
        series.times.push_back(i);
    for (std::int64_t c = 0; c < channels; ++c) {
        Rng rng(1, static_cast<std::uint64_t>(c));
        Column column = {"c" + std::to_string(c + 1), {}, {}};
        for (std::int64_t i = 0; i < rows; ++i)
            column.values.push_back(std::sin(static_cast<double>(i + c) * 0.2618) + 0.1 * rng.normal());
        series.columns.push_back(std::move(column));
    }
    return series;
}

ParamValues chosenValues(const Options& options, const ModelEntry& entry)
{
    const Schema schema = trainSchema(entry);
    ParamValues values;
    if (options.peer) {
        values = entry.peerValues;
        values["loss"] = std::string("mae");
    }
    for (const auto& [id, text] : options.sizes) {
        if (!text.empty())
            values[id] = readSet(schema, {id + "=" + text}).at(id);
    }
    for (const auto& [id, value] : readSettings(schema, options.settings))
        values[id] = value;
    return values;
}

/// A run on synthetic data: one epoch of all the steps, one window to validate at its end.
Trainable benchRun(const ModelEntry& entry, RunSettings settings, std::int64_t channels, std::int64_t steps)
{
    Recipe& recipe = settings.recipe;
    const std::int64_t window = recipe.length + recipe.horizon;
    const std::int64_t trainRows =
        window - 1 + settings.plan.batchSize * settings.plan.accumulate * (steps + warmUpSteps);
    const std::int64_t restRows = recipe.horizon;
    recipe.targets.clear();
    for (std::int64_t c = 1; c <= channels; ++c)
        recipe.targets += (c == 1 ? "c" : ", c") + std::to_string(c);
    recipe.split =
        std::to_string(trainRows) + "," + std::to_string(restRows) + "," + std::to_string(restRows);
    settings.plan.maxSteps = static_cast<int>(steps + warmUpSteps);
    settings.plan.validateEvery = settings.plan.maxSteps;
    settings.plan.checkpointEvery = 0;
    settings.plan.patience = 0;
    auto dataset = std::make_shared<const Dataset>(
        makeDataset(syntheticSeries(trainRows + 2 * restRows, channels), recipe));
    return makeTrainable(std::move(dataset), entry, settings.model, settings.plan);
}

std::vector<double> forecastMicroseconds(const Trainable& run)
{
    setThreadCount(run.plan.threads);
    const std::vector<std::int64_t> origin = {run.dataset->rows()};
    Batch batch;
    std::vector<double> samples;
    for (std::int64_t i = 0; i < warmUpForecasts + forecasts; ++i) {
        const Clock::time_point begin = Clock::now();
        gather(*run.dataset, origin, batch);
        const Tensor forecast = forwardNormalized(*run.model, run.norm, batch, {});
        const Clock::time_point end = Clock::now();
        if (i >= warmUpForecasts)
            samples.push_back(std::chrono::duration<double, std::micro>(end - begin).count());
    }
    return samples;
}

double peakMegabytes()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;  // Linux counts kibibytes
}

void report(const Options& options, const Json& document)
{
    if (options.json) {
        printJson(document);
        return;
    }
    const auto times = [&](const char* key, const char* unit) {
        const Json& timing = document[key];
        return shortNumber(timing["median"].get<double>()) + unit + " (" +
               shortNumber(timing["p10"].get<double>()) + " to " + shortNumber(timing["p90"].get<double>()) +
               ")";
    };
    TextTable table({"model", options.model + ", " + document["parameters"].dump() + " weights"});
    table.add({"training step", times("train_step_ms", " ms")});
    table.add({"samples per second", shortNumber(document["samples_per_second"].get<double>())});
    table.add({"forecast", times("forecast_us", " us")});
    table.add({"allocations per step", document["allocations_per_step"].dump()});
    table.add({"peak memory", shortNumber(document["peak_rss_mb"].get<double>()) + " MiB"});
    table.add({"threads", document["threads"].dump()});
    table.add({"instructions", document["isa"].get<std::string>()});
    print(table.text());
}

int bench(const Options& options)
{
    const ModelEntry& entry = modelEntry(options.model);
    const std::int64_t channels = wholeNumber("--channels", options.channels, 1);
    const std::int64_t steps = wholeNumber("--steps", options.steps, 1);
    const RunSettings settings = resolveSettings(entry, chosenValues(options, entry));
    Trainable run = benchRun(entry, settings, channels, steps);

    StepClock clock(steps);
    TrainControl control;
    train(run, {}, 0, control, clock);
    const Timing step(clock.milliseconds());
    const Timing forecast(forecastMicroseconds(run));
    const std::optional<double> allocations = clock.allocationsPerStep();

    Json config = Json::parse(toJson(settings.all));
    config["channels"] = channels;
    config["peer"] = options.peer;
    report(options, {{"model", entry.id},
                     {"parameters", run.model->weights.count()},
                     {"config", config},
                     {"threads", threadCount()},
                     {"isa", instructionSet()},
                     {"train_step_ms", step.json()},
                     {"samples_per_second", 1000 * run.plan.batchSize / step.at(0.5)},
                     {"forecast_us", forecast.json()},
                     {"allocations_per_step", allocations ? Json(*allocations) : Json()},
                     {"peak_rss_mb", peakMegabytes()}});
    return 0;
}

}  // namespace

Action declareBench(CLI::App& app)
{
    const auto options = std::make_shared<Options>();
    app.add_option("model", options->model, "The model.")->required();
    app.add_option("--length", options->sizes["length"], "Steps seen.")->type_name("L");
    app.add_option("--horizon", options->sizes["horizon"], "Steps forecast.")->type_name("H");
    app.add_option("--batch", options->sizes["batch_size"], "Windows in a batch.")->type_name("B");
    app.add_option("--channels", options->channels, "Columns forecast together.")->type_name("C");
    app.add_option("--steps", options->steps, "Steps timed, after a warm-up.")->type_name("N");
    addSettings(app, options->settings);
    app.add_flag("--peer", options->peer,
                 "The configuration that docs/performance.md compares, with the MAE loss.");
    app.add_flag("--json", options->json, "Print one JSON document.");
    return [options] { return bench(*options); };
}

}  // namespace fc::app
