// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/features/audit.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <chrono>
#include <cmath>
#include <cstring>
#include <optional>
#include <span>

#include "engine/base/rng.h"
#include "engine/features/audit_noise.h"
#include "engine/features/audit_slice.h"
#include "engine/features/sampler.h"

namespace fc {

namespace {

using Compute = std::function<std::vector<Audited>(const Series&)>;
using Clock = std::chrono::steady_clock;

double since(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Row 0 of a dataset in the rows of its series.
std::int64_t firstRow(const Dataset& dataset)
{
    return dataset.warmUpRows - dataset.paddedRows;
}

/// What is known ahead or never changes may be seen at any time; there is nothing to audit.
Recipe withoutKnown(Recipe recipe)
{
    recipe.futureCovariates.clear();
    recipe.staticCovariates.clear();
    return recipe;
}

/// The first row after which every group has at least one value that must not change any more.
std::int64_t firstRowThatTestsAll(const std::vector<Audited>& groups)
{
    std::int64_t row = 0;
    for (const Audited& group : groups) {
        if (!group.bits.empty() && !group.knownAt.empty())
            row = std::max(row, std::ranges::min(group.knownAt) + 1);
    }
    return row;
}

/// Half of them anywhere, half from `late` on.
std::vector<std::int64_t> drawCutOffs(std::int64_t rows, std::int64_t late, int count, Rng& rng)
{
    std::vector<std::int64_t> cutOffs;
    for (int i = 0; i < count && rows > 1; ++i) {
        const std::int64_t from = i % 2 == 0 ? std::clamp<std::int64_t>(late, 1, rows - 1) : 1;
        cutOffs.push_back(from +
                          static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(rows - from))));
    }
    return cutOffs;
}

/// The first leak of the group, if any; `values` counts what was compared.
std::optional<Leak> compare(const Audited& before, const Audited& after, std::int64_t cutOff,
                            std::int64_t& values)
{
    for (std::size_t i = 0; i < before.bits.size(); ++i) {
        const bool isKnown = before.knownRow(i) < cutOff;
        const bool mustChange = !before.comesFrom.empty() && before.comesFrom[i] >= cutOff;
        if (!isKnown && !mustChange)
            continue;
        ++values;
        const bool changed = i >= after.bits.size() || before.bits[i] != after.bits[i];
        if (isKnown && changed)
            return Leak{before.what, before.knownRow(i), cutOff, LeakKind::LooksAhead};
        if (mustChange && !changed)
            return Leak{before.what, before.comesFrom[i], cutOff, LeakKind::Elsewhere};
    }
    return std::nullopt;
}

void auditCutOffs(const Series& series, const Compute& compute, const std::vector<Audited>& reference,
                  const std::vector<std::int64_t>& cutOffs, const AuditOptions& options, Rng& rng,
                  AuditReport& report)
{
    const Clock::time_point start = Clock::now();
    for (const std::int64_t cutOff : cutOffs) {
        const double spent = since(start);
        const bool isLate = report.cutOffs >= 2 && spent + spent / report.cutOffs > options.seconds;
        if (isLate && !options.full)
            return;
        for (const bool risesFirst : {true, false}) {
            const std::vector<Audited> again = compute(withNoiseFrom(series, cutOff, risesFirst, rng));
            assert(again.size() == reference.size());
            for (std::size_t g = 0; g < reference.size(); ++g) {
                const auto leak = compare(reference[g], again[g], cutOff, report.values);
                const auto isSame = [&](const Leak& each) {
                    return each.what == leak->what && each.cutOff == leak->cutOff;
                };
                if (leak && std::ranges::none_of(report.leaks, isSame))
                    report.leaks.push_back(*leak);
            }
        }
        ++report.cutOffs;
    }
}

/// FNV-1a (Fowler, Noll & Vo) over words in four lanes: one number that changes with any of the floats.
std::uint64_t digest(const Tensor& tensor, std::uint64_t hash)
{
    constexpr std::uint64_t prime = 1099511628211ULL;
    if (!tensor.defined())
        return hash;
    const float* at = tensor.data();
    const float* end = at + tensor.count();
    std::uint64_t lanes[4] = {hash, hash + 1, hash + 2, hash + 3};
    for (; end - at >= 8; at += 8) {
        std::uint64_t words[4];
        std::memcpy(words, at, sizeof(words));
        for (int lane = 0; lane < 4; ++lane)
            lanes[lane] = (lanes[lane] ^ words[lane]) * prime;
    }
    for (; at < end; ++at)
        lanes[0] = (lanes[0] ^ std::bit_cast<std::uint32_t>(*at)) * prime;
    for (const std::uint64_t lane : lanes)
        hash = (hash ^ lane ^ (lane >> 29)) * prime;
    return hash;
}

std::uint64_t digestOfInput(const Batch& batch)
{
    std::uint64_t hash = 14695981039346656037ULL;
    for (const Tensor* tensor :
         {&batch.past, &batch.pastMask, &batch.pastCovariates, &batch.futureCovariates})
        hash = digest(*tensor, hash);
    return hash;
}

/// All channels of one forecast step of the only window.
std::uint64_t digestOfStep(const Tensor& target, std::int64_t step)
{
    std::uint64_t hash = 14695981039346656037ULL;
    for (std::int64_t c = 0; c < target.size(2); ++c)
        hash = (hash ^ auditBits(static_cast<double>(target.data()[step * target.size(2) + c]))) *
               1099511628211ULL;
    return hash;
}

void auditFeatures(const FeatureTable& table, std::vector<Audited>& groups)
{
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        Audited group{"feature " + table.names[i], {}};
        for (const double value : table.columns[i])
            group.bits.push_back(auditBits(value));
        // What is called known ahead may not depend on any column at all.
        if (table.knowledge[i] == Knowledge::Future)
            group.knownAt = {-1};
        groups.push_back(std::move(group));
    }
}

