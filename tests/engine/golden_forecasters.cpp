// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <numbers>

#include "engine/autograd/ops_conv.h"
#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_matmul.h"
#include "engine/autograd/ops_shape.h"
#include "engine/models/model.h"
#include "tests/engine/golden_module.h"

namespace fc {

namespace {

/// Puts the case's parameters into a model of the registry and compares what `forward` makes of x. The model
/// may have weights that the case does not know.
Differences checkModel(const GoldenCase& golden, const Model& model,
                       const std::function<Tensor(const Model& model, const Tensor& x)>& forward)
{
    GoldenValues values = goldenValues(golden);
    for (const auto& [name, array] : golden.params) {
        const NamedWeight* weight = model.weights.find(name);
        if (!weight || !(weight->value.shape() == array.shape))
            return {"the model has no " + name + " of the shape " + print(array.shape)};
        Tensor value = weight->value;
        copyInto(value, array.tensor());
        values[name] = value;
    }
    return checkGolden(golden, values, [&](const GoldenValues& v) {
        return GoldenValues{{"y", forward(model, v.at("x"))}};
    });
}

std::optional<Differences> runDLinear(const GoldenCase& golden)
{
    const Shape& x = golden.inputs.at("x").shape;
    const Task task{.length = static_cast<int>(x[1]),
                    .horizon = static_cast<int>(golden.outputs.at("y").shape[1]),
                    .channels = static_cast<int>(x[2])};
    Rng rng(1);
    const auto model = makeModel(modelEntry("dlinear"), task,
                                 {{"moving_avg", golden.config.at("kernel_size").get<std::int64_t>()},
                                  {"individual", golden.setting("individual", false)}},
                                 rng);
    return checkModel(golden, *model, [](const Model& m, const Tensor& past) {
        Batch batch;
        batch.past = past;
        return squeeze(m.forward(batch, {}), 3);
    });
}

void fillIdentity(const Model& model, const std::string& layer)
{
    Tensor weight = model.weights.find(layer + ".weight")->value;
    Tensor bias = model.weights.find(layer + ".bias")->value;
    copyInto(weight, Tensor::zeros(weight.shape()));
    copyInto(bias, Tensor::zeros(bias.shape()));
    for (std::int64_t i = 0; i < weight.size(0); ++i)
        weight.data()[i * weight.size(1) + i] = 1.0F;
}

/// The stack alone, seen through a model whose head is the identity: forecast step t, output k is channel k
/// of state t. The states are not negative, so the decoder's ReLU changes nothing.
std::optional<Differences> runTcnModel(const GoldenCase& golden)
{
    const auto channels = golden.config.at("channels").get<std::vector<int>>();
    const auto dilations = golden.config.at("dilations").get<std::vector<int>>();
    std::string widths;
    for (size_t i = 0; i < dilations.size(); ++i)
        widths += (i == 0 ? "" : ",") + std::to_string(channels[i + 1]);
    const auto length = static_cast<int>(golden.inputs.at("x").shape[2]);
    const Task task{.length = length,
                    .horizon = length,
                    .channels = 1,
                    .pastCovariates = channels.front() - 1,
                    .outputs = channels.back()};
    Rng rng(1);
    const auto model = makeModel(modelEntry("tcn"), task,
                                 {{"channels", widths},
                                  {"levels", static_cast<std::int64_t>(dilations.size())},
                                  {"kernel_size", golden.config.at("kernel_size").get<std::int64_t>()},
                                  {"weight_norm", false},
                                  {"head", std::string("over_time")},
                                  {"decoder_size", std::int64_t{channels.back()}}},
                                 rng);
    for (const char* layer : {"context", "decoder.0", "decoder.1"})
        fillIdentity(*model, layer);
    return checkModel(golden, *model, [](const Model& m, const Tensor& x) {
        const Tensor steps = transpose(x, 1, 2);
        Batch batch;
        batch.past = slice(steps, 2, 0, 1);
        if (steps.size(2) > 1)
            batch.pastCovariates = slice(steps, 2, 1);
        return transpose(squeeze(m.forward(batch, {}), 2), 1, 2);
    });
}

/// Dilations that no model of the registry has, from the operations.
std::optional<Differences> runTcnLayers(const GoldenCase& golden)
{
    const auto dilations = golden.config.at("dilations").get<std::vector<std::int64_t>>();
    const std::int64_t kernel = golden.config.at("kernel_size");
    return checkGolden(golden, [&](const GoldenValues& v) {
        Tensor x = v.at("x");
        for (size_t i = 0; i < dilations.size(); ++i) {
            const std::string block = "block" + std::to_string(i) + ".";
            const auto conv = [&](const Tensor& in, const char* name, const Conv1dOptions& options) {
                return conv1d(in, v.at(block + name + ".weight"), v.at(block + name + ".bias"), options);
            };
            const Conv1dOptions causal{.leftPad = (kernel - 1) * dilations[i], .dilation = dilations[i]};
            const Tensor y = relu(conv(relu(conv(x, "conv1", causal)), "conv2", causal));
            const bool narrows = v.contains(block + "downsample.weight");
            x = relu(y + (narrows ? conv(x, "downsample", {}) : x));
        }
        return GoldenValues{{"y", x}};
    });
}

std::optional<Differences> runTcn(const GoldenCase& golden)
{
    const auto dilations = golden.config.at("dilations").get<std::vector<int>>();
    bool doubles = true;
    for (size_t i = 0; i < dilations.size(); ++i)
        doubles = doubles && dilations[i] == 1 << i;
    return doubles ? runTcnModel(golden) : runTcnLayers(golden);
}

/// Zeng et al., 2023: the last value is taken off before the linear map over time and put back after it.
std::optional<Differences> runNLinear(const GoldenCase& golden)
{
    return checkGolden(golden, [&](const GoldenValues& v) {
        const Tensor end = slice(v.at("x"), 1, -1);
        const Tensor last = golden.setting("detach_last", true) ? end.detach() : end;
        const Tensor bias = v.contains("bias") ? v.at("bias") : Tensor();
        const Tensor y = linear(transpose(v.at("x") - last, 1, 2), v.at("weight"), bias);
        return GoldenValues{{"y", transpose(y, 1, 2) + last}};
    });
}

/// Rows of functions over `steps` times [count, steps]; `value(row, time)`.
template <typename Value>
Tensor basis(std::int64_t count, std::int64_t steps, const Value& value)
{
    Tensor table = Tensor::empty({count, steps});
    for (std::int64_t i = 0; i < count; ++i) {
        for (std::int64_t t = 0; t < steps; ++t)
            table.data()[i * steps + t] = static_cast<float>(value(i, static_cast<double>(t)));
    }
    return table;
}

/// Row i = (t / steps)^i (Oreshkin et al., 2020, section 3.3).
Tensor trendBasis(std::int64_t degree, std::int64_t steps)
{
    return basis(degree + 1, steps, [steps](std::int64_t i, double t) {
        return std::pow(t / static_cast<double>(steps), static_cast<double>(i));
    });
}

/// 0, then 1 to below forecast / 2 in steps of 1 / harmonics.
std::vector<double> frequencies(const GoldenCase& golden)
{
    const double harmonics = golden.config.at("harmonics");
    const double forecast = golden.config.at("forecast");
    std::vector<double> result{0.0};
    for (double f = harmonics; f < harmonics / 2 * forecast; ++f)
        result.push_back(f / harmonics);
    return result;
}

/// Cosines, then sines, of all frequencies; time runs backwards for the backcast.
Tensor seasonalBasis(const GoldenCase& golden, std::int64_t steps, double direction)
{
    const std::vector<double> f = frequencies(golden);
    const double forecast = golden.config.at("forecast");
    const auto half = static_cast<std::int64_t>(f.size());
    return basis(2 * half, steps, [&](std::int64_t i, double t) {
        const double angle =
            direction * 2 * std::numbers::pi * f[static_cast<size_t>(i % half)] * t / forecast;
        return i < half ? std::cos(angle) : std::sin(angle);
    });
}

std::optional<Differences> runTrendBasis(const GoldenCase& golden)
{
    return checkGolden(golden, [&](const GoldenValues&) {
        return GoldenValues{
            {"backcast_basis", trendBasis(golden.config.at("degree"), golden.config.at("backcast"))},
            {"forecast_basis", trendBasis(golden.config.at("degree"), golden.config.at("forecast"))}};
    });
}

std::optional<Differences> runSeasonalBasis(const GoldenCase& golden)
{
    return checkGolden(golden, [&](const GoldenValues&) {
        const std::vector<double> f = frequencies(golden);
        return GoldenValues{{"backcast_basis", seasonalBasis(golden, golden.config.at("backcast"), -1)},
                            {"forecast_basis", seasonalBasis(golden, golden.config.at("forecast"), 1)},
                            {"frequency", Tensor::from({static_cast<std::int64_t>(f.size())},
                                                       std::vector<float>(f.begin(), f.end()))}};
    });
}

/// fc1, fc2 with ReLU, and fc3 without.
Tensor threeLayers(const GoldenValues& v, const Tensor& x)
{
    Tensor h = relu(linear(x, v.at("fc1.weight"), v.at("fc1.bias")));
    h = relu(linear(h, v.at("fc2.weight"), v.at("fc2.bias")));
    return linear(h, v.at("fc3.weight"), v.at("fc3.bias"));
}

std::optional<Differences> runNBeatsBlock(const GoldenCase& golden)
{
    const std::int64_t past = golden.config.at("backcast");
    const std::int64_t ahead = golden.config.at("forecast");
    const std::string kind = golden.config.at("basis");
    return checkGolden(golden, [&](const GoldenValues& v) {
        const Tensor theta = threeLayers(v, v.at("x"));
        Tensor backcast;
        Tensor forecast;
        if (kind == "generic") {
            backcast = slice(theta, 1, 0, past);
            forecast = slice(theta, 1, -ahead);
        } else {
            const bool isTrend = kind == "trend";
            const Tensor rows =
                isTrend ? trendBasis(golden.config.at("degree"), ahead) : seasonalBasis(golden, ahead, 1);
            const Tensor pastRows =
                isTrend ? trendBasis(golden.config.at("degree"), past) : seasonalBasis(golden, past, -1);
            forecast = matmul(slice(theta, 1, 0, rows.size(0)), rows);
            backcast = matmul(slice(theta, 1, rows.size(0)), pastRows);
        }
        return GoldenValues{{"theta", theta},
                            {"backcast", backcast},
                            {"forecast", forecast},
                            {"residual", v.at("x") - backcast}};
    });
}

std::optional<Differences> runNHitsBlock(const GoldenCase& golden)
{
    const std::int64_t past = golden.config.at("backcast");
    const std::int64_t ahead = golden.config.at("forecast");
    const std::int64_t kernel = golden.config.at("pool_kernel");
    const PoolOptions pooling{.size = kernel, .stride = kernel, .ceil = true, .countsPadding = false};
    return checkGolden(golden, [&](const GoldenValues& v) {
        const bool isAverage = golden.config.at("pool") == "avg";
        const Tensor pooled = isAverage ? avgPool1d(v.at("x"), pooling) : maxPool1d(v.at("x"), pooling);
        const Tensor theta = threeLayers(v, pooled);
        const Tensor backcast = slice(theta, 1, 0, past);
        const Tensor knots = slice(theta, 1, past);
        const bool isLinear = golden.config.at("interpolation") == "linear";
        return GoldenValues{
            {"pooled", pooled},
            {"backcast", backcast},
            {"knots", knots},
            {"forecast",
             interpolate(knots, ahead, isLinear ? Interpolation::Linear : Interpolation::Nearest)},
            {"residual", v.at("x") - backcast}};
    });
}

}  // namespace

std::optional<Differences> runForecasterCase(const GoldenCase& golden)
{
    const std::map<std::string, std::optional<Differences> (*)(const GoldenCase&)> runners = {
        {"dlinear", runDLinear},
        {"nlinear", runNLinear},
        {"tcn", runTcn},
        {"nbeats_trend_basis", runTrendBasis},
        {"nbeats_seasonality_basis", runSeasonalBasis},
        {"nbeats_block", runNBeatsBlock},
        {"nhits_block", runNHitsBlock},
    };
    const auto runner = runners.find(golden.op());
    return runner == runners.end() ? std::nullopt : runner->second(golden);
}

}  // namespace fc
