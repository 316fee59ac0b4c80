// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/autograd/ops_conv.h"

#include <algorithm>

#include "engine/autograd/conv_shifted.h"
#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_shape.h"
#include "engine/autograd/tape.h"
#include "engine/tensor/blocks.h"
#include "engine/tensor/elementwise.h"
#include "engine/tensor/kernels/kernels_conv.h"
#include "engine/tensor/product.h"
#include "engine/tensor/reduction.h"

namespace fc {

namespace {

/// A convolution as products of [M, K] weights with [K, N] columns, for each group of each batch entry.
struct Plan {
    kernels::Patches patches;  ///< of one group
    std::int64_t batch;
    std::int64_t groups;
    std::int64_t M;  ///< channels out of one group

    std::int64_t K() const { return patches.channels * patches.kernelH * patches.kernelW; }
    std::int64_t N() const { return patches.outH * patches.outW; }
    std::int64_t planeIn() const { return patches.channels * patches.height * patches.width; }
    /// The input itself is the columns.
    bool isPointwise() const
    {
        return patches.kernelH == 1 && patches.kernelW == 1 && N() == patches.height * patches.width &&
               patches.padTop == 0 && patches.padLeft == 0 && patches.strideH == 1 && patches.strideW == 1;
    }
};

struct Columns {
    Tensor scratch;
    const float* values;
};

Columns columnsOf(const Plan& plan, const float* x)
{
    if (plan.isPointwise())
        return {{}, x};
    Tensor scratch = Tensor::empty({plan.K(), plan.N()});
    kernels::unfoldPatches(plan.patches, x, scratch.data());
    const float* values = scratch.data();
    return {scratch, values};
}

void addColumns(const Plan& plan, const float* columns, float* x)
{
    if (plan.isPointwise())
        kernels::axpy(plan.planeIn(), 1.0F, columns, x);
    else
        kernels::foldPatches(plan.patches, columns, x);
}

/// Batch entries that share a partial sum of the weights' gradient: fixed, so that the sums are.
std::int64_t entriesPerBlock(const Plan& plan)
{
    return std::max<std::int64_t>(1, (plan.batch + 7) / 8);
}

/// y [B, groups M, N] += weight [groups M, K] * columns of x.
void addForward(const Plan& plan, const float* x, const float* weight, float* y)
{
    eachBlock(plan.batch * plan.groups, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            const Columns columns = columnsOf(plan, x + i * plan.planeIn());
            kernels::gemm({.m = plan.M,
                           .n = plan.N(),
                           .k = plan.K(),
                           .a = weight + i % plan.groups * plan.M * plan.K(),
                           .lda = plan.K(),
                           .b = columns.values,
                           .ldb = plan.N(),
                           .beta = 1.0F,
                           .c = y + i * plan.M * plan.N(),
                           .ldc = plan.N()});
        }
    });
}

/// dx += columns^T of weight^T dy.
void addInputGrad(const Plan& plan, const float* dy, const float* weight, float* dx)
{
    eachBlock(plan.batch * plan.groups, 1, [&](std::int64_t begin, std::int64_t end) {
        Tensor columns = Tensor::empty({plan.K(), plan.N()});
        for (std::int64_t i = begin; i < end; ++i) {
            kernels::gemm({.transA = true,
                           .m = plan.K(),
                           .n = plan.N(),
                           .k = plan.M,
                           .a = weight + i % plan.groups * plan.M * plan.K(),
                           .lda = plan.K(),
                           .b = dy + i * plan.M * plan.N(),
                           .ldb = plan.N(),
                           .c = columns.data(),
                           .ldc = plan.N()});
            addColumns(plan, columns.data(), dx + i * plan.planeIn());
        }
    });
}

