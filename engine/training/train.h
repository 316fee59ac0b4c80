// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/optim/plateau.h"
#include "engine/training/layer_watch.h"
#include "engine/training/trainable.h"

namespace fc {

enum class StopReason {
    Finished,      ///< all planned steps done
    EarlyStopped,  ///< no better validation loss for `patience` validations
    Stopped,       ///< asked to stop and keep the best
    Cancelled,     ///< asked to cancel: the caller throws the run away
};

/// What a person may ask of a training while it runs; set by any thread, obeyed between two steps.
class TrainControl {
public:
    void pause() { m_paused.store(true); }
    void resume();
    void stop();    ///< end after this step, keep the best weights
    void cancel();  ///< end after this step, throw away
    void setLearningRate(double rate) { m_learningRate.store(rate); }
    /// Which validation window is forecast after each validation, 0 … windows-1.
    void setShownWindow(std::int64_t index) { m_shownWindow.store(index); }

    bool paused() const { return m_paused.load(); }
    bool stopping() const { return m_stop.load(); }
    bool cancelling() const { return m_cancel.load(); }
    /// The rate asked for since the last call, if any.
    std::optional<double> takeLearningRate();
    std::int64_t shownWindow() const { return m_shownWindow.load(); }
    /// Blocks while paused; returns at once on stop or cancel.
    void waitWhilePaused() const;

private:
    std::atomic<bool> m_paused{false};
    std::atomic<bool> m_stop{false};
    std::atomic<bool> m_cancel{false};
    std::atomic<double> m_learningRate{-1.0};
    std::atomic<std::int64_t> m_shownWindow{-1};
};

struct StepNews {
    std::int64_t step = 0;  ///< counted from 1
    std::int64_t totalSteps = 0;
    double loss = 0;
    double learningRate = 0;
    double gradientNorm = 0;
};

struct ValidationNews {
    std::int64_t step = 0;
    std::int64_t epoch = 0;
    double trainLoss = 0;
    double validationLoss = 0;
    bool best = false;
    double seconds = 0;
    std::vector<LayerValue> layers;
    WindowForecast shown;  ///< the chosen validation window, in the unit of the series
};

struct CheckpointNews {
    std::int64_t step = 0;
    std::int64_t epoch = 0;
    double trainLoss = 0;
    std::optional<double> validationLoss;  ///< when this step was validated
    bool best = false;
};

/// Hears of a training on the training's own thread. All methods may throw Error, which ends the training.
class TrainObserver {
public:
    virtual ~TrainObserver() = default;
    virtual void stepDone(const StepNews& news) = 0;
    virtual void validated(const ValidationNews& news) = 0;
    /// `bytes`: a safetensors file that holds all it takes to continue bit for bit.
    virtual void checkpointDue(const CheckpointNews& news, const std::string& bytes) = 0;
    /// kind: paused, resumed, learning_rate, early_stopped.
    virtual void event(std::int64_t step, const std::string& kind, const Message& text) = 0;
};

/// Where a training stands; all that a checkpoint keeps besides weights and optimizer tensors.
struct TrainState {
    std::int64_t step = 0;
    std::int64_t bestStep = 0;
    double bestLoss = 0;
    std::int64_t validationsSinceBest = 0;
    double lossSum = 0;  ///< since the last validation
    std::int64_t lossCount = 0;
    double learningRateFactor = 1.0;  ///< what a person's change made of the schedule
    std::int64_t validatedStep = 0;   ///< the newest step whose validation is done
    double trainLoss = 0;             ///< mean loss before that validation
    double seconds = 0;               ///< pauses left out
    PlateauState plateau;             ///< of the schedule "plateau"
};

/// Where a training with this plan begins.
TrainState startState(const TrainPlan& plan);

struct TrainResult {
    StopReason reason = StopReason::Finished;
    TrainState state;
};

/// Trains until done, stopped or failed, and leaves the best weights in run.model. `checkpoint`: bytes to
/// continue from, or empty for a fresh start. `extraSteps` > 0: so many steps from there instead of to the
/// planned end. Throws Error when the loss or a weight is no longer finite, naming step and tensor; the best
/// checkpoint written before stays good.
TrainResult train(Trainable& run, const std::string& checkpoint, std::int64_t extraSteps,
                  TrainControl& control, TrainObserver& observer);

}  // namespace fc
