// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/rng.h"

#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

namespace fc {

std::array<std::uint32_t, 4> Rng::block(std::uint64_t seed, std::uint64_t stream, std::uint64_t counter)
{
    // Multipliers and key increments of Philox4x32, table 2 and section 2.2 of the paper.
    constexpr std::uint64_t mul0 = 0xD2511F53, mul1 = 0xCD9E8D57;
    constexpr std::uint32_t weyl0 = 0x9E3779B9, weyl1 = 0xBB67AE85;
    std::array<std::uint32_t, 4> c = {
        static_cast<std::uint32_t>(counter), static_cast<std::uint32_t>(counter >> 32),
        static_cast<std::uint32_t>(stream), static_cast<std::uint32_t>(stream >> 32)};
    auto k0 = static_cast<std::uint32_t>(seed);
    auto k1 = static_cast<std::uint32_t>(seed >> 32);
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t p0 = mul0 * c[0];
        const std::uint64_t p1 = mul1 * c[2];
        c = {static_cast<std::uint32_t>(p1 >> 32) ^ c[1] ^ k0, static_cast<std::uint32_t>(p1),
             static_cast<std::uint32_t>(p0 >> 32) ^ c[3] ^ k1, static_cast<std::uint32_t>(p0)};
        k0 += weyl0;
        k1 += weyl1;
    }
    return c;
}

std::uint32_t Rng::bits()
{
    const std::uint64_t counter = m_position / 4;
    if (counter != m_cachedCounter) {
        m_cached = block(m_seed, m_stream, counter);
        m_cachedCounter = counter;
    }
    return m_cached[m_position++ % 4];
}

float Rng::uniform()
{
    return static_cast<float>(bits() >> 8) * 0x1p-24f;
}

double Rng::uniformDouble()
{
    const std::uint64_t high = bits() >> 5;
    const std::uint64_t low = bits() >> 6;
    return static_cast<double>((high << 26) | low) * 0x1p-53;
}

double Rng::normal()
{
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniformDouble()));
    return radius * std::cos(2.0 * std::numbers::pi * uniformDouble());
}

std::uint64_t Rng::below(std::uint64_t n)
{
    const std::uint64_t limit = ~std::uint64_t{0} - ~std::uint64_t{0} % n;
    for (;;) {
        const std::uint64_t high = bits();
        const std::uint64_t value = (high << 32) | bits();
        if (value < limit)
            return value % n;
    }
}

std::vector<std::int64_t> Rng::permutation(std::int64_t n)
{
    std::vector<std::int64_t> order(static_cast<size_t>(n));
    std::iota(order.begin(), order.end(), 0);
    for (size_t i = order.size(); i > 1; --i)
        std::swap(order[i - 1], order[below(i)]);
    return order;
}

}  // namespace fc
