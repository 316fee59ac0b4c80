// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/training/train.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "engine/autograd/ops_math.h"
#include "engine/autograd/tape.h"
#include "engine/base/parallel.h"
#include "engine/loss/loss.h"
#include "engine/optim/clip.h"
#include "engine/optim/schedule.h"
#include "engine/training/checkpoint.h"

namespace fc {

namespace {

// Streams of the run's generator; each consumer has its own, so that none shifts another.
constexpr std::uint64_t weightStream = 1;
constexpr std::uint64_t orderStream = std::uint64_t{1} << 32;
constexpr std::uint64_t dropoutStream = std::uint64_t{2} << 32;

constexpr std::int64_t validationBatch = 256;

using Clock = std::chrono::steady_clock;

bool isFinite(const Tensor& tensor)
{
    const float* x = tensor.data();
    // A sum of x * 0 is 0 unless some x is NaN or infinite; it needs no branch per value.
    float sum = 0;
    for (std::int64_t i = 0; i < tensor.count(); ++i)
        sum += x[i] * 0.0F;
    return sum == 0.0F;
}

/// One training in progress.
class Training {
public:
    Training(Trainable& run, TrainControl& control, TrainObserver& observer)
        : m_run(run),
          m_control(control),
          m_observer(observer),
          m_optimizer(makeOptimizer(run.plan.optimizer, run.model->weights))
    {
        for (const NamedWeight& weight : run.model->weights.all()) {
            if (weight.trainable)
                m_trained.push_back(weight);
        }
        m_gradients.resize(m_trained.size());
    }

    TrainResult run(const std::string& checkpoint, std::int64_t extraSteps);

private:
    std::int64_t validateEvery() const
    {
        return m_run.plan.validateEvery > 0 ? m_run.plan.validateEvery : stepsPerEpoch(m_run);
    }
    std::int64_t epoch() const { return m_state.step / stepsPerEpoch(m_run); }
    double plannedRate() const
    {
        return learningRate(m_run.plan.schedule, m_run.plan.optimizer.learningRate, m_state.step,
                            totalSteps(m_run));
    }
    bool wantsOut() const { return m_control.stopping() || m_control.cancelling(); }
    bool validationIsDue() const
    {
        return m_state.validatedStep != m_state.step && m_state.step > 0 &&
               (m_state.step % validateEvery() == 0 || m_state.step == m_lastStep);
    }
    bool outOfPatience() const
    {
        return m_run.plan.patience > 0 && m_state.validationsSinceBest >= m_run.plan.patience;
    }

    void obeyControl();
    void step();
    double forwardBackward(std::span<const std::int64_t> windows, std::int64_t windowsOfStep, Rng& rng);
    std::span<const std::int64_t> windowsOf(std::int64_t step);
    void collectGradients();
    void refuse(const char* pattern, const std::string& tensor) const;
    void refuseLoss() const;

    void validate();
    std::optional<double> validationLoss();
    WindowForecast shownForecast() const;

    void checkpoint(std::optional<double> validated, bool best);
    void keepBest();
    void restoreBest();

