// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>

#include "engine/tensor/tensor.h"

namespace fc {

struct AttentionOptions {
    bool causal = false;           ///< query i sees keys up to i
    std::optional<float> scale{};  ///< 1 / sqrt(D) when not given
    Tensor keyPaddingMask{};       ///< [B, S], not 0 = key ignored; may be undefined
    Tensor bias{};  ///< broadcasts to [B, heads, T, S], added to the scaled scores; may be undefined
};
struct AttentionOutput {
    Tensor values;   ///< [B, heads, T, D]
    Tensor weights;  ///< [B, heads, T, S], rows sum to 1
};
/// Scaled dot-product attention (Vaswani et al., 2017): softmax(q k^T scale + bias) v for q [B, heads, T, D]
/// and k, v [B, heads, S, D]. Throws Error naming the shapes that do not fit.
AttentionOutput attention(const Tensor& q, const Tensor& k, const Tensor& v,
                          const AttentionOptions& options = {});

struct RotaryOptions {
    std::int64_t dimensions = 0;  ///< how many of the last axis turn, an even number; 0 = all
    std::int64_t offset = 0;      ///< position of the first step
    double base = 10000.0;
    bool interleaved = false;  ///< pairs (2i, 2i + 1) instead of (i, i + dimensions / 2)
};
/// x [..., T, D]: turns each pair by (position + offset) base^(-2i / dimensions) (Su et al., 2021).
Tensor rotary(const Tensor& x, const RotaryOptions& options = {});

}  // namespace fc
