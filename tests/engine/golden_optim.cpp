// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>

#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_matmul.h"
#include "engine/autograd/ops_reduce.h"
#include "engine/autograd/ops_shape.h"
#include "engine/autograd/tape.h"
#include "engine/optim/optimizer.h"
#include "engine/optim/plateau.h"
#include "engine/optim/schedule.h"
#include "tests/engine/golden_layers.h"

namespace fc {

namespace {

using nlohmann::json;

/// The schedule of a case in the engine's terms.
struct PlannedRates {
    ScheduleParams params;
    double base;
    std::int64_t total = 1 << 30;
};

PlannedRates warmUp(const std::string& name, const json& h)
{
    PlannedRates plan{
        .params = {.warmupSteps = h.at("warmup"), .warmupFromZero = name != "linear_warmup_cosine_plus1"},
        .base = h.at("base_lr")};
    plan.params.schedule = "warmup_constant";
    if (name != "linear_warmup_constant") {
        plan.params.schedule = "warmup_cosine";
        plan.params.finalShare = h.at("eta_min").get<double>() / plan.base;
        plan.total = h.at("total");
    }
    return plan;
}

PlannedRates oneCycle(const json& h)
{
    return {.params = {.schedule = "one_cycle",
                       .riseShare = h.value("pct_start", 0.3),
                       .anneal = h.value("anneal_strategy", "cos"),
                       .threePhase = h.value("three_phase", false),
                       .startDivisor = h.value("div_factor", 25.0),
                       .finalDivisor = h.value("final_div_factor", 1e4),
                       .cycleMomentum = h.value("cycle_momentum", true),
                       .lowestMomentum = h.value("base_momentum", 0.85),
                       .highestMomentum = h.value("max_momentum", 0.95)},
            .base = h.at("max_lr"),
            .total = h.at("total_steps")};
}

PlannedRates cyclic(const json& h)
{
    const double base = h.at("max_lr");
    return {.params = {.schedule = "cyclic",
                       .lowShare = h.at("base_lr").get<double>() / base,
                       .riseSteps = h.at("step_size_up"),
                       .fallSteps = h.value("step_size_down", 0),
                       .cycleMode = h.value("mode", "triangular"),
                       .cycleDecay = h.value("gamma", 1.0),
                       .cycleMomentum = h.value("cycle_momentum", true),
                       .lowestMomentum = h.value("base_momentum", 0.8),
                       .highestMomentum = h.value("max_momentum", 0.9)},
            .base = base};
}

/// CosineAnnealingLR and CosineAnnealingWarmRestarts.
PlannedRates cosine(const std::string& name, const json& h)
{
    PlannedRates plan{.params = {.schedule = "cosine", .risesAgain = true}, .base = h.at("base_lr")};
    plan.params.finalShare = h.at("eta_min").get<double>() / plan.base;
    if (name == "CosineAnnealingLR") {
        plan.params.periodSteps = h.at("T_max");
    } else {
        plan.params.schedule = "cosine_restarts";
        plan.params.periodSteps = h.at("T_0");
        plan.params.periodFactor = h.at("T_mult");
    }
    return plan;
}

std::string numbers(const json& list)
{
    std::string text;
    for (const json& each : list)
        text += (text.empty() ? "" : ",") + each.dump();
    return text;
}

PlannedRates ratesOf(const std::string& name, const json& h)
{
    if (name.starts_with("linear_warmup_"))
        return warmUp(name, h);
    if (name == "OneCycleLR")
        return oneCycle(h);
    if (name == "CyclicLR")
        return cyclic(h);
    if (name.starts_with("CosineAnnealing"))
        return cosine(name, h);
    if (name == "noam_inverse_sqrt") {
        const int steps = h.at("warmup");
        const double peak = h.at("scale").get<double>() / std::sqrt(h.at("d_model").get<double>() * steps);
        return {.params = {.schedule = "inverse_sqrt", .warmupSteps = steps}, .base = peak};
    }
    PlannedRates plan{.params = {}, .base = h.at("base_lr")};
    if (name == "StepLR" || name == "ExponentialLR")
        plan.params = {.schedule = "step", .stepEvery = h.value("step_size", 1), .stepFactor = h.at("gamma")};
    else if (name == "MultiStepLR")
        plan.params = {
            .schedule = "multi_step", .stepFactor = h.at("gamma"), .milestones = numbers(h.at("milestones"))};
    else if (name == "PolynomialLR")
        plan.params = {.schedule = "polynomial", .power = h.at("power"), .periodSteps = h.at("total_iters")};
    else if (name == "ConstantLR")
        plan.params = {
            .schedule = "low_start", .lowShare = h.at("factor"), .periodSteps = h.at("total_iters")};
    else if (name == "LinearLR")
        plan.params = {.schedule = "linear",
                       .startShare = h.at("start_factor"),
                       .finalShare = h.at("end_factor"),
                       .periodSteps = h.at("total_iters")};
    else
        throw Error(Message("There is no schedule for %1.", name));
    return plan;
}

/// Pure functions in double, so they agree to the last digits.
void compareNumbers(Differences& differences, const GoldenCase& golden, const std::string& output,
                    const std::function<double(std::int64_t)>& got)
{
    const auto all = golden.outputs.find(output);
    if (all == golden.outputs.end())
        return;
    const std::vector<double>& want = all->second.data;
    for (size_t k = 0; k < want.size(); ++k) {
        const double value = got(static_cast<std::int64_t>(k));
        if (!(std::abs(value - want[k]) <= 1e-12 + 1e-9 * std::abs(want[k])))
            differences.push_back(output + " of step " + std::to_string(k) + ": " + formatNumber(value) +
                                  " instead of " + formatNumber(want[k]));
    }
}

Differences runPlateau(const GoldenCase& golden)
{
    const json& h = golden.config.at("hyper");
    const ScheduleParams params{.schedule = "plateau",
                                .stepFactor = h.at("factor"),
                                .plateauPatience = h.at("patience"),
                                .plateauThreshold = h.at("threshold"),
                                .plateauThresholdMode = h.at("threshold_mode"),
                                .plateauCooldown = h.at("cooldown"),
                                .minLearningRate = h.at("min_lr")};
    std::vector<PlateauState> states = {plateauStart(h.at("base_lr"))};
    for (const double metric : golden.inputs.at("metric").data)
        states.push_back(plateauAfter(params, states.back(), h.at("mode") == "max" ? -metric : metric));
    Differences differences;
    compareNumbers(differences, golden, "lr",
                   [&](std::int64_t k) { return states[static_cast<size_t>(k)].rate; });
    return differences;
}

Differences runSchedule(const GoldenCase& golden)
{
    const std::string name = golden.config.at("schedule");
    if (name == "ReduceLROnPlateau")
        return runPlateau(golden);
    const PlannedRates plan = ratesOf(name, golden.config.at("hyper"));
    const Schedule schedule(plan.params, plan.base, plan.total);
    Differences differences;
    compareNumbers(differences, golden, "lr", [&](std::int64_t k) { return schedule.rate(k); });
    compareNumbers(differences, golden, "momentum", [&](std::int64_t k) { return *schedule.momentum(k); });
    return differences;
}

/// "l2", "l1" or "inf".
std::string normType(const json& given)
{
    if (given.is_string())
        return given;
    if (given != 1.0 && given != 2.0)
        throw Error(Message("There is no gradient norm %1.", given.dump()));
    return given == 1.0 ? "l1" : "l2";
}

Differences runClip(const GoldenCase& golden)
{
    const double limit = golden.config.at("max");
    ClipParams params{.clipNorm = 0, .clipValue = 0};
    if (golden.op() == "clip_grad_value") {
        params.clipValue = limit;
    } else {
        params.clipNorm = limit;
        params.normType = normType(golden.config.at("norm_type"));
    }
    Weights weights;
    Rng rng(1);
    std::vector<Tensor> gradients;
    for (const auto& [name, gradient] : golden.inputs) {
        weights.make(name, gradient.shape, true, zerosInit(), rng);
        gradients.push_back(gradient.tensor());
    }
    // From zero, one step of plain descent at rate -1 makes the weights the clipped gradients.
    Optimizer optimizer({.optimizer = "sgd", .weightDecay = 0, .momentum = 0}, weights);
    const Clipping clipping = optimizer.clip(params, gradients);
    optimizer.step(gradients, -1.0, clipping);
    Differences differences;
    for (const auto& [name, want] : golden.outputs) {
        const Tensor got = name == "total_norm" ? Tensor::scalar(static_cast<float>(clipping.norm))
                                                : weights.find(name)->value;
        const std::string line = difference(name, got, want, golden);
        if (!line.empty())
            differences.push_back(line);
    }
    return differences;
}

OptimizerParams optimizerOf(const std::string& name, const json& h)
{
    static const std::map<std::string, std::string> ids = {
        {"SGD", "sgd"},       {"Adam", "adam"},   {"AdamW", "adamw"},     {"RMSprop", "rmsprop"},
        {"NAdam", "nadam"},   {"RAdam", "radam"}, {"Adagrad", "adagrad"}, {"Adadelta", "adadelta"},
        {"Adamax", "adamax"}, {"Lion", "lion"}};
    if (!ids.contains(name))
        throw Error(Message("There is no optimizer %1.", name));
    // Defaults of torch where a case does not name them.
    const double epsilon = name == "Adagrad" ? 1e-10 : name == "Adadelta" ? 1e-6 : 1e-8;
    const std::vector<double> betas =
        h.value("betas", std::vector<double>{0.9, name == "Lion" ? 0.99 : 0.999});
    return {.optimizer = ids.at(name),
            .weightDecay = h.value("weight_decay", name == "AdamW" ? 0.01 : 0.0),
            .beta1 = betas[0],
            .beta2 = betas[1],
            .epsilon = h.value("eps", epsilon),
            .amsgrad = h.value("amsgrad", false),
            .momentum = h.value("momentum", 0.0),
            .dampening = h.value("dampening", 0.0),
            .nesterov = h.value("nesterov", false),
            .rmspropAlpha = h.value("alpha", 0.99),
            .centered = h.value("centered", false),
            .adadeltaRho = h.value("rho", 0.9),
            .momentumDecay = h.value("momentum_decay", 0.004),
            .learningRateDecay = h.value("lr_decay", 0.0),
            .initialAccumulator = h.value("initial_accumulator_value", 0.0)};
}

/// 0.5 x^T Q x - b^T x, or the mean square of X W^T + bias - y.
Tensor objective(const GoldenCase& golden, const Weights& weights)
{
    const auto weight = [&](const char* name) { return weights.find(name)->value; };
    const auto input = [&](const char* name) { return golden.inputs.at(name).tensor(); };
    if (golden.config.at("problem") == "quadratic")
        return matmul(weight("x"), matmul(input("Q"), weight("x"))) * 0.5F - matmul(input("b"), weight("x"));
    return mean(square(linear(input("X"), weight("weight"), weight("bias")) - input("y")));
}

class Trajectory {
public:
    Trajectory(const GoldenCase& golden, const OptimizerParams& params) : m_golden(golden)
    {
        Rng rng(1);
        for (const auto& [name, start] : golden.params) {
            Tensor value = m_weights.make(name, start.shape, true, zerosInit(), rng);
            copyInto(value, start.tensor());
        }
        m_optimizer = std::make_unique<Optimizer>(params, m_weights);
    }

