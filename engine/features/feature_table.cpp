// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "engine/features/feature.h"
#include "engine/features/feature_stream.h"

namespace fc {

FeatureTable computeFeatures(const Series& series, const std::vector<FeatureSpec>& specs)
{
    FeatureStream stream(series, specs);
    FeatureTable table;
    table.names = stream.names();
    table.knowledge = stream.knowledge();
    for (const FeatureSpec& spec : specs)
        table.warmUp = std::max(table.warmUp, spec.make()->warmUpIn(series));
    std::vector<const double*> columns;
    for (const Column& column : series.columns)
        columns.push_back(column.values.data());
    stream.append(series.times, columns, table.columns);
    return table;
}

FeatureTable computeFutureFeatures(const Series& series, const std::vector<FeatureSpec>& specs,
                                   const std::vector<Timestamp>& times)
{
    Series stamps;
    stamps.name = series.name;
    stamps.hasClock = series.hasClock;
    stamps.timeZone = series.timeZone;
    stamps.times = times;
    std::vector<FeatureSpec> ahead;
    for (const FeatureSpec& spec : specs) {
        if (featureEntry(spec.id).knowledge == Knowledge::Future)
            ahead.push_back(spec);
    }
    return computeFeatures(stamps, ahead);
}

}  // namespace fc
