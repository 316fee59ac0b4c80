// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "engine/nn/weights.h"

namespace fc {

/// How many numbers, and in how many bytes.
struct WeightCounts {
    std::int64_t total = 0;      ///< of these
    std::int64_t trainable = 0;  ///< changed by training
    std::int64_t frozen = 0;     ///< left alone by it
    std::int64_t buffers = 0;    ///< never trained
    std::int64_t bytes = 0;

    bool operator==(const WeightCounts&) const = default;
};

struct LayerSummary {
    std::string name;     ///< "encoder.0", or "(model)" for weights that no layer holds
    std::string weights;  ///< "weight[24, 96] bias[24]"
    WeightCounts sizes;
};

struct WeightSummary {
    std::vector<LayerSummary> layers;  ///< in the order of making
    WeightCounts total;
};

/// What a model holds, layer by layer: a layer is what a weight's name says before its last dot.
WeightSummary summary(const Weights& weights);

}  // namespace fc
