// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/weight_norm.h"

#include <array>
#include <cmath>

#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_reduce.h"

namespace fc {

namespace {

Shape lengthShape(const Shape& shape)
{
    Shape result = shape;
    for (int i = 1; i < shape.rank(); ++i)
        result[i] = 1;
    return result;
}

/// Fills a length with the norms of `direction`.
Init lengthOf(const Tensor& direction)
{
    return [direction](Tensor& length, Rng&) {
        const std::int64_t each = direction.count() / length.count();
        const Tensor whole = direction.to(DType::F32);
        const float* values = whole.data();
        for (std::int64_t i = 0; i < length.count(); ++i) {
            double sum = 0;
            for (std::int64_t j = i * each; j < (i + 1) * each; ++j)
                sum += static_cast<double>(values[j]) * values[j];
            length.data()[i] = static_cast<float>(std::sqrt(sum));
        }
    };
}

}  // namespace

Tensor weightNorm(const Tensor& direction, const Tensor& length)
{
    std::array<int, Shape::maxRank> axes{};
    std::size_t count = 0;
    bool fits = direction.rank() == length.rank();
    for (int i = 0; fits && i < direction.rank(); ++i) {
        if (length.size(i) == 1)
            axes[count++] = i;
        else
            fits = length.size(i) == direction.size(i);
    }
    if (!fits)
        throw Error(
            Message(TR("engine", "The operation weightNorm cannot give the directions %1 the lengths %2."),
                    print(direction.shape()), print(length.shape())));
    const Tensor whole = toFloat(direction);
    const Tensor squares = square(whole);
    const Tensor squared =
        count == 0 ? squares : sum(squares, AxisList(std::span(axes).first(count)), Keep::Yes);
    return whole * (length * rsqrt(squared));
}

NormedWeight::NormedWeight(const WeightScope& scope, const Shape& shape, const Init& init)
    : direction(scope.makeMatrix("weight_v", shape, init)),
      length(scope.make("weight_g", lengthShape(shape), lengthOf(direction)))
{
}

}  // namespace fc