void auditScales(const std::vector<std::string>& names, const std::vector<ColumnScale>& scales,
                 std::int64_t knownAt, std::vector<Audited>& groups)
{
    for (std::size_t i = 0; i < names.size(); ++i) {
        const ColumnScale& scale = scales[i];
        Audited group{"scaler of " + names[i], {}, {knownAt}};
        for (const double number :
             {scale.center, scale.scale, scale.origin, scale.unit, scale.shape, scale.highest})
            group.bits.push_back(auditBits(number));
        groups.push_back(std::move(group));
    }
}

/// What a model sees of each window must be known one row before the forecast, and its targets must be the
/// values of their own rows; which part a window is of, when its last row is known. None of it before the
/// scalers.
void auditWindows(const Dataset& dataset, const DataPath& path, std::span<const std::int64_t> origins,
                  std::int64_t scalesKnownAt, std::vector<Audited>& groups)
{
    Audited seen{"window", {}}, first{"target", {}}, last{"last target", {}}, listed{"list of windows", {}};
    const std::int64_t horizon = dataset.task.horizon;
    const auto add = [&](Audited& group, std::uint64_t bits, std::int64_t row) {
        group.bits.push_back(bits);
        group.knownAt.push_back(std::max(firstRow(dataset) + row, scalesKnownAt));
    };
    Batch batch;
    for (const std::int64_t origin : origins) {
        path.batch(dataset, std::span(&origin, 1), batch);
        add(seen, digestOfInput(batch), origin - 1);
        add(first, digestOfStep(batch.target, 0), origin);
        add(last, digestOfStep(batch.target, horizon - 1), origin + horizon - 1);
        first.comesFrom.push_back(firstRow(dataset) + origin);
        last.comesFrom.push_back(firstRow(dataset) + origin + horizon - 1);
        std::uint64_t parts = 0;
        for (const Part part : {Part::Train, Part::Validation, Part::Test})
            parts = 2 * parts + (std::ranges::binary_search(dataset.windows(part), origin) ? 1 : 0);
        add(listed, parts, origin + horizon - 1);
    }
    for (Audited* group : {&seen, &first, &last, &listed})
        groups.push_back(std::move(*group));
}

std::vector<Audited> auditedParts(const Series& series, const Recipe& recipe, const DataPath& path,
                                  std::span<const std::int64_t> origins)
{
    std::vector<Audited> groups;
    auditFeatures(path.features(series, recipe), groups);
    const Dataset dataset = path.dataset(series, recipe);
    const std::int64_t lastTrainRow = firstRow(dataset) + dataset.split.train.end - 1;
    auditScales(dataset.targetNames, dataset.targetScales, lastTrainRow, groups);
    auditScales(dataset.pastNames, dataset.pastScales, lastTrainRow, groups);
    auditScales(dataset.futureNames, dataset.futureScales, lastTrainRow, groups);
    auditWindows(dataset, path, origins, lastTrainRow, groups);
    Audited order{"order of the windows", {}, {lastTrainRow}};
    for (const std::int64_t origin : path.order(dataset))
        order.bits.push_back(static_cast<std::uint64_t>(origin));
    groups.push_back(std::move(order));
    return groups;
}

