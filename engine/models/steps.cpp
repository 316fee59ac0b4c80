// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/models/steps.h"

#include <algorithm>

#include "engine/autograd/ops_shape.h"

namespace fc {

namespace {

Tensor horizonCovariates(const Batch& batch)
{
    return slice(batch.futureCovariates, 1, batch.past.size(1));
}

/// [B, S] -> [B, steps, S]
Tensor atEachStep(const Tensor& statics, std::int64_t steps)
{
    const std::int64_t batch = statics.size(0), width = statics.size(1);
    Tensor out = Tensor::empty({batch, steps, width});
    float* to = out.data();
    for (std::int64_t b = 0; b < batch; ++b) {
        for (std::int64_t t = 0; t < steps; ++t, to += width)
            std::copy_n(statics.data() + b * width, width, to);
    }
    return out;
}

}  // namespace

std::int64_t stepInputSize(const Task& task)
{
    return std::int64_t{task.channels} + task.pastCovariates + task.futureCovariates + task.staticCovariates;
}

Tensor stepInputs(const Batch& batch)
{
    Tensor x = batch.past;
    if (batch.pastCovariates.defined())
        x = concat({x, batch.pastCovariates}, -1);
    if (batch.futureCovariates.defined())
        x = concat({x, slice(batch.futureCovariates, 1, 0, batch.past.size(1))}, -1);
    if (batch.staticCovariates.defined())
        x = concat({x, atEachStep(batch.staticCovariates, batch.past.size(1))}, -1);
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
