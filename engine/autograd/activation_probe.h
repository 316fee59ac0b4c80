// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/tensor/tensor.h"

namespace fc {

/// Hears of the outputs of activation functions that are exactly 0 for inputs they hold back (relu), in the
/// order of the forward pass: how many units of a layer never answer shows there.
class ActivationProbe {
public:
    virtual ~ActivationProbe() = default;
    /// `y` [batch, …]: the output of one call. Must not keep it beyond the pass.
    virtual void see(const Tensor& y) = 0;
};

/// The probe of the calling thread, or nullptr, which is the rule.
constinit inline thread_local ActivationProbe* currentActivationProbe = nullptr;

/// Called by the operations; costs a look at a pointer while no probe is installed.
inline void noteActivation(const Tensor& y)
{
    if (currentActivationProbe != nullptr)
        currentActivationProbe->see(y);
}

/// Installs a probe on this thread until the end of the scope.
class ActivationProbeScope {
public:
    explicit ActivationProbeScope(ActivationProbe* probe) : m_previous(currentActivationProbe)
    {
        currentActivationProbe = probe;
    }
    ~ActivationProbeScope() { currentActivationProbe = m_previous; }
    ActivationProbeScope(const ActivationProbeScope&) = delete;
    ActivationProbeScope& operator=(const ActivationProbeScope&) = delete;

private:
    ActivationProbe* m_previous;
};

}  // namespace fc
