// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "engine/base/rng.h"
#include "engine/tensor/tensor.h"

namespace fc {

/// The angles of all positions up to a length, made once for all calls; see rotary().
struct RotaryTable {
    Tensor cosines;  ///< [positions, dimensions / 2]
    Tensor sines;
};

struct AttentionOptions {
    bool causal = false;           ///< query i sees keys up to i
    std::optional<float> scale{};  ///< 1 / sqrt(D) when not given
    Tensor keyPaddingMask{};       ///< [B, S], not 0 = key ignored; may be undefined
    Tensor bias{};       ///< broadcasts to [B, heads, T, S], added to the scaled scores; may be undefined
    float dropout = 0;   ///< share of the weights zeroed, the rest scaled by 1 / (1 - share)
    Rng* rng = nullptr;  ///< gives B heads T S / 2 words, S rounded up to 64; must be set when dropout > 0
};

/// Scaled dot-product attention (Vaswani et al., 2017): softmax(q k^T scale + bias) v for q [B, heads, T, D]
/// and k, v [B, heads, S, D], views of any strides read in place -> [B, heads, T, D], a view stored as [B, T,
/// heads, D], so that joining the heads copies nothing. Works tile by tile: no weights are stored, on the way
/// back they are computed again (Dao et al., 2022); only a bias that is trained gets a gradient [B, heads, T,
/// S] for the time of the backward pass. A query whose keys are all masked gives zeros. Throws Error naming
/// the shapes that do not fit.
Tensor attend(const Tensor& q, const Tensor& k, const Tensor& v, const AttentionOptions& options = {});

/// How q and k of selfAttend() are turned to their positions first.
struct Turning {
    RotaryTable table{};       ///< undefined: not at all
    bool interleaved = false;  ///< as in RotaryOptions
};
/// attend() of one projection [B, T, 3 E], q, k and v side by side -> [B, T, E], the heads joined. The same
/// numbers as by its parts; its gradient is one tensor, and nothing is copied between the projections. Throws
/// Error naming the shapes that do not fit.
Tensor selfAttend(const Tensor& projection, std::int64_t heads, const AttentionOptions& options = {},
                  const Turning& turning = {});

/// Projections [B, T, 3 E] of layers whose scores add up, the first layer's first.
struct CarriedLayers {
    std::array<Tensor, 32> projections;
    std::size_t count = 0;

    /// Throws Error when there are 32 already.
    void push(const Tensor& projection);
};
/// Attention whose scores add to those of the layers before (RealFormer: He, Ravula, Kanagal & Ainslie,
/// 2021): softmax((sum over the layers of q k^T) scale) v with q, k and v side by side in each projection as
/// in selfAttend(), v that of the last one -> [B, T, E]. All projections carry gradients. No scores are kept
/// or handed on: each layer computes those of the layers before again, as a product with deeper heads. scale
/// is 1 / sqrt(E / heads) when not given. Throws Error naming the shapes that do not fit.
Tensor attendCarrying(const CarriedLayers& layers, std::int64_t heads, std::optional<float> scale = {});

struct AttentionOutput {
    Tensor values;   ///< [B, heads, T, D]
    Tensor weights;  ///< [B, heads, T, S] before dropout, rows sum to 1
};
/// The same with the weights, which are stored. A query whose keys are all masked gives NaN.
AttentionOutput attention(const Tensor& q, const Tensor& k, const Tensor& v,
                          const AttentionOptions& options = {});

struct RotaryOptions {
    std::int64_t dimensions = 0;  ///< how many of the last axis turn, an even number; 0 = all
    std::int64_t offset = 0;      ///< position of the first step
    double base = 10000.0;
    bool interleaved = false;  ///< pairs (2i, 2i + 1) instead of (i, i + dimensions / 2)
};

RotaryTable rotaryTable(std::int64_t positions, std::int64_t dimensions, double base = 10000.0);

/// x [..., T, D] of any strides -> contiguous: turns each pair by (position + offset) base^(-2i /
/// dimensions) (Su et al., 2021). The table must reach to offset + T; its dimensions count, not those of the
/// options. Throws Error naming the shapes that do not fit.
Tensor rotary(const Tensor& x, const RotaryTable& table, const RotaryOptions& options = {});
/// The same with a table of its own, for single calls.
Tensor rotary(const Tensor& x, const RotaryOptions& options = {});

}  // namespace fc
