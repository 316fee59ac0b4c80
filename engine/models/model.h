// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/rng.h"
#include "engine/data/batch.h"
#include "engine/nn/pass.h"
#include "engine/nn/weights.h"
#include "engine/params/params.h"

namespace fc {

/// Params and Task -> Weights and forward(). Knows nothing of files, training or the screen.
class Model {
public:
    virtual ~Model() = default;

    /// -> [batch, horizon, channels, outputs], in the scaled unit of the batch. Does not change the model, so
    /// several threads may call it at once without a tape.
    virtual Tensor forward(const Batch& batch, const Pass& pass) const = 0;

    Weights weights;
};

/// What a model can take and give; forms grey out, the engine refuses, from the same flags.
struct Capabilities {
    bool univariate = true;
    bool multivariate = false;  ///< channels may influence each other; false: weights shared by all channels
    bool probabilistic = true;  ///< can be trained on quantiles and distributions
    bool interpretable = false;
    bool pastCovariates = false;
    bool futureCovariates = false;
    bool staticCovariates = false;
    bool masks = false;  ///< forward() looks at Batch::pastMask: what was observed, what was filled
};

struct ModelEntry {
    std::string id;     ///< "dlinear"
    std::string label;  ///< "DLinear"
    std::string family;
    std::string paper;
    std::string summary;  ///< TR: one or two sentences for people
    Capabilities capabilities;
    Schema schema;
    ParamValues
        peerValues;  ///< the configuration whose layers equal the peer program's in docs/performance.md
    std::unique_ptr<Model> (*make)(const Task& task, const ParamValues& values, Rng& rng) = nullptr;
};

/// For a model file: entry<DLinearModel, DLinearParams>({.id = …}).
template <typename ModelClass, typename Params>
ModelEntry entry(ModelEntry description)
{
    description.schema = schemaOf<Params>();
    description.make = [](const Task& task, const ParamValues& values, Rng& rng) -> std::unique_ptr<Model> {
        return std::make_unique<ModelClass>(task, paramsFrom<Params>(values), rng);
    };
    return description;
}

/// All models, in the order of the registry.
const std::vector<ModelEntry>& models();
/// Throws UsageError naming the nearest model when there is none of that id.
const ModelEntry& modelEntry(std::string_view id);

/// Builds a model. `values` may leave parameters out. Throws UsageError when a value is wrong or when the
/// task has covariates the model cannot use, naming them by kind and the models that can.
std::unique_ptr<Model> makeModel(const ModelEntry& entry, const Task& task, const ParamValues& values,
                                 Rng& rng);

}  // namespace fc
