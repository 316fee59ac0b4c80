// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commands/training.h"

#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <iostream>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "app/commands/output.h"
#include "app/commands/stop_on_signal.h"
#include "engine/base/atomic_file.h"

namespace fc::app {

namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

/// JSON Lines appended to a file, each in one write, so that a reader sees whole lines.
class EventFile {
public:
    explicit EventFile(const std::string& path) : m_path(path)
    {
        if (m_path.empty())
            return;
        m_file = ::open(m_path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
        if (m_file < 0)
            refuse();
    }
    ~EventFile()
    {
        if (m_file >= 0)
            ::close(m_file);
    }
    EventFile(const EventFile&) = delete;
    EventFile& operator=(const EventFile&) = delete;

    bool isOpen() const { return m_file >= 0; }
    void setRun(const std::string& name) { m_run = name; }

    void add(const std::string& kind, const Json& fields)
    {
        if (!isOpen())
            return;
        Json line = {{"event", kind}, {"run", m_run}, {"time", nowIso()}};
        line.update(fields);
        const std::string text = line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
        if (::write(m_file, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
            refuse();
    }

private:
    [[noreturn]] void refuse() const
    {
        throw Error(Message(TR("commands", "The events file %1 cannot be written: %2."), displayPath(m_path),
                            std::strerror(errno)));
    }

    std::string m_path;
    std::string m_run;
    int m_file = -1;
};

/// One line that is written over on a terminal; a line per validation elsewhere.
class ProgressLine {
public:
    void step(const StepNews& news)
    {
        const Clock::time_point now = Clock::now();
        if (m_firstStep < 0) {
            m_firstStep = news.step;
            m_begin = now;
        }
        if (!m_terminal || now - m_shown < std::chrono::milliseconds(100))
            return;
        m_shown = now;
        const double seconds = std::chrono::duration<double>(now - m_begin).count();
        const double rate = seconds > 0 ? static_cast<double>(news.step - m_firstStep) / seconds : 0;
        std::string line = "step " + std::to_string(news.step) + " of " + std::to_string(news.totalSteps) +
                           "  loss " + shortNumber(news.loss);
        if (rate > 0) {
            line += "  " + shortNumber(rate) + " steps/s  " +
                    durationText(static_cast<double>(news.totalSteps - news.step) / rate) + " left";
        }
        std::cerr << "\r\033[K" << line << std::flush;
    }

    void validation(const ValidationNews& news)
    {
        clear();
        say("step " + std::to_string(news.step) + ", epoch " + std::to_string(news.epoch) +
            ": training loss " + shortNumber(news.trainLoss) + ", validation loss " +
            shortNumber(news.validationLoss) + (news.best ? " (best)" : ""));
    }

    void clear() const
    {
        if (m_terminal)
            std::cerr << "\r\033[K" << std::flush;
    }

private:
    const bool m_terminal = isatty(STDERR_FILENO) != 0;
    std::int64_t m_firstStep = -1;
    Clock::time_point m_begin;
    Clock::time_point m_shown;
};

RunListener listener(EventFile& file, ProgressLine& progress)
{
    RunListener news;
    news.started = [&](const RunRecord& run) {
        file.setRun(run.name);
        file.add("started", {{"model", run.model},
                             {"series", run.series},
                             {"step", run.steps},
                             {"total_steps", run.totalSteps}});
        say((run.steps > 0 ? "Continuing " : "Training ") + escaped(run.name) + ": " + run.model + " on " +
            escaped(run.series) + ", " + std::to_string(run.parameters) + " weights, " +
            (run.steps > 0 ? "from step " + std::to_string(run.steps) + " to " : "steps 1 to ") +
            std::to_string(run.totalSteps) + ".");
    };
    news.step = [&](const StepNews& step) {
        if (file.isOpen()) {
            file.add("step", {{"step", step.step},
                              {"loss", step.loss},
                              {"learning_rate", step.learningRate},
                              {"gradient_norm", step.gradientNorm}});
        }
        progress.step(step);
    };
    news.validation = [&](const ValidationNews& validation) {
        file.add("validation", {{"step", validation.step},
                                {"epoch", validation.epoch},
                                {"train_loss", validation.trainLoss},
                                {"validation_loss", validation.validationLoss},
                                {"best", validation.best},
                                {"seconds", validation.seconds}});
        progress.validation(validation);
    };
    news.checkpoint = [&](const CheckpointRecord& checkpoint) {
        file.add("checkpoint", {{"id", checkpoint.id},
                                {"step", checkpoint.step},
                                {"best", checkpoint.best},
                                {"bytes", checkpoint.bytes},
                                {"sha256", checkpoint.sha256}});
    };
    news.event = [&](const EventRecord& event) {
        // The start is told in full above, and the end when the command returns.
        if (event.kind == "started" || event.kind == "continued")
            return;
        file.add(event.kind, {{"step", event.step}, {"text", event.text}});
        if (event.kind == "finished" || event.kind == "stopped" || event.kind == "failed")
            return;
        progress.clear();
        say("step " + std::to_string(event.step) + ": " + escaped(event.text));
    };
    return news;
}

}  // namespace

TrainingEnd runTraining(const std::string& eventsFile,
                        const std::function<RunOutcome(TrainControl&, const RunListener&)>& work)
{
    TrainControl control;
    const StopOnSignal stop(control);
    EventFile file(eventsFile);
    ProgressLine progress;
    TrainingEnd end;
    end.outcome = work(control, listener(file, progress));
    end.stoppedBySignal = stop.stopped() && end.outcome.reason == StopReason::Stopped;
    progress.clear();
    const RunRecord& run = end.outcome.run;
    file.add("ended",
             {{"state", stateName(run.state)}, {"step", run.steps}, {"weights_sha256", run.weightsSha256}});
    return end;
}

int endStatus(const TrainingEnd& end, const std::filesystem::path& workspace)
{
    const RunRecord& run = end.outcome.run;
    if (end.stoppedBySignal) {
        say("Stopped after step " + std::to_string(run.steps) + ". \"forecastle resume " +
            displayPath(workspace) + " " + escaped(run.name) + "\" goes on.");
        return stoppedStatus;
    }
    say("Run " + escaped(run.name) + " " + stateName(run.state) + " after step " + std::to_string(run.steps) +
        ", " + durationText(run.seconds) + ".");
    return 0;
}

}  // namespace fc::app
