// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pipeline/pipeline.h"

#include <algorithm>
#include <map>

#include "engine/runs/services.h"

namespace fc::ui {
namespace {

const char* const featuresId = "features";

template <typename Wanted>
ParamValues recipeOf(const Pipeline& pipeline, Wanted isWanted)
{
    ParamValues recipe;
    for (const Param& param : recipeSchema()) {
        const auto value = pipeline.settings.find(param.spec.id);
        if (value != pipeline.settings.end() && value->second != param.defaultValue)
            recipe.insert(*value);
    }
    std::string features;
    for (const PipelineFeature& each : pipeline.features)
        if (isWanted(each.listed))
            features += (features.empty() ? "" : ", ") + each.listed.text();
    if (!features.empty())
        recipe[featuresId] = features;
    return recipe;
}

/// The row that a setting belongs to; whatever is not named here is about windows.
FixedKey rowOf(const std::string& id)
{
    static const std::map<std::string, FixedKey> rows = {{"targets", TargetsKey},
                                                         {"past_covariates", TargetsKey},
                                                         {"future_covariates", TargetsKey},
                                                         {"static_covariates", TargetsKey},
                                                         {"scaler", ScalerKey},
                                                         {"fill", ScalerKey},
                                                         {"split", SplitKey},
                                                         {"purge", SplitKey},
                                                         {"embargo", SplitKey}};
    const auto found = rows.find(id);
    return found == rows.end() ? WindowKey : found->second;
}

}  // namespace

Schema schemaOfRow(FixedKey key)
{
    Schema schema;
    for (const Param& param : recipeSchema())
        if (param.spec.id != featuresId && rowOf(param.spec.id) == key)
            schema.push_back(param);
    return schema;
}

Pipeline pipelineOf(const ParamValues& recipe, int firstKey)
{
    Pipeline pipeline;
    for (const Param& param : recipeSchema()) {
        if (param.spec.id == featuresId)
            continue;
        const auto value = recipe.find(param.spec.id);
        pipeline.settings[param.spec.id] = value == recipe.end() ? param.defaultValue : value->second;
    }
    const auto features = recipe.find(featuresId);
    if (features == recipe.end())
        return pipeline;
    for (ListedFeature& each : parseFeatureList(std::get<std::string>(features->second)))
        pipeline.features.push_back({firstKey++, std::move(each)});
    return pipeline;
}

ParamValues recipeOf(const Pipeline& pipeline)
{
    return recipeOf(pipeline, [](const ListedFeature&) { return true; });
}

bool isUsable(const Capabilities& capabilities, const FeatureSpec& spec)
{
    switch (featureEntry(spec.id).knowledge) {
        case Knowledge::Past:
            return capabilities.pastCovariates;
        case Knowledge::Future:
            return capabilities.futureCovariates;
    }
    return false;
}

ParamValues trainingRecipeOf(const Pipeline& pipeline, const Capabilities& capabilities)
{
    return recipeOf(
        pipeline, [&](const ListedFeature& each) { return each.isOn && isUsable(capabilities, each.spec); });
}

}  // namespace fc::ui
