// SPDX-License-Identifier: GPL-3.0-or-later
// Negative log-likelihoods and what makes a distribution's numbers of a model's outputs. Each cell is
// computed in double. Up to three inputs a cell, `width` numbers each.
#pragma once

#include <cstdint>

#include "engine/tensor/kernels/kernels.h"

namespace fc::kernels {

struct LikelihoodCells {
    static constexpr int maxInputs = 3;
    static constexpr std::int64_t maxWidth = 64;

    std::int64_t n;
    std::int64_t stride;  ///< from one cell to the next, in each input and slope
    std::int64_t width;   ///< numbers of an input a cell: components of a mixture, else 1
    const float* target;
    const float* factor;  ///< null: 1 for all. A cell with factor 0 may hold anything, NaN included
    const float* in[maxInputs];
    float* slope[maxInputs];  ///< scale * factor * d value / d input; all null when not wanted
    float* values;            ///< factor * value of each cell; may be null
    double scale;
    double p;     ///< the function's own number
    bool option;  ///< the function's own choice
};
/// Returns the sum over cells of factor * value.
using LikelihoodKernel = double (*)(const LikelihoodCells&);

/// mu, sigma.
FC_KERNELS_API double normalNll(const LikelihoodCells& cells);
/// mu, variance, which is raised to p; `option`: with the constant log(2 pi) / 2.
FC_KERNELS_API double gaussianNll(const LikelihoodCells& cells);
/// mu, b.
FC_KERNELS_API double laplaceNll(const LikelihoodCells& cells);
/// mu, sigma (the scale), degrees of freedom.
FC_KERNELS_API double studentTNll(const LikelihoodCells& cells);
/// rate: rate - y log(rate) + log Gamma(y + 1).
FC_KERNELS_API double poissonNll(const LikelihoodCells& cells);
/// rate: rate - y log(rate + p), `option`: with Stirling's y log y - y + log(2 pi y) / 2 where y > 1.
FC_KERNELS_API double poissonRateNll(const LikelihoodCells& cells);
/// x = log rate: exp(x) - y x; `option` as above.
FC_KERNELS_API double poissonLogNll(const LikelihoodCells& cells);
/// mu, alpha: mean mu, variance mu + alpha mu^2.
FC_KERNELS_API double negativeBinomialNll(const LikelihoodCells& cells);
/// total count r, logits x: mean r exp(x).
FC_KERNELS_API double negativeBinomialLogitsNll(const LikelihoodCells& cells);
/// logits, mu, sigma of `width` components.
FC_KERNELS_API double mixtureNll(const LikelihoodCells& cells);
/// mu, sigma: the continuous ranked probability score of a normal distribution.
FC_KERNELS_API double normalCrps(const LikelihoodCells& cells);

/// What becomes of one output of a model; o = softplus(output).
enum class HeadRole : std::uint8_t {
    Plain,       ///< the output itself
    Location,    ///< output * scale + center
    Scale,       ///< (o + floor) * scale
    Degrees,     ///< 2 + o
    Rate,        ///< (o + floor) * level
    Dispersion,  ///< o + floor
};

/// raw [B, h, C, groups * width] -> y of the same shape; group g has role roles[g].
struct Head {
    std::int64_t B, h, C;
    std::int64_t groups;
    std::int64_t width;
    HeadRole roles[LikelihoodCells::maxInputs];
    float floor;
    const float* raw;
    const float* center;  ///< [B, C], or null: 0
    const float* scale;   ///< [B, C], or null: 1
    const float* level;   ///< [B, C], or null: 1
    float* y;
    float* slopes;  ///< dy / draw; may be null
};
/// Batch entries [begin, end).
FC_KERNELS_API void distributionHead(const Head& head, std::int64_t begin, std::int64_t end);

}  // namespace fc::kernels
