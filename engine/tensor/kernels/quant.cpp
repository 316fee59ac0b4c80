// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <cstring>

#include "engine/tensor/kernels/half.h"
#include "engine/tensor/kernels/kernels_quant.h"

namespace fc::kernels {

namespace {

constexpr std::uint16_t infinityBits = 0x7C00U;

bool isFinite(std::uint16_t half)
{
    return (half & infinityBits) != infinityBits;
}

float half(const std::uint8_t* bytes)
{
    std::uint16_t bits;
    std::memcpy(&bits, bytes, sizeof bits);
    return fromFloat16(bits);
}

void put(std::uint8_t* bytes, std::uint16_t bits)
{
    std::memcpy(bytes, &bits, sizeof bits);
}

/// The binary16 nearest to `ideal`, or the next larger one where `steps` of the nearest would not reach
/// `size`: among the smallest numbers rounding down could halve the scale.
std::uint16_t scaleFor(float ideal, float steps, float size)
{
    std::uint16_t bits = toFloat16(ideal);
    if (isFinite(bits) && std::fabs(fromFloat16(bits)) * steps < size)
        ++bits;
    return bits;
}

// Numbers are counted in steps of the scale as it is stored, not of the ideal one, so that half a step bounds
// the error.

struct Q8 {
    static constexpr std::int64_t bytes = 34;

    static bool pack(const float* x, std::uint8_t* block)
    {
        float size = 0.0F;
        for (int i = 0; i < blockLength; ++i)
            size = std::max(size, std::fabs(x[i]));
        const std::uint16_t scale = scaleFor(size / 127.0F, 127.5F, size);
        const float d = fromFloat16(scale);
        const float inverse = d != 0.0F ? 1.0F / d : 0.0F;
        put(block, scale);
        for (int i = 0; i < blockLength; ++i) {
            const float q = std::clamp(std::nearbyint(x[i] * inverse), -127.0F, 127.0F);
            block[2 + i] = static_cast<std::uint8_t>(static_cast<std::int8_t>(q));
        }
        return isFinite(scale);
    }

    static void unpack(const std::uint8_t* block, float* y)
    {
        const float d = half(block);
#pragma omp simd
        for (int i = 0; i < blockLength; ++i)
            y[i] = d * static_cast<float>(static_cast<std::int8_t>(block[2 + i]));
    }
};

/// 32 numbers from 0 to 15 into 16 bytes.
template <typename Number>
void putNibbles(std::uint8_t* bytes, Number&& number)
{
    constexpr int half = blockLength / 2;
    for (int i = 0; i < half; ++i)
        bytes[i] = static_cast<std::uint8_t>(number(i) | number(i + half) << 4);
}

/// Truncation of a number that is to be from 0 to 15.
unsigned nibble(float x)
{
    return static_cast<unsigned>(std::clamp(x, 0.0F, 15.0F));
}

struct Q4 {
    static constexpr std::int64_t bytes = 18;

    static bool pack(const float* x, std::uint8_t* block)
    {
        float largest = 0.0F;
        for (int i = 0; i < blockLength; ++i)
            largest = std::fabs(x[i]) > std::fabs(largest) ? x[i] : largest;
        const std::uint16_t scale = scaleFor(largest / -8.0F, 8.5F, std::fabs(largest));
        const float d = fromFloat16(scale);
        const float inverse = d != 0.0F ? 1.0F / d : 0.0F;
        put(block, scale);
        putNibbles(block + 2, [&](int i) { return nibble(x[i] * inverse + 8.5F); });
        return isFinite(scale);
    }

    static void unpack(const std::uint8_t* block, float* y)
    {
        const float d = half(block);
#pragma omp simd
        for (int i = 0; i < blockLength / 2; ++i) {
            y[i] = d * static_cast<float>((block[2 + i] & 15) - 8);
            y[i + blockLength / 2] = d * static_cast<float>((block[2 + i] >> 4) - 8);
        }
    }
};

struct Q4WithMinimum {
    static constexpr std::int64_t bytes = 20;

    static bool pack(const float* x, std::uint8_t* block)
    {
        const auto [least, most] = std::minmax_element(x, x + blockLength);
        const std::uint16_t shift = toFloat16(*least);
        const float m = fromFloat16(shift);
        const float range = *most / 15.0F - *least / 15.0F;
        const std::uint16_t scale = scaleFor(range, 15.5F, *most - m);
        const float d = fromFloat16(scale);
        const float inverse = d != 0.0F ? 1.0F / d : 0.0F;
        put(block, scale);
        put(block + 2, shift);
        putNibbles(block + 4, [&](int i) { return nibble((x[i] - m) * inverse + 0.5F); });
        return isFinite(scale) && isFinite(shift);
    }

