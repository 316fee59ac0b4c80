// SPDX-License-Identifier: GPL-3.0-or-later
// First values of weights.
#pragma once

#include <cstdint>
#include <functional>

#include "engine/base/rng.h"
#include "engine/tensor/tensor.h"

namespace fc {

/// Fills a fresh weight, row-major. The generator is the model's own.
using Init = std::function<void(Tensor& weight, Rng& rng)>;

Init constantInit(float value);
inline Init zerosInit()
{
    return constantInit(0.0F);
}
inline Init onesInit()
{
    return constantInit(1.0F);
}
/// Ones on the main diagonal of a weight of two axes, zeros beside it. Throws Error for another rank.
Init identityInit();

/// Even in [low, high).
Init uniformInit(double low, double high);
/// Normal with mean 0.
Init normalInit(double deviation);
/// A normal distribution of mean 0 whose draws beyond ±2 deviations are drawn again: its own standard
/// deviation is 0.8796 times `deviation`.
Init truncatedNormalInit(double deviation);

/// Uniform in ±1/sqrt(fanIn): PyTorch's default for Linear, Conv and recurrent layers.
Init uniformFanIn(std::int64_t fanIn);
/// Uniform in ±gain sqrt(6 / (fanIn + fanOut)). Glorot & Bengio, 2010, equation 16.
Init xavierUniform(std::int64_t fanIn, std::int64_t fanOut, double gain = 1.0);
/// Normal with variance gain² 2 / (fanIn + fanOut). The same paper, equation 12.
Init xavierNormal(std::int64_t fanIn, std::int64_t fanOut, double gain = 1.0);
/// Normal with variance 2 / fanIn, for layers before a ReLU. He et al., 2015, equation 10.
Init heNormal(std::int64_t fanIn);
/// Uniform with the same variance: in ±sqrt(6 / fanIn).
Init heUniform(std::int64_t fanIn);
/// `gain` times a matrix with orthonormal rows or columns, whichever are fewer: Q of the QR decomposition of
/// a normal matrix, its columns signed as the diagonal of R so that every such matrix is equally likely
/// (Saxe, McClelland & Ganguli, 2014). The weight counts as [first axis, all others]. Throws Error below two
/// axes.
Init orthogonalInit(double gain = 1.0);

}  // namespace fc
