// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/optim/optimizer.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <functional>

#include "engine/base/parallel.h"
#include "engine/tensor/kernels/kernels_convert.h"

namespace fc {

namespace {

/// Numbers of a block: weight, gradient and two slots of it stay in a core's second-level cache while the
/// step goes over them.
constexpr std::int64_t blockSize = std::int64_t{1} << 14;

/// Biases, and the scales of normalizations and of weight norm.
bool isBiasOrNorm(const NamedWeight& weight)
{
    return weight.value.rank() < 2 || weight.name.ends_with("weight_g");
}

const WeightGroup* groupOf(std::span<const WeightGroup> groups, const NamedWeight& weight)
{
    const auto it = std::ranges::find_if(
        groups, [&](const WeightGroup& group) { return namesWeight(group.pattern, weight.name); });
    return it == groups.end() ? nullptr : &*it;
}

void checkGroups(std::span<const WeightGroup> groups, const Weights& weights)
{
    for (const WeightGroup& group : groups) {
        const bool names = std::ranges::any_of(weights.all(), [&](const NamedWeight& weight) {
            return weight.trainable && namesWeight(group.pattern, weight.name);
        });
        if (!names)
            throw UsageError(
                Message(TR("engine", "No weight of the model is named by \"%1\"."), group.pattern));
    }
}

double normOf(const std::string& type, std::span<const double> partials)
{
    if (type == "inf") {
        double largest = 0;
        for (const double part : partials)
            largest = part > largest || std::isnan(part) ? part : largest;
        return largest;
    }
    double sum = 0;
    for (const double part : partials)
        sum += part;
    return type == "l1" ? sum : std::sqrt(sum);
}

}  // namespace

Optimizer::Optimizer(const OptimizerParams& params, const Weights& weights,
                     std::span<const WeightGroup> groups)
    : m_params((checkOptimizer(params), params)), m_rule(optimizerRule(params.optimizer))
{
    checkGroups(groups, weights);
    const std::vector<std::string> slotNames = m_rule.slotNames(params);
    m_slotCount = slotNames.size();
    for (const NamedWeight& weight : weights.all()) {
        const WeightGroup* group = groupOf(groups, weight);
        if (weight.learns() && !(group && group->frozen))
            add(weight, treatmentOf(weight, group), slotNames);
    }
    m_coefficients.resize(m_treatments.size());
    m_uses.resize(m_treatments.size());
    m_gradients.resize(m_weights.size());
    cutIntoBlocks();
}

Optimizer::Treatment Optimizer::treatmentOf(const NamedWeight& weight, const WeightGroup* group) const
{
    Treatment treatment{1.0, m_params.decayBiasAndNorm || !isBiasOrNorm(weight) ? m_params.weightDecay : 0.0};
    if (group) {
        treatment.learningRateFactor = group->learningRateFactor;
        treatment.weightDecay = group->weightDecay.value_or(treatment.weightDecay);
    }
    return treatment;
}

void Optimizer::add(const NamedWeight& weight, const Treatment& treatment,
                    std::span<const std::string> slotNames)
{
    const auto same = std::ranges::find(m_treatments, treatment);
    m_treatmentOf.push_back(static_cast<std::size_t>(same - m_treatments.begin()));
    if (same == m_treatments.end())
        m_treatments.push_back(treatment);
    m_weights.push_back(weight);
    m_firstState.push_back(m_state.size());
    const auto first =
        static_cast<float>(m_params.optimizer == "adagrad" ? m_params.initialAccumulator : 0.0);
    for (const std::string& slot : slotNames)
        m_state.push_back(
            {m_params.optimizer + "." + slot + "." + weight.name, Tensor::full(weight.value.shape(), first)});
    m_stepped.push_back(weight.value.to(DType::F32));
    if (weight.value.dtype() != DType::F32)
        m_state.push_back({m_params.optimizer + ".master." + weight.name, m_stepped.back()});
}

void Optimizer::cutIntoBlocks()
{
    std::int64_t room = blockSize;
    for (std::size_t i = 0; i < m_weights.size(); ++i) {
        const std::int64_t count = m_weights[i].value.count();
        for (std::int64_t begin = 0; begin < count;) {
            const std::int64_t end = std::min(count, begin + room);
            m_parts.push_back({i, begin, end});
            room -= end - begin;
            begin = end;
            if (room == 0) {
                m_blockEnds.push_back(m_parts.size());
                room = blockSize;
            }
        }
    }
    if (room < blockSize)
        m_blockEnds.push_back(m_parts.size());
    m_partials.resize(m_parts.size());
}

void Optimizer::hold(std::span<const Tensor> gradients)
{
    assert(gradients.size() == m_weights.size());
    for (std::size_t i = 0; i < m_weights.size(); ++i) {
        assert(gradients[i].shape() == m_weights[i].value.shape());
        m_gradients[i] = gradients[i].contiguous();
    }
}

void Optimizer::release()
{
    for (Tensor& gradient : m_gradients)
        gradient = {};
}

template <typename Body>
void Optimizer::eachPart(const Body& body)
{
    const auto blocks = [&](std::int64_t begin, std::int64_t end) {
        const std::size_t first = begin == 0 ? 0 : m_blockEnds[static_cast<std::size_t>(begin - 1)];
        const std::size_t last = m_blockEnds[static_cast<std::size_t>(end - 1)];
        for (std::size_t i = first; i < last; ++i)
            body(i);
    };
    // A few blocks are done before a helper has come.
    constexpr std::int64_t worthSplitting = 12;
    const auto count = static_cast<std::int64_t>(m_blockEnds.size());
    // By reference: a function object that holds more than a pointer would be put on the heap.
    parallelFor(count, count < worthSplitting ? worthSplitting : 1, std::ref(blocks));
}

Clipping Optimizer::clip(const ClipParams& params, std::span<const Tensor> gradients)
{
    hold(gradients);
    const auto measure = params.normType == "inf"  ? kernels::absoluteMaximum
                         : params.normType == "l1" ? kernels::absoluteSum
                                                   : kernels::squaredSum;
    eachPart([&](std::size_t i) {
        const Part& part = m_parts[i];
        const Tensor& gradient = m_gradients[part.weight];
        m_partials[i] = measure(part.end - part.begin, gradient.data() + part.begin);
    });
    release();
    Clipping clipping{.norm = normOf(params.normType, m_partials)};
    if (params.clipNorm > 0)
        clipping.scale = std::min(1.0, params.clipNorm / (clipping.norm + 1e-6));
    if (params.clipValue > 0)
        clipping.limit = params.clipValue;
    return clipping;
}

void Optimizer::step(std::span<const Tensor> gradients, double learningRate, const Clipping& clipping,
                     std::optional<double> momentum)
{
    hold(gradients);
    ++m_stepCount;
    m_momentumProduct *= nadamMomentum(m_params, m_stepCount);
    for (std::size_t i = 0; i < m_treatments.size(); ++i) {
        const Treatment& treatment = m_treatments[i];
        m_coefficients[i] = m_rule.coefficients({.params = m_params,
                                                 .learningRate = learningRate * treatment.learningRateFactor,
                                                 .weightDecay = treatment.weightDecay,
                                                 .momentum = momentum.value_or(m_params.momentum),
                                                 .beta1 = momentum.value_or(m_params.beta1),
                                                 .count = m_stepCount,
                                                 .momentumProduct = m_momentumProduct});
        m_uses[i] = {.scale = static_cast<float>(clipping.scale),
                     .limit = static_cast<float>(clipping.limit),
                     .decay = m_rule.decoupledDecay ? 0.0F : static_cast<float>(treatment.weightDecay)};
    }
    eachPart([this](std::size_t i) { stepPart(m_parts[i]); });
    release();
}

void Optimizer::stepPart(const Part& part)
{
    Piece piece{.count = part.end - part.begin,
                .weight = m_stepped[part.weight].data() + part.begin,
                .gradient = m_gradients[part.weight].data() + part.begin,
                .memory = {}};
    for (std::size_t slot = 0; slot < m_slotCount; ++slot)
        piece.memory[slot] = m_state[m_firstState[part.weight] + slot].value.data() + part.begin;
    const std::size_t treatment = m_treatmentOf[part.weight];
    applyStep(m_coefficients[treatment], m_uses[treatment], m_params, piece);
    Tensor& stored = m_weights[part.weight].value;
    if (stored.dtype() != DType::F32)
        kernels::convert({.n = piece.count,
                          .from = DType::F32,
                          .x = piece.weight,
                          .to = stored.dtype(),
                          .y = stored.bytes() + part.begin * bytesOf(stored.dtype())});
}

void Optimizer::setStepCount(std::int64_t count)
{
    m_stepCount = count;
    m_momentumProduct = 1.0;
    for (std::int64_t i = 1; i <= count; ++i)
        m_momentumProduct *= nadamMomentum(m_params, i);
}

}  // namespace fc
