// SPDX-License-Identifier: GPL-3.0-or-later
// float <-> binary16 and bfloat16 in integer arithmetic without branches, so that loops over them vectorise
// on every CPU level and round alike.
#pragma once

#include <bit>
#include <cstdint>

namespace fc::kernels {

/// Round to nearest, ties to even; a NaN stays one, with the upper bits of its payload.
inline std::uint16_t toBFloat16(float value)
{
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t rounded = (bits + 0x7FFFU + ((bits >> 16) & 1U)) >> 16;
    const std::uint32_t nan = (bits >> 16) | 0x40U;
    return static_cast<std::uint16_t>((bits & 0x7FFFFFFFU) > 0x7F800000U ? nan : rounded);
}

inline float fromBFloat16(std::uint16_t bits)
{
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

/// Round to nearest, ties to even; 65520 and more become infinity; a NaN stays one.
inline std::uint16_t toFloat16(float value)
{
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t sign = (bits >> 16) & 0x8000U;
    const std::uint32_t size = bits & 0x7FFFFFFFU;
    // Below 2^-14 the result counts multiples of 2^-24, the unit in the last place of a float near 0.5: the
    // addition rounds.
    const std::uint32_t half = std::bit_cast<std::uint32_t>(0.5F);
    const std::uint32_t small =
        std::bit_cast<std::uint32_t>(std::bit_cast<float>(size < half ? size : half) + 0.5F) - half;
    // From there on the exponent moves by 127 - 15, and a carry out of the fraction is right as it falls.
    const std::uint32_t normal = (size - ((127U - 15U) << 23) + 0xFFFU + ((size >> 13) & 1U)) >> 13;
    const std::uint32_t special = size > 0x7F800000U ? 0x7E00U | ((size >> 13) & 0x1FFU) : 0x7C00U;
    const std::uint32_t finite = size < 0x38800000U ? small : normal;
    return static_cast<std::uint16_t>(sign | (size >= 0x47800000U ? special : finite));
}

inline float fromFloat16(std::uint16_t value)
{
    const std::uint32_t sign = (value & 0x8000U) << 16;
    const std::uint32_t size = value & 0x7FFFU;
    const std::uint32_t normal = (size << 13) + ((127U - 15U) << 23);
    const std::uint32_t special = (size << 13) | 0x7F800000U;
    // 2^-14 (1 + fraction) less 2^-14 is exact.
    const float small =
        std::bit_cast<float>(0x38800000U | ((size & 0x3FFU) << 13)) - std::bit_cast<float>(0x38800000U);
    const std::uint32_t finite = size < 0x400U ? std::bit_cast<std::uint32_t>(small) : normal;
    return std::bit_cast<float>(sign | (size >= 0x7C00U ? special : finite));
}

}  // namespace fc::kernels
