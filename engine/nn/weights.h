// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/base/rng.h"
#include "engine/tensor/tensor.h"

namespace fc {

/// Fills a fresh weight, row-major. The generator is the model's own.
using Init = std::function<void(Tensor& weight, Rng& rng)>;

Init constantInit(float value);
inline Init zerosInit()
{
    return constantInit(0.0F);
}
/// Uniform in ±1/sqrt(fanIn): PyTorch's default for Linear, Conv and recurrent layers.
Init uniformFanIn(std::int64_t fanIn);
/// Uniform in ±sqrt(6 / (fanIn + fanOut)). Glorot & Bengio, 2010, equation 16.
Init xavierUniform(std::int64_t fanIn, std::int64_t fanOut);
/// Normal with variance 2 / fanIn, for layers before a ReLU. He et al., 2015, equation 10.
Init heNormal(std::int64_t fanIn);

struct NamedWeight {
    std::string name;  ///< dotted, as in "encoder.weight_ih_l0"
    Tensor value;
    bool trainable = true;  ///< false: saved but not trained (running statistics)
};

/// All that a model learned, in the order of making.
class Weights {
public:
    Weights() = default;
    Weights(const Weights&) = delete;
    Weights& operator=(const Weights&) = delete;

    /// Makes and fills a weight. Throws Error when the name exists.
    Tensor make(const std::string& name, const Shape& shape, bool trainable, const Init& init, Rng& rng);

    const std::vector<NamedWeight>& all() const { return m_weights; }
    /// nullptr when there is none of that name.
    const NamedWeight* find(const std::string& name) const;
    /// How many numbers are trained.
    std::int64_t count() const;

private:
    std::vector<NamedWeight> m_weights;
};

/// A place in the tree of names: scope.sub("encoder").make("weight", …) makes "encoder.weight".
class WeightScope {
public:
    WeightScope(Weights& weights, Rng& rng, std::string prefix = {})
        : m_weights(weights), m_rng(rng), m_prefix(std::move(prefix))
    {
    }

    WeightScope sub(const std::string& name) const { return {m_weights, m_rng, m_prefix + name + "."}; }
    Tensor make(const std::string& name, const Shape& shape, const Init& init) const
    {
        return m_weights.make(m_prefix + name, shape, true, init, m_rng);
    }
    Tensor makeBuffer(const std::string& name, const Shape& shape, const Init& init) const
    {
        return m_weights.make(m_prefix + name, shape, false, init, m_rng);
    }

private:
    Weights& m_weights;
    Rng& m_rng;
    std::string m_prefix;
};

}  // namespace fc
