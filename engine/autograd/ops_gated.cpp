// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/autograd/ops_gated.h"

#include <algorithm>

#include "engine/autograd/tape.h"
#include "engine/tensor/blocks.h"
#include "engine/tensor/kernels/kernels_blocks.h"
#include "engine/tensor/strided.h"

namespace fc {

namespace {

struct Gate {
    const char* name;
    kernels::UnaryKernel function;
    kernels::UnaryGradKernel gradient;
    bool gradSavesOutput;
};

/// Rows of about this many values a block.
constexpr std::int64_t grainValues = 16384;

Tensor gated(const Gate& gate, const Tensor& x, int axis)
{
    const int along = axisOf(gate.name, x.shape(), axis);
    if (x.size(along) % 2 != 0)
        throw Error(
            Message(TR("engine", "The operation %1 needs an even size along axis %2, but the shape is %3."),
                    gate.name, axis, print(x.shape())));
    Shape shape = x.shape();
    shape[along] /= 2;
    std::int64_t half = 1;
    for (int i = along; i < shape.rank(); ++i)
        half *= shape[i];
    const kernels::GatedRows all{.rows = half > 0 ? shape.count() / half : 0,
                                 .half = half,
                                 .gate = gate.function,
                                 .gateGrad = gate.gradient,
                                 .gradSavesOutput = gate.gradSavesOutput};
    const Tensor from = x.contiguous();
    Tensor y = Tensor::empty(shape);
    const std::int64_t grain = std::max<std::int64_t>(1, grainValues / std::max<std::int64_t>(half, 1));
    float* out = y.data();
    eachBlock(all.rows, grain, [&](std::int64_t begin, std::int64_t end) {
        kernels::GatedRows part = all;
        part.rows = end - begin;
        kernels::gated(part, from.data() + 2 * begin * half, out + begin * half);
    });
    return record(y, {x}, [all, grain, from](const Tensor& dy, Grads& grads) {
        const Tensor d = dy.contiguous();
        Tensor dx = from.ownsStorageAlone() ? from : Tensor::empty(from.shape());
        float* into = dx.data();
        eachBlock(all.rows, grain, [&](std::int64_t begin, std::int64_t end) {
            kernels::GatedRows part = all;
            part.rows = end - begin;
            kernels::gatedGrad(part, from.data() + 2 * begin * all.half, d.data() + begin * all.half,
                               into + 2 * begin * all.half);
        });
        grads.add(0, dx);
    });
}

}  // namespace

Tensor glu(const Tensor& x, int axis)
{
    return gated({"glu", kernels::sigmoid, kernels::sigmoidGrad, true}, x, axis);
}

Tensor swiglu(const Tensor& x, int axis)
{
    return gated({"swiglu", kernels::silu, kernels::siluGrad, false}, x, axis);
}

Tensor geglu(const Tensor& x, int axis)
{
    return gated({"geglu", kernels::gelu, kernels::geluGrad, false}, x, axis);
}

Tensor reglu(const Tensor& x, int axis)
{
    return gated({"reglu", kernels::relu, kernels::reluGrad, true}, x, axis);
}

}  // namespace fc
