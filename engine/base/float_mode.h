// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace fc {

/// Until the end of the scope the arithmetic of this thread, and of the loops it runs by parallelFor(), takes
/// numbers below 1.2e-38 (float) for 0. Gradients that fade over many steps end there, and processors
/// compute with such numbers ten times slower. Where the processor has no such mode nothing changes.
class FlushDenormals {
public:
    FlushDenormals();
    ~FlushDenormals();
    FlushDenormals(const FlushDenormals&) = delete;
    FlushDenormals& operator=(const FlushDenormals&) = delete;

private:
    std::uint64_t m_previous;
};

/// How this thread rounds and flushes, to hand on to another one.
std::uint64_t floatMode();
void setFloatMode(std::uint64_t mode);

}  // namespace fc
