// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commands/checkpoint_choice.h"

#include <algorithm>

#include "app/commands/output.h"
#include "engine/base/error.h"
#include "engine/base/sha256.h"
#include "engine/io/safetensors.h"

namespace fc::app {

CheckpointRecord chosenCheckpoint(const Store& store, const RunRecord& run, const std::string& choice)
{
    const std::vector<CheckpointRecord> all = store.checkpoints(run.id);
    if (all.empty())
        throw Error(Message(TR("commands", "Run %1 has no checkpoint yet; resume it to make one."),
                            escaped(run.name)));
    const auto marked = [&](bool CheckpointRecord::*mark) {
        const auto it = std::ranges::find(all, true, mark);
        return it == all.end() ? *std::ranges::max_element(all, {}, &CheckpointRecord::step) : *it;
    };
    if (choice == "best")
        return marked(&CheckpointRecord::best);
    if (choice == "last")
        return marked(&CheckpointRecord::last);
    const auto it =
        std::ranges::find(all, choice, [](const CheckpointRecord& each) { return std::to_string(each.id); });
    if (it != all.end())
        return *it;
    throw UsageError(Message(TR("commands",
                                "Run %1 has no checkpoint \"%2\"; write best, last, or a number from "
                                "\"forecastle checkpoints WORKSPACE list %1\"."),
                             escaped(run.name), escaped(choice)));
}

std::string checkpointWeightsDigest(const Store& store, std::int64_t checkpoint)
{
    const std::string bytes = store.checkpointBytes(checkpoint);
    SafetensorsFile file = parseSafetensors(bytes);
    std::ranges::sort(file.tensors, {}, &StoredTensor::name);
    Sha256 hash;
    for (const StoredTensor& tensor : file.tensors) {
        if (!tensor.name.starts_with("optimizer.") && !tensor.name.starts_with("best."))
            hash.add(tensor.bytes);
    }
    return hash.hex();
}

}  // namespace fc::app
