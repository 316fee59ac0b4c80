// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/nn/init.h"

namespace fc {

struct NamedWeight {
    std::string name;  ///< dotted, as in "encoder.weight_ih_l0"
    Tensor value;
    bool trainable = true;   ///< false: saved but never trained (running statistics)
    bool mayBeHalf = false;  ///< a matrix whose operation takes it in 16 bits
    bool frozen = false;     ///< gets no gradient and no step until it is thawed

    /// Whether training changes it.
    bool learns() const { return trainable && !frozen; }
};

/// All that a model learned, in the order of making.
class Weights {
public:
    Weights() = default;
    Weights(const Weights&) = delete;
    Weights& operator=(const Weights&) = delete;

    /// Makes and fills a weight. Throws Error when the name exists.
    Tensor make(const std::string& name, const Shape& shape, bool trainable, const Init& init, Rng& rng);
    /// The same for a trained matrix whose operation takes it in 16 bits.
    Tensor makeMatrix(const std::string& name, const Shape& shape, const Init& init, Rng& rng);

    const std::vector<NamedWeight>& all() const { return m_weights; }
    /// nullptr when there is none of that name.
    const NamedWeight* find(const std::string& name) const;
    /// How many numbers are trained, frozen ones included.
    std::int64_t count() const;

    /// Freezes the trained weights that `pattern` names: a weight ("head.bias"), a layer with all below it
    /// ("encoder"), or either with * for any characters and ? for one ("*.bias"). Throws UsageError when it
    /// names none. Returns how many weights it named.
    int freeze(std::string_view pattern);
    /// Undoes freeze().
    int thaw(std::string_view pattern);

private:
    int setFrozen(std::string_view pattern, bool frozen);

    std::vector<NamedWeight> m_weights;
};

/// While it lives, this thread makes the matrices of models (Weights::makeMatrix) in `type` rather than F32.
class MatrixTypeScope {
public:
    explicit MatrixTypeScope(DType type);
    ~MatrixTypeScope();
    MatrixTypeScope(const MatrixTypeScope&) = delete;
    MatrixTypeScope& operator=(const MatrixTypeScope&) = delete;

private:
    DType m_previous;
};

/// The weights that training changes, in order: those to watch and to step.
std::vector<const NamedWeight*> trainable(const Weights& weights);

/// Whether a pattern of Weights::freeze names the weight.
bool namesWeight(std::string_view pattern, std::string_view weight);

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
    /// A matrix that linear(), a convolution, a recurrent layer or embedding() takes: it may be held in 16
    /// bits.
    Tensor makeMatrix(const std::string& name, const Shape& shape, const Init& init) const
    {
        return m_weights.makeMatrix(m_prefix + name, shape, init, m_rng);
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
