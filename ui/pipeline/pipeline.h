// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "engine/features/feature_list.h"
#include "engine/models/model.h"
#include "engine/params/params.h"

namespace fc::ui {

/// A feature of a recipe that is being edited. Its key stays when it moves or changes.
struct PipelineFeature {
    int key = 0;
    ListedFeature listed;

    bool operator==(const PipelineFeature&) const = default;
};

/// Keys of what every recipe has once, beside the keys of features, which begin at 1.
enum FixedKey { TargetsKey = -1, ScalerKey = -2, SplitKey = -3, WindowKey = -4 };

/// A recipe as it is edited: the settings of recipeSchema(), the features apart.
struct Pipeline {
    ParamValues settings;  ///< every one but "features"
    std::vector<PipelineFeature> features;

    bool operator==(const Pipeline&) const = default;
};

/// The settings of the recipe that belong to a fixed row.
Schema schemaOfRow(FixedKey key);

/// What is not named has its default. Throws UsageError when the features are no list. Keys count from
/// `firstKey`.
Pipeline pipelineOf(const ParamValues& recipe, int firstKey = 1);

/// The whole recipe, what is switched off included; defaults are left out.
ParamValues recipeOf(const Pipeline& pipeline);

/// Whether a model takes a feature at all.
bool isUsable(const Capabilities& capabilities, const FeatureSpec& spec);

/// What a training takes: what is switched off and what the model cannot take is left out.
ParamValues trainingRecipeOf(const Pipeline& pipeline, const Capabilities& capabilities);

}  // namespace fc::ui
