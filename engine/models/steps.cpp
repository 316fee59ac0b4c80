// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/models/steps.h"

#include "engine/autograd/ops_shape.h"

namespace fc {

namespace {

Tensor horizonCovariates(const Batch& batch)
{
    return slice(batch.futureCovariates, 1, batch.past.size(1));
}

}  // namespace

std::int64_t stepInputSize(const Task& task)
{
    return std::int64_t{task.channels} + task.pastCovariates + task.futureCovariates;
}

Tensor stepInputs(const Batch& batch)
{
    Tensor x = batch.past;
    if (batch.pastCovariates.defined())
        x = concat({x, batch.pastCovariates}, -1);
    if (batch.futureCovariates.defined())
        x = concat({x, slice(batch.futureCovariates, 1, 0, batch.past.size(1))}, -1);
    return x;
}

Tensor withHorizon(const Tensor& state, const Batch& batch)
{
    if (!batch.futureCovariates.defined())
        return state;
    const Tensor ahead = horizonCovariates(batch);
    return concat({state, flatten(ahead, 1)}, -1);
}

Tensor withEachStep(const Tensor& states, const Batch& batch)
{
    return batch.futureCovariates.defined() ? concat({states, horizonCovariates(batch)}, -1) : states;
}

}  // namespace fc
