// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/optim/optimizer.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <functional>

#include "engine/base/parallel.h"
#include "engine/tensor/kernels/kernels_optim.h"

namespace fc {

namespace {

constexpr size_t maxSlots = 3;

/// What is the same for all weights in one step.
struct Step {
    const OptimizerParams& params;
    double learningRate;
    std::int64_t count;  ///< from 1
    double momentumProduct;
    kernels::GradientUse use;
};

/// A weight or a part of one.
struct Piece {
    std::int64_t count;
    float* weight;
    const float* gradient;
    std::array<float*, maxSlots> slots;  ///< nullptr beyond those of the rule
};

struct Rule {
    const char* id;
    std::vector<std::string> (*slots)(const OptimizerParams& params);
    void (*apply)(const Step& step, const Piece& piece);
    bool decoupledDecay;
};

/// NAdam's momentum of step `count`. Dozat, 2016, section 3.2.
double nadamMomentum(double beta1, std::int64_t count)
{
    return beta1 * (1.0 - 0.5 * std::pow(0.96, 0.004 * static_cast<double>(count)));
}

kernels::AdamStep adamBasis(const Step& step)
{
    const OptimizerParams& p = step.params;
    const double n = static_cast<double>(step.count);
    return {.shrink = 1.0F,
            .beta1 = static_cast<float>(p.beta1),
            .added1 = static_cast<float>(1.0 - p.beta1),
            .beta2 = static_cast<float>(p.beta2),
            .added2 = static_cast<float>(1.0 - p.beta2),
            .meanShare = static_cast<float>(step.learningRate / (1.0 - std::pow(p.beta1, n))),
            .gradientShare = 0.0F,
            .rootShare = static_cast<float>(1.0 / std::sqrt(1.0 - std::pow(p.beta2, n))),
            .epsilon = static_cast<float>(p.epsilon)};
}

void adamPass(const kernels::AdamStep& coefficients, const Step& step, const Piece& piece)
{
    kernels::adamStep(piece.count, piece.weight, piece.gradient, piece.slots[0], piece.slots[1],
                      piece.slots[2], step.use, coefficients);
}

void applyAdam(const Step& step, const Piece& piece)
{
    adamPass(adamBasis(step), step, piece);
}

void applyAdamW(const Step& step, const Piece& piece)
{
    kernels::AdamStep coefficients = adamBasis(step);
    coefficients.shrink = static_cast<float>(1.0 - step.learningRate * step.params.weightDecay);
    adamPass(coefficients, step, piece);
}

void applyNadam(const Step& step, const Piece& piece)
{
    kernels::AdamStep coefficients = adamBasis(step);
    const double now = nadamMomentum(step.params.beta1, step.count);
    const double next = nadamMomentum(step.params.beta1, step.count + 1);
    coefficients.gradientShare =
        static_cast<float>(step.learningRate * (1.0 - now) / (1.0 - step.momentumProduct));
    coefficients.meanShare =
        static_cast<float>(step.learningRate * next / (1.0 - step.momentumProduct * next));
    adamPass(coefficients, step, piece);
}

void applyRadam(const Step& step, const Piece& piece)
{
    kernels::AdamStep coefficients = adamBasis(step);
    const double n = static_cast<double>(step.count);
    const double left = std::pow(step.params.beta2, n);
    const double longest = 2.0 / (1.0 - step.params.beta2) - 1.0;
    const double length = longest - 2.0 * n * left / (1.0 - left);
    if (length > 5.0) {
        const double rectification =
            std::sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length));
        coefficients.meanShare *= static_cast<float>(rectification * std::sqrt(1.0 - left));
        coefficients.rootShare = 1.0F;
    } else {
        coefficients.rootShare = 0.0F;
        coefficients.epsilon = 1.0F;
    }
    adamPass(coefficients, step, piece);
}

