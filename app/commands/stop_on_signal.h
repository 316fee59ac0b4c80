// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <csignal>
#include <thread>

#include "engine/training/train.h"

namespace fc::app {

/// While it lives, Ctrl-C (SIGINT), SIGTERM and SIGHUP ask a training to stop after its step and keep what it
/// learned; a second one ends the program at once. Make it before any other thread: those inherit the blocked
/// signals.
class StopOnSignal {
public:
    explicit StopOnSignal(TrainControl& control);
    ~StopOnSignal();
    StopOnSignal(const StopOnSignal&) = delete;
    StopOnSignal& operator=(const StopOnSignal&) = delete;

    bool stopped() const { return m_stopped.load(); }

private:
    void wait();

    TrainControl& m_control;
    sigset_t m_signals;
    sigset_t m_before;
    std::atomic<bool> m_stopped{false};
    std::atomic<bool> m_done{false};
    std::thread m_thread;
};

/// Exit status of a command that a signal stopped.
inline constexpr int stoppedStatus = 130;

}  // namespace fc::app
