// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/summary.h"

#include <algorithm>

namespace fc {

namespace {

void count(WeightCounts& counts, const NamedWeight& weight)
{
    const std::int64_t numbers = weight.value.count();
    counts.total += numbers;
    (!weight.trainable ? counts.buffers : weight.frozen ? counts.frozen : counts.trainable) += numbers;
    counts.bytes += numbers * bytesOf(weight.value.dtype());
}

}  // namespace

WeightSummary summary(const Weights& weights)
{
    WeightSummary result;
    for (const NamedWeight& weight : weights.all()) {
        const std::size_t dot = weight.name.rfind('.');
        const bool isOwn = dot == std::string::npos;
        const std::string layer = isOwn ? "(model)" : weight.name.substr(0, dot);
        auto found = std::ranges::find(result.layers, layer, &LayerSummary::name);
        if (found == result.layers.end())
            found = result.layers.insert(found, {.name = layer, .weights = {}, .sizes = {}});
        found->weights += (found->weights.empty() ? "" : " ") +
                          (isOwn ? weight.name : weight.name.substr(dot + 1)) + print(weight.value.shape());
        count(found->sizes, weight);
        count(result.total, weight);
    }
    return result;
}

}  // namespace fc
