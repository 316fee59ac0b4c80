// SPDX-License-Identifier: GPL-3.0-or-later
// Weights that another program trained, under its names and in its layout.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/nn/weights.h"

namespace fc {

enum class WeightLayout {
    Same,
    Transposed,  ///< a matrix [in, out], as GPT-2 stores linear layers, for one [out, in]
};

/// What a file calls a weight, and what we call it. In a pattern "*" stands for any text and "{n}" for a
/// whole number; each may occur once and means the same on both sides. "{rank}" on our side is the place of
/// the number among those that the pattern finds in the file, from 0: a torch.nn.Sequential counts its
/// activations too, so its linear layers may be 0, 2 and 4, while ours are 0, 1 and 2. An empty `ours` leaves
/// the tensor out.
struct WeightRule {
    std::string theirs;
    std::string ours;
    WeightLayout layout = WeightLayout::Same;
};

struct WeightTable {
    std::vector<std::string> prefixes;  ///< dropped, again and again, while every name of the file has one
    std::vector<WeightRule> rules;      ///< each is applied to what the ones before made of a name
};

/// Names of PyTorch's modules, of programs that wrap them, and of the published DLinear and TCN.
WeightTable torchWeightNames();

/// Puts the tensors of a file into `weights`. Names that fit as they are stay as they are; else `table` is
/// applied. Sizes of 1 at the end of a shape do not count: a Conv1d of kernel size 1 is a Linear. Numbers are
/// converted to the weight's type. Throws Error that lists every weight the file lacks, every tensor left
/// over and every other shape or type, and touches nothing then.
void loadWeights(const Weights& weights, const std::map<std::string, Tensor>& tensors,
                 const WeightTable& table);

}  // namespace fc
