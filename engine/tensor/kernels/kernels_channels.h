// SPDX-License-Identifier: GPL-3.0-or-later
// Norms of [batch, channels, length] whose weights belong to channels.
#pragma once

#include "engine/tensor/kernels/kernels.h"

namespace fc::kernels {

struct NormChannels {
    std::int64_t batch;
    std::int64_t channels;
    std::int64_t length;
    float eps;
    const float* weight;  ///< [channels] or null
    const float* bias;    ///< likewise
};

/// Statistics of each group of `channels / groups` neighbours in each entry of the batch; mean and scale
/// [batch, groups] are kept. Entries of the batch do not touch each other: x, y, mean and scale may begin at
/// any of them.
FC_KERNELS_API void groupNorm(const NormChannels& c, std::int64_t groups, const float* x, float* y,
                              float* mean, float* scale);
/// Adds to dweight and dbias where they are not null; dx may be null.
FC_KERNELS_API void groupNormGrad(const NormChannels& c, std::int64_t groups, const float* dy, const float* x,
                                  const float* mean, const float* scale, float* dx, float* dweight,
                                  float* dbias);

/// Channels [first, last) of x, alone: population mean and variance [channels] over batch and length.
FC_KERNELS_API void channelStatistics(const NormChannels& c, std::int64_t first, std::int64_t last,
                                      const float* x, float* mean, float* variance);
/// y = (x - mean) / sqrt(variance + eps) weight + bias.
FC_KERNELS_API void normalizeChannels(const NormChannels& c, std::int64_t first, std::int64_t last,
                                      const float* x, const float* mean, const float* variance, float* y);
struct ChannelGrads {
    bool fixed;      ///< mean and variance were given and not computed from x
    float* dx;       ///< may be null, or dy
    float* dweight;  ///< [channels], added to; may be null
    float* dbias;
};
FC_KERNELS_API void normalizeChannelsGrad(const NormChannels& c, std::int64_t first, std::int64_t last,
                                          const float* dy, const float* x, const float* mean,
                                          const float* variance, const ChannelGrads& g);

}  // namespace fc::kernels
