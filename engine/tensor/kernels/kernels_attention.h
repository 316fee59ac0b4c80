// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/tensor/kernels/kernels.h"
#include "engine/tensor/kernels/kernels_random.h"

namespace fc::kernels {

/// [batch, heads, rows, depth] by the distances between neighbours, so that views are read and written in
/// place.
template <typename Float>
struct HeadView {
    Float* data = nullptr;
    std::int64_t batch = 0;
    std::int64_t head = 0;
    std::int64_t row = 0;
    std::int64_t step = 0;
};

/// softmax(q k^T scale + bias) v, tile by tile with a running maximum: no array of queries times keys exists
/// (Rabe & Staats, 2021; Dao, Fu, Ermon, Rudra & Re, 2022). A query whose keys are all masked gives zeros.
struct Attention {
    std::int64_t batch;
    std::int64_t heads;
    std::int64_t queries;
    std::int64_t keys;
    std::int64_t depth;
    float scale;
    bool causal;  ///< query i sees keys up to i
    HeadView<const float> q;
    HeadView<const float> k;
    HeadView<const float> v;
    const float* padding;            ///< [batch, keys], not 0 = key masked; may be null
    HeadView<const float> bias;      ///< [batch, heads, queries, keys], distance 0 repeats; data may be null
    const float* cosines = nullptr;  ///< [.., pairs] from the position of row 0 on, for rotary(); null: q and
                                     ///< k are not turned
    const float* sines = nullptr;
    std::int64_t pairs = 0;
    bool interleaved = false;
    float dropShare = 0.0F;  ///< of the weights; query i of head (b, h) has its own run of random numbers
    RandomPlace dropPlace{};
};

/// Blocks of four random words that the weights take, rows rounded up; see RandomPlace.
FC_KERNELS_API std::uint64_t attentionDropBlocks(const Attention& a);

/// Floats that a pass over one head after the other works in.
FC_KERNELS_API std::int64_t attentionScratch(const Attention& a);
/// Heads [first, last) of batch times heads. logSum [batch, heads, queries] gets log of the sum of
/// exp(scores); null when no way back follows.
FC_KERNELS_API void attentionForward(const Attention& a, std::int64_t first, std::int64_t last,
                                     const HeadView<float>& y, float* logSum, float* scratch);

struct AttentionGrads {
    HeadView<const float> y;
    HeadView<const float> dy;
    const float* logSum;
    HeadView<float> dq;
    HeadView<float> dk;
    HeadView<float> dv;
    float* dScores;  ///< [batch, heads, queries, keys], the gradient of the bias; null when it is not wanted
};
FC_KERNELS_API std::int64_t attentionGradScratch(const Attention& a);
FC_KERNELS_API void attentionBackward(const Attention& a, std::int64_t first, std::int64_t last,
                                      const AttentionGrads& g, float* scratch);

/// Attention whose scores add to those of the layers before (RealFormer; He, Ravula, Kanagal & Ainslie,
/// 2021): scores = scale times the sum over the layers of q k^T, y = softmax(scores) v with the values of the
/// last layer. That sum is one product of q and k as deep as all layers together, so no scores are handed on.
struct Carried {
    std::int64_t batch;
    std::int64_t heads;
    std::int64_t steps;
    std::int64_t depth;
    float scale;
    std::int64_t layers;
    const float* const*
        projections;  ///< of each layer [batch, steps, 3 heads depth]: q, k and v side by side
};
/// Heads that lie in one register are worked on together; this is how many such groups the batch has.
FC_KERNELS_API std::int64_t carriedGroups(const Carried& c);
/// Floats that a pass over one group after the other works in.
FC_KERNELS_API std::int64_t carriedScratch(const Carried& c);
/// Groups [first, last). y [batch, steps, heads depth]. rows [batch, heads, 2, steps] gets shift and factor
/// of each query, weight = exp(score - shift) factor; null when no way back follows.
FC_KERNELS_API void carriedForward(const Carried& c, std::int64_t first, std::int64_t last, float* y,
                                   float* rows, float* scratch);

struct CarriedGrads {
    const float* y;
    const float* dy;
    const float* rows;
    /// As the projections. The last is set, unless `addLast`; the others are added to, where q and k lie.
    /// Null where none is wanted.
    float* const* dProjections;
    bool addLast;
};
FC_KERNELS_API std::int64_t carriedGradScratch(const Carried& c);
FC_KERNELS_API void carriedBackward(const Carried& c, std::int64_t first, std::int64_t last,
                                    const CarriedGrads& g, float* scratch);

}  // namespace fc::kernels
