// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/prepare.h"

namespace fc {

AuditReport auditOf(const Store& store, const std::string& series, const Recipe& recipe,
                    const AuditOptions& options)
{
    DataPath path = dataPath();
    path.batch = [norm = windowNorm(recipe.scaler)](const Dataset& dataset,
                                                    std::span<const std::int64_t> origins, Batch& batch) {
        gather(dataset, origins, batch);
        batch = normalizedBatch(norm, batch);
    };
    return audit(store.loadSeries(series), recipe, options, path);
}

AuditReport auditSeries(const std::filesystem::path& workspace, const std::string& series,
                        const Recipe& recipe, const AuditOptions& options)
{
    return auditOf(Store::open(workspace, Store::Mode::ReadOnly), series, recipe, options);
}

}  // namespace fc
