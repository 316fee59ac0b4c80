// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>

#include "engine/gradcheck/cases.h"
#include "engine/nn/init.h"

namespace fc {

namespace {

constexpr int batchSize = 2;
/// First weights are made small, so that what the first layers contribute to the outputs drowns in the
/// rounding of what the last ones do.
constexpr float gain = 1.5F;

/// Sizes by the ids that models use for them; what a model does not have is left out.
ParamValues smallSizes(const ModelEntry& entry)
{
    const ParamValues sizes = {{"hidden_size", std::int64_t{6}}, {"decoder_size", std::int64_t{5}},
                               {"channels", std::string("4")},   {"levels", std::int64_t{2}},
                               {"moving_avg", std::int64_t{5}},  {"d_model", std::int64_t{8}},
                               {"d_ff", std::int64_t{12}},       {"heads", std::int64_t{2}},
                               {"blocks", std::int64_t{1}},      {"width", std::int64_t{8}}};
    ParamValues values;
    for (const auto& [id, value] : sizes) {
        if (find(entry.schema, id))
            values[id] = value;
    }
    return values;
}

Task taskFor(const ModelEntry& entry)
{
    Task task{.length = 8, .horizon = 3, .channels = 2, .outputs = 2};
    task.pastCovariates = entry.capabilities.pastCovariates ? 2 : 0;
    task.futureCovariates = entry.capabilities.futureCovariates ? 3 : 0;
    return task;
}

Tensor normal(const Shape& shape, Rng& rng)
{
    Tensor x = Tensor::empty(shape);
    normalInit(1.0)(x, rng);
    return x;
}

Batch batchFor(const Task& task)
{
    Rng rng(5);
    Batch batch;
    batch.past = normal({batchSize, task.length, task.channels}, rng);
    if (task.pastCovariates > 0)
        batch.pastCovariates = normal({batchSize, task.length, task.pastCovariates}, rng);
    if (task.futureCovariates > 0)
        batch.futureCovariates = normal({batchSize, task.length + task.horizon, task.futureCovariates}, rng);
    return batch;
}

std::string nameOf(const ModelEntry& entry, const ParamValues& values)
{
    std::string name = entry.id;
    for (const auto& [id, value] : values)
        name += " " + id + "=" + valueText(value);
    return name;
}

}  // namespace

GradientCase modelCase(const ModelEntry& entry, const ParamValues& values)
{
    ParamValues all = smallSizes(entry);
    for (const auto& [id, value] : values)
        all[id] = value;
    const Task task = taskFor(entry);
    Rng rng(3);
    const std::shared_ptr<const Model> model = makeModel(entry, task, all, rng);
    const Batch batch = batchFor(task);
    GradientCase result{.name = nameOf(entry, values), .tensors = {{"past", batch.past}}, .outputs = {}};
    for (const NamedWeight& weight : model->weights.all()) {
        if (!weight.trainable)
            continue;
        Tensor value = weight.value;
        for (std::int64_t i = 0; i < value.count(); ++i)
            value.data()[i] *= gain;
        result.tensors.push_back({weight.name, weight.value});
    }
    result.outputs = [model, batch] {
        Rng words(7);  // the same dropout each time
        return std::vector<Tensor>{model->forward(batch, {.training = true, .rng = &words})};
    };
    return result;
}

std::vector<GradientCase> modelCases(const ModelEntry& entry)
{
    std::vector<GradientCase> all{modelCase(entry)};
    for (const Param& param : entry.schema) {
        if (const bool* on = std::get_if<bool>(&param.defaultValue))
            all.push_back(modelCase(entry, {{param.spec.id, !*on}}));
        for (const std::string& choice : param.spec.choices) {
            if (ParamValue(choice) != param.defaultValue)
                all.push_back(modelCase(entry, {{param.spec.id, choice}}));
        }
    }
    return all;
}

}  // namespace fc
