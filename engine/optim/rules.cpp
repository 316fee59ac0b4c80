// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/optim/rules.h"

#include <algorithm>
#include <cmath>

namespace fc {

namespace {

float narrow(double x)
{
    return static_cast<float>(x);
}

/// 1 - beta^count: what the first steps lack because averages start from 0.
double correction(double beta, std::int64_t count)
{
    return 1.0 - std::pow(beta, static_cast<double>(count));
}

kernels::AdamStep adamBasis(const StepContext& c)
{
    const OptimizerParams& p = c.params;
    return {.shrink = 1.0F,
            .beta1 = narrow(c.beta1),
            .added1 = narrow(1.0 - c.beta1),
            .beta2 = narrow(p.beta2),
            .added2 = narrow(1.0 - p.beta2),
            .meanShare = narrow(c.learningRate / correction(c.beta1, c.count)),
            .gradientShare = 0.0F,
            .rootShare = narrow(1.0 / std::sqrt(correction(p.beta2, c.count))),
            .epsilon = narrow(p.epsilon)};
}

StepCoefficients adam(const StepContext& c)
{
    return adamBasis(c);
}

StepCoefficients adamW(const StepContext& c)
{
    kernels::AdamStep step = adamBasis(c);
    step.shrink = narrow(1.0 - c.learningRate * c.weightDecay);
    return step;
}

StepCoefficients nadam(const StepContext& c)
{
    kernels::AdamStep step = adamBasis(c);
    const double now = nadamMomentum(c.params, c.count);
    const double next = nadamMomentum(c.params, c.count + 1);
    step.gradientShare = narrow(c.learningRate * (1.0 - now) / (1.0 - c.momentumProduct));
    step.meanShare = narrow(c.learningRate * next / (1.0 - c.momentumProduct * next));
    return step;
}

StepCoefficients radam(const StepContext& c)
{
    kernels::AdamStep step = adamBasis(c);
    const double n = static_cast<double>(c.count);
    const double beta2 = c.params.beta2;
    const double left = std::pow(beta2, n);
    const double longest = 2.0 / (1.0 - beta2) - 1.0;
    const double length = longest - 2.0 * n * left / (1.0 - left);
    if (length > 5.0) {
        const double rectification =
            std::sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length));
        step.meanShare *= narrow(rectification * std::sqrt(1.0 - left));
        step.rootShare = 1.0F;
    } else {
        step.rootShare = 0.0F;
        step.epsilon = 1.0F;
    }
    return step;
}

StepCoefficients adamax(const StepContext& c)
{
    return kernels::AdamaxStep{.beta1 = narrow(c.beta1),
                               .added1 = narrow(1.0 - c.beta1),
                               .beta2 = narrow(c.params.beta2),
                               .share = narrow(c.learningRate / correction(c.beta1, c.count)),
                               .epsilon = narrow(c.params.epsilon)};
}

StepCoefficients lion(const StepContext& c)
{
    return kernels::LionStep{.shrink = narrow(1.0 - c.learningRate * c.weightDecay),
                             .beta1 = narrow(c.beta1),
                             .added1 = narrow(1.0 - c.beta1),
                             .beta2 = narrow(c.params.beta2),
                             .added2 = narrow(1.0 - c.params.beta2),
                             .learningRate = narrow(c.learningRate)};
}

StepCoefficients sgd(const StepContext& c)
{
    const OptimizerParams& p = c.params;
    const bool first = c.count == 1;
    return kernels::SgdStep{.learningRate = narrow(c.learningRate),
                            .kept = first ? 0.0F : narrow(c.momentum),
                            .added = first ? 1.0F : narrow(1.0 - p.dampening),
                            .gradientShare = p.nesterov ? 1.0F : 0.0F,
                            .velocityShare = p.nesterov ? narrow(c.momentum) : 1.0F};
}

StepCoefficients rmsProp(const StepContext& c)
{
    const OptimizerParams& p = c.params;
    return kernels::RmsPropStep{.learningRate = narrow(c.learningRate),
                                .kept = narrow(p.rmspropAlpha),
                                .added = narrow(1.0 - p.rmspropAlpha),
                                .momentum = narrow(c.momentum),
                                .epsilon = narrow(p.epsilon)};
}