    Trainable& m_run;
    TrainControl& m_control;
    TrainObserver& m_observer;
    std::unique_ptr<Optimizer> m_optimizer;
    std::vector<NamedWeight> m_trained;
    std::vector<Tensor> m_gradients;
    Tape m_tape;
    Batch m_batch;
    Batch m_validationBatch;
    TrainState m_state;
    WeightCopies m_best;
    std::int64_t m_lastStep = 0;
    std::int64_t m_checkpointedStep = 0;
    std::int64_t m_orderedEpoch = -1;
    std::vector<std::int64_t> m_order;  ///< training windows in the order of the current epoch
    Clock::time_point m_resumed = Clock::now();
};

void Training::refuse(const char* pattern, const std::string& tensor) const
{
    throw Error(Message(pattern, tensor, m_state.step + 1));
}

void Training::refuseLoss() const
{
    for (const NamedWeight& weight : m_trained) {
        if (!isFinite(weight.value)) {
            refuse(
                TR("engine",
                   "The weight \"%1\" is no longer a finite number at step %2. Try a smaller learning rate "
                   "or a smaller clip_norm."),
                weight.name);
        }
    }
    refuse(
        TR("engine",
           "The %1 is no longer a finite number at step %2. Try a smaller learning rate, or another scaler "
           "when the series has very large values."),
        "loss");
}

double Training::forwardBackward(std::span<const std::int64_t> windows, std::int64_t windowsOfStep, Rng& rng)
{
    gather(*m_run.dataset, windows, m_batch);
    const TapeScope recording(&m_tape);
    const Tensor forecast =
        forwardNormalized(*m_run.model, m_run.norm, m_batch, {.training = true, .rng = &rng});
    Tensor mean = loss(m_run.loss, forecast, m_batch.target);
    const double value = static_cast<double>(mean.item());
    if (!std::isfinite(value))
        refuseLoss();
    // Each micro-batch counts by its windows, so that the gradient is the mean over the whole step.
    const auto share = static_cast<float>(windows.size()) / static_cast<float>(windowsOfStep);
    if (share != 1.0F)
        mean = mul(mean, share);
    m_tape.backward(mean);
    return value * static_cast<double>(share);
}

std::span<const std::int64_t> Training::windowsOf(std::int64_t step)
{
    const std::int64_t perEpoch = stepsPerEpoch(m_run);
    const auto& windows = m_run.dataset->trainWindows;
    const std::int64_t epochOfStep = step / perEpoch;
    if (epochOfStep != m_orderedEpoch) {
        Rng rng(static_cast<std::uint64_t>(m_run.plan.seed),
                orderStream + static_cast<std::uint64_t>(epochOfStep));
        m_order = rng.permutation(static_cast<std::int64_t>(windows.size()));
        for (std::int64_t& index : m_order)
            index = windows[static_cast<size_t>(index)];
        m_orderedEpoch = epochOfStep;
    }
    const std::int64_t size = std::int64_t{m_run.plan.batchSize} * m_run.plan.accumulate;
    const std::int64_t begin = (step % perEpoch) * size;
    const std::int64_t end = std::min(begin + size, static_cast<std::int64_t>(m_order.size()));
    return std::span(m_order).subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin));
}

void Training::collectGradients()
{
    for (size_t i = 0; i < m_trained.size(); ++i)
        m_gradients[i] = m_tape.grad(m_trained[i].value);
}

void Training::step()
{
    m_tape.clear();
    for (const NamedWeight& weight : m_trained)
        m_tape.watch(weight.value);
    Rng rng(static_cast<std::uint64_t>(m_run.plan.seed),
            dropoutStream + static_cast<std::uint64_t>(m_state.step));
    const std::span<const std::int64_t> windows = windowsOf(m_state.step);
    double lossValue = 0;
    for (size_t done = 0; done < windows.size(); done += static_cast<size_t>(m_run.plan.batchSize)) {
        const size_t size = std::min(windows.size() - done, static_cast<size_t>(m_run.plan.batchSize));
        lossValue +=
            forwardBackward(windows.subspan(done, size), static_cast<std::int64_t>(windows.size()), rng);
        m_tape.clearRecords();
    }
    collectGradients();
    const Clipping clipping = clip(m_run.plan.clip, m_gradients);
    if (!std::isfinite(clipping.norm)) {
        for (size_t i = 0; i < m_trained.size(); ++i) {
            if (!isFinite(m_gradients[i]))
                refuse(TR("engine",
                          "The gradient of \"%1\" is no longer a finite number at step %2. Try a smaller "
                          "learning rate, or set clip_norm."),
                       m_trained[i].name);
        }
        // Each value is finite, their sum of squares is not.
        refuse(TR("engine", "The %1 is no longer a finite number at step %2. Try a smaller learning rate."),
               "gradient norm");
    }
    const double rate = plannedRate() * m_state.learningRateFactor;
    m_optimizer->step(m_gradients, rate, clipping);
    ++m_state.step;
    m_state.lossSum += lossValue;
    ++m_state.lossCount;
    m_observer.stepDone({.step = m_state.step,
                         .totalSteps = m_lastStep,
                         .loss = lossValue,
                         .learningRate = rate,
                         .gradientNorm = clipping.norm});
}

