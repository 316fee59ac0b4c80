// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/float_mode.h"

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

namespace fc {

namespace {

#if defined(__SSE__)
// MXCSR: results below the normal range become 0 (bit 15), operands count as 0 (bit 6).
constexpr std::uint64_t flushing = 0x8040;

std::uint64_t readMode()
{
    return _mm_getcsr();
}
void writeMode(std::uint64_t mode)
{
    _mm_setcsr(static_cast<unsigned int>(mode));
}
#elif defined(__aarch64__)
// FPCR: FZ (bit 24) for both.
constexpr std::uint64_t flushing = std::uint64_t{1} << 24;

std::uint64_t readMode()
{
    std::uint64_t mode = 0;
    asm volatile("mrs %0, fpcr" : "=r"(mode));
    return mode;
}
void writeMode(std::uint64_t mode)
{
    asm volatile("msr fpcr, %0" : : "r"(mode));
}
#else
constexpr std::uint64_t flushing = 0;

std::uint64_t readMode()
{
    return 0;
}
void writeMode(std::uint64_t) {}
#endif

}  // namespace

FlushDenormals::FlushDenormals() : m_previous(readMode())
{
    writeMode(m_previous | flushing);
}

FlushDenormals::~FlushDenormals()
{
    writeMode(m_previous);
}

std::uint64_t floatMode()
{
    return readMode();
}

void setFloatMode(std::uint64_t mode)
{
    writeMode(mode);
}

}  // namespace fc
