// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace fc {

/// How the numbers of a tensor are stored. Arithmetic is done in F32 alone; the others save memory or hold
/// what is no real number, and Tensor::to() converts.
enum class DType : std::uint8_t {
    F32,
    F16,   ///< IEEE 754 binary16
    BF16,  ///< the upper half of an F32
    I8,
    U8,
    I64,
    Bool,  ///< one byte: 0 is false, anything else true; 1 when written
};
inline constexpr int dtypeCount = 7;

/// Bytes of one number.
constexpr std::int64_t bytesOf(DType type)
{
    constexpr std::int64_t bytes[dtypeCount] = {4, 2, 2, 1, 1, 8, 1};
    return bytes[static_cast<int>(type)];
}

/// "f32", "f16", "bf16", "i8", "u8", "i64", "bool".
std::string print(DType type);

/// Numbers in blocks of 32 that share a scale, as GGML stores them (https://github.com/ggml-org/ggml) under
/// the names given here. d and m are binary16.
enum class BlockFormat : std::uint8_t {
    Q8,  ///< Q8_0: d, then 32 signed bytes q: q d
    Q4,  ///< Q4_0: d, then 16 bytes of nibbles q, first 0 … 15 (low), then 16 … 31 (high): (q - 8) d
    Q4WithMinimum,  ///< Q4_1: d, m, then 16 bytes as Q4_0: q d + m
};
inline constexpr int blockFormatCount = 3;
inline constexpr std::int64_t blockLength = 32;

/// Bytes of one block.
constexpr std::int64_t bytesOf(BlockFormat format)
{
    constexpr std::int64_t bytes[blockFormatCount] = {34, 18, 20};
    return bytes[static_cast<int>(format)];
}

/// "q8_0", "q4_0", "q4_1".
std::string print(BlockFormat format);

}  // namespace fc