void findStrayWindow(const Dataset& dataset, const DataPath& path, AuditReport& report)
{
    for (const std::int64_t origin : path.order(dataset)) {
        if (origin + dataset.task.horizon > dataset.split.train.end) {
            report.leaks.push_back({"order of the windows", firstRow(dataset) + origin,
                                    firstRow(dataset) + dataset.split.train.end, LeakKind::Outside});
            return;
        }
    }
}

}  // namespace

std::uint64_t auditBits(double value)
{
    return std::bit_cast<std::uint64_t>(std::isnan(value) ? missing : value);
}

Message leakText(const Leak& leak)
{
    switch (leak.kind) {
        case LeakKind::LooksAhead:
            return Message(TR("engine", "%1 in row %2 changes when only rows from %3 on do."), leak.what,
                           leak.row + 1, leak.cutOff + 1);
        case LeakKind::Elsewhere:
            return Message(TR("engine", "%1 in row %2 stays the same when rows from %3 on change."),
                           leak.what, leak.row + 1, leak.cutOff + 1);
        case LeakKind::Outside:
            return Message(TR("engine", "%1 trains on row %2, but the training part ends before row %3."),
                           leak.what, leak.row + 1, leak.cutOff + 1);
    }
    return {};
}

Message verdict(const AuditReport& report)
{
    if (report.isClean())
        return Message(TR("engine",
                          "Nothing looks ahead: %1 features, %2 scalers and %3 windows in rows %4 to %5 stay "
                          "the same, bit for bit, when later rows change (%6 cut-offs)."),
                       report.features, report.scalers, report.windows, report.firstRow + 1,
                       report.firstRow + report.rows, report.cutOffs);
    return Message(TR("engine", "Later data leak into the training: %1"),
                   leakText(report.leaks.front()).english());
}

DataPath dataPath()
{
    return {.features =
                [](const Series& series, const Recipe& recipe) {
                    return computeFeatures(series, parseFeatures(recipe.features));
                },
            .dataset = [](const Series& series, const Recipe& recipe) { return makeDataset(series, recipe); },
            .order = [](const Dataset& dataset) { return epochOrder(dataset, 1, 0); },
            .batch = [](const Dataset& dataset, std::span<const std::int64_t> origins,
                        Batch& batch) { gather(dataset, origins, batch); }};
}

AuditReport audit(const Series& series, const Compute& compute, const AuditOptions& options)
{
    const Clock::time_point start = Clock::now();
    AuditReport report;
    report.rows = static_cast<std::int64_t>(series.rows());
    report.isWhole = true;
    Rng rng(options.seed);
    const std::vector<Audited> reference = compute(series);
    auditCutOffs(series, compute, reference,
                 drawCutOffs(report.rows, firstRowThatTestsAll(reference), options.cutOffs, rng), options,
                 rng, report);
    report.seconds = since(start);
    return report;
}

AuditReport audit(const Series& series, const Recipe& whole, const AuditOptions& options,
                  const DataPath& path)
{
    const Clock::time_point start = Clock::now();
    const Recipe recipe = withoutKnown(whole);
    const AuditSlice slice = options.full ? wholeSlice(series, recipe) : auditSlice(series, recipe);
    AuditReport report;
    report.firstRow = slice.firstRow;
    report.rows = static_cast<std::int64_t>(slice.series.rows());
    report.isWhole = report.rows == static_cast<std::int64_t>(series.rows());
    Rng rng(options.seed);
    const Dataset dataset = path.dataset(slice.series, slice.recipe);
    const std::int64_t late = firstRow(dataset) + dataset.split.train.end;
    const std::vector<std::int64_t> cutOffs = drawCutOffs(report.rows, late, options.cutOffs, rng);
    const std::vector<std::int64_t> origins = auditedOrigins(dataset, cutOffs, options.full);
    findStrayWindow(dataset, path, report);
    const Compute compute = [&](const Series& each) {
        return auditedParts(each, slice.recipe, path, origins);
    };
    auditCutOffs(slice.series, compute, compute(slice.series), cutOffs, options, rng, report);
    for (Leak& leak : report.leaks) {
        leak.row += slice.firstRow;
        leak.cutOff += slice.firstRow;
    }
    report.features = static_cast<std::int64_t>(dataset.pastNames.size() + dataset.futureNames.size());
    report.scalers = report.features + static_cast<std::int64_t>(dataset.targetNames.size());
    report.windows = static_cast<std::int64_t>(origins.size());
    report.seconds = since(start);
    return report;
}

}  // namespace fc
