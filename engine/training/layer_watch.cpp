// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/training/layer_watch.h"

#include <cmath>

#include "engine/tensor/kernels/kernels_optim.h"
#include "engine/tensor/kernels/kernels_probe.h"

namespace fc {

void LayerWatch::beforeStep()
{
    for (std::size_t i = 0; i < m_optimizer.weights().size(); ++i)
        m_before.push_back(m_optimizer.stepped(i).clone());
}

void LayerWatch::afterStep(std::span<const Tensor> gradients)
{
    m_ofStep.clear();
    for (std::size_t i = 0; i < m_before.size(); ++i) {
        const std::string& name = m_optimizer.weights()[i].name;
        const std::int64_t count = m_before[i].count();
        const float* before = m_before[i].data();
        const Tensor gradient = gradients[i].contiguous();
        m_ofStep.push_back({"gradient_norm/" + name, std::sqrt(kernels::squaredSum(count, gradient.data()))});
        const double size = std::sqrt(kernels::squaredSum(count, before));
        const double change =
            std::sqrt(kernels::squaredDistance(count, m_optimizer.stepped(i).data(), before));
        if (size > 0)
            m_ofStep.push_back({"update_ratio/" + name, change / size});
    }
    m_before.clear();
}

void LayerWatch::see(const Tensor& y)
{
    const std::size_t call = m_call++;
    if (y.rank() == 0 || y.count() == 0)
        return;
    if (call >= m_answered.size())
        m_answered.resize(call + 1);
    const Tensor whole = y.contiguous();
    const std::int64_t units = whole.count() / whole.size(0);
    std::vector<std::uint8_t>& answered = m_answered[call];
    answered.resize(static_cast<std::size_t>(units));
    for (std::int64_t row = 0; row < whole.size(0); ++row)
        kernels::markNonZero(units, whole.data() + row * units, answered.data());
}

std::vector<LayerValue> LayerWatch::take()
{
    std::vector<LayerValue> values = std::move(m_ofStep);
    m_ofStep.clear();
    for (std::size_t i = 0; i < m_answered.size(); ++i) {
        const std::vector<std::uint8_t>& answered = m_answered[i];
        const auto units = static_cast<std::int64_t>(answered.size());
        if (units > 0)
            // Two digits, so that names sort as the layers follow.
            values.push_back({(i < 10 ? "dead_units/relu_0" : "dead_units/relu_") + std::to_string(i),
                              static_cast<double>(kernels::countUnmarked(units, answered.data())) /
                                  static_cast<double>(units)});
    }
    m_answered.clear();
    return values;
}

}  // namespace fc
