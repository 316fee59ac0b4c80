// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/autograd/conv_shifted.h"

#include <algorithm>
#include <array>
#include <span>

#include "engine/autograd/activation_probe.h"
#include "engine/autograd/tape.h"
#include "engine/tensor/blocks.h"
#include "engine/tensor/elementwise.h"
#include "engine/tensor/kernels/kernels.h"

namespace fc {

namespace {

/// B batch, C channels in and M channels out of one group, K taps, L steps in, N steps out.
struct Sizes {
    std::int64_t B, groups, C, M, K, L, N;
    std::int64_t dilation;
    std::int64_t left;  ///< zeros before the first step
};

/// Rows with zeros around them: [rows, lead] per entry of the batch, the values from `before` on.
struct Padded {
    std::int64_t rows;
    std::int64_t length;  ///< of the values
    std::int64_t before;
    std::int64_t lead;

    Padded(std::int64_t rowCount, std::int64_t valueCount, std::int64_t zerosBefore, std::int64_t zerosAfter)
        : rows(rowCount), length(valueCount), before(zerosBefore), lead(zerosBefore + valueCount + zerosAfter)
    {
    }

    Tensor room() const { return Tensor::zeros({rows * lead + kernels::gemmOverread}); }
    void fill(const float* from, float* to) const
    {
        for (std::int64_t r = 0; r < rows; ++r)
            std::copy_n(from + r * length, length, to + r * lead + before);
    }
};

/// Whole numbers, four to the room of four floats: from the pool, unlike a vector.
struct RowTable {
    explicit RowTable(std::int64_t count) : storage(Tensor::empty({count}, DType::F32)) {}
    std::int32_t* data() { return reinterpret_cast<std::int32_t*>(storage.bytes()); }
    Tensor storage;
};

/// y [B, groups M, N] = weight x shifted x + bias.
void forward(const Sizes& s, const float* x, const float* weight, const float* bias, bool relu, float* y)
{
    const std::int64_t after = std::max<std::int64_t>(0, s.N + (s.K - 1) * s.dilation - s.left - s.L);
    const Padded padded(s.C, s.L, s.left, after);
    const bool inPlace = s.left == 0 && after == 0 && s.N % 16 == 0;
    RowTable rows(s.C * s.K);
    for (std::int64_t i = 0; i < s.C * s.K; ++i)
        rows.data()[i] = static_cast<std::int32_t>(i / s.K * padded.lead + i % s.K * s.dilation);
    eachBlock(s.B * s.groups, 1, [&](std::int64_t begin, std::int64_t end) {
        Tensor room = inPlace ? Tensor() : padded.room();
        for (std::int64_t i = begin; i < end; ++i) {
            const std::int64_t group = i % s.groups;
            const float* values = x + i * s.C * s.L;
            if (!inPlace) {
                padded.fill(values, room.data());
                values = room.data();
            }
            kernels::gemmOfRows({.m = s.M,
                                 .n = s.N,
                                 .k = s.C * s.K,
                                 .a = weight + group * s.M * s.C * s.K,
                                 .lda = s.C * s.K,
                                 .b = values,
                                 .ldb = 0,
                                 .c = y + i * s.M * s.N,
                                 .ldc = s.N,
                                 .rowBias = bias != nullptr ? bias + group * s.M : nullptr,
                                 .relu = relu},
                                rows.data());
        }
    });
}

/// The weights with input and output channels changed about: [groups, M, C, K] -> [groups, C, M, K].
Tensor turned(const Sizes& s, const Tensor& weight)
{
    Tensor to = Tensor::empty({s.groups, s.C, s.M, s.K});
    copyInto(to, weight.view({s.groups, s.C, s.M, s.K},
                             std::array<std::int64_t, 4>{s.M * s.C * s.K, s.K, s.C * s.K, 1}));
    return to;
}

/// dx[c, t] = sum over m, k of weight[m, c, k] dy[m, t + left - k dilation], set or added to as `beta` says.
void inputGrad(const Sizes& s, const float* dy, const Tensor& weight, float beta, float* dx)
{
    const std::int64_t before = std::max<std::int64_t>(0, (s.K - 1) * s.dilation - s.left);
    const std::int64_t after = std::max<std::int64_t>(0, s.L + s.left - s.N);
    const Padded padded(s.M, s.N, before, after);
    const Tensor matrix = turned(s, weight);
    RowTable rows(s.M * s.K);
    for (std::int64_t i = 0; i < s.M * s.K; ++i)
        rows.data()[i] =
            static_cast<std::int32_t>(i / s.K * padded.lead + before + s.left - i % s.K * s.dilation);
    eachBlock(s.B * s.groups, 1, [&](std::int64_t begin, std::int64_t end) {
        Tensor room = padded.room();
        for (std::int64_t i = begin; i < end; ++i) {
            padded.fill(dy + i * s.M * s.N, room.data());
            kernels::gemmOfRows({.m = s.C,
                                 .n = s.L,
                                 .k = s.M * s.K,
                                 .a = matrix.data() + i % s.groups * s.C * s.M * s.K,
                                 .lda = s.M * s.K,
                                 .b = room.data(),
                                 .ldb = 0,
                                 .beta = beta,
                                 .c = dx + i * s.C * s.L,
                                 .ldc = s.L},
                                rows.data());
        }
    });
}

/// Some output channels of one group.
struct Share {
    std::int64_t group;
    std::int64_t first;
    std::int64_t count;
};

/// Adds to taps [groups, K, M, C] the products of dy with x, one for each tap, of all entries in their order.
/// In `steps` [lead, C] x lies step by step, so that a tap is a shift by whole rows.
void addTaps(const Sizes& s, const Padded& padded, const Share& share, const float* x, const float* dy,
             Tensor& steps, Tensor& taps)
{
    for (std::int64_t b = 0; b < s.B; ++b) {
        const std::int64_t i = b * s.groups + share.group;
        kernels::transpose(s.C, s.L, x + i * s.C * s.L, s.L, steps.data() + padded.before * s.C, s.C);
        for (std::int64_t tap = 0; tap < s.K; ++tap)
            kernels::gemm({.m = share.count,
                           .n = s.C,
                           .k = s.N,
                           .a = dy + (i * s.M + share.first) * s.N,
                           .lda = s.N,
                           .b = steps.data() + tap * s.dilation * s.C,
                           .ldb = s.C,
                           .beta = b == 0 ? 0.0F : 1.0F,
                           .c = taps.data() + ((share.group * s.K + tap) * s.M + share.first) * s.C,
                           .ldc = s.C});
    }
}

/// dw [groups, M, C, K], set or added to as `beta` says; each value is summed in the order of the batch.
void weightGrad(const Sizes& s, const float* x, const float* dy, float beta, float* dw)
{
    const std::int64_t after = std::max<std::int64_t>(0, s.N + (s.K - 1) * s.dilation - s.left - s.L);
    const Padded padded(s.C, s.L, s.left, after);
    Tensor taps = Tensor::empty({s.groups, s.K, s.M, s.C});
    // The cut into channels changes no sum, so it may follow the number of threads.
    const std::int64_t each = std::max<std::int64_t>(12, (s.M + threadCount() - 1) / threadCount());
    const std::int64_t parts = (s.M + each - 1) / each;
    eachBlock(s.groups * parts, 1, [&](std::int64_t begin, std::int64_t end) {
        Tensor steps = Tensor::zeros({padded.lead, s.C});
        for (std::int64_t task = begin; task < end; ++task) {
            const std::int64_t first = task % parts * each;
            addTaps(s, padded, {task / parts, first, std::min(each, s.M - first)}, x, dy, steps, taps);
        }
    });
    Tensor result = Tensor::empty({s.groups, s.M, s.C, s.K});
    copyInto(result, taps.view({s.groups, s.M, s.C, s.K},
                               std::array<std::int64_t, 4>{s.K * s.M * s.C, s.C, 1, s.M * s.C}));
    if (beta != 0.0F)
        kernels::axpy(result.count(), 1.0F, result.data(), dw);
    else
        std::copy_n(result.data(), result.count(), dw);
}

}  // namespace

Tensor conv1dShifted(const Tensor& x, const Tensor& weight, const Tensor& bias, const Conv1dOptions& o)
{
    const std::int64_t M = weight.size(0) / o.groups;
    const std::int64_t N = x.size(2) + 2 * o.padding + o.leftPad - o.dilation * (weight.size(2) - 1);
    const Sizes s{.B = x.size(0),
                  .groups = o.groups,
                  .C = weight.size(1),
                  .M = M,
                  .K = weight.size(2),
                  .L = x.size(2),
                  .N = N,
                  .dilation = o.dilation,
                  .left = o.padding + o.leftPad};
    const Tensor input = x.contiguous();
    const Tensor matrix = weight.to(DType::F32).contiguous();
    const Tensor added = bias.contiguous();
    Tensor y = Tensor::empty({s.B, o.groups * M, N});
    forward(s, input.data(), matrix.data(), added.defined() ? added.data() : nullptr, o.relu, y.data());
    if (o.relu)
        noteActivation(y);
    const std::array<Tensor, 3> inputs{x, weight, bias};
    recordAll(
        std::span(&y, 1), inputs,
        [s, input, weight, cut = o.relu ? y : Tensor()](std::span<const Tensor> dy, Grads& grads) mutable {
            const Tensor from =
                cut.defined() ? raw::unaryGrad(kernels::reluGrad, dy[0], cut) : dy[0].contiguous();
            cut = Tensor();  // its memory serves the gradient of the input
            if (grads.wanted(0)) {
                const Grads::Sum dx = grads.sum(0);
                inputGrad(s, from.data(), weight.to(DType::F32).contiguous(), dx.beta, dx.values.data());
            }
            if (grads.wanted(1)) {
                const Grads::Sum dw = grads.sum(1);
                weightGrad(s, input.data(), from.data(), dw.beta, dw.values.data());
            }
            if (grads.wanted(2))
                grads.add(2, sumPerChannel(from));
        });
    return y;
}

}  // namespace fc
