// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/training/train.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include "engine/autograd/ops_math.h"
#include "engine/autograd/tape.h"
#include "engine/base/float_mode.h"
#include "engine/base/parallel.h"
#include "engine/features/sampler.h"
#include "engine/loss/loss.h"
#include "engine/optim/clip.h"
#include "engine/optim/schedule.h"
#include "engine/training/checkpoint.h"
#include "engine/training/finite.h"

namespace fc {

namespace {

// Streams of the run's generator; each consumer has its own, so that none shifts another. That of the order
// of windows is in engine/features/sampler.cpp.
constexpr std::uint64_t dropoutStream = std::uint64_t{2} << 32;

constexpr std::int64_t validationBatch = 256;

using Clock = std::chrono::steady_clock;

/// One training in progress.
class Training {
public:
    Training(Trainable& run, TrainControl& control, TrainObserver& observer)
        : m_run(run),
          m_control(control),
          m_observer(observer),
          m_optimizer(run.plan.optimizer, run.model->weights),
          m_schedule(run.plan.schedule, run.plan.optimizer.learningRate, totalSteps(run)),
          m_layers(m_optimizer),
          m_gradients(m_optimizer.weights().size()),
          m_scored(run.dataset->scoredWindows(Part::Validation)),
          m_feed(*run.dataset, run.prefetch, run.plan.batchSize),
          m_state(startState(run.plan))
    {
    }

    TrainResult run(const std::string& checkpoint, std::int64_t extraSteps);

private:
    std::int64_t validateEvery() const
    {
        return m_run.plan.validateEvery > 0 ? m_run.plan.validateEvery : stepsPerEpoch(m_run);
    }
    std::int64_t epoch() const { return m_state.step / stepsPerEpoch(m_run); }
    bool followsPlateau() const { return m_run.plan.schedule.schedule == "plateau"; }
    double plannedRate() const
    {
        return followsPlateau() ? m_state.plateau.rate : m_schedule.rate(m_state.step);
    }
    bool wantsOut() const { return m_control.stopping() || m_control.cancelling(); }
    bool isValidated(std::int64_t step) const { return step % validateEvery() == 0 || step == m_lastStep; }
    bool validationIsDue() const
    {
        return m_state.validatedStep != m_state.step && m_state.step > 0 && isValidated(m_state.step);
    }
    bool outOfPatience() const
    {
        return m_run.plan.patience > 0 && m_state.validationsSinceBest >= m_run.plan.patience;
    }

    void obeyControl();
    void step();
    double forwardBackward(const Batch& batch, double share, Rng& rng);
    std::span<const std::int64_t> windowsOf(std::int64_t step);
    void announceStep(std::int64_t step);
    std::optional<double> accumulateGradients();
    [[noreturn]] void refuseLoss() const { fc::refuseLoss(m_optimizer, m_state.step + 1); }

    void validate();
    void followPlateau(double validationLoss);
    std::optional<double> validationLoss();
    WindowForecast shownForecast() const;

    void checkpoint(std::optional<double> validated, bool best);
    void keepBest();
    void restoreBest();

