// SPDX-License-Identifier: GPL-3.0-or-later
// Loops of the losses: e = forecast - target. Sums are in double over sixteen fixed lanes, so that they are
// the same for every instruction set's vector width; slopes are scale * d sum / d forecast.
#pragma once

#include <cstdint>

#include "engine/tensor/kernels/kernels.h"

namespace fc::kernels {

FC_KERNELS_API double squaredErrorSum(std::int64_t n, const float* forecast, const float* target);
FC_KERNELS_API void squaredErrorSlopes(std::int64_t n, const float* forecast, const float* target,
                                       float scale, float* slopes);

FC_KERNELS_API double absoluteErrorSum(std::int64_t n, const float* forecast, const float* target);
/// 0 where the forecast is exact.
FC_KERNELS_API void absoluteErrorSlopes(std::int64_t n, const float* forecast, const float* target,
                                        float scale, float* slopes);

FC_KERNELS_API double huberSum(std::int64_t n, const float* forecast, const float* target, float delta);
FC_KERNELS_API void huberSlopes(std::int64_t n, const float* forecast, const float* target, float delta,
                                float scale, float* slopes);

/// forecast [n, m], target [n], quantiles [m].
FC_KERNELS_API double pinballSum(std::int64_t n, std::int64_t m, const float* forecast, const float* target,
                                 const float* quantiles);
/// 1/2 - q where the forecast is exact, the middle of the two slopes.
FC_KERNELS_API void pinballSlopes(std::int64_t n, std::int64_t m, const float* forecast, const float* target,
                                  const float* quantiles, float scale, float* slopes);

}  // namespace fc::kernels