/// dw [groups M, K] += dy columns^T, summed over the batch.
void addWeightGrad(const Plan& plan, const float* x, const float* dy, Tensor& dw)
{
    const std::int64_t each = entriesPerBlock(plan);
    const std::int64_t blocks = (plan.batch + each - 1) / each;
    Tensor partial = Tensor::zeros({blocks, dw.count()});
    eachBlock(plan.batch, each, [&](std::int64_t begin, std::int64_t end) {
        float* sum = partial.data() + begin / each * dw.count();
        for (std::int64_t i = begin * plan.groups; i < end * plan.groups; ++i) {
            const Columns columns = columnsOf(plan, x + i * plan.planeIn());
            kernels::gemm({.transB = true,
                           .m = plan.M,
                           .n = plan.K(),
                           .k = plan.N(),
                           .a = dy + i * plan.M * plan.N(),
                           .lda = plan.N(),
                           .b = columns.values,
                           .ldb = plan.N(),
                           .beta = 1.0F,
                           .c = sum + i % plan.groups * plan.M * plan.K(),
                           .ldc = plan.K()});
        }
    });
    for (std::int64_t block = 0; block < blocks; ++block)
        kernels::axpy(dw.count(), 1.0F, partial.data() + block * dw.count(), dw.data());
}

/// y [B, O, ...] filled with the bias of each channel, or with zeros.
Tensor startWithBias(const Shape& shape, const Tensor& bias)
{
    if (!bias.defined())
        return Tensor::zeros(shape);
    Tensor y = Tensor::empty(shape);
    const Tensor values = bias.contiguous();
    const std::int64_t channels = shape[1];
    const std::int64_t each = channels > 0 ? y.count() / std::max<std::int64_t>(1, shape[0] * channels) : 0;
    for (std::int64_t i = 0; i < shape[0] * channels; ++i)
        kernels::fill(each, y.data() + i * each, values.data()[i % channels]);
    return y;
}

Error shapesDiffer(const char* operation, const Tensor& x, const Tensor& weight)
{
    return Error(Message(TR("engine", "The operation %1 cannot use weights of shape %2 on the shape %3."),
                         operation, print(weight.shape()), print(x.shape())));
}

std::int64_t outSize(std::int64_t size, std::int64_t kernel, std::int64_t stride, std::int64_t dilation)
{
    return (size - dilation * (kernel - 1) - 1) / stride + 1;
}

/// Records y = conv(x, weight) + bias, where y and x are seen as [B, channels, ...] whatever their rank.
Tensor convolve(const Plan& plan, const Tensor& x, const Tensor& weight, const Tensor& bias,
                const Shape& outShape)
{
    const Tensor input = x.contiguous();
    const Tensor matrix = weight.to(DType::F32).contiguous();
    Tensor y = startWithBias(outShape, bias);
    addForward(plan, input.data(), matrix.data(), y.data());
    return record(y, {x, weight, bias}, [plan, input, matrix](const Tensor& dy, Grads& grads) {
        const Tensor from = dy.contiguous();
        if (grads.wanted(0))
            addInputGrad(plan, from.data(), matrix.data(), grads.into(0).data());
        if (grads.wanted(1))
            addWeightGrad(plan, input.data(), from.data(), grads.into(1));
        if (grads.wanted(2))
            grads.add(2, sumPerChannel(from));
    });
}

}  // namespace

Tensor sumPerChannel(const Tensor& dy)
{
    raw::AxisSet axes;
    axes.fill(true);
    axes[1] = false;
    const Tensor kept = raw::reduce(kernels::sum, dy, axes);
    return reshape(kept, Shape{dy.size(1)});
}

