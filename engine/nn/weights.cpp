// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/weights.h"

#include <algorithm>
#include <cmath>

namespace fc {

namespace {

Init uniformInit(double bound)
{
    return [bound](Tensor& weight, Rng& rng) {
        float* values = weight.data();
        for (std::int64_t i = 0; i < weight.count(); ++i)
            values[i] = static_cast<float>(bound * (2.0 * rng.uniform() - 1.0));
    };
}

}  // namespace

Init constantInit(float value)
{
    return [value](Tensor& weight, Rng&) { std::fill_n(weight.data(), weight.count(), value); };
}

Init uniformFanIn(std::int64_t fanIn)
{
    return uniformInit(1.0 / std::sqrt(static_cast<double>(fanIn)));
}

Init xavierUniform(std::int64_t fanIn, std::int64_t fanOut)
{
    return uniformInit(std::sqrt(6.0 / static_cast<double>(fanIn + fanOut)));
}

Init heNormal(std::int64_t fanIn)
{
    return [deviation = std::sqrt(2.0 / static_cast<double>(fanIn))](Tensor& weight, Rng& rng) {
        float* values = weight.data();
        for (std::int64_t i = 0; i < weight.count(); ++i)
            values[i] = static_cast<float>(deviation * rng.normal());
    };
}

Tensor Weights::make(const std::string& name, const Shape& shape, bool trainable, const Init& init, Rng& rng)
{
    if (find(name))
        throw Error(Message(
            TR("engine", "Two weights are named \"%1\"; each weight of a model needs its own name."), name));
    Tensor value = Tensor::empty(shape);
    init(value, rng);
    m_weights.push_back({name, value, trainable});
    return value;
}

const NamedWeight* Weights::find(const std::string& name) const
{
    const auto it = std::ranges::find(m_weights, name, &NamedWeight::name);
    return it == m_weights.end() ? nullptr : &*it;
}

std::int64_t Weights::count() const
{
    std::int64_t sum = 0;
    for (const NamedWeight& weight : m_weights)
        sum += weight.trainable ? weight.value.count() : 0;
    return sum;
}

}  // namespace fc
