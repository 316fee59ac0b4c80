// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/weights.h"

#include <algorithm>
#include <utility>

namespace fc {

namespace {

thread_local DType matrixType = DType::F32;

/// * stands for any characters, ? for one. Goes back to the last * where the text does not fit.
bool fits(std::string_view pattern, std::string_view text)
{
    std::size_t p = 0;
    std::size_t t = 0;
    std::size_t star = std::string_view::npos;
    std::size_t starText = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            starText = t;
        } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++starText;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*')
        ++p;
    return p == pattern.size();
}

}  // namespace

Tensor Weights::make(const std::string& name, const Shape& shape, bool trainable, const Init& init, Rng& rng)
{
    if (find(name))
        throw Error(Message(
            TR("engine", "Two weights are named \"%1\"; each weight of a model needs its own name."), name));
    Tensor value = Tensor::empty(shape);
    init(value, rng);
    m_weights.push_back({.name = name, .value = value, .trainable = trainable});
    return value;
}

Tensor Weights::makeMatrix(const std::string& name, const Shape& shape, const Init& init, Rng& rng)
{
    make(name, shape, true, init, rng);
    NamedWeight& matrix = m_weights.back();
    matrix.mayBeHalf = true;
    matrix.value = matrix.value.to(matrixType);
    return matrix.value;
}

MatrixTypeScope::MatrixTypeScope(DType type) : m_previous(std::exchange(matrixType, type)) {}

MatrixTypeScope::~MatrixTypeScope()
{
    matrixType = m_previous;
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

int Weights::freeze(std::string_view pattern)
{
    return setFrozen(pattern, true);
}

int Weights::thaw(std::string_view pattern)
{
    return setFrozen(pattern, false);
}

int Weights::setFrozen(std::string_view pattern, bool frozen)
{
    int named = 0;
    std::string names;
    for (NamedWeight& weight : m_weights) {
        if (!weight.trainable)
            continue;
        names += (names.empty() ? "" : ", ") + weight.name;
        if (namesWeight(pattern, weight.name)) {
            weight.frozen = frozen;
            ++named;
        }
    }
    if (named == 0)
        throw UsageError(Message(TR("engine", "No weight of the model is named by \"%1\". Its weights: %2."),
                                 pattern, names));
    return named;
}

std::vector<const NamedWeight*> trainable(const Weights& weights)
{
    std::vector<const NamedWeight*> result;
    for (const NamedWeight& weight : weights.all()) {
        if (weight.learns())
            result.push_back(&weight);
    }
    return result;
}

bool namesWeight(std::string_view pattern, std::string_view weight)
{
    return fits(pattern, weight) || fits(std::string(pattern) + ".*", weight);
}

}  // namespace fc