    Trainable& m_run;
    TrainControl& m_control;
    TrainObserver& m_observer;
    Optimizer m_optimizer;
    Schedule m_schedule;
    LayerWatch m_layers;
    std::vector<Tensor> m_gradients;  ///< during a step, in the optimizer's order
    Tape m_tape;
    std::vector<std::int64_t> m_scored;  ///< validation windows that count
    BatchFeed m_feed;
    Batch m_validationBatch;
    TrainState m_state;
    WeightCopies m_best;
    std::int64_t m_lastStep = 0;
    std::int64_t m_checkpointedStep = 0;
    std::int64_t m_orderedEpoch = -1;
    std::vector<std::uint32_t> m_order;                  ///< training windows in the order of that epoch
    std::array<std::vector<std::int64_t>, 2> m_windows;  ///< of a step and of the one after it
    Clock::time_point m_resumed = Clock::now();
};

/// Adds `share` of the batch's gradient to the tape; returns that share of its loss.
double Training::forwardBackward(const Batch& batch, double share, Rng& rng)
{
    const TapeScope recording(&m_tape);
    const Tensor forecast =
        forwardNormalized(*m_run.model, m_run.norm, m_run.loss, batch, {.training = true, .rng = &rng});
    Tensor mean = loss(m_run.loss, forecast, batch.target, {.mask = batch.targetMask});
    const double value = static_cast<double>(mean.item());
    if (!std::isfinite(value))
        refuseLoss();
    const auto factor = static_cast<float>(share);
    if (factor != 1.0F)
        mean = mul(mean, factor);
    m_tape.backward(mean);
    return value * static_cast<double>(factor);
}

std::span<const std::int64_t> Training::windowsOf(std::int64_t step)
{
    const std::int64_t perEpoch = stepsPerEpoch(m_run);
    const std::int64_t epochOfStep = step / perEpoch;
    if (epochOfStep != m_orderedEpoch) {
        m_order = epochPlaces(*m_run.dataset, static_cast<std::uint64_t>(m_run.plan.seed), epochOfStep);
        m_orderedEpoch = epochOfStep;
    }
    const std::int64_t size = std::int64_t{m_run.plan.batchSize} * m_run.plan.accumulate;
    const std::int64_t begin = (step % perEpoch) * size;
    const std::int64_t end = std::min(begin + size, static_cast<std::int64_t>(m_order.size()));
    std::vector<std::int64_t>& windows = m_windows[static_cast<size_t>(step % 2)];
    windows.resize(static_cast<size_t>(end - begin));
    for (size_t i = 0; i < windows.size(); ++i)
        windows[i] = m_run.dataset->trainWindows[m_order[static_cast<size_t>(begin) + i]];
    return windows;
}

/// Lets the first batch of a step be gathered while the one before computes.
void Training::announceStep(std::int64_t step)
{
    if (!m_feed.hasProducer() || step >= m_lastStep)
        return;
    const std::span<const std::int64_t> windows = windowsOf(step);
    m_feed.announce(windows.first(std::min(windows.size(), static_cast<size_t>(m_run.plan.batchSize))));
}

/// Leaves the mean gradient over the step's batches in m_gradients; returns their mean loss, or nothing where
/// all their targets are missing: the gradient is then 0.
std::optional<double> Training::accumulateGradients()
{
    m_tape.clear();
    for (const NamedWeight& weight : m_optimizer.weights())
        m_tape.watch(weight.value);
    Rng rng(static_cast<std::uint64_t>(m_run.plan.seed),
            dropoutStream + static_cast<std::uint64_t>(m_state.step));
    const std::span<const std::int64_t> windows = windowsOf(m_state.step);
    const std::int64_t cells = observedTargets(*m_run.dataset, windows);
    double lossValue = 0;
    const auto batchSize = static_cast<size_t>(m_run.plan.batchSize);
    const auto partAt = [&](size_t begin) {
        return windows.subspan(begin, std::min(windows.size() - begin, batchSize));
    };
    for (size_t done = 0; done < windows.size(); done += batchSize) {
        const auto part = partAt(done);
        // Each micro-batch counts by its observed cells, so that the gradient is the mean over the whole
        // step.
        const double share = static_cast<double>(observedTargets(*m_run.dataset, part)) /
                             static_cast<double>(std::max<std::int64_t>(cells, 1));
        const Batch& batch = m_feed.take(part);
        if (done + batchSize < windows.size())
            m_feed.announce(partAt(done + batchSize));
        else
            announceStep(m_state.step + 1);
        lossValue += forwardBackward(batch, share, rng);
        m_tape.clearRecords();
    }
    for (size_t i = 0; i < m_gradients.size(); ++i)
        m_gradients[i] = m_tape.grad(m_optimizer.weights()[i].value);
    return cells > 0 ? std::optional(lossValue) : std::nullopt;
}

void Training::step()
{
    const std::optional<double> lossValue = accumulateGradients();
    const Clipping clipping = m_optimizer.clip(m_run.plan.clip, m_gradients);
    checkGradients(m_gradients, clipping.norm, m_optimizer, m_state.step + 1);
    const bool watched = isValidated(m_state.step + 1);
    if (watched)
        m_layers.beforeStep();
    const double rate = plannedRate() * m_state.learningRateFactor;
    m_optimizer.step(m_gradients, rate, clipping, m_schedule.momentum(m_state.step));
    if (watched)
        m_layers.afterStep(m_gradients);
    // What the tape alone holds is memory for the next step.
    std::ranges::fill(m_gradients, Tensor());
    ++m_state.step;
    if (lossValue) {
        m_state.lossSum += *lossValue;
        ++m_state.lossCount;
    }
    m_observer.stepDone({.step = m_state.step,
                         .totalSteps = m_lastStep,
                         .loss = lossValue.value_or(0.0),
                         .learningRate = rate,
                         .gradientNorm = clipping.norm});
}

std::optional<double> Training::validationLoss()
{
    const TapeScope off(nullptr);
    const ActivationProbeScope watching(&m_layers);
    m_layers.startValidation();
    const std::span<const std::int64_t> windows = m_scored;
    const auto cellsOfWindow = static_cast<double>(m_run.task.horizon * m_run.task.channels);
    double sum = 0;
    double observed = 0;  // in windows, of which a missing target takes a part
    for (size_t done = 0; done < windows.size(); done += validationBatch) {
        if (wantsOut())
            return std::nullopt;
        const auto part = windows.subspan(done, std::min<size_t>(validationBatch, windows.size() - done));
        gather(*m_run.dataset, part, m_validationBatch);
        m_layers.startPass();
        const Tensor forecast =
            forwardNormalized(*m_run.model, m_run.norm, m_run.loss, m_validationBatch, {});
        const Tensor mean =
            loss(m_run.loss, forecast, m_validationBatch.target, {.mask = m_validationBatch.targetMask});
        const double share = static_cast<double>(observedTargets(*m_run.dataset, part)) / cellsOfWindow;
        sum += static_cast<double>(mean.item()) * share;
        observed += share;
    }
    return sum / observed;
}

WindowForecast Training::shownForecast() const
{
    const auto& windows = m_run.dataset->validationWindows;
    const auto count = static_cast<std::int64_t>(windows.size());
    const std::int64_t asked = m_control.shownWindow();
    const std::int64_t index = asked < 0 || asked >= count ? count - 1 : asked;
    WindowForecast shown;
    predictWindows(*m_run.model, m_run.norm, *m_run.dataset, m_run.loss,
                   std::span(windows).subspan(static_cast<size_t>(index), 1),
                   [&](const WindowForecast& forecast) { shown = forecast; });
    return shown;
}

void Training::validate()
{
    const std::optional<double> validated = validationLoss();
    if (!validated)
        return;
    if (!std::isfinite(*validated))
        refuseLoss();
    m_state.validatedStep = m_state.step;
    if (m_state.lossCount > 0)
        m_state.trainLoss = m_state.lossSum / static_cast<double>(m_state.lossCount);
    m_state.lossSum = 0;
    m_state.lossCount = 0;
    const bool best = m_state.bestStep == 0 || *validated < m_state.bestLoss;
    if (best) {
        m_state.bestStep = m_state.step;
        m_state.bestLoss = *validated;
        m_state.validationsSinceBest = 0;
        keepBest();
    } else {
        ++m_state.validationsSinceBest;
    }
    if (followsPlateau())
        followPlateau(*validated);
    m_observer.validated({.step = m_state.step,
                          .epoch = epoch(),
                          .trainLoss = m_state.trainLoss,
                          .validationLoss = *validated,
                          .best = best,
                          .seconds = m_state.seconds,
                          .layers = m_layers.take(),
                          .shown = shownForecast()});
    checkpoint(validated, best);
}

void Training::followPlateau(double validationLoss)
{
    const double before = m_state.plateau.rate;
    m_state.plateau = plateauAfter(m_run.plan.schedule, m_state.plateau, validationLoss);
    if (m_state.plateau.rate != before)
        m_observer.event(m_state.step, "learning_rate",
                         Message(TR("engine", "No better validation loss: the learning rate drops to %1."),
                                 m_state.plateau.rate * m_state.learningRateFactor));
}

void Training::checkpoint(std::optional<double> validated, bool best)
{
    for (const NamedWeight& weight : m_run.model->weights.all()) {
        if (!isFinite(weight.value))
            refuseLoss();
    }
    m_observer.checkpointDue({.step = m_state.step,
                              .epoch = epoch(),
                              .trainLoss = m_state.trainLoss,
                              .validationLoss = validated,
                              .best = best},
                             writeCheckpoint(m_run, m_optimizer, m_best, m_state));
    m_checkpointedStep = m_state.step;
}

void Training::keepBest()
{
    for (const NamedWeight& weight : m_run.model->weights.all()) {
        Tensor& copy = m_best[weight.name];
        if (!copy.defined())
            copy = Tensor::empty(weight.value.shape(), weight.value.dtype());
        copyInto(copy, weight.value);
    }
}

void Training::restoreBest()
{
    for (const NamedWeight& weight : m_run.model->weights.all()) {
        const auto it = m_best.find(weight.name);
        if (it == m_best.end())
            return;
        Tensor value = weight.value;
        copyInto(value, it->second);
    }
}

void Training::obeyControl()
{
    if (const auto rate = m_control.takeLearningRate()) {
        const double planned = plannedRate();
        if (planned > 0) {
            m_state.learningRateFactor = *rate / planned;
            m_observer.event(m_state.step, "learning_rate",
                             Message(TR("engine", "The learning rate was set to %1."), *rate));
            // A resumed run must meet the same rate at the same step.
            checkpoint(std::nullopt, false);
        }
    }
    if (m_control.paused() && !wantsOut()) {
        if (m_checkpointedStep != m_state.step)
            checkpoint(std::nullopt, false);
        m_observer.event(m_state.step, "paused", Message(TR("engine", "Paused.")));
        m_control.waitWhilePaused();
        m_observer.event(m_state.step, "resumed", Message(TR("engine", "Resumed.")));
        m_resumed = Clock::now();
    }
}

TrainResult Training::run(const std::string& bytes, std::int64_t extraSteps)
{
    if (!bytes.empty())
        m_state = restoreCheckpoint(bytes, m_run, m_optimizer, m_best);
    m_checkpointedStep = m_state.step;
    m_lastStep = totalSteps(m_run);
    if (extraSteps > 0) {
        m_lastStep = m_state.step + extraSteps;
        m_state.validationsSinceBest = 0;
    }
    StopReason reason = StopReason::Finished;
    for (;;) {
        const auto before = Clock::now();
        m_resumed = before;
        if (validationIsDue())
            validate();
        if (m_control.cancelling())
            return {StopReason::Cancelled, m_state};
        if (m_control.stopping()) {
            reason = StopReason::Stopped;
            break;
        }
        if (m_state.step >= m_lastStep)
            break;
        if (outOfPatience()) {
            reason = StopReason::EarlyStopped;
            m_observer.event(m_state.step, "early_stopped",
                             Message(TR("engine", "No better validation loss in %1 validations."),
                                     m_state.validationsSinceBest));
            break;
        }
        obeyControl();
        if (wantsOut())
            continue;
        step();
        m_state.seconds += std::chrono::duration<double>(Clock::now() - std::max(before, m_resumed)).count();
        if (m_run.plan.checkpointEvery > 0 && m_state.step % m_run.plan.checkpointEvery == 0 &&
            !validationIsDue())
            checkpoint(std::nullopt, false);
    }
    if (m_checkpointedStep != m_state.step)
        checkpoint(std::nullopt, false);
    restoreBest();
    return {reason, m_state};
}

}  // namespace

TrainState startState(const TrainPlan& plan)
{
    TrainState state;
    state.plateau = plateauStart(plan.optimizer.learningRate);
    return state;
}

TrainResult train(Trainable& run, const std::string& checkpoint, std::int64_t extraSteps,
                  TrainControl& control, TrainObserver& observer)
{
    setThreadCount(run.plan.threads);
    const FlushDenormals flushing;
    return Training(run, control, observer).run(checkpoint, extraSteps);
}

}  // namespace fc
