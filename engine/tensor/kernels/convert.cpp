// SPDX-License-Identifier: GPL-3.0-or-later
#include <concepts>
#include <limits>
#include <type_traits>
#include <utility>

#include "engine/tensor/kernels/half.h"
#include "engine/tensor/kernels/kernels_convert.h"
#include "engine/tensor/kernels/walk.h"

namespace fc::kernels {

namespace {

// The types as C++ sees them; each half and the flag have one of their own, so that a template can tell them
// from whole numbers.
struct Float16 {
    std::uint16_t bits;
};
struct BFloat16 {
    std::uint16_t bits;
};
struct Flag {
    std::uint8_t byte;
};

// What an element means: float for the real ones, int64 for the whole ones.
float value(float x)
{
    return x;
}
float value(Float16 x)
{
    return fromFloat16(x.bits);
}
float value(BFloat16 x)
{
    return fromBFloat16(x.bits);
}
template <std::integral Whole>
std::int64_t value(Whole x)
{
    return x;
}
std::int64_t value(Flag x)
{
    return x.byte != 0 ? 1 : 0;
}

/// Whole numbers outside the type end at its ends; so do real ones, which lose their fraction, and NaN is 0.
template <typename Whole>
Whole saturated(std::int64_t x)
{
    if (std::in_range<Whole>(x))
        return static_cast<Whole>(x);
    return x < 0 ? std::numeric_limits<Whole>::min() : std::numeric_limits<Whole>::max();
}

template <typename Whole>
Whole saturated(float x)
{
    // The least int64 is a float, the largest is not: the first float beyond it is 2^63.
    constexpr float beyond = 9223372036854775808.0F;
    const float inside = x != x ? 0.0F : x < -beyond ? -beyond : x;
    return inside >= beyond ? std::numeric_limits<Whole>::max()
                            : saturated<Whole>(static_cast<std::int64_t>(inside));
}

template <typename To, typename Value>
To made(Value x)
{
    if constexpr (std::is_same_v<To, float>)
        return static_cast<float>(x);
    else if constexpr (std::is_same_v<To, Float16>)
        return {toFloat16(static_cast<float>(x))};
    else if constexpr (std::is_same_v<To, BFloat16>)
        return {toBFloat16(static_cast<float>(x))};
    else if constexpr (std::is_same_v<To, Flag>)
        return {static_cast<std::uint8_t>(x != 0 ? 1 : 0)};
    else
        return saturated<To>(x);
}

template <typename To, typename From>
void row(const Convert& c)
{
    const auto* x = static_cast<const From*>(c.x);
    auto* y = static_cast<To*>(c.y);
#pragma omp simd
    for (std::int64_t i = 0; i < c.n; ++i)
        y[i] = made<To>(value(x[i]));
}

template <typename From>
void rowFrom(const Convert& c)
{
    switch (c.to) {
        case DType::F32:
            return row<float, From>(c);
        case DType::F16:
            return row<Float16, From>(c);
        case DType::BF16:
            return row<BFloat16, From>(c);
        case DType::I8:
            return row<std::int8_t, From>(c);
        case DType::U8:
            return row<std::uint8_t, From>(c);
        case DType::I64:
            return row<std::int64_t, From>(c);
        case DType::Bool:
            return row<Flag, From>(c);
    }
}

template <typename Element>
void copyRows(const Walk& walk, void* target, const void* source)
{
    auto* y = static_cast<Element*>(target);
    const auto* x = static_cast<const Element*>(source);
    const std::int64_t n = rowLength(walk);
    const std::int64_t sy = rowStride(walk, 0);
    const std::int64_t sx = rowStride(walk, 1);
    eachRow<2>(walk, [&](const auto& at) {
        for (std::int64_t i = 0; i < n; ++i)
            y[at[0] + i * sy] = x[at[1] + i * sx];
    });
}

}  // namespace

void convert(const Convert& c)
{
    switch (c.from) {
        case DType::F32:
            return rowFrom<float>(c);
        case DType::F16:
            return rowFrom<Float16>(c);
        case DType::BF16:
            return rowFrom<BFloat16>(c);
        case DType::I8:
            return rowFrom<std::int8_t>(c);
        case DType::U8:
            return rowFrom<std::uint8_t>(c);
        case DType::I64:
            return rowFrom<std::int64_t>(c);
        case DType::Bool:
            return rowFrom<Flag>(c);
    }
}

void copyElements(const Walk& walk, std::int64_t elementBytes, void* y, const void* x)
{
    switch (elementBytes) {
        case 1:
            return copyRows<std::uint8_t>(walk, y, x);
        case 2:
            return copyRows<std::uint16_t>(walk, y, x);
        default:
            return copyRows<std::uint64_t>(walk, y, x);
    }
}

}  // namespace fc::kernels