std::optional<double> Training::validationLoss()
{
    const TapeScope off(nullptr);
    const std::span<const std::int64_t> windows = m_run.dataset->validationWindows;
    double sum = 0;
    for (size_t done = 0; done < windows.size(); done += validationBatch) {
        if (wantsOut())
            return std::nullopt;
        const auto part = windows.subspan(done, std::min<size_t>(validationBatch, windows.size() - done));
        gather(*m_run.dataset, part, m_validationBatch);
        const Tensor forecast = forwardNormalized(*m_run.model, m_run.norm, m_validationBatch, {});
        sum += static_cast<double>(loss(m_run.loss, forecast, m_validationBatch.target).item()) *
               static_cast<double>(part.size());
    }
    return sum / static_cast<double>(windows.size());
}

WindowForecast Training::shownForecast() const
{
    const auto& windows = m_run.dataset->validationWindows;
    const auto count = static_cast<std::int64_t>(windows.size());
    const std::int64_t asked = m_control.shownWindow();
    const std::int64_t index = asked < 0 || asked >= count ? count - 1 : asked;
    WindowForecast shown;
    predictWindows(*m_run.model, m_run.norm, *m_run.dataset, m_run.quantiles(),
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
    m_observer.validated({.step = m_state.step,
                          .epoch = epoch(),
                          .trainLoss = m_state.trainLoss,
                          .validationLoss = *validated,
                          .best = best,
                          .seconds = m_state.seconds,
                          .shown = shownForecast()});
    checkpoint(validated, best);
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
                             writeCheckpoint(m_run, *m_optimizer, m_best, m_state));
    m_checkpointedStep = m_state.step;
}

void Training::keepBest()
{
    for (const NamedWeight& weight : m_run.model->weights.all()) {
        Tensor& copy = m_best[weight.name];
        if (!copy.defined())
            copy = Tensor::empty(weight.value.shape());
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
        m_state = restoreCheckpoint(bytes, m_run, *m_optimizer, m_best);
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

Trainable makeTrainable(std::shared_ptr<const Dataset> dataset, const ModelEntry& entry,
                        const ParamValues& modelValues, const TrainPlan& plan)
{
    Trainable run;
    run.entry = &entry;
    run.modelValues = defaults(entry.schema);
    for (const auto& [id, value] : modelValues)
        run.modelValues[id] = value;
    run.plan = plan;
    run.loss = lossSpec(plan.loss);
    run.task = dataset->task;
    run.task.outputs = run.loss.outputs();
    run.norm = windowNorm(dataset->recipe.scaler);
    run.dataset = std::move(dataset);
    Rng rng(static_cast<std::uint64_t>(plan.seed), weightStream);
    run.model = makeModel(entry, run.task, modelValues, rng);
    return run;
}

std::vector<double> Trainable::quantiles() const
{
    return {loss.quantiles.begin(), loss.quantiles.end()};
}

std::int64_t stepsPerEpoch(const Trainable& run)
{
    const std::int64_t size = std::int64_t{run.plan.batchSize} * run.plan.accumulate;
    return (static_cast<std::int64_t>(run.dataset->trainWindows.size()) + size - 1) / size;
}

std::int64_t totalSteps(const Trainable& run)
{
    const std::int64_t planned = stepsPerEpoch(run) * run.plan.epochs;
    return run.plan.maxSteps > 0 ? run.plan.maxSteps : planned;
}

TrainResult train(Trainable& run, const std::string& checkpoint, std::int64_t extraSteps,
                  TrainControl& control, TrainObserver& observer)
{
    setThreadCount(run.plan.threads);
    return Training(run, control, observer).run(checkpoint, extraSteps);
}

}  // namespace fc
