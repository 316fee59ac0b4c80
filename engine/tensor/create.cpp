// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/create.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace fc {

namespace {

template <typename Value>
Tensor copied(const Shape& shape, DType dtype, std::span<const Value> values)
{
    if (shape.count() != static_cast<std::int64_t>(values.size()))
        throw Error(Message(TR("engine", "A tensor of shape %1 needs %2 values, but there are %3."),
                            print(shape), shape.count(), values.size()));
    Tensor t = Tensor::empty(shape, dtype);
    if (!values.empty())
        std::memcpy(t.bytes(), values.data(), values.size_bytes());
    return t;
}

}  // namespace

Tensor arange(double start, double end, double step)
{
    // A product of a whole number and the step, not a running sum, so that errors do not add up.
    const double count = std::ceil((end - start) / step);
    constexpr double most = 1LL << 44;
    if (!std::isfinite(step) || !(count >= 0) || count > most)
        throw Error(
            Message(TR("engine", "There is no range from %1 to %2 in steps of %3."), start, end, step));
    Tensor t = Tensor::empty({static_cast<std::int64_t>(count)});
    float* values = t.data();
    for (std::int64_t i = 0; i < t.count(); ++i)
        values[i] = static_cast<float>(start + static_cast<double>(i) * step);
    return t;
}

Tensor randn(const Shape& shape, Rng& rng)
{
    Tensor t = Tensor::empty(shape);
    std::generate_n(t.data(), t.count(), [&rng] { return static_cast<float>(rng.normal()); });
    return t;
}

Tensor uniform(const Shape& shape, float low, float high, Rng& rng)
{
    // The product may round up to the bound, which the promise excludes.
    const float last = std::nextafter(high, low);
    Tensor t = Tensor::empty(shape);
    std::generate_n(t.data(), t.count(),
                    [&rng, low, high, last] { return std::min(low + (high - low) * rng.uniform(), last); });
    return t;
}

Tensor wholeNumbers(const Shape& shape, std::span<const std::int64_t> values)
{
    return copied(shape, DType::I64, values);
}

Tensor wholeNumbers(const Shape& shape, std::span<const std::int8_t> values)
{
    return copied(shape, DType::I8, values);
}

Tensor wholeNumbers(const Shape& shape, std::span<const std::uint8_t> values)
{
    return copied(shape, DType::U8, values);
}

Tensor booleans(const Shape& shape, std::span<const bool> values)
{
    static_assert(sizeof(bool) == 1);
    return copied(shape, DType::Bool, values);
}

}  // namespace fc
