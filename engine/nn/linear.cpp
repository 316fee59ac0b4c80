// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/linear.h"

#include <string>

namespace fc {

Mlp::Mlp(const WeightScope& scope, std::int64_t in, std::int64_t width, std::int64_t out, int layers)
{
    for (int i = 0; i < layers; ++i, in = width)
        maps.emplace_back(scope.sub(std::to_string(i)), in, i + 1 < layers ? width : out);
}

Tensor Mlp::operator()(const Tensor& x) const
{
    Tensor h = x;
    for (size_t i = 0; i + 1 < maps.size(); ++i)
        h = linearRelu(h, maps[i].weight, maps[i].bias);
    return maps.back()(h);
}

}  // namespace fc
