// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commands/stop_on_signal.h"

#include <pthread.h>
#include <unistd.h>

namespace fc::app {

// A thread that waits for the signals, not a handler: no global state, and nothing that a handler may not do.
StopOnSignal::StopOnSignal(TrainControl& control) : m_control(control)
{
    sigemptyset(&m_signals);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1})
        sigaddset(&m_signals, signal);
    pthread_sigmask(SIG_BLOCK, &m_signals, &m_before);
    m_thread = std::thread([this] { wait(); });
}

StopOnSignal::~StopOnSignal()
{
    m_done = true;
    pthread_kill(m_thread.native_handle(), SIGUSR1);
    m_thread.join();
    pthread_sigmask(SIG_SETMASK, &m_before, nullptr);
}

void StopOnSignal::wait()
{
    while (true) {
        int signal = 0;
        sigwait(&m_signals, &signal);
        if (m_done)
            return;
        if (signal == SIGUSR1)
            continue;
        if (m_stopped)
            _exit(stoppedStatus);
        m_stopped = true;
        m_control.stop();
    }
}

}  // namespace fc::app
