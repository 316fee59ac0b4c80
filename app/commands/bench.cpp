// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <sys/resource.h>

#include "app/bench/language_model.h"
#include "app/bench/stacks.h"
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
/// Steps that are not timed: the first ones, and the last, which is watched for the validation behind it.
constexpr std::int64_t otherSteps = warmUpSteps + 1;
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

double peakMegabytes()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;  // Linux counts kibibytes
}

/// Takes the time at the end of every step; the first ones are warm-up. Asks the heap for nothing itself.
class StepClock : public TrainObserver {
public:
    explicit StepClock(std::int64_t steps) : m_last(steps + warmUpSteps)
    {
        m_ends.reserve(static_cast<size_t>(m_last));
    }

    void stepDone(const StepNews& news) override
    {
        if (news.step > m_last)
            return;
        m_ends.push_back(Clock::now());
        if (news.step == warmUpSteps)
            m_allocationsBefore = allocationCount();
        if (news.step == m_last) {
            m_allocationsAfter = allocationCount();
            m_peakMegabytes = peakMegabytes();
        }
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
               static_cast<double>(m_last - warmUpSteps);
    }

    /// Of the process, until the last step timed.
    double peakAtEnd() const { return m_peakMegabytes; }

private:
    std::int64_t m_last;
    std::vector<Clock::time_point> m_ends;
    std::optional<std::int64_t> m_allocationsBefore;
    std::optional<std::int64_t> m_allocationsAfter;
    double m_peakMegabytes = 0;
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

/// What is measured: with --peer, or for what is not a model, a stack by its name; else a model.
struct Subject {
    std::string name;
    const ModelEntry* entry;
    ParamValues values;
};

Subject subjectOf(const Options& options)
{
    const bool isModel =
        std::ranges::any_of(models(), [&](const ModelEntry& entry) { return entry.id == options.model; });
    const Peer* peer = options.peer || !isModel ? findPeer(options.model) : nullptr;
    if (peer == nullptr)
        return {options.model, &modelEntry(options.model), {}};
    Subject subject{peer->name, peer->entry, peer->values};
    subject.values["loss"] = std::string("mae");
    return subject;
}

ParamValues chosenValues(const Options& options, const Subject& subject)
{
    const Schema schema = trainSchema(*subject.entry);
    ParamValues values = subject.values;
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
        window - 1 + settings.plan.batchSize * settings.plan.accumulate * (steps + otherSteps);
    const std::int64_t restRows = recipe.horizon;
    recipe.targets.clear();
    for (std::int64_t c = 1; c <= channels; ++c)
        recipe.targets += (c == 1 ? "c" : ", c") + std::to_string(c);
    recipe.split =
        std::to_string(trainRows) + "," + std::to_string(restRows) + "," + std::to_string(restRows);
    settings.plan.maxSteps = static_cast<int>(steps + otherSteps);
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
        const Tensor forecast = forwardNormalized(*run.model, run.norm, run.loss, batch, {});
        const Clock::time_point end = Clock::now();
        if (i >= warmUpForecasts)
            samples.push_back(std::chrono::duration<double, std::micro>(end - begin).count());
    }
    return samples;
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
    table.add({"peak memory", shortNumber(document["peak_rss_mb"].get<double>()) + " MiB, " +
                                  shortNumber(document["extra_rss_mb"].get<double>()) +
                                  " of them for this measurement"});
    table.add({"threads", document["threads"].dump()});
    table.add({"instructions", document["isa"].get<std::string>()});
    print(table.text());
}

/// What one subject took.
struct Measurement {
    std::string name;
    std::int64_t parameters;
    Json config;
    std::int64_t windowsPerStep;
    std::vector<double> stepMilliseconds;
    std::vector<double> forecastMicroseconds;
    std::optional<double> allocationsPerStep;
    double peakMegabytes;  ///< of the process while it trained
};

