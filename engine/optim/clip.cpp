// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/optim/clip.h"

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
    v.field(normType,
            {.id = "clip_norm_type",
             .label = TR("engine", "Gradient norm"),
             .help = TR("engine",
                        "Which norm of the gradients is reported and clipped: the root of the sum of "
                        "squares, the sum of sizes, or the largest size."),
             .choices = {"l2", "l1", "inf"}});
    v.field(clipValue,
            {.id = "clip_value",
             .label = TR("engine", "Clip gradient values"),
             .help = TR("engine", "Each gradient is limited to this size before each step; 0 = never."),
             .min = 0,
             .max = 1e6});
}

}  // namespace fc
