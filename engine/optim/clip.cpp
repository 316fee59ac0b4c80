// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/optim/clip.h"

#include <algorithm>
#include <cmath>

#include "engine/tensor/kernels/kernels_optim.h"

namespace fc {

void ClipParams::describe(ParamVisitor& v)
{
    v.field(clipNorm,
            {.id = "clip_norm",
             .label = TR("engine", "Clip gradient norm"),
             .help = TR(
                 "engine",
                 "Gradients whose common norm is larger are scaled down to it before each step; 0 = never."),
             .min = 0,
             .max = 1e6});
    v.field(clipValue,
            {.id = "clip_value",
             .label = TR("engine", "Clip gradient values"),
             .help = TR("engine", "Each gradient is limited to this size before each step; 0 = never."),
             .min = 0,
             .max = 1e6});
}

Clipping clip(const ClipParams& params, std::span<const Tensor> gradients)
{
    double squares = 0;
    for (const Tensor& gradient : gradients) {
        const Tensor whole = gradient.contiguous();
        squares += kernels::squaredSum(whole.count(), whole.data());
    }
    Clipping clipping{.norm = std::sqrt(squares)};
    if (params.clipNorm > 0)
        clipping.scale = std::min(1.0, params.clipNorm / (clipping.norm + 1e-6));
    if (params.clipValue > 0)
        clipping.limit = params.clipValue;
    return clipping;
}

}  // namespace fc
