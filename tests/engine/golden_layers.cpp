// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/engine/golden_layers.h"

#include "engine/autograd/ops_conv.h"
#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_matmul.h"
#include "engine/autograd/ops_shape.h"
#include "engine/autograd/tape.h"
#include "engine/models/model.h"
#include "engine/nn/causal_conv.h"

namespace fc {

namespace {

Tensor optional(const GoldenValues& v, const std::string& name)
{
    return v.contains(name) ? v.at(name) : Tensor();
}

std::optional<Differences> runLinear(const GoldenCase& golden)
{
    return checkGolden(golden, [](const GoldenValues& v) {
        return GoldenValues{{"y", linear(v.at("x"), v.at("weight"), optional(v, "bias"))}};
    });
}

std::optional<Differences> runDecomposition(const GoldenCase& golden)
{
    return checkGolden(golden, [&](const GoldenValues& v) {
        const Tensor x = transpose(v.at("x"), 1, 2);
        const Tensor trend = movingAvg(x, golden.config.at("kernel_size"));
        return GoldenValues{{"trend", transpose(trend, 1, 2)}, {"seasonal", transpose(x - trend, 1, 2)}};
    });
}

std::optional<Differences> runWeightNorm(const GoldenCase& golden)
{
    return checkGolden(golden, [](const GoldenValues& v) {
        const Tensor weight = weightNorm(v.at("weight_v"), v.at("weight_g"));
        return GoldenValues{{"y", conv1d(v.at("x"), weight, v.at("bias"), {})}, {"weight", weight}};
    });
}

/// Puts the case's parameters into a model of the registry, runs `forward` under a tape and compares y, the
/// gradient of x and those of the weights the case names.
Differences checkModel(const GoldenCase& golden, const Model& model,
                       const std::function<Tensor(const Model& model, const Tensor& x)>& forward)
{
    Differences differences;
    const auto note = [&differences](const std::string& line) {
        if (!line.empty())
            differences.push_back(line);
    };
    Tape tape;
    const TapeScope scope(&tape);
    for (const NamedWeight& weight : model.weights.all()) {
        Tensor value = weight.value;
        if (golden.params.contains(weight.name))
            copyInto(value, golden.params.at(weight.name).tensor());
        tape.watch(weight.value);
    }
    const Tensor x = golden.inputs.at("x").tensor();
    tape.watch(x);
    const Tensor y = forward(model, x);
    note(difference("y", y, golden.outputs.at("y"), golden));
    tape.backward(std::vector{std::pair{y, golden.cotangents.at("y").tensor()}});
    for (const auto& [name, want] : golden.grads) {
        const NamedWeight* weight = model.weights.find(name);
        note(difference("gradient of " + name,
                        name == "x" ? tape.grad(x)
                        : weight    ? tape.grad(weight->value)
                                    : Tensor(),
                        want, golden));
    }
    return differences;
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
std::optional<Differences> runTcn(const GoldenCase& golden)
{
    const auto channels = golden.config.at("channels").get<std::vector<int>>();
    const auto dilations = golden.config.at("dilations").get<std::vector<int>>();
    std::string widths;
    for (size_t i = 0; i < dilations.size(); ++i) {
        if (dilations[i] != 1 << i)
            return std::nullopt;
        widths += (i == 0 ? "" : ",") + std::to_string(channels[i + 1]);
    }
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

}  // namespace

std::optional<Differences> runLayerCase(const GoldenCase& golden)
{
    const std::map<std::string, std::optional<Differences> (*)(const GoldenCase&)> runners = {
        {"linear", runLinear},
        {"rnn", runRecurrentCase},
        {"series_decomp", runDecomposition},
        {"weight_norm_conv1d", runWeightNorm},
        {"dlinear", runDLinear},
        {"tcn", runTcn},
    };
    const auto runner = runners.find(golden.op());
    return runner == runners.end() ? std::nullopt : runner->second(golden);
}

}  // namespace fc
