// SPDX-License-Identifier: GPL-3.0-or-later
// The frame of every loss made of cells: weights, threads, sums and the tape. Value and slopes come from one
// pass; the backward function hands the slopes on.
#pragma once

#include <array>
#include <span>

#include "engine/loss/options.h"
#include "engine/tensor/blocks.h"
#include "engine/tensor/kernels/kernels_likelihood.h"
#include "engine/tensor/kernels/kernels_loss.h"
#include "engine/tensor/tensor.h"

namespace fc {

/// Throws Error naming the loss and both shapes.
[[noreturn]] void refuseShapes(const char* loss, const Tensor& forecast, const Tensor& target);

/// What each cell counts, and what their sum is divided by for a mean.
struct CellWeights {
    Tensor factor;  ///< shape of the target, or undefined: 1 for all
    double divisor = 1;
};
/// Throws Error naming the loss and the shapes that do not fit.
CellWeights cellWeights(const char* loss, const Tensor& target, const LossWeights& weights);
/// The factors times one number for each sample [B]; the divisor stays.
CellWeights timesSample(const CellWeights& weights, const Tensor& target, const Tensor& numbers);
/// The factors times one number for each of the last axis; the divisor stays.
CellWeights timesChannel(const CellWeights& weights, const Tensor& target, const Tensor& numbers);

/// The factors over the size of the target, for errors as a share of it; the divisor stays.
CellWeights overTarget(const CellWeights& weights, const Tensor& target);

/// Sum of `part(begin, end)` over the blocks of [0, n), on several threads. The blocks do not depend on their
/// number.
template <typename Part>
double blockSum(std::int64_t n, std::int64_t grain, Part part)
{
    constexpr std::int64_t most = 64;
    std::array<double, most> sums{};
    const std::int64_t step = std::max(grain, (n + most - 1) / most);
    eachBlock(n, step, [&](std::int64_t begin, std::int64_t end) {
        sums[static_cast<std::size_t>(begin / step)] = part(begin, end);
    });
    double sum = 0;
    for (const double each : sums)
        sum += each;
    return sum;
}

/// Slopes to be handed to up to three inputs.
using Slopes = std::array<Tensor, 3>;
/// Slopes for the inputs a tape follows, shaped like them; the others undefined.
Slopes slopesFor(const std::array<Tensor, 3>& inputs);
/// Notes on the tape that `value` came from `inputs` with d value / d input = factor * slopes: the cotangent
/// is one number, or one for each cell when `value` has the shape of the cells. Returns `value`.
Tensor withSlopes(const Tensor& value, const std::array<Tensor, 3>& inputs, const Slopes& slopes,
                  float factor = 1.0F);

struct PointLoss {
    const char* name;
    kernels::PointKernel kernel;
    float p = 0.0F;
};
/// The reduced value and the slopes, not yet on the tape.
struct CellResult {
    Tensor value;
    Slopes slopes;
};
/// forecast and target of one shape.
CellResult pointCells(const PointLoss& loss, const Tensor& forecast, const Tensor& target,
                      const CellWeights& weights, LossReduction reduction);
Tensor pointLoss(const PointLoss& loss, const Tensor& forecast, const Tensor& target,
                 const CellWeights& weights, LossReduction reduction);

struct Likelihood {
    const char* name = "";
    kernels::LikelihoodKernel kernel = nullptr;
    int inputs = 2;
    std::int64_t width = 1;
    double p = 0.0;
    bool option = false;
};
/// Each input has the shape of the target, with `width` numbers behind it when that is not 1. One input alone
/// may hold all of them: its last axis has inputs * width numbers, the first input's first.
Tensor likelihoodLoss(const Likelihood& loss, const std::array<Tensor, 3>& inputs, const Tensor& target,
                      const CellWeights& weights, LossReduction reduction);

}  // namespace fc
