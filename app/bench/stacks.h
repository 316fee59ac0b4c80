// SPDX-License-Identifier: GPL-3.0-or-later
// Stacks of layers with the sizes of docs/performance.md, for measuring only: they have the layers and the
// number of weights of the program they are compared with, and make no claim to be the model of a paper.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/models/model.h"

namespace fc::app {

/// Something that can be measured with --peer: a model of the registry or a stack, and its sizes.
struct Peer {
    std::string name;  ///< as docs/performance.md calls it, in lower case: "nbeats-2x512"
    const ModelEntry* entry = nullptr;
    ParamValues values;
};

/// All peers, in the order of docs/performance.md.
const std::vector<Peer>& peers();
/// The peer of that name in any case; nullptr when there is none.
const Peer* findPeer(std::string_view name);

// The stacks, one function each; see peers().
const ModelEntry& mlpStack();
const ModelEntry& nlinearStack();
const ModelEntry& nbeatsStack();
const ModelEntry& nhitsStack();
const ModelEntry& recurrentStack();

const ModelEntry& patchTstStack();

/// A size within bounds; the names of a stack are for --set, not for people.
inline ParamSpec sizeSpec(const char* id, double least, double most)
{
    ParamSpec spec;
    spec.id = id;
    spec.label = id;
    spec.min = least;
    spec.max = most;
    return spec;
}

template <typename Stack, typename Params>
ModelEntry stackEntry(const char* id)
{
    ModelEntry description;
    description.id = id;
    description.label = id;
    return entry<Stack, Params>(std::move(description));
}

/// The windows of all channels one below the other: [B, L, C] -> [B C, L].
Tensor channelWindows(const Batch& batch);
/// [B C, h] -> the forecast of the batch [B, h, C, 1].
Tensor channelForecasts(const Tensor& y, const Batch& batch);

}  // namespace fc::app
