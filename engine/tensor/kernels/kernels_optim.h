// SPDX-License-Identifier: GPL-3.0-or-later
// Loops of the optimizers: one pass over a weight, its gradient and its slots. Each first makes of the raw
// gradient g = clamp(scale * gradient, -limit, limit) + decay * weight.
#pragma once

#include <cstdint>

#include "engine/tensor/kernels/kernels.h"

namespace fc::kernels {

struct GradientUse {
    float scale;
    float limit;
    float decay;
};

struct SgdStep {
    float learningRate;
    float kept;           ///< share of the old velocity
    float added;          ///< share of the gradient in the velocity
    float gradientShare;  ///< of the update: Nesterov looks ahead with the gradient itself
    float velocityShare;
};

/// velocity = kept velocity + added g; weight -= learningRate (gradientShare g + velocityShare velocity).
/// Without a velocity (null) weight -= learningRate g.
FC_KERNELS_API void sgdStep(std::int64_t n, float* weight, const float* gradient, float* velocity,
                            GradientUse use, const SgdStep& step);

struct AdamStep {
    float shrink;  ///< of the weight before the step: decoupled weight decay
    float beta1;
    float added1;  ///< 1 - beta1
    float beta2;
    float added2;
    float meanShare;      ///< of the update, the learning rate included
    float gradientShare;  ///< of the update; 0 but for NAdam
    float rootShare;
    float epsilon;
};

/// m = beta1 m + added1 g; v = beta2 v + added2 g^2;
/// weight = shrink weight - (meanShare m + gradientShare g) / (rootShare sqrt(v) + epsilon).
/// `largest`, when not null, keeps the largest v so far and stands in for v (AMSGrad).
FC_KERNELS_API void adamStep(std::int64_t n, float* weight, const float* gradient, float* m, float* v,
                             float* largest, GradientUse use, const AdamStep& step);

struct AdamaxStep {
    float beta1;
    float added1;
    float beta2;
    float share;  ///< of m / u in the update, the learning rate included
    float epsilon;
};

/// m = beta1 m + added1 g; u = max(beta2 u, |g| + epsilon); weight -= share m / u
FC_KERNELS_API void adamaxStep(std::int64_t n, float* weight, const float* gradient, float* m, float* u,
                               GradientUse use, const AdamaxStep& step);

struct LionStep {
    float shrink;  ///< of the weight before the step: decoupled weight decay
    float beta1;
    float added1;
    float beta2;
    float added2;
    float learningRate;
};

/// weight = shrink weight - learningRate sign(beta1 m + added1 g); m = beta2 m + added2 g
FC_KERNELS_API void lionStep(std::int64_t n, float* weight, const float* gradient, float* m, GradientUse use,
                             const LionStep& step);

struct RmsPropStep {
    float learningRate;
    float kept;
    float added;
    float momentum;
    float epsilon;
};

/// v = kept v + added g^2; weight -= learningRate g / (sqrt(v) + epsilon). With `mean` its square is taken
/// off v under the root; with `velocity` the quotient is collected in it by `momentum` first. Both may be
/// null.
FC_KERNELS_API void rmsPropStep(std::int64_t n, float* weight, const float* gradient, float* v, float* mean,
                                float* velocity, GradientUse use, const RmsPropStep& step);

struct AdagradStep {
    float learningRate;
    float epsilon;
};

/// sum += g^2; weight -= learningRate g / (sqrt(sum) + epsilon)
FC_KERNELS_API void adagradStep(std::int64_t n, float* weight, const float* gradient, float* sum,
                                GradientUse use, const AdagradStep& step);

struct AdadeltaStep {
    float learningRate;
    float kept;
    float added;
    float epsilon;
};

/// v = kept v + added g^2; d = g sqrt(u + epsilon) / sqrt(v + epsilon); u = kept u + added d^2;
/// weight -= learningRate d
FC_KERNELS_API void adadeltaStep(std::int64_t n, float* weight, const float* gradient, float* v, float* u,
                                 GradientUse use, const AdadeltaStep& step);

/// Sums in double over sixteen fixed lanes: the same for every vector width.
FC_KERNELS_API double squaredSum(std::int64_t n, const float* values);
FC_KERNELS_API double absoluteSum(std::int64_t n, const float* values);
/// Of (a - b)^2.
FC_KERNELS_API double squaredDistance(std::int64_t n, const float* a, const float* b);
/// Largest |value|; not a number when some value is not finite.
FC_KERNELS_API double absoluteMaximum(std::int64_t n, const float* values);

}  // namespace fc::kernels