    /// Compares weights, loss and gradients before step `k`, then takes it.
    void step(std::int64_t k, const Schedule& schedule, const ClipParams& clipping)
    {
        compareWeights(k);
        Tape tape;
        const TapeScope scope(&tape);
        std::vector<Tensor> gradients;
        for (const NamedWeight& weight : m_optimizer->weights())
            tape.watch(weight.value);
        const Tensor loss = objective(m_golden, m_weights);
        tape.backward(loss);
        for (const NamedWeight& weight : m_weights.all()) {
            gradients.push_back(tape.grad(weight.value));
            compare("grad." + weight.name, k, gradients.back());
        }
        compare("loss", k, loss);
        const Clipping used = m_optimizer->clip(clipping, gradients);
        compare("grad_norm_before_clip", k, Tensor::scalar(static_cast<float>(used.norm)));
        m_optimizer->step(gradients, schedule.rate(k), used, schedule.momentum(k));
    }

    void compareWeights(std::int64_t k)
    {
        for (const NamedWeight& weight : m_weights.all())
            compare("trajectory." + weight.name, k, weight.value);
    }

    Differences differences;

private:
    void compare(const std::string& name, std::int64_t k, const Tensor& got)
    {
        const auto all = m_golden.outputs.find(name);
        if (all == m_golden.outputs.end())
            return;
        GoldenArray row{.dtype = "float64", .shape = got.shape(), .data = {}};
        const auto begin = all->second.data.begin() + k * got.count();
        row.data.assign(begin, begin + got.count());
        const std::string line = difference(name, got, row, m_golden);
        if (!line.empty())
            differences.push_back("step " + std::to_string(k) + ": " + line);
    }

