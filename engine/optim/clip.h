// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <limits>
#include <string>

#include "engine/params/params.h"

namespace fc {

/// What a person chooses against exploding gradients; 0 = off.
struct ClipParams {
    double clipNorm = 1.0;
    std::string normType = "l2";
    double clipValue = 0.0;

    void describe(ParamVisitor& v);
};

/// How an optimizer uses each number g of the gradients: clamp(scale g, -limit, limit). Gradients themselves
/// stay as they are: the clipping is part of the step's one pass.
struct Clipping {
    double norm = 0;   ///< of all gradients together, before clipping; not finite when a gradient is not
    double scale = 1;  ///< min(1, clipNorm / (norm + 1e-6)), as torch.nn.utils.clip_grad_norm_
    double limit = std::numeric_limits<double>::infinity();
};

}  // namespace fc
