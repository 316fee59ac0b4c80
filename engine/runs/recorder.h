// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "engine/runs/services.h"

namespace fc {

/// Writes what a training says into the workspace and passes it on. Steps are gathered and written about
/// twice a second; a checkpoint goes in one transaction with the steps and the validation before it, so a
/// crash leaves both or neither.
class Recorder : public TrainObserver {
public:
    Recorder(Store& store, RunRecord& run, int keepCheckpoints, const RunListener& listener)
        : m_store(store), m_run(run), m_keep(keepCheckpoints), m_listener(listener)
    {
    }

    void stepDone(const StepNews& news) override;
    void validated(const ValidationNews& news) override;
    void checkpointDue(const CheckpointNews& news, const std::string& bytes) override;
    void event(std::int64_t step, const std::string& kind, const Message& text) override;

    /// Writes the steps that are still waiting.
    void flush();

private:
    void writeSteps();

    Store& m_store;
    RunRecord& m_run;
    int m_keep;
    const RunListener& m_listener;
    std::vector<StepRecord> m_waiting;
    std::optional<ValidationRecord> m_validation;
    std::vector<LayerRecord> m_layers;  ///< of that validation
    std::chrono::steady_clock::time_point m_lastWrite = std::chrono::steady_clock::now();
};

}  // namespace fc
