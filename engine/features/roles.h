// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "engine/features/dataset.h"

namespace fc {

/// What a column is to a model.
enum class Role { Target, Past, Future, Static };

/// "target", "past", "future", "static".
std::string roleName(Role role);

struct RoleOfColumn {
    std::string name;  ///< of the column, or of what a feature makes
    Role role;
    bool isFeature = false;
};

/// What a recipe makes of a series, in the order in which the model sees it: targets, past, future and static
/// covariates; columns that are not used are left out. Values are not looked at. Throws UsageError as
/// makeDataset.
std::vector<RoleOfColumn> rolesOf(const Series& series, const Recipe& recipe);

/// Columns of a series by what a recipe makes of them.
struct ColumnsByRole {
    std::vector<const Column*> targets;
    std::vector<const Column*> past;
    std::vector<const Column*> future;
    std::vector<const Column*> statics;
};
/// Throws UsageError for a name that is not there, with the nearest, and for a column with two roles.
ColumnsByRole columnsByRole(const Series& series, const Recipe& recipe);

}  // namespace fc