void applySgd(const Step& step, const Piece& piece)
{
    const OptimizerParams& p = step.params;
    const auto rate = static_cast<float>(step.learningRate);
    if (p.momentum == 0) {
        kernels::sgdStep(piece.count, piece.weight, piece.gradient, step.use, rate);
        return;
    }
    const bool first = step.count == 1;
    const kernels::SgdStep coefficients{.learningRate = rate,
                                        .kept = first ? 0.0F : static_cast<float>(p.momentum),
                                        .added = first ? 1.0F : static_cast<float>(1.0 - p.dampening),
                                        .gradientShare = p.nesterov ? 1.0F : 0.0F,
                                        .velocityShare = p.nesterov ? static_cast<float>(p.momentum) : 1.0F};
    kernels::sgdMomentumStep(piece.count, piece.weight, piece.gradient, piece.slots[0], step.use,
                             coefficients);
}

void applyRmsProp(const Step& step, const Piece& piece)
{
    const OptimizerParams& p = step.params;
    const kernels::RmsPropStep coefficients{.learningRate = static_cast<float>(step.learningRate),
                                            .kept = static_cast<float>(p.beta2),
                                            .added = static_cast<float>(1.0 - p.beta2),
                                            .momentum = static_cast<float>(p.momentum),
                                            .epsilon = static_cast<float>(p.epsilon)};
    float* velocity = p.momentum > 0 ? piece.slots[1] : nullptr;
    float* mean = p.centered ? piece.slots[p.momentum > 0 ? 2 : 1] : nullptr;
    kernels::rmsPropStep(piece.count, piece.weight, piece.gradient, piece.slots[0], mean, velocity, step.use,
                         coefficients);
}

void applyAdagrad(const Step& step, const Piece& piece)
{
    kernels::adagradStep(piece.count, piece.weight, piece.gradient, piece.slots[0], step.use,
                         static_cast<float>(step.learningRate), static_cast<float>(step.params.epsilon));
}

std::vector<std::string> momentSlots(const OptimizerParams&)
{
    return {"m", "v"};
}

std::vector<std::string> adamSlots(const OptimizerParams& p)
{
    return p.amsgrad ? std::vector<std::string>{"m", "v", "largest"} : momentSlots(p);
}

std::vector<std::string> sgdSlots(const OptimizerParams& p)
{
    return p.momentum > 0 ? std::vector<std::string>{"velocity"} : std::vector<std::string>{};
}

std::vector<std::string> rmsPropSlots(const OptimizerParams& p)
{
    std::vector<std::string> slots = {"v"};
    if (p.momentum > 0)
        slots.emplace_back("velocity");
    if (p.centered)
        slots.emplace_back("mean");
    return slots;
}

std::vector<std::string> adagradSlots(const OptimizerParams&)
{
    return {"sum"};
}

constexpr std::array rules = {
    Rule{"adamw", adamSlots, applyAdamW, true},
    Rule{"adam", adamSlots, applyAdam, false},
    Rule{"nadam", momentSlots, applyNadam, false},
    Rule{"radam", momentSlots, applyRadam, false},
    Rule{"sgd", sgdSlots, applySgd, false},
    Rule{"rmsprop", rmsPropSlots, applyRmsProp, false},
    Rule{"adagrad", adagradSlots, applyAdagrad, false},
};

}  // namespace

