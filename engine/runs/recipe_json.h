// SPDX-License-Identifier: GPL-3.0-or-later
// Recipes as text: the one form that files, the workspace, `train --config` and `features audit --recipe`
// share.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/params/params.h"
#include "engine/store/store.h"

namespace fc {

/// The settings of a JSON object by the types of `schema`; a list is read as its comma-separated text.
/// std::nullopt when the text is no JSON object. Throws UsageError naming an unknown setting or a value out
/// of range.
std::optional<ParamValues> settingsFromJson(const Schema& schema, std::string_view json);

/// Settings of recipeSchema(); those left out have their defaults. Throws UsageError in words when the text
/// is no recipe, names an unknown setting or feature, or holds a value out of range.
ParamValues recipeFromJson(std::string_view json);
/// One object with one setting a line, the features as a list.
std::string recipeToJson(const ParamValues& recipe);

/// Stores `json` under `name` after reading it as a recipe. Throws UsageError, and nothing is stored then.
void storeRecipe(Store& store, const std::string& name, std::string_view json);

}  // namespace fc