    const GoldenCase& m_golden;
    Weights m_weights;
    std::unique_ptr<Optimizer> m_optimizer;
};

Differences runTrajectory(const GoldenCase& golden)
{
    const json& hyper = golden.config.at("hyper");
    const std::int64_t steps = golden.config.at("steps");
    PlannedRates plan{.params = {}, .base = hyper.at("lr")};
    if (golden.config.contains("schedule"))
        plan = ratesOf(golden.config.at("schedule").at("type"), golden.config.at("schedule"));
    const Schedule schedule(plan.params, plan.base, plan.total);
    const ClipParams clipping{.clipNorm = golden.setting("clip_norm", 0.0),
                              .normType = normType(golden.setting("norm_type", json(2.0))),
                              .clipValue = golden.setting("clip_value", 0.0)};
    Trajectory trajectory(golden, optimizerOf(golden.config.at("optimizer"), hyper));
    for (std::int64_t k = 0; k < steps; ++k)
        trajectory.step(k, schedule, clipping);
    trajectory.compareWeights(steps);
    compareNumbers(trajectory.differences, golden, "lr", [&](std::int64_t k) { return schedule.rate(k); });
    return trajectory.differences;
}

}  // namespace

std::optional<Differences> runOptimCase(const GoldenCase& golden)
{
    try {
        if (golden.op() == "lr_schedule")
            return runSchedule(golden);
        if (golden.op() == "clip_grad_norm" || golden.op() == "clip_grad_value")
            return runClip(golden);
        return runTrajectory(golden);
    } catch (const Error& error) {
        return Differences{error.what()};
    }
}

}  // namespace fc
