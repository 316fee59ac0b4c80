// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/loss/class_losses.h"

#include <algorithm>

#include "engine/autograd/ops_shape.h"
#include "engine/autograd/tape.h"
#include "engine/loss/cells.h"
#include "engine/tensor/elementwise.h"
#include "engine/tensor/kernels/kernels_classes.h"
#include "engine/tensor/strided.h"

namespace fc {

namespace {

/// Rows of about this many logits a block.
constexpr std::int64_t rowGrainLogits = 16384;

Shape without(const Shape& shape, int axis)
{
    std::array<std::int64_t, Shape::maxRank> sizes{};
    std::size_t rank = 0;
    for (int i = 0; i < shape.rank(); ++i) {
        if (i != axis)
            sizes[rank++] = shape[i];
    }
    return Shape(std::span(sizes).first(rank));
}

void refuseClass(const char* loss, float value, std::int64_t classes)
{
    throw Error(Message(TR("engine", "The loss %1 has %2 classes, 0 to %3, but a target is %4."), loss,
                        classes, classes - 1, static_cast<double>(value)));
}

Tensor overClasses(const char* loss, const Tensor& logits, const Tensor& target, const ClassOptions& options,
                   double gamma)
{
    const int axis = axisOf(loss, logits.shape(), options.classAxis);
    const Shape rowShape = without(logits.shape(), axis);
    const bool soft = gamma == 0.0 && target.shape() == logits.shape();
    const std::int64_t K = logits.size(axis);
    const Tensor& classWeights = options.classWeights;
    if ((!soft && !(target.shape() == rowShape)) || logits.count() == 0 ||
        (classWeights.defined() && !(classWeights.shape() == Shape{K})))
        refuseShapes(loss, logits, target);

    const Tensor x = logits.contiguous();
    const Tensor t = target.contiguous();
    const Tensor weights = classWeights.defined() ? classWeights.contiguous() : Tensor();
    std::int64_t inner = 1;
    for (int i = axis + 1; i < logits.rank(); ++i)
        inner *= logits.size(i);
    Slopes slopes = slopesFor({logits});
    const bool each = options.reduction == LossReduction::None;
    Tensor values = each ? Tensor::empty(rowShape) : Tensor();
    kernels::ClassRows rows{.outer = logits.count() / (K * inner),
                            .K = K,
                            .inner = inner,
                            .logits = x.data(),
                            .classes = soft ? nullptr : t.data(),
                            .probabilities = soft ? t.data() : nullptr,
                            .classWeights = weights.defined() ? weights.data() : nullptr,
                            .ignored = options.ignored,
                            .smoothing = options.smoothing,
                            .gamma = gamma,
                            .scale = 1.0,
                            .slopes = slopes[0].defined() ? slopes[0].data() : nullptr,
                            .values = each ? values.data() : nullptr};
    if (const std::int64_t strange = kernels::firstStrangeRow(rows); strange >= 0)
        refuseClass(loss, t.data()[strange], K);
    if (options.reduction == LossReduction::Mean) {
        const double counted = kernels::countedRows(rows);
        rows.scale = counted > 0 ? 1.0 / counted : 0.0;
    }
    const std::int64_t count = rows.outer * inner;
    const double sum =
        blockSum(count, std::max<std::int64_t>(1, rowGrainLogits / K),
                 [&](std::int64_t begin, std::int64_t end) { return crossEntropyRows(rows, begin, end); });
    if (each) {
        return record(values, {logits}, [slope = slopes[0], axis](const Tensor& dy, Grads& grads) {
            grads.add(0, raw::binary(kernels::multiply, slope.shape(), slope, unsqueeze(dy, axis)));
        });
    }
    return withSlopes(Tensor::scalar(static_cast<float>(sum * rows.scale)), {logits}, slopes);
}

}  // namespace

Tensor crossEntropy(const Tensor& logits, const Tensor& target, const ClassOptions& options)
{
    if (!(options.smoothing >= 0.0 && options.smoothing <= 1.0))
        throw Error(Message(TR("engine", "The label smoothing is %1, but it must lie between 0 and 1."),
                            options.smoothing));
    return overClasses("cross_entropy", logits, target, options, 0.0);
}

Tensor focal(const Tensor& logits, const Tensor& target, double gamma, const ClassOptions& options)
{
    ClassOptions plain = options;
    plain.smoothing = 0.0;
    return overClasses("focal", logits, target, plain, gamma);
}

Tensor binaryCrossEntropy(const Tensor& logits, const Tensor& target, double positiveWeight,
                          const LossOptions& options)
{
    return pointLoss({"bce", kernels::binaryCrossEntropyError, static_cast<float>(positiveWeight)}, logits,
                     target, cellWeights("bce", target, options.weights), options.reduction);
}

Tensor klDivergence(const Tensor& logInput, const Tensor& target, DivergenceTarget kind,
                    LossReduction reduction)
{
    if (!(logInput.shape() == target.shape()))
        refuseShapes("kl", logInput, target);
    const Tensor x = logInput.contiguous();
    const Tensor t = target.contiguous();
    const double share = reduction == LossReduction::Mean ? 1.0 / static_cast<double>(t.count()) : 1.0;
    Slopes slopes = slopesFor({logInput});
    Tensor values = reduction == LossReduction::None ? Tensor::empty(t.shape()) : Tensor();
    float* slope = slopes[0].defined() ? slopes[0].data() : nullptr;
    float* value = values.defined() ? values.data() : nullptr;
    const double sum = blockSum(t.count(), 1024, [&](std::int64_t begin, std::int64_t end) {
        return kernels::klDivergence({.n = end - begin,
                                      .input = x.data() + begin,
                                      .target = t.data() + begin,
                                      .logTarget = kind == DivergenceTarget::LogProbabilities,
                                      .scale = share,
                                      .slopes = slope ? slope + begin : nullptr,
                                      .values = value ? value + begin : nullptr});
    });
    if (!values.defined())
        values = Tensor::scalar(static_cast<float>(sum * share));
    return withSlopes(values, {logInput}, slopes);
}

}  // namespace fc
