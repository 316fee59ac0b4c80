// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/autograd/ops_reduce.h"

#include <algorithm>

#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_shape.h"
#include "engine/autograd/tape.h"
#include "engine/tensor/blocks.h"
#include "engine/tensor/elementwise.h"
#include "engine/tensor/kernels/kernels_index.h"
#include "engine/tensor/kernels/kernels_rows.h"
#include "engine/tensor/reduction.h"
#include "engine/tensor/strided.h"

namespace fc {

namespace {

/// One reduction: which axes, and the shapes of its result.
struct Plan {
    raw::AxisSet axes{};
    Shape kept;
    Shape result;
    std::int64_t count = 1;  ///< values in each result

    Tensor finish(const Tensor& keptResult) const { return reshapedView(keptResult, result); }
    /// The gradient of the result with axes of size 1, ready to be repeated.
    Tensor spread(const Tensor& dy) const { return reshapedView(dy.contiguous(), kept); }
};

Plan planFor(const char* operation, const Tensor& x, const AxisList& list, Keep keep)
{
    Plan plan;
    for (const int axis : list.axes())
        plan.axes[static_cast<std::size_t>(axisOf(operation, x.shape(), axis))] = true;
    if (list.axes().empty())
        plan.axes.fill(true);
    plan.kept = raw::keptShape(x.shape(), plan.axes);
    plan.result = keep == Keep::Yes ? plan.kept : raw::droppedShape(x.shape(), plan.axes);
    plan.count = plan.kept.count() > 0 ? x.count() / plan.kept.count() : 0;
    return plan;
}

void needValues(const char* operation, const Tensor& x, const Plan& plan)
{
    if (plan.count == 0 && plan.kept.count() > 0)
        throw Error(Message(TR("engine", "The operation %1 has no values to work on in the shape %2."),
                            operation, print(x.shape())));
}

Tensor extreme(const char* name, raw::ReduceKernel kernel, const Tensor& x, const AxisList& axes, Keep keep)
{
    const Plan plan = planFor(name, x, axes, keep);
    needValues(name, x, plan);
    const Tensor y = raw::reduce(kernel, x, plan.axes);
    return record(plan.finish(y), {x}, [plan, x, y](const Tensor& dy, Grads& grads) {
        const Tensor ties = raw::reduce(kernels::countEqual, x, y, plan.axes);
        const Tensor share = raw::binary(kernels::divide, plan.kept, plan.spread(dy), ties);
        grads.add(0, raw::ternary(kernels::whereEqual, x.shape(), share, x, y));
    });
}

using RowKernel = void (*)(std::int64_t rows, std::int64_t n, const float* x, float* y);
using RowGradKernel = void (*)(std::int64_t rows, std::int64_t n, const float* dy, const float* y, float* dx);

std::int64_t rowsOf(const Tensor& x)
{
    return x.size(-1) > 0 ? x.count() / x.size(-1) : 0;
}

/// body(count, offset of the first value) for blocks of the rows of x, which do not touch each other.
template <typename Body>
void eachRows(const Tensor& x, Body&& body)
{
    constexpr std::int64_t worthSplitting = std::int64_t{1} << 14;
    const std::int64_t n = std::max<std::int64_t>(1, x.size(-1));
    eachBlock(rowsOf(x), std::max<std::int64_t>(1, worthSplitting / n),
              [&body, n](std::int64_t begin, std::int64_t end) { body(end - begin, begin * n); });
}

Tensor alongLast(RowKernel kernel, const Tensor& x)
{
    const Tensor dense = x.contiguous();
    Tensor y = Tensor::empty(x.shape());
    eachRows(x, [&](std::int64_t rows, std::int64_t at) {
        kernel(rows, x.size(-1), dense.data() + at, y.data() + at);
    });
    return y;
}

/// Applies `lastAxis` to x with `axis` moved to the end and back.
template <typename LastAxis>
Tensor along(const char* name, const Tensor& x, int axis, LastAxis&& lastAxis)
{
    const int at = axisOf(name, x.shape(), axis);
    if (x.rank() == 0)
        return reshape(lastAxis(reshape(x, Shape{1})), Shape{});
    return moveAxis(lastAxis(moveAxis(x, at, -1)), -1, at);
}

Tensor softmaxLike(const char* name, RowKernel forward, RowGradKernel backward, const Tensor& x, int axis)
{
    return along(name, x, axis, [=](const Tensor& rows) {
        const Tensor y = alongLast(forward, rows);
        return record(y, {rows}, [backward, y](const Tensor& dy, Grads& grads) {
            const Tensor from = dy.contiguous();
            Tensor dx = Tensor::empty(y.shape());
            eachRows(y, [&](std::int64_t count, std::int64_t at) {
                backward(count, y.size(-1), from.data() + at, y.data() + at, dx.data() + at);
            });
            grads.add(0, dx);
        });
    });
}

}  // namespace

AxisList::AxisList(std::span<const int> axes) : m_count(axes.size())
{
    if (axes.size() > m_axes.size())
        throw Error(Message(TR("engine", "A tensor has at most %1 axes, but %2 were asked for."),
                            Shape::maxRank, axes.size()));
    std::ranges::copy(axes, m_axes.begin());
}

Tensor sum(const Tensor& x, const AxisList& axes, Keep keep)
{
    const Plan plan = planFor("sum", x, axes, keep);
    return record(plan.finish(raw::reduce(kernels::sum, x, plan.axes)), {x},
                  [plan, shape = x.shape()](const Tensor& dy, Grads& grads) {
                      grads.add(0, broadcastView(plan.spread(dy), shape));
                  });
}

Tensor mean(const Tensor& x, const AxisList& axes, Keep keep)
{
    const Plan plan = planFor("mean", x, axes, keep);
    const float share = 1.0F / static_cast<float>(plan.count);
    return record(plan.finish(raw::affine(raw::reduce(kernels::sum, x, plan.axes), share, 0.0F)), {x},
                  [plan, share, shape = x.shape()](const Tensor& dy, Grads& grads) {
                      grads.add(0, broadcastView(raw::affine(plan.spread(dy), share, 0.0F), shape));
                  });
}

Tensor amax(const Tensor& x, const AxisList& axes, Keep keep)
{
    return extreme("amax", kernels::max, x, axes, keep);
}

Tensor amin(const Tensor& x, const AxisList& axes, Keep keep)
{
    return extreme("amin", kernels::min, x, axes, keep);
}

Tensor prod(const Tensor& x, int axis, Keep keep)
{
    const int at = axisOf("prod", x.shape(), axis);
    const Tensor last = slice(cumprod(x, at), at, -1);
    return keep == Keep::Yes ? last : squeeze(last, at);
}

Tensor variance(const Tensor& x, const AxisList& axes, Keep keep, int correction)
{
    const Plan plan = planFor("variance", x, axes, keep);
    if (plan.count <= correction)
        throw Error(Message(TR("engine", "The variance of %1 values is not defined, in the shape %2."),
                            plan.count, print(x.shape())));
    const float share = 1.0F / static_cast<float>(plan.count - correction);
    const Tensor center =
        raw::affine(raw::reduce(kernels::sum, x, plan.axes), 1.0F / static_cast<float>(plan.count), 0.0F);
    const Tensor y = raw::affine(raw::reduce(kernels::sumSquares, x, center, plan.axes), share, 0.0F);
    return record(plan.finish(y), {x}, [plan, x, center, share](const Tensor& dy, Grads& grads) {
        const Tensor scaled = raw::affine(plan.spread(dy), share, 0.0F);
        grads.add(0, raw::ternary(kernels::twiceTimesDifference, x.shape(), scaled, x, center));
    });
}

Tensor standardDeviation(const Tensor& x, const AxisList& axes, Keep keep, int correction)
{
    return sqrt(variance(x, axes, keep, correction));
}

Tensor logsumexp(const Tensor& x, const AxisList& axes, Keep keep)
{
    const Plan plan = planFor("logsumexp", x, axes, keep);
    needValues("logsumexp", x, plan);
    const Tensor top = raw::reduce(kernels::max, x, plan.axes);
    const Tensor total = raw::reduce(kernels::sumExp, x, top, plan.axes);
    const Tensor y = raw::binary(kernels::add, plan.kept, raw::unary(kernels::log, total), top);
    return record(plan.finish(y), {x}, [plan, x, y](const Tensor& dy, Grads& grads) {
        grads.add(0, raw::ternary(kernels::timesExpDifference, x.shape(), plan.spread(dy), x, y));
    });
}

Tensor softmax(const Tensor& x, int axis)
{
    return softmaxLike("softmax", kernels::softmaxRows, kernels::softmaxRowsGrad, x, axis);
}

Tensor logSoftmax(const Tensor& x, int axis)
{
    return softmaxLike("logSoftmax", kernels::logSoftmaxRows, kernels::logSoftmaxRowsGrad, x, axis);
}

Tensor cumsum(const Tensor& x, int axis)
{
    return along("cumsum", x, axis, [](const Tensor& rows) {
        return record(alongLast(kernels::cumsum, rows), {rows}, [](const Tensor& dy, Grads& grads) {
            grads.add(0, alongLast(kernels::cumsumGrad, dy));
        });
    });
}

Tensor cumprod(const Tensor& x, int axis)
{
    return along("cumprod", x, axis, [](const Tensor& rows) {
        return record(alongLast(kernels::cumprod, rows), {rows}, [rows](const Tensor& dy, Grads& grads) {
            const Tensor dense = rows.contiguous();
            const Tensor from = dy.contiguous();
            Tensor dx = Tensor::empty(rows.shape());
            kernels::cumprodGrad(rowsOf(rows), rows.size(-1), dense.data(), from.data(), dx.data());
            grads.add(0, dx);
        });
    });
}

Tensor diff(const Tensor& x, int axis, int times)
{
    Tensor y = x;
    for (int i = 0; i < times; ++i)
        y = sub(slice(y, axis, 1), slice(y, axis, 0, -1));
    return y;
}

}  // namespace fc