    static void unpack(const std::uint8_t* block, float* y)
    {
        const float d = half(block);
        const float m = half(block + 2);
#pragma omp simd
        for (int i = 0; i < blockLength / 2; ++i) {
            y[i] = d * static_cast<float>(block[4 + i] & 15) + m;
            y[i + blockLength / 2] = d * static_cast<float>(block[4 + i] >> 4) + m;
        }
    }
};

/// body(Format{}) for the format.
template <typename Body>
auto dispatch(BlockFormat format, Body&& body)
{
    switch (format) {
        case BlockFormat::Q8:
            return body(Q8{});
        case BlockFormat::Q4:
            return body(Q4{});
        case BlockFormat::Q4WithMinimum:
            break;
    }
    return body(Q4WithMinimum{});
}

bool allFinite(std::int64_t n, const float* x)
{
    bool finite = true;
    for (std::int64_t i = 0; i < n; ++i)
        finite = finite && std::isfinite(x[i]);
    return finite;
}

// A register of floats, and as many rows of x at a time as leave room for a block of W.
#if defined(__AVX512F__)
constexpr int lanes = 16;
constexpr int mostRows = 8;
#elif defined(__AVX2__)
constexpr int lanes = 8;
constexpr int mostRows = 2;
#else
constexpr int lanes = 4;
constexpr int mostRows = 1;
#endif
using Lanes = float __attribute__((vector_size(lanes * sizeof(float))));
constexpr int parts = blockLength / lanes;

Lanes load(const float* from)
{
    Lanes v;
    std::memcpy(&v, from, sizeof v);
    return v;
}

float total(const Lanes (&sums)[parts])
{
    float all[blockLength];
    std::memcpy(all, sums, sizeof all);
    for (int width = blockLength / 2; width > 0; width /= 2)
        for (int i = 0; i < width; ++i)
            all[i] += all[i + width];
    return all[0];
}

/// `Rows` rows of x from `first` on times row n of W, which lies unpacked in p.row. Each result has 32
/// partial sums, whatever `Rows` is.
template <int Rows>
void multiplyRows(const BlockProduct& p, std::int64_t first, std::int64_t n)
{
    Lanes sums[Rows][parts] = {};
    const float* x = p.x + first * p.k;
    for (std::int64_t at = 0; at < p.k; at += blockLength) {
#pragma GCC unroll 8
        for (int i = 0; i < parts; ++i) {
            const Lanes weights = load(p.row + at + std::int64_t{i} * lanes);
#pragma GCC unroll 8
            for (int r = 0; r < Rows; ++r)
                sums[r][i] += weights * load(x + r * p.k + at + std::int64_t{i} * lanes);
        }
    }
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r)
        p.y[(first + r) * p.ldy + n] = total(sums[r]);
}

}  // namespace

bool packBlocks(BlockFormat format, std::int64_t blocks, const float* x, std::uint8_t* bytes)
{
    if (!allFinite(blocks * blockLength, x))
        return false;
    return dispatch(format, [=](auto kind) {
        bool fits = true;
        for (std::int64_t b = 0; b < blocks; ++b)
            fits = kind.pack(x + b * blockLength, bytes + b * kind.bytes) && fits;
        return fits;
    });
}

void unpackBlocks(BlockFormat format, std::int64_t blocks, const std::uint8_t* bytes, float* y)
{
    dispatch(format, [=](auto kind) {
        for (std::int64_t b = 0; b < blocks; ++b)
            kind.unpack(bytes + b * kind.bytes, y + b * blockLength);
    });
}

void multiplyBlocks(const BlockProduct& p)
{
    const std::int64_t blocks = p.k / blockLength;
    for (std::int64_t n = 0; n < p.n; ++n) {
        unpackBlocks(p.format, blocks, p.w + n * blocks * bytesOf(p.format), p.row);
        std::int64_t row = 0;
        for (; row + mostRows <= p.m; row += mostRows)
            multiplyRows<mostRows>(p, row, n);
        for (; row < p.m; ++row)
            multiplyRows<1>(p, row, n);
    }
}

}  // namespace fc::kernels
