// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/positions.h"

#include <cmath>

#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_shape.h"

namespace fc {

Tensor sinusoidalPositions(std::int64_t length, std::int64_t width, double base)
{
    Tensor table = Tensor::empty({length, width});
    for (std::int64_t t = 0; t < length; ++t) {
        for (std::int64_t i = 0; i < width; ++i) {
            const auto pair = static_cast<double>(i - i % 2);
            const double angle = static_cast<double>(t) * std::pow(base, -pair / static_cast<double>(width));
            table.data()[t * width + i] = static_cast<float>(i % 2 == 0 ? std::sin(angle) : std::cos(angle));
        }
    }
    return table;
}

LearnedPositions::LearnedPositions(const WeightScope& scope, std::int64_t length, std::int64_t width)
    : weight(scope.make("weight", {length, width}, normalInit(0.02)))
{
}

Tensor LearnedPositions::operator()(const Tensor& x) const
{
    if (x.rank() != 3 || x.size(1) > weight.size(0) || x.size(2) != weight.size(1))
        throw Error(Message(TR("engine", "Learned positions of the shape %1 do not fit the steps of %2."),
                            print(weight.shape()), print(x.shape())));
    return x + slice(weight, 0, 0, x.size(1));
}

}  // namespace fc