StepCoefficients adagrad(const StepContext& c)
{
    const double slowed = 1.0 + static_cast<double>(c.count - 1) * c.params.learningRateDecay;
    return kernels::AdagradStep{.learningRate = narrow(c.learningRate / slowed),
                                .epsilon = narrow(c.params.epsilon)};
}

StepCoefficients adadelta(const StepContext& c)
{
    const OptimizerParams& p = c.params;
    return kernels::AdadeltaStep{.learningRate = narrow(c.learningRate),
                                 .kept = narrow(p.adadeltaRho),
                                 .added = narrow(1.0 - p.adadeltaRho),
                                 .epsilon = narrow(p.epsilon)};
}

std::vector<std::string> momentSlots(const OptimizerParams&)
{
    return {"m", "v"};
}

std::vector<std::string> adamSlots(const OptimizerParams& p)
{
    return p.amsgrad ? std::vector<std::string>{"m", "v", "largest"} : momentSlots(p);
}

std::vector<std::string> adamaxSlots(const OptimizerParams&)
{
    return {"m", "u"};
}

std::vector<std::string> lionSlots(const OptimizerParams&)
{
    return {"m"};
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

std::vector<std::string> adadeltaSlots(const OptimizerParams&)
{
    return {"v", "u"};
}

constexpr std::array rules = {
    Rule{"adamw", adamSlots, adamW, true, true},
    Rule{"adam", adamSlots, adam, false, true},
    Rule{"nadam", momentSlots, nadam, false, false},
    Rule{"radam", momentSlots, radam, false, true},
    Rule{"adamax", adamaxSlots, adamax, false, true},
    Rule{"lion", lionSlots, lion, true, true},
    Rule{"sgd", sgdSlots, sgd, false, true},
    Rule{"rmsprop", rmsPropSlots, rmsProp, false, true},
    Rule{"adagrad", adagradSlots, adagrad, false, false},
    Rule{"adadelta", adadeltaSlots, adadelta, false, false},
};

/// One call operator per kind of coefficients: the kernel that goes with it.
struct Kernel {
    const Piece& piece;
    kernels::GradientUse use;
    const OptimizerParams& params;

    void operator()(const kernels::SgdStep& step) const
    {
        kernels::sgdStep(piece.count, piece.weight, piece.gradient, piece.memory[0], use, step);
    }
    void operator()(const kernels::AdamStep& step) const
    {
        kernels::adamStep(piece.count, piece.weight, piece.gradient, piece.memory[0], piece.memory[1],
                          piece.memory[2], use, step);
    }
    void operator()(const kernels::AdamaxStep& step) const
    {
        kernels::adamaxStep(piece.count, piece.weight, piece.gradient, piece.memory[0], piece.memory[1], use,
                            step);
    }
    void operator()(const kernels::LionStep& step) const
    {
        kernels::lionStep(piece.count, piece.weight, piece.gradient, piece.memory[0], use, step);
    }
    void operator()(const kernels::RmsPropStep& step) const
    {
        float* velocity = params.momentum > 0 ? piece.memory[1] : nullptr;
        float* mean = params.centered ? piece.memory[params.momentum > 0 ? 2 : 1] : nullptr;
        kernels::rmsPropStep(piece.count, piece.weight, piece.gradient, piece.memory[0], mean, velocity, use,
                             step);
    }
    void operator()(const kernels::AdagradStep& step) const
    {
        kernels::adagradStep(piece.count, piece.weight, piece.gradient, piece.memory[0], use, step);
    }
    void operator()(const kernels::AdadeltaStep& step) const
    {
        kernels::adadeltaStep(piece.count, piece.weight, piece.gradient, piece.memory[0], piece.memory[1],
                              use, step);
    }
};

}  // namespace

std::span<const Rule> optimizerRules()
{
    return rules;
}

const Rule& optimizerRule(const std::string& id)
{
    return *std::ranges::find_if(rules, [&](const Rule& rule) { return id == rule.id; });
}

void applyStep(const StepCoefficients& coefficients, const kernels::GradientUse& use,
               const OptimizerParams& params, const Piece& piece)
{
    std::visit(Kernel{piece, use, params}, coefficients);
}

double nadamMomentum(const OptimizerParams& params, std::int64_t count)
{
    return params.beta1 * (1.0 - 0.5 * std::pow(0.96, params.momentumDecay * static_cast<double>(count)));
}

}  // namespace fc
