// SPDX-License-Identifier: GPL-3.0-or-later
// The engine's threads without Qt: a writer and readers of one workspace, a feed, parallel loops, and a
// training that is paused, changed and stopped from outside. Says nothing of its own beyond right or wrong;
// the thread sanitizer watches it in the preset tsan.
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <stdlib.h>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "engine/base/cancel_token.h"
#include "engine/base/error.h"
#include "engine/base/feed.h"
#include "engine/base/parallel.h"
#include "engine/features/samples.h"
#include "engine/runs/services.h"
#include "engine/store/store.h"
#include "engine/training/checkpoint.h"

namespace {

std::atomic<int> failures{0};

void expect(bool fact, const char* what)
{
    if (fact)
        return;
    std::fprintf(stderr, "not so: %s\n", what);
    ++failures;
}

/// A folder that goes with the program.
class Folder {
public:
    Folder() : m_path(std::filesystem::temp_directory_path() / "race_check.XXXXXX")
    {
        std::string name = m_path.string();
        if (::mkdtemp(name.data()) == nullptr)
            throw std::filesystem::filesystem_error("mkdtemp", m_path,
                                                    std::error_code(errno, std::generic_category()));
        m_path = name;
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(m_path, ignored);
    }
    const std::filesystem::path& path() const { return m_path; }

private:
    std::filesystem::path m_path;
};

constexpr std::int64_t batches = 30;
constexpr std::int64_t batchSteps = 20;

/// Readers see whole batches only, and never fewer than before.
void readUntil(const std::filesystem::path& path, const std::atomic<bool>& done)
{
    const fc::Store store = fc::Store::open(path, fc::Store::Mode::ReadOnly);
    std::size_t before = 0;
    while (!done) {
        for (const fc::RunRecord& run : store.runs()) {
            const std::size_t steps = store.steps(run.id).size();
            expect(steps % batchSteps == 0, "a reader sees whole batches");
            expect(steps >= before, "a reader never sees less than before");
            before = steps;
            for (const fc::CheckpointRecord& checkpoint : store.checkpoints(run.id)) {
                // The writer may delete it between the two calls.
                try {
                    expect(store.checkpointBytes(checkpoint.id).size() == 3000000, "a checkpoint is whole");
                } catch (const fc::UsageError&) {
                    continue;
                }
            }
        }
    }
}

void storeIsReadWhileItIsWritten()
{
    const Folder folder;
    const std::filesystem::path path = folder.path() / "race.forecastle";
    fc::Store writer = fc::Store::create(path);
    fc::RunRecord run;
    run.model = "race";
    run.state = fc::RunState::Running;
    const std::int64_t id = writer.addRun(run).id;

    std::atomic<bool> done{false};
    std::vector<std::thread> readers;
    readers.reserve(2);
    for (int i = 0; i < 2; ++i)
        readers.emplace_back(readUntil, path, std::cref(done));
    for (std::int64_t batch = 0; batch < batches; ++batch) {
        std::vector<fc::StepRecord> steps;
        for (std::int64_t i = 1; i <= batchSteps; ++i)
            steps.push_back({batch * batchSteps + i, 0.5, 1e-3, 1.0});
        writer.appendSteps(id, steps);
        if (batch % 10 == 0) {
            fc::CheckpointRecord checkpoint;
            checkpoint.runId = id;
            checkpoint.step = batch;
            writer.addCheckpoint(checkpoint, std::string(3000000, 'c'), 1);
        }
    }
    done = true;
    for (std::thread& reader : readers)
        reader.join();
    expect(std::ssize(writer.steps(id)) == batches * batchSteps, "every step is stored");
    expect(writer.checkIntegrity().empty(), "the workspace is sound");
}

void feedHandsOverInOrder()
{
    fc::Feed<int> feed(1000);
    fc::CancelToken cancel;
    constexpr int count = 200000;
    std::thread worker([&] {
        for (int i = 1; i <= count && !cancel.cancelled(); ++i)
            feed.push(i);
        cancel.cancel();
    });
    int last = 0;
    const auto take = [&] {
        for (const int value : feed.drain()) {
            expect(value > last, "values keep their order");
            last = value;
        }
    };
    while (!cancel.cancelled())
        take();
    worker.join();
    take();
    expect(last == count, "the last value arrives");
}

void parallelLoopsOfTwoJobsDoNotMeet()
{
    constexpr std::int64_t count = 100000;
    const auto job = [] {
        fc::setThreadCount(3);
        for (int round = 0; round < 20; ++round) {
            std::vector<std::int64_t> squares(count);
            fc::parallelFor(count, 1000, [&](std::int64_t begin, std::int64_t end) {
                for (std::int64_t i = begin; i < end; ++i)
                    squares[static_cast<std::size_t>(i)] = i * i;
            });
            std::int64_t sum = 0;
            for (const std::int64_t square : squares)
                sum += square;
            expect(sum == (count - 1) * count * (2 * count - 1) / 6, "every block ran once");
        }
    };
    std::thread other(job);
    job();
    other.join();
}

/// What the desktop does: one thread trains and tells, another asks and reads.
void aTrainingObeysAnotherThread()
{
    const Folder folder;
    const std::filesystem::path path = folder.path() / "training.forecastle";
    fc::Store::create(path);
    fc::addSamples(path);
    fc::TrainRequest request = fc::demoRequest(path);
    request.settings["channels"] = std::string("4");
    request.settings["max_steps"] = std::int64_t{400};
    request.settings["threads"] = std::int64_t{2};

    fc::TrainControl control;
    fc::Feed<fc::StepNews> feed;
    std::atomic<std::int64_t> stepsDone{0};
    std::atomic<bool> ended{false};
    fc::RunListener listener;
    listener.step = [&](const fc::StepNews& news) {
        feed.push(news);
        stepsDone = news.step;
    };
    fc::RunOutcome outcome;
    std::thread trainer([&] {
        outcome = fc::trainRun(request, control, listener);
        ended = true;
    });
    const auto waitFor = [&](std::int64_t step) {
        while (stepsDone < step && !ended)
            std::this_thread::yield();
    };
    waitFor(5);
    control.pause();
    control.setShownWindow(3);
    feed.drain();
    control.setLearningRate(1e-4);
    control.resume();
    waitFor(20);
    expect(!fc::Store::open(path, fc::Store::Mode::ReadOnly).runs().empty(),
           "the run is listed while it trains");
    control.stop();
    trainer.join();
    expect(outcome.run.state == fc::RunState::Stopped || outcome.run.state == fc::RunState::Finished,
           "the training ended as asked");
}

/// One thread gathers what another computes with.
void batchesAreGatheredAhead()
{
    fc::Recipe recipe;
    recipe.length = 24;
    recipe.horizon = 4;
    const auto dataset =
        std::make_shared<const fc::Dataset>(fc::makeDataset(fc::makeSample("synthetic-crypto-1h"), recipe));
    fc::TrainPlan plan;
    plan.maxSteps = 60;
    plan.accumulate = 2;
    plan.threads = 2;
    const auto train = [&](fc::Prefetch prefetch, bool stops) {
        fc::Trainable run =
            fc::makeTrainable(dataset, fc::modelEntry("tcn"), {{"channels", std::string("4")}}, plan);
        run.prefetch = prefetch;
        fc::TrainControl control;
        class Stopping : public fc::TrainObserver {
        public:
            void stepDone(const fc::StepNews& news) override
            {
                if (control && news.step == 17)
                    control->stop();
            }
            void validated(const fc::ValidationNews&) override {}
            void checkpointDue(const fc::CheckpointNews&, const std::string&) override {}
            void event(std::int64_t, const std::string&, const fc::Message&) override {}
            fc::TrainControl* control = nullptr;
        } observer;
        observer.control = stops ? &control : nullptr;
        fc::train(run, {}, 0, control, observer);
        return fc::weightsDigest(run.model->weights);
    };
    const std::string ahead = train(fc::Prefetch::Always, false);
    expect(ahead == train(fc::Prefetch::Never, false), "a producer changes no number");
    expect(ahead != train(fc::Prefetch::Always, true), "a training with a producer can be stopped");
}

}  // namespace

int main()
{
    try {
        storeIsReadWhileItIsWritten();
        feedHandsOverInOrder();
        parallelLoopsOfTwoJobsDoNotMeet();
        aTrainingObeysAnotherThread();
        batchesAreGatheredAhead();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return failures == 0 ? 0 : 1;
}
