// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/features/dataset.h"
#include "engine/optim/optimizer.h"
#include "engine/training/train.h"

namespace fc {

/// The best weights so far, by name; empty before the first validation.
using WeightCopies = std::map<std::string, Tensor>;

/// The bytes of a safetensors file: weights under their own names, the optimizer's tensors under
/// "optimizer.", the best weights under "best." when they are not the weights themselves; settings, scales
/// and training state as metadata.
std::string writeCheckpoint(const Trainable& run, const Optimizer& optimizer, const WeightCopies& best,
                            const TrainState& state);

/// Puts a checkpoint's weights, optimizer tensors and state back. Throws Error listing every tensor that is
/// missing, left over or of another shape, and touches nothing then.
TrainState restoreCheckpoint(const std::string& bytes, Trainable& run, Optimizer& optimizer,
                             WeightCopies& best);

/// Puts only the weights back. Throws as restoreCheckpoint.
void restoreWeights(const std::string& bytes, Trainable& run);

/// The training state stored with a checkpoint.
TrainState checkpointState(const std::string& bytes);

/// What a checkpoint says of its run.
struct CheckpointSource {
    std::string model;
    ParamValues settings;  ///< data, training and model together
    std::string series;
    std::string seriesHash;
};
/// Throws Error when the file was not written by a training of Forecastle.
CheckpointSource checkpointSource(const std::string& bytes);

/// A checkpoint of the best weights that `bytes` carries under "best.": it can be forecast from, but holds no
/// optimizer to continue with. Empty when `bytes` carries none.
std::string bestOfCheckpoint(const std::string& bytes);

/// The scales stored with a checkpoint. Throws Error when there are none.
FittedScales checkpointScales(const std::string& bytes);

/// Digest of the weights' bytes in the order of their names; the same for a model and for its checkpoint.
std::string weightsDigest(const Weights& weights);
std::string weightsDigest(const std::string& checkpointBytes);

}  // namespace fc
