// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <chrono>

#include "engine/runs/prepare.h"
#include "engine/runs/series_list.h"

namespace fc {

namespace {

/// Rows that an audit of a series too large for the memory looks at: the first ones, cut as the whole is.
constexpr std::int64_t mostRows = 500'000;

Series loadForAudit(const Store& store, const std::string& name)
{
    if (!isKeptOnDisk(store.seriesRecord(name)))
        return store.loadSeries(name);
    const std::unique_ptr<SeriesSource> source = store.seriesSource(name);
    Series start = source->layout();
    const auto rows = static_cast<std::size_t>(std::min(source->rows(), mostRows));
    const auto upTo = [rows](auto& all) {
        return [&all, rows](const auto& piece) {
            const std::size_t wanted = std::min(piece.size(), rows - all.size());
            all.insert(all.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(wanted));
        };
    };
    source->readTimes(upTo(start.times));
    for (std::size_t i = 0; i < start.columns.size(); ++i)
        source->readColumn(i, upTo(start.columns[i].values));
    return start;
}

}  // namespace

AuditReport auditOf(const Store& store, const std::string& series, const Recipe& recipe,
                    const AuditOptions& options)
{
    using Clock = std::chrono::steady_clock;
    const Clock::time_point start = Clock::now();
    DataPath path = dataPath();
    path.batch = [norm = windowNorm(recipe.scaler)](const Dataset& dataset,
                                                    std::span<const std::int64_t> origins, Batch& batch) {
        gather(dataset, origins, batch);
        batch = normalizedBatch(norm, batch);
    };
    AuditReport report;
    for (const std::string& name : seriesInList(store, series)) {
        report = audit(loadForAudit(store, name), recipe, options, path);
        if (!report.isClean())
            break;
        if (Clock::now() - start > std::chrono::duration<double>(3 * options.seconds))
            break;
    }
    return report;
}

AuditReport auditSeries(const std::filesystem::path& workspace, const std::string& series,
                        const Recipe& recipe, const AuditOptions& options)
{
    return auditOf(Store::open(workspace, Store::Mode::ReadOnly), series, recipe, options);
}

}  // namespace fc