Measurement measureModel(const Options& options, std::int64_t steps)
{
    const std::int64_t channels = wholeNumber("--channels", options.channels, 1);
    const Subject subject = subjectOf(options);
    const RunSettings settings = resolveSettings(*subject.entry, chosenValues(options, subject));
    Trainable run = benchRun(*subject.entry, settings, channels, steps);
    StepClock clock(steps);
    TrainControl control;
    train(run, {}, 0, control, clock);
    Json config = Json::parse(toJson(settings.all));
    config["channels"] = channels;
    return {.name = subject.name,
            .parameters = run.model->weights.count(),
            .config = std::move(config),
            .windowsPerStep = std::int64_t{run.plan.batchSize} * run.plan.accumulate,
            .stepMilliseconds = clock.milliseconds(),
            .forecastMicroseconds = forecastMicroseconds(run),
            .allocationsPerStep = clock.allocationsPerStep(),
            .peakMegabytes = clock.peakAtEnd()};
}

Measurement measureLanguageModel(const Options& options, std::int64_t steps)
{
    const auto size = [&](const char* id, const char* usual) {
        const auto given = options.sizes.find(id);
        const bool isGiven = given != options.sizes.end() && !given->second.empty();
        return wholeNumber(id, isGiven ? given->second : usual, 1);
    };
    const ParamValues values = readSettings(trainSchema(mlpStack()), options.settings);
    const auto threads = values.find("threads");
    setThreadCount(threads == values.end() ? 0 : static_cast<int>(std::get<std::int64_t>(threads->second)));
    const std::int64_t length = size("length", "128");
    const std::int64_t batch = size("batch_size", "32");
    LanguageModel model(length, batch);
    StepClock clock(steps);
    for (std::int64_t i = 1; i <= steps + warmUpSteps; ++i) {
        const double loss = model.step();
        clock.stepDone({.step = i, .totalSteps = steps + warmUpSteps, .loss = loss});
    }
    std::vector<double> forecast;
    for (std::int64_t i = 0; i < warmUpForecasts + forecasts; ++i) {
        const Clock::time_point begin = Clock::now();
        const Tensor logits = model.forecast();
        const Clock::time_point end = Clock::now();
        if (i >= warmUpForecasts)
            forecast.push_back(std::chrono::duration<double, std::micro>(end - begin).count());
    }
    return {.name = "lm",
            .parameters = model.parameters(),
            .config = {{"length", length}, {"batch_size", batch}},
            .windowsPerStep = batch,
            .stepMilliseconds = clock.milliseconds(),
            .forecastMicroseconds = std::move(forecast),
            .allocationsPerStep = clock.allocationsPerStep(),
            .peakMegabytes = clock.peakAtEnd()};
}

int bench(const Options& options)
{
    const double before = peakMegabytes();
    const std::int64_t steps = wholeNumber("--steps", options.steps, 1);
    Measurement m = options.model == "lm" || options.model == "LM" ? measureLanguageModel(options, steps)
                                                                   : measureModel(options, steps);
    const Timing step(std::move(m.stepMilliseconds));
    const Timing forecast(std::move(m.forecastMicroseconds));
    m.config["peer"] = options.peer;
    report(options, {{"model", m.name},
                     {"parameters", m.parameters},
                     {"config", m.config},
                     {"threads", threadCount()},
                     {"isa", instructionSet()},
                     {"train_step_ms", step.json()},
                     {"samples_per_second", 1000 * static_cast<double>(m.windowsPerStep) / step.at(0.5)},
                     {"forecast_us", forecast.json()},
                     {"allocations_per_step", m.allocationsPerStep ? Json(*m.allocationsPerStep) : Json()},
                     {"peak_rss_mb", m.peakMegabytes},
                     {"extra_rss_mb", m.peakMegabytes - before}});
    return 0;
}

}  // namespace

Action declareBench(CLI::App& app)
{
    const auto options = std::make_shared<Options>();
    app.add_option("model", options->model, "The model, or a stack of layers that docs/commands.md names.")
        ->required();
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
