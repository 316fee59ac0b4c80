// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/recorder.h"

namespace fc {

void Recorder::stepDone(const StepNews& news)
{
    m_waiting.push_back({.step = news.step,
                         .loss = news.loss,
                         .learningRate = news.learningRate,
                         .gradientNorm = news.gradientNorm});
    m_run.steps = news.step;
    m_run.totalSteps = news.totalSteps;
    if (m_listener.step)
        m_listener.step(news);
    const auto now = std::chrono::steady_clock::now();
    if (now - m_lastWrite > std::chrono::milliseconds(500)) {
        flush();
        m_lastWrite = now;
    }
}

void Recorder::validated(const ValidationNews& news)
{
    m_validation = ValidationRecord{.step = news.step,
                                    .epoch = news.epoch,
                                    .trainLoss = news.trainLoss,
                                    .validationLoss = news.validationLoss,
                                    .seconds = news.seconds};
    m_layers.clear();
    for (const LayerValue& layer : news.layers)
        m_layers.push_back({.step = news.step, .metric = layer.name, .value = layer.value});
    m_run.epochs = news.epoch;
    m_run.seconds = news.seconds;
    if (news.best) {
        m_run.bestStep = news.step;
        m_run.bestValidationLoss = news.validationLoss;
    }
    if (m_listener.validation)
        m_listener.validation(news);
}

void Recorder::writeSteps()
{
    if (!m_waiting.empty())
        m_store.appendSteps(m_run.id, m_waiting);
    m_store.updateRun(m_run);
}

void Recorder::checkpointDue(const CheckpointNews& news, const std::string& bytes)
{
    CheckpointRecord record{.runId = m_run.id,
                            .step = news.step,
                            .epoch = news.epoch,
                            .created = nowIso(),
                            .trainLoss = news.trainLoss,
                            .validationLoss = news.validationLoss,
                            .best = news.best,
                            .last = true,
                            .bytes = static_cast<std::int64_t>(bytes.size())};
    m_store.transaction([&] {
        writeSteps();
        if (m_validation)
            m_store.appendValidation(m_run.id, *m_validation);
        m_store.appendLayers(m_run.id, m_layers);
        record.id = m_store.addCheckpoint(record, bytes, m_keep);
    });
    m_waiting.clear();
    m_validation.reset();
    m_layers.clear();
    if (m_listener.checkpoint)
        m_listener.checkpoint(record);
}

void Recorder::event(std::int64_t step, const std::string& kind, const Message& text)
{
    const EventRecord record{.step = step, .time = nowIso(), .kind = kind, .text = text.english()};
    if (kind == "paused")
        m_run.state = RunState::Paused;
    else if (kind == "resumed")
        m_run.state = RunState::Running;
    m_store.transaction([&] {
        writeSteps();
        m_store.appendEvent(m_run.id, record);
    });
    m_waiting.clear();
    if (m_listener.event)
        m_listener.event(record);
}

void Recorder::flush()
{
    try {
        m_store.transaction([&] { writeSteps(); });
        m_waiting.clear();
    } catch (const Error&) {
        // Another program may be writing for a while. The steps stay here; a fault that lasts ends the
        // training at the next checkpoint, which must be stored.
    }
}

}  // namespace fc
