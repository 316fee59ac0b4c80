// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <limits>
#include <span>

#include "engine/params/params.h"
#include "engine/tensor/tensor.h"

namespace fc {

/// What a person chooses against exploding gradients; 0 = off.
struct ClipParams {
    double clipNorm = 1.0;
    double clipValue = 0.0;

    void describe(ParamVisitor& v);
};

/// How an optimizer uses each number g of the gradients: clamp(scale g, -limit, limit). Gradients themselves
/// stay as they are, because several may share one storage.
struct Clipping {
    double norm = 0;   ///< of all gradients together, before clipping
    double scale = 1;  ///< min(1, clipNorm / (norm + 1e-6)), as torch.nn.utils.clip_grad_norm_
    double limit = std::numeric_limits<double>::infinity();
};

/// The global norm, summed in double in the order given, and what follows from it. A gradient that is not
/// finite makes the norm not finite.
Clipping clip(const ClipParams& params, std::span<const Tensor> gradients);

}  // namespace fc
