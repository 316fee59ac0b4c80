// SPDX-License-Identifier: GPL-3.0-or-later
// Models in sizes that tests can afford, and batches for them.
#pragma once

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "engine/models/model.h"

namespace fc {

/// All that a task can hold at once.
inline constexpr Task fullTask{.length = 12,
                               .horizon = 4,
                               .channels = 2,
                               .pastCovariates = 2,
                               .futureCovariates = 3,
                               .staticCovariates = 2,
                               .outputs = 2};

inline Tensor randomTensor(const Shape& shape, Rng& rng)
{
    Tensor x = Tensor::empty(shape);
    for (std::int64_t i = 0; i < x.count(); ++i)
        x.data()[i] = static_cast<float>(rng.normal());
    return x;
}

inline Batch randomBatch(const Task& task, int size, std::uint64_t seed = 5)
{
    Rng rng(seed);
    Batch batch;
    batch.past = randomTensor({size, task.length, task.channels}, rng);
    if (task.pastCovariates > 0)
        batch.pastCovariates = randomTensor({size, task.length, task.pastCovariates}, rng);
    if (task.futureCovariates > 0)
        batch.futureCovariates = randomTensor({size, task.length + task.horizon, task.futureCovariates}, rng);
    if (task.staticCovariates > 0)
        batch.staticCovariates = randomTensor({size, task.staticCovariates}, rng);
    batch.target = randomTensor({size, task.horizon, task.channels}, rng);
    return batch;
}

/// Parameters that make a model small; what is not named keeps its default.
inline ParamValues smallValues(const ModelEntry& entry)
{
    const ParamValues wishes = {{"hidden_size", std::int64_t{6}},
                                {"decoder_size", std::int64_t{5}},
                                {"channels", std::string("4")},
                                {"moving_avg", std::int64_t{5}}};
    ParamValues values;
    for (const auto& [id, value] : wishes)
        if (find(entry.schema, id))
            values[id] = value;
    return values;
}

inline std::unique_ptr<Model> makeSeeded(const ModelEntry& entry, const Task& task, const ParamValues& values,
                                         std::uint64_t seed = 3)
{
    Rng rng(seed);
    return makeModel(entry, task, values, rng);
}

/// The task with the covariates that the model cannot use left out.
inline Task possible(Task task, const ModelEntry& entry)
{
    if (!entry.capabilities.pastCovariates)
        task.pastCovariates = 0;
    if (!entry.capabilities.futureCovariates)
        task.futureCovariates = 0;
    if (!entry.capabilities.staticCovariates)
        task.staticCovariates = 0;
    return task;
}

struct Variant {
    const char* model;
    const char* name;
    ParamValues values;
};

/// Besides the defaults, every mechanism that a choice turns on.
inline std::vector<Variant> variants()
{
    return {
        {"dlinear", "own weights", {{"individual", true}}},
        {"dlinear", "average start", {{"average_start", true}}},
        {"lstm", "last states", {{"decode_from", std::string("last_states")}}},
        {"lstm",
         "one layer, linear decoder",
         {{"layers", std::int64_t{1}}, {"decoder_layers", std::int64_t{1}}}},
        {"tcn", "no weight norm", {{"weight_norm", false}}},
        {"tcn", "plain over time", {{"block", std::string("plain")}, {"head", std::string("over_time")}}},
        {"tcn", "widths that differ", {{"channels", std::string("3,5")}}},
    };
}

/// `values` with `changes` over them.
inline ParamValues with(ParamValues values, const ParamValues& changes)
{
    for (const auto& [id, value] : changes)
        values[id] = value;
    return values;
}

}  // namespace fc
