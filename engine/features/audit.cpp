// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/features/audit.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <span>

#include "engine/base/rng.h"

namespace fc {

namespace {

/// Positive, so that logarithms and ratios of the noise exist; far from the data, so that a look at it shows.
Series withNoiseFrom(Series series, std::int64_t row, Rng& rng)
{
    for (Column& column : series.columns) {
        for (std::size_t t = static_cast<std::size_t>(row); t < column.values.size(); ++t)
            column.values[t] = 1.0 + 1000.0 * rng.uniformDouble();
    }
    return series;
}

/// The first row after which every group has at least one value that must not change any more.
std::int64_t firstRowThatTestsAll(const std::vector<Audited>& groups)
{
    std::int64_t row = 0;
    for (const Audited& group : groups) {
        if (!group.knownAt.empty())
            row = std::max(row, std::ranges::min(group.knownAt) + 1);
    }
    return row;
}

void compare(const Audited& before, const Audited& after, std::int64_t cutOff, std::vector<Leak>& leaks)
{
    assert(before.bits.size() == before.knownAt.size());
    for (std::size_t i = 0; i < before.bits.size(); ++i) {
        if (before.knownAt[i] < cutOff && (i >= after.bits.size() || before.bits[i] != after.bits[i])) {
            leaks.push_back({before.what, before.knownAt[i], cutOff});
            return;
        }
    }
}

/// FNV-1a (Fowler, Noll & Vo) over float bits: one number that changes with any of them.
std::uint64_t digest(std::span<const float> values, std::uint64_t hash)
{
    for (const float value : values)
        hash = (hash ^ std::bit_cast<std::uint32_t>(value)) * 1099511628211ULL;
    return hash;
}

void auditScales(const std::vector<std::string>& names, const std::vector<ColumnScale>& scales,
                 std::int64_t knownAt, std::vector<Audited>& groups)
{
    for (std::size_t i = 0; i < names.size(); ++i) {
        groups.push_back({"scaler of " + names[i],
                          {auditBits(scales[i].center), auditBits(scales[i].scale)},
                          {knownAt, knownAt}});
    }
}

std::uint64_t digest(const Batch& batch)
{
    std::uint64_t hash = 14695981039346656037ULL;
    for (const Tensor* tensor : {&batch.past, &batch.pastCovariates, &batch.futureCovariates, &batch.pastMask}) {
        if (tensor->defined())
            hash = digest({tensor->data(), static_cast<std::size_t>(tensor->count())}, hash);
    }
    return hash;
}

/// One entry per row that could start a forecast. What a model sees must be known one row before; which
/// windows there are, when their last row is. Neither before the scalers.
void auditWindows(const Dataset& dataset, std::int64_t scalesKnownAt, std::vector<Audited>& groups)
{
    Audited seen{"window", {}, {}};
    Audited listed{"list of windows", {}, {}};
    Batch batch;
    const std::int64_t horizon = dataset.task.horizon;
    for (std::int64_t origin = dataset.task.length; origin + horizon <= dataset.rows(); ++origin) {
        gather(dataset, std::span(&origin, 1), batch);
        seen.bits.push_back(digest(batch));
        seen.knownAt.push_back(std::max(dataset.warmUpRows + origin - 1, scalesKnownAt));
        std::uint64_t parts = 0;
        for (const Part part : {Part::Train, Part::Validation, Part::Test})
            parts = 2 * parts + (std::ranges::binary_search(dataset.windows(part), origin) ? 1 : 0);
        listed.bits.push_back(parts);
        listed.knownAt.push_back(std::max(dataset.warmUpRows + origin + horizon - 1, scalesKnownAt));
    }
    groups.push_back(std::move(seen));
    groups.push_back(std::move(listed));
}

std::vector<Audited> auditRecipe(const Series& series, const Recipe& recipe)
{
    std::vector<Audited> groups;
    const FeatureTable table = computeFeatures(series, parseFeatures(recipe.features));
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        Audited group{"feature " + table.names[i], {}, {}};
        for (std::size_t t = 0; t < table.columns[i].size(); ++t) {
            group.bits.push_back(auditBits(table.columns[i][t]));
            // What is called known ahead may not depend on any column at all.
            group.knownAt.push_back(table.knowledge[i] == Knowledge::Future ? -1
                                                                            : static_cast<std::int64_t>(t));
        }
        groups.push_back(std::move(group));
    }
    const Dataset dataset = makeDataset(series, recipe);
    const std::int64_t lastTrainRow = dataset.warmUpRows + dataset.split.train.end - 1;
    auditScales(dataset.targetNames, dataset.targetScales, lastTrainRow, groups);
    auditScales(dataset.pastNames, dataset.pastScales, lastTrainRow, groups);
    auditScales(dataset.futureNames, dataset.futureScales, lastTrainRow, groups);
    auditWindows(dataset, lastTrainRow, groups);
    return groups;
}

}  // namespace

std::uint64_t auditBits(double value)
{
    return std::bit_cast<std::uint64_t>(std::isnan(value) ? missing : value);
}

std::vector<Leak> auditLookAhead(const Series& series, const Recipe& recipe, std::uint64_t seed, int cutOffs)
{
    return auditLookAhead(
        series, [&recipe](const Series& each) { return auditRecipe(each, recipe); }, seed, cutOffs);
}

std::vector<Leak> auditLookAhead(const Series& series,
                                 const std::function<std::vector<Audited>(const Series&)>& compute,
                                 std::uint64_t seed, int cutOffs)
{
    const std::vector<Audited> reference = compute(series);
    const auto rows = static_cast<std::int64_t>(series.rows());
    const std::int64_t late = std::min(firstRowThatTestsAll(reference), rows - 1);
    Rng rng(seed);
    std::vector<Leak> leaks;
    for (int i = 0; i < cutOffs && rows > 1; ++i) {
        const std::int64_t from = i % 2 == 0 ? 1 : std::max<std::int64_t>(late, 1);
        const std::int64_t cutOff =
            from + static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(rows - from)));
        const std::vector<Audited> again = compute(withNoiseFrom(series, cutOff, rng));
        assert(again.size() == reference.size());
        for (std::size_t g = 0; g < reference.size(); ++g)
            compare(reference[g], again[g], cutOff, leaks);
    }
    return leaks;
}

}  // namespace fc