void OptimizerParams::describe(ParamVisitor& v)
{
    std::vector<std::string> ids;
    for (const Rule& rule : rules)
        ids.emplace_back(rule.id);
    v.field(
        optimizer,
        {.id = "optimizer",
         .label = TR("engine", "Optimizer"),
         .help = TR("engine", "How gradients become changes of the weights. AdamW is a good first choice."),
         .choices = ids});
    v.field(learningRate, {.id = "learning_rate",
                           .label = TR("engine", "Learning rate"),
                           .help = TR("engine", "Size of a step; the schedule changes it during training."),
                           .min = 1e-9,
                           .max = 1e6,
                           .logScale = true});
    v.field(
        weightDecay,
        {.id = "weight_decay",
         .label = TR("engine", "Weight decay"),
         .help = TR("engine",
                    "Pulls weights towards zero: apart from the gradient in adamw, as a part of it in the "
                    "others."),
         .min = 0,
         .max = 10});
    v.field(beta1, {.id = "beta1",
                    .label = TR("engine", "Beta 1"),
                    .help = TR("engine", "Smoothing of the gradient in the Adam family."),
                    .min = 0,
                    .max = 0.9999});
    v.field(beta2, {.id = "beta2",
                    .label = TR("engine", "Beta 2"),
                    .help = TR("engine", "Smoothing of the squared gradient in the Adam family and rmsprop."),
                    .min = 0,
                    .max = 0.999999});
    v.field(epsilon,
            {.id = "epsilon",
             .label = TR("engine", "Epsilon"),
             .help = TR("engine",
                        "Added to the root of the squared gradient; keeps steps finite. Not used by sgd."),
             .min = 1e-12,
             .max = 1,
             .logScale = true});
    v.field(amsgrad, {.id = "amsgrad",
                      .label = TR("engine", "AMSGrad"),
                      .help = TR("engine", "Divides by the largest squared gradient so far (adam, adamw).")});
    v.field(momentum,
            {.id = "momentum",
             .label = TR("engine", "Momentum"),
             .help = TR("engine", "Share of the last update that is kept (sgd, rmsprop); 0 = none."),
             .min = 0,
             .max = 0.9999});
    v.field(dampening, {.id = "dampening",
                        .label = TR("engine", "Dampening"),
                        .help = TR("engine", "Share of each new gradient that momentum leaves out (sgd)."),
                        .min = 0,
                        .max = 1});
    v.field(nesterov, {.id = "nesterov",
                       .label = TR("engine", "Nesterov momentum"),
                       .help = TR("engine", "Looks one step ahead along the momentum (sgd).")});
    v.field(centered,
            {.id = "centered",
             .label = TR("engine", "Centered"),
             .help = TR("engine", "Divides by the spread of the gradient rather than its size (rmsprop).")});
}

Optimizer::Optimizer(const OptimizerParams& params, const Weights& weights) : m_params(params)
{
    check(schemaOf<OptimizerParams>(), valuesOf(params));
    while (params.optimizer != rules[m_rule].id)
        ++m_rule;
    const std::vector<std::string> slots = rules[m_rule].slots(params);
    m_slotCount = slots.size();
    for (const NamedWeight& weight : weights.all()) {
        if (!weight.trainable)
            continue;
        m_weights.push_back(weight.value);
        for (const std::string& slot : slots)
            m_state.push_back(
                {params.optimizer + "." + slot + "." + weight.name, Tensor::zeros(weight.value.shape())});
    }
}

void Optimizer::step(std::span<const Tensor> gradients, double learningRate, const Clipping& clipping)
{
    assert(gradients.size() == m_weights.size());
    const Rule& rule = rules[m_rule];
    ++m_stepCount;
    m_momentumProduct *= nadamMomentum(m_params.beta1, m_stepCount);
    const Step step{.params = m_params,
                    .learningRate = learningRate,
                    .count = m_stepCount,
                    .momentumProduct = m_momentumProduct,
                    .use = {.scale = static_cast<float>(clipping.scale),
                            .limit = static_cast<float>(clipping.limit),
                            .decay = rule.decoupledDecay ? 0.0F : static_cast<float>(m_params.weightDecay)}};
    for (size_t i = 0; i < m_weights.size(); ++i) {
        assert(gradients[i].shape() == m_weights[i].shape());
        const Tensor gradient = gradients[i].contiguous();
        Piece whole{.count = gradient.count(),
                    .weight = m_weights[i].data(),
                    .gradient = gradient.data(),
                    .slots = {}};
        for (size_t slot = 0; slot < m_slotCount; ++slot)
            whole.slots[slot] = m_state[i * m_slotCount + slot].value.data();
        const auto apply = [&rule, &step, &whole](std::int64_t begin, std::int64_t end) {
            Piece piece = whole;
            piece.count = end - begin;
            piece.weight += begin;
            piece.gradient += begin;
            for (float*& slot : piece.slots)
                slot = slot ? slot + begin : nullptr;
            rule.apply(step, piece);
        };
        // By reference: a function object that holds more than a pointer would be put on the heap.
        parallelFor(whole.count, std::int64_t{1} << 15, std::ref(apply));
    }
}

void Optimizer::setStepCount(std::int64_t count)
{
    m_stepCount = count;
    m_momentumProduct = 1.0;
    for (std::int64_t i = 1; i <= count; ++i)
        m_momentumProduct *= nadamMomentum(m_params.beta1, i);
}

}  // namespace fc
