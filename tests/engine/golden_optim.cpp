// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <memory>

#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_matmul.h"
#include "engine/autograd/ops_reduce.h"
#include "engine/autograd/ops_shape.h"
#include "engine/autograd/tape.h"
#include "engine/optim/optimizer.h"
#include "engine/optim/schedule.h"
#include "tests/engine/golden_layers.h"

namespace fc {

namespace {

using nlohmann::json;

/// The rate of each step, or nothing when the engine has no such schedule.
struct PlannedRates {
    ScheduleParams params;
    double base;
    std::int64_t total = 1 << 30;
};

std::optional<PlannedRates> warmUp(const std::string& name, const json& h)
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

std::optional<PlannedRates> oneCycle(const json& h)
{
    if (h.at("anneal_strategy") != "cos" || h.at("three_phase") == true || h.at("pct_start") != 0.3 ||
        h.at("div_factor") != 25.0 || h.at("final_div_factor") != 1e4)
        return std::nullopt;
    return PlannedRates{
        .params = {.schedule = "one_cycle"}, .base = h.at("max_lr"), .total = h.at("total_steps")};
}

std::optional<PlannedRates> ratesOf(const std::string& name, const json& h, size_t rows)
{
    if (name == "StepLR" || name == "ExponentialLR")
        return PlannedRates{
            .params = {.schedule = "step", .stepEvery = h.value("step_size", 1), .stepFactor = h.at("gamma")},
            .base = h.at("base_lr")};
    if (name == "CosineAnnealingLR") {
        const std::int64_t period = h.at("T_max");
        const double base = h.at("base_lr");
        if (static_cast<std::int64_t>(rows) > period + 1)
            return std::nullopt;  // goes up again; ours stays down
        return PlannedRates{
            .params = {.schedule = "cosine", .finalShare = h.at("eta_min").get<double>() / base},
            .base = base,
            .total = period};
    }
    if (name == "PolynomialLR")
        return PlannedRates{.params = {.schedule = "polynomial", .power = h.at("power")},
                            .base = h.at("base_lr"),
                            .total = h.at("total_iters")};
    if (name.starts_with("linear_warmup_"))
        return warmUp(name, h);
    if (name == "OneCycleLR")
        return oneCycle(h);
    if (name == "noam_inverse_sqrt") {
        const int steps = h.at("warmup");
        const double peak = h.at("scale").get<double>() / std::sqrt(h.at("d_model").get<double>() * steps);
        return PlannedRates{.params = {.schedule = "inverse_sqrt", .warmupSteps = steps}, .base = peak};
    }
    return std::nullopt;
}

std::optional<Differences> runSchedule(const GoldenCase& golden)
{
    const std::vector<double>& want = golden.outputs.at("lr").data;
    const auto plan = ratesOf(golden.config.at("schedule"), golden.config.at("hyper"), want.size());
    if (!plan)
        return std::nullopt;
    Differences differences;
    for (size_t k = 0; k < want.size(); ++k) {
        const double got = learningRate(plan->params, plan->base, static_cast<std::int64_t>(k), plan->total);
        if (!(std::abs(got - want[k]) <= 1e-12 + 1e-9 * std::abs(want[k])))  // pure functions in double
            differences.push_back("step " + std::to_string(k) + ": " + formatNumber(got) + " instead of " +
                                  formatNumber(want[k]));
    }
    return differences;
}

std::optional<Differences> runClip(const GoldenCase& golden)
{
    const double limit = golden.config.at("max");
    ClipParams params{.clipNorm = 0, .clipValue = 0};
    if (golden.op() == "clip_grad_value")
        params.clipValue = limit;
    else if (golden.config.at("norm_type") == 2.0)
        params.clipNorm = limit;
    else
        return std::nullopt;
    Weights weights;
    Rng rng(1);
    std::vector<Tensor> gradients;
    for (const auto& [name, gradient] : golden.inputs) {
        weights.make(name, gradient.shape, true, zerosInit(), rng);
        gradients.push_back(gradient.tensor());
    }
    // From zero, one step of plain descent at rate -1 makes the weights the clipped gradients.
    Optimizer optimizer({.optimizer = "sgd", .weightDecay = 0, .momentum = 0}, weights);
    const Clipping clipping = clip(params, gradients);
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

std::optional<OptimizerParams> optimizerOf(const std::string& name, const json& h)
{
    static const std::map<std::string, std::string> ids = {
        {"SGD", "sgd"},     {"Adam", "adam"},   {"AdamW", "adamw"},    {"RMSprop", "rmsprop"},
        {"NAdam", "nadam"}, {"RAdam", "radam"}, {"Adagrad", "adagrad"}};
    if (!ids.contains(name) || h.value("momentum_decay", 0.004) != 0.004)
        return std::nullopt;
    const std::vector<double> betas = h.value("betas", std::vector<double>{0.9, h.value("alpha", 0.999)});
    return OptimizerParams{.optimizer = ids.at(name),
                           .weightDecay = h.value("weight_decay", 0.0),
                           .beta1 = betas[0],
                           .beta2 = betas[1],
                           .epsilon = h.value("eps", 1e-8),
                           .amsgrad = h.value("amsgrad", false),
                           .momentum = h.value("momentum", 0.0),
                           .dampening = h.value("dampening", 0.0),
                           .nesterov = h.value("nesterov", false),
                           .centered = h.value("centered", false)};
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
        const auto start =
            static_cast<float>(golden.config.at("hyper").value("initial_accumulator_value", 0.0));
        for (const NamedTensor& slot : m_optimizer->state()) {
            Tensor value = slot.value;
            copyInto(value, Tensor::full(value.shape(), start));
        }
    }

    /// Compares weights, loss and gradients before step `k`, then takes it.
    void step(std::int64_t k, double rate, const ClipParams& clipping)
    {
        compareWeights(k);
        Tape tape;
        const TapeScope scope(&tape);
        std::vector<Tensor> gradients;
        for (const Tensor& weight : m_optimizer->weights())
            tape.watch(weight);
        const Tensor loss = objective(m_golden, m_weights);
        tape.backward(loss);
        for (const NamedWeight& weight : m_weights.all()) {
            gradients.push_back(tape.grad(weight.value));
            compare("grad." + weight.name, k, gradients.back());
        }
        compare("loss", k, loss);
        const Clipping used = clip(clipping, gradients);
        compare("grad_norm_before_clip", k, Tensor::scalar(static_cast<float>(used.norm)));
        m_optimizer->step(gradients, rate, used);
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

std::optional<Differences> runTrajectory(const GoldenCase& golden)
{
    const json& hyper = golden.config.at("hyper");
    const std::int64_t steps = golden.config.at("steps");
    const auto params = optimizerOf(golden.config.at("optimizer"), hyper);
    std::optional<PlannedRates> plan = PlannedRates{.params = {}, .base = hyper.at("lr")};
    if (golden.config.contains("schedule"))
        plan = ratesOf(golden.config.at("schedule").at("type"), golden.config.at("schedule"),
                       static_cast<size_t>(steps));
    if (!params || !plan)
        return std::nullopt;
    const ClipParams clipping{.clipNorm = golden.setting("clip_norm", 0.0),
                              .clipValue = golden.setting("clip_value", 0.0)};
    Trajectory trajectory(golden, *params);
    for (std::int64_t k = 0; k < steps; ++k) {
        const double slowed = 1.0 + static_cast<double>(k) * hyper.value("lr_decay", 0.0);
        trajectory.step(k, learningRate(plan->params, plan->base, k, plan->total) / slowed, clipping);
    }
    trajectory.compareWeights(steps);
    return trajectory.differences;
}

}  // namespace

std::optional<Differences> runOptimCase(const GoldenCase& golden)
{
    if (golden.op() == "lr_schedule")
        return runSchedule(golden);
    if (golden.op() == "clip_grad_norm" || golden.op() == "clip_grad_value")
        return runClip(golden);
    return runTrajectory(golden);
}

}  // namespace fc
