// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/features/roles.h"

#include <algorithm>
#include <map>

#include "engine/features/feature_stream.h"

namespace fc {

namespace {

/// The two ways to say that a column is not there.
struct Wording {
    const char* near;
    const char* all;
};

constexpr Wording forTargets{
    TR("engine", "The series \"%1\" has no column \"%2\" to forecast. The nearest is \"%3\"."),
    TR("engine", "The series \"%1\" has no column \"%2\" to forecast. It has: %3.")};
constexpr Wording forCovariates{
    TR("engine", "The series \"%1\" has no column \"%2\" to take as a covariate. The nearest is \"%3\"."),
    TR("engine", "The series \"%1\" has no column \"%2\" to take as a covariate. It has: %3.")};

const Column& columnNamed(const Series& series, const std::string& name, const Wording& wording)
{
    if (const Column* found = series.column(name))
        return *found;
    std::vector<std::string> known;
    std::string list;
    for (const Column& column : series.columns) {
        known.push_back(column.name);
        list += (list.empty() ? "" : ", ") + column.name;
    }
    if (const std::string near = nearest(name, known); !near.empty())
        throw UsageError(Message(wording.near, series.name, name, near));
    throw UsageError(Message(wording.all, series.name, name, list));
}

std::vector<const Column*> columnsNamed(const Series& series, const std::string& text, const Wording& wording)
{
    if (const Column* whole = series.column(text); whole && !text.empty())
        return {whole};  // a name with a comma in it
    std::vector<const Column*> found;
    std::size_t begin = 0;
    while (begin <= text.size()) {
        const std::size_t comma = std::min(text.find(',', begin), text.size());
        const std::size_t first = std::min(text.find_first_not_of(' ', begin), comma);
        const std::size_t last = text.find_last_not_of(' ', comma - (comma > 0));
        if (first < comma)
            found.push_back(&columnNamed(series, text.substr(first, last + 1 - first), wording));
        begin = comma + 1;
    }
    return found;
}

void refuseSecondRoles(const ColumnsByRole& columns)
{
    std::map<const Column*, const char*> seen;
    const auto take = [&seen](const std::vector<const Column*>& those, const char* where) {
        for (const Column* column : those) {
            const auto [first, isNew] = seen.emplace(column, where);
            if (isNew)
                continue;
            if (first->second == std::string(where))
                throw UsageError(Message(TR("engine", "The column \"%1\" is listed twice among the %2."),
                                         column->name, where));
            throw UsageError(
                Message(TR("engine", "The column \"%1\" is among the %2 and the %3. Give it one role."),
                        column->name, first->second, where));
        }
    };
    take(columns.targets, "targets");
    take(columns.past, "past covariates");
    take(columns.future, "future covariates");
    take(columns.statics, "static covariates");
}

}  // namespace

std::string roleName(Role role)
{
    switch (role) {
        case Role::Target:
            return "target";
        case Role::Past:
            return "past";
        case Role::Future:
            return "future";
        case Role::Static:
            return "static";
    }
    return {};
}

ColumnsByRole columnsByRole(const Series& series, const Recipe& recipe)
{
    ColumnsByRole columns{.targets = columnsNamed(series, recipe.targets, forTargets),
                          .past = columnsNamed(series, recipe.pastCovariates, forCovariates),
                          .future = columnsNamed(series, recipe.futureCovariates, forCovariates),
                          .statics = columnsNamed(series, recipe.staticCovariates, forCovariates)};
    if (columns.targets.empty())
        columns.targets.push_back(&mainColumn(series));
    refuseSecondRoles(columns);
    return columns;
}

std::vector<RoleOfColumn> rolesOf(const Series& series, const Recipe& recipe)
{
    const ColumnsByRole columns = columnsByRole(series, recipe);
    const FeatureStream features(series, parseFeatures(recipe.features));
    std::vector<RoleOfColumn> roles;
    const auto take = [&roles](const std::vector<const Column*>& those, Role role) {
        for (const Column* column : those)
            roles.push_back({column->name, role});
    };
    const auto takeFeatures = [&](Knowledge knowledge, Role role) {
        for (std::size_t i = 0; i < features.names().size(); ++i) {
            if (features.knowledge()[i] == knowledge)
                roles.push_back({features.names()[i], role, true});
        }
    };
    take(columns.targets, Role::Target);
    takeFeatures(Knowledge::Past, Role::Past);
    take(columns.past, Role::Past);
    takeFeatures(Knowledge::Future, Role::Future);
    take(columns.future, Role::Future);
    take(columns.statics, Role::Static);
    return roles;
}

}  // namespace fc
