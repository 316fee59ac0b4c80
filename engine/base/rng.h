// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace fc {

/// Counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror & Shaw, SC 2011). The whole state is
/// (seed, stream, counter), so a run is resumed by storing three numbers, and two streams never meet.
class Rng {
public:
    explicit Rng(std::uint64_t seed, std::uint64_t stream = 0) : m_seed(seed), m_stream(stream) {}

    /// The four words at `counter` of (seed, stream); a pure function.
    static std::array<std::uint32_t, 4> block(std::uint64_t seed, std::uint64_t stream,
                                              std::uint64_t counter);

    std::uint32_t bits();
    /// In [0, 1), 24 random bits.
    float uniform();
    /// In [0, 1), 53 random bits.
    double uniformDouble();
    /// Standard normal (Box & Muller 1958).
    double normal();
    /// In [0, n), without modulo bias. n > 0.
    std::uint64_t below(std::uint64_t n);
    /// 0 .. n-1 in random order (Fisher & Yates).
    std::vector<std::int64_t> permutation(std::int64_t n);

    std::uint64_t seed() const { return m_seed; }
    std::uint64_t stream() const { return m_stream; }
    /// Words handed out so far.
    std::uint64_t position() const { return m_position; }
    void seek(std::uint64_t position) { m_position = position; }

private:
    std::uint64_t m_seed;
    std::uint64_t m_stream;
    std::uint64_t m_position = 0;
    std::uint64_t m_cachedCounter = ~std::uint64_t{0};
    std::array<std::uint32_t, 4> m_cached{};
};

}  // namespace fc
