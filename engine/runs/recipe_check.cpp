// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/recipe_check.h"

#include <algorithm>

#include "engine/features/dataset.h"

namespace fc {

namespace {

/// Rows on which a feature is tried: enough to see which columns it asks for.
constexpr std::size_t triedRows = 4;

/// Rows [from, to) of all columns.
Series stretch(const Series& series, std::size_t from, std::size_t to)
{
    Series part;
    part.name = series.name;
    part.hasClock = series.hasClock;
    part.timeZone = series.timeZone;
    const auto cut = [&](const auto& all) {
        return std::decay_t<decltype(all)>(all.begin() + static_cast<std::ptrdiff_t>(from),
                                           all.begin() + static_cast<std::ptrdiff_t>(to));
    };
    part.times = cut(series.times);
    for (const Column& column : series.columns)
        part.columns.push_back({column.name, column.role, cut(column.values)});
    return part;
}

/// What `attempt` throws, if anything.
template <typename Attempt>
std::optional<Message> problemOf(Attempt attempt)
{
    try {
        attempt();
    } catch (const Error& error) {
        return error.message();
    }
    return std::nullopt;
}

void checkFeatures(const Series& series, const std::vector<ListedFeature>& list, RecipeFindings& findings)
{
    const Series tried = stretch(series, 0, std::min(triedRows, series.rows()));
    std::vector<std::string> before;
    for (const ListedFeature& each : list) {
        findings.features.push_back(problemOf([&] {
            const FeatureTable table = computeFeatures(tried, {each.spec});
            if (!each.isOn)
                return;
            findings.warmUpRows = std::max<std::int64_t>(findings.warmUpRows, table.warmUp);
            if (std::ranges::find(before, each.spec.text()) != before.end())
                throw UsageError(
                    Message(TR("engine", "The feature %1 is in the list already."), each.spec.text()));
            before.push_back(each.spec.text());
        }));
    }
}

void checkTargets(const Series& series, const Recipe& recipe, RecipeFindings& findings)
{
    // A window that fits anything: whatever is wrong is wrong with the targets.
    Recipe least = recipe;
    least.length = 1;
    least.horizon = 1;
    least.purge = 0;
    least.embargo = 0;
    least.features.clear();
    least.scaler = "none";
    least.split = std::to_string(series.rows()) + ",0,0";
    findings.targets = problemOf([&] { makeDataset(series, least); });
}

void checkWindows(const Series& series, Recipe recipe, RecipeFindings& findings)
{
    recipe.features.clear();
    findings.window = problemOf([&] {
        const Dataset dataset = makeDataset(series, recipe);
        findings.trainWindows = static_cast<std::int64_t>(dataset.trainWindows.size());
        findings.validationWindows = static_cast<std::int64_t>(dataset.validationWindows.size());
        findings.testWindows = static_cast<std::int64_t>(dataset.testWindows.size());
    });
}

}  // namespace

bool RecipeFindings::fits() const
{
    return problems().empty();
}

std::vector<Message> RecipeFindings::problems() const
{
    std::vector<Message> all;
    if (targets)
        all.push_back(*targets);
    for (const std::optional<Message>& each : features)
        if (each)
            all.push_back(*each);
    for (const std::optional<Message>* each : {&split, &window})
        if (*each)
            all.push_back(**each);
    return all;
}

RecipeFindings checkRecipe(const Series& series, const ParamValues& values)
{
    return checkRecipe(series, values, parseFeatureList(paramsFrom<Recipe>(values).features));
}

RecipeFindings checkRecipe(const Series& series, const ParamValues& values,
                           const std::vector<ListedFeature>& features)
{
    const auto recipe = paramsFrom<Recipe>(values);
    RecipeFindings findings;
    checkFeatures(series, features, findings);
    checkTargets(series, recipe, findings);
    const auto all = static_cast<std::int64_t>(series.rows());
    if (findings.warmUpRows >= all) {
        findings.window = Message(TR("engine",
                                     "The features have no value in the first %1 rows, but the series \"%2\" "
                                     "has only %3. Choose shorter periods."),
                                  findings.warmUpRows, series.name, all);
        return findings;
    }
    findings.rows = all - findings.warmUpRows;
    const Series rest = stretch(series, static_cast<std::size_t>(findings.warmUpRows), series.rows());
    findings.split = problemOf([&] { makeSplit(recipe.split, rest.times); });
    if (!findings.targets && !findings.split)
        checkWindows(rest, recipe, findings);
    return findings;
}

}  // namespace fc
