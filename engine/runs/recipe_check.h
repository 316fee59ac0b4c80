// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/data/series.h"
#include "engine/features/feature_list.h"
#include "engine/params/params.h"

namespace fc {

/// What is wrong with a recipe for one series, and what it leaves to train on.
struct RecipeFindings {
    /// Of each feature in the order of the list, those switched off included.
    std::vector<std::optional<Message>> features;
    std::optional<Message> targets;
    std::optional<Message> split;
    std::optional<Message> window;  ///< look-back, horizon or season
    std::int64_t warmUpRows = 0;    ///< of the features that are on
    std::int64_t rows = 0;          ///< left after them
    std::int64_t trainWindows = 0;  ///< gaps that only the features have are not counted
    std::int64_t validationWindows = 0;
    std::int64_t testWindows = 0;

    bool fits() const;
    /// All of them, targets first.
    std::vector<Message> problems() const;
};

/// Finds out without computing a feature over the whole series. Throws UsageError when `recipe` is none.
RecipeFindings checkRecipe(const Series& series, const ParamValues& recipe);

/// The same for features that may hold parameters that do not fit each other; those that `recipe` names do
/// not count.
RecipeFindings checkRecipe(const Series& series, const ParamValues& recipe,
                           const std::vector<ListedFeature>& features);

}  // namespace fc
