// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/training/train.h"

namespace fc {

void TrainControl::resume()
{
    m_paused.store(false);
    m_paused.notify_all();
}

void TrainControl::stop()
{
    m_stop.store(true);
    resume();
}

void TrainControl::cancel()
{
    m_cancel.store(true);
    resume();
}

std::optional<double> TrainControl::takeLearningRate()
{
    const double rate = m_learningRate.exchange(-1.0);
    return rate > 0 ? std::optional(rate) : std::nullopt;
}

void TrainControl::waitWhilePaused() const
{
    m_paused.wait(true);
}

}  // namespace fc
