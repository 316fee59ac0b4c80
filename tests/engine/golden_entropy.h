// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/loss/class_losses.h"
#include "tests/support/golden.h"

namespace fc {

/// "none", "sum" or "mean", the default.
inline LossReduction reductionOf(const GoldenCase& golden)
{
    const std::string name = golden.setting("reduction", std::string("mean"));
    if (name == "none")
        return LossReduction::None;
    return name == "sum" ? LossReduction::Sum : LossReduction::Mean;
}

/// The cross-entropy of a reference case of either group.
inline GoldenValues goldenCrossEntropy(const GoldenCase& golden, const GoldenValues& v)
{
    return {
        {"loss", crossEntropy(v.at("logits"), v.at("target"),
                              {.reduction = reductionOf(golden),
                               .classWeights = v.contains("class_weight") ? v.at("class_weight") : Tensor{},
                               .ignored = golden.setting("ignore_index", std::int64_t{-100}),
                               .smoothing = golden.setting("label_smoothing", 0.0)})}};
}

}  // namespace fc