Tensor conv1d(const Tensor& x, const Tensor& weight, const Tensor& bias, const Conv1dOptions& o)
{
    if (x.rank() != 3 || weight.rank() != 3 || o.groups < 1 || weight.size(1) * o.groups != x.size(1) ||
        weight.size(0) % o.groups != 0 || o.stride < 1 || o.dilation < 1)
        throw shapesDiffer("conv1d", x, weight);
    const std::int64_t padded = x.size(2) + 2 * o.padding + o.leftPad;
    if (padded < o.dilation * (weight.size(2) - 1) + 1)
        throw shapesDiffer("conv1d", x, weight);
    if (o.stride == 1)
        return conv1dShifted(x, weight, bias, o);
    const std::int64_t length = outSize(padded, weight.size(2), o.stride, o.dilation);
    const Plan plan{.patches = {.channels = weight.size(1),
                                .height = 1,
                                .width = x.size(2),
                                .kernelH = 1,
                                .kernelW = weight.size(2),
                                .strideH = 1,
                                .strideW = o.stride,
                                .padTop = 0,
                                .padLeft = o.padding + o.leftPad,
                                .dilationH = 1,
                                .dilationW = o.dilation,
                                .outH = 1,
                                .outW = length},
                    .batch = x.size(0),
                    .groups = o.groups,
                    .M = weight.size(0) / o.groups};
    const Tensor y = convolve(plan, x, weight, bias, {x.size(0), weight.size(0), length});
    return o.relu ? relu(y) : y;
}

Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias, const Conv2dOptions& o)
{
    if (x.rank() != 4 || weight.rank() != 4 || o.groups < 1 || weight.size(1) * o.groups != x.size(1) ||
        weight.size(0) % o.groups != 0)
        throw shapesDiffer("conv2d", x, weight);
    const std::int64_t paddedH = x.size(2) + 2 * o.padding.h;
    const std::int64_t paddedW = x.size(3) + 2 * o.padding.w;
    if (paddedH < o.dilation.h * (weight.size(2) - 1) + 1 ||
        paddedW < o.dilation.w * (weight.size(3) - 1) + 1)
        throw shapesDiffer("conv2d", x, weight);
    const std::int64_t height = outSize(paddedH, weight.size(2), o.stride.h, o.dilation.h);
    const std::int64_t width = outSize(paddedW, weight.size(3), o.stride.w, o.dilation.w);
    const Plan plan{.patches = {.channels = weight.size(1),
                                .height = x.size(2),
                                .width = x.size(3),
                                .kernelH = weight.size(2),
                                .kernelW = weight.size(3),
                                .strideH = o.stride.h,
                                .strideW = o.stride.w,
                                .padTop = o.padding.h,
                                .padLeft = o.padding.w,
                                .dilationH = o.dilation.h,
                                .dilationW = o.dilation.w,
                                .outH = height,
                                .outW = width},
                    .batch = x.size(0),
                    .groups = o.groups,
                    .M = weight.size(0) / o.groups};
    return convolve(plan, x, weight, bias, {x.size(0), weight.size(0), height, width});
}

Tensor convTranspose1d(const Tensor& x, const Tensor& weight, const Tensor& bias,
                       const ConvTranspose1dOptions& o)
{
    if (x.rank() != 3 || weight.rank() != 3 || o.groups < 1 || weight.size(0) != x.size(1) ||
        x.size(1) % o.groups != 0)
        throw shapesDiffer("convTranspose1d", x, weight);
    const std::int64_t length =
        (x.size(2) - 1) * o.stride - 2 * o.padding + o.dilation * (weight.size(2) - 1) + o.outputPadding + 1;
    if (length < 1)
        throw shapesDiffer("convTranspose1d", x, weight);
    // Seen from the result: a convolution that turns it into x, run backwards.
    const Plan plan{.patches = {.channels = weight.size(1),
                                .height = 1,
                                .width = length,
                                .kernelH = 1,
                                .kernelW = weight.size(2),
                                .strideH = 1,
                                .strideW = o.stride,
                                .padTop = 0,
                                .padLeft = o.padding,
                                .dilationH = 1,
                                .dilationW = o.dilation,
                                .outH = 1,
                                .outW = x.size(2)},
                    .batch = x.size(0),
                    .groups = o.groups,
                    .M = x.size(1) / o.groups};
    const Tensor input = x.contiguous();
    const Tensor matrix = weight.contiguous();
    Tensor y = startWithBias({x.size(0), weight.size(1) * o.groups, length}, bias);
    addInputGrad(plan, input.data(), matrix.data(), y.data());
    return record(y, {x, weight, bias}, [plan, input, matrix](const Tensor& dy, Grads& grads) {
        const Tensor from = dy.contiguous();
        if (grads.wanted(0))
            addForward(plan, from.data(), matrix.data(), grads.into(0).data());
        if (grads.wanted(1))
            addWeightGrad(plan, from.data(), input.data(), grads.into(1));
        if (grads.wanted(2))
            grads.add(2, sumPerChannel(from));
    });
}

}  // namespace fc
