// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/autograd/ops_index.h"

#include <algorithm>

#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_shape.h"
#include "engine/autograd/tape.h"
#include "engine/tensor/elementwise.h"
#include "engine/tensor/kernels/kernels_index.h"
#include "engine/tensor/strided.h"

namespace fc {

namespace {

/// Floats hold whole numbers exactly up to here.
constexpr std::int64_t largestPosition = std::int64_t{1} << 24;

void checkPositions(const char* operation, const Tensor& index, std::int64_t size)
{
    if (size > largestPosition)
        throw Error(
            Message(TR("engine", "The operation %1 works on at most %2 positions, but the axis has %3."),
                    operation, largestPosition, size));
    float wrong = 0.0F;
    if (!kernels::arePositions(index.count(), index.data(), size, &wrong))
        throw Error(Message(TR("engine", "The operation %1 was asked for position %2 of an axis of size %3."),
                            operation, static_cast<double>(wrong), size));
}

kernels::Pick pickOf(const Shape& shape, int axis, std::int64_t count)
{
    kernels::Pick p{.outer = 1, .source = shape[axis], .count = count, .inner = 1};
    for (int i = 0; i < axis; ++i)
        p.outer *= shape[i];
    for (int i = axis + 1; i < shape.rank(); ++i)
        p.inner *= shape[i];
    return p;
}

kernels::PickRows rowsOf(const Tensor& x, std::int64_t count)
{
    const std::int64_t n = x.size(-1);
    return {.rows = n > 0 ? x.count() / n : 0, .source = n, .count = count};
}

Shape withLast(const Shape& shape, std::int64_t size)
{
    Shape changed = shape;
    changed[-1] = size;
    return changed;
}

/// x [..., n] -> the values at `index` [..., k], contiguous, each row its own.
Tensor gatherLast(const Tensor& x, const Tensor& index)
{
    const Tensor dense = x.contiguous();
    const Tensor y = Tensor::empty(index.shape());
    kernels::gather(rowsOf(dense, index.size(-1)), index.data(), dense.data(), Tensor(y).data());
    return record(y, {x}, [index](const Tensor& dy, Grads& grads) {
        const Tensor from = dy.contiguous();
        Tensor& dx = grads.into(0);
        kernels::scatterAdd(rowsOf(dx, index.size(-1)), index.data(), from.data(), dx.data());
    });
}

/// Cuts x so that only `axis` may be larger than in `shape`.
Tensor cutTo(const Tensor& x, const Shape& shape, int axis)
{
    Tensor cut = x;
    for (int i = 0; i < x.rank(); ++i) {
        if (i != axis && x.size(i) != shape[i])
            cut = slice(cut, i, 0, shape[i]);
    }
    return cut;
}

int checkRanks(const char* operation, const Tensor& x, int axis, const Tensor& index)
{
    const int at = axisOf(operation, x.shape(), axis);
    bool fits = x.rank() > 0 && index.rank() == x.rank();
    for (int i = 0; fits && i < x.rank(); ++i)
        fits = i == at || index.size(i) <= x.size(i);
    if (!fits)
        throw Error(
            Message(TR("engine", "The operation %1 cannot use positions of shape %2 on the shape %3."),
                    operation, print(index.shape()), print(x.shape())));
    checkPositions(operation, index.contiguous(), x.size(at));
    return at;
}

Picked sorted(const char* operation, const Tensor& x, int axis, std::int64_t count, bool descending)
{
    const int at = axisOf(operation, x.shape(), axis);
    if (x.rank() == 0 || count < 0 || count > x.size(at))
        throw Error(
            Message(TR("engine", "The operation %1 cannot take %2 values along axis %3 of the shape %4."),
                    operation, count, axis, print(x.shape())));
    const Tensor rows = moveAxis(x, at, -1);
    const Tensor dense = rows.contiguous();
    Tensor index = Tensor::empty(withLast(rows.shape(), count));
    kernels::sortRows(rowsOf(dense, count), descending, dense.data(), index.data());
    return {moveAxis(gatherLast(rows, index), -1, at), moveAxis(index, -1, at)};
}

Picked first(const Picked& picked, int axis)
{
    return {select(picked.values, axis, 0), select(picked.indices, axis, 0)};
}

}  // namespace

Tensor positions(std::span<const std::int64_t> values)
{
    Tensor index = Tensor::empty({static_cast<std::int64_t>(values.size())});
    std::ranges::transform(values, index.data(), [](std::int64_t v) { return static_cast<float>(v); });
    return index;
}

Tensor indexSelect(const Tensor& x, int axis, const Tensor& index)
{
    const int at = axisOf("indexSelect", x.shape(), axis);
    if (x.rank() == 0 || index.rank() != 1)
        throw Error(Message(
            TR("engine", "The operation indexSelect cannot use positions of shape %1 on the shape %2."),
            print(index.shape()), print(x.shape())));
    const Tensor list = index.contiguous();
    checkPositions("indexSelect", list, x.size(at));
    Shape shape = x.shape();
    shape[at] = list.count();
    const Tensor dense = x.contiguous();
    Tensor y = Tensor::empty(shape);
    kernels::pick(pickOf(x.shape(), at, list.count()), list.data(), dense.data(), y.data());
    return record(y, {x}, [at, list](const Tensor& dy, Grads& grads) {
        const Tensor from = dy.contiguous();
        Tensor& dx = grads.into(0);
        kernels::pickGrad(pickOf(dx.shape(), at, list.count()), list.data(), from.data(), dx.data());
    });
}

Tensor embedding(const Tensor& weight, const Tensor& index, std::int64_t paddingIndex)
{
    if (weight.rank() != 2)
        throw Error(
            Message(TR("engine", "The operation embedding needs a table [V, D], but the shape is %1."),
                    print(weight.shape())));
    Tensor table = weight;
    if (paddingIndex >= 0) {
        // The row keeps its values but the tape sees it as a constant.
        Tensor isPadding = Tensor::zeros({weight.size(0), 1});
        checkPositions("embedding", Tensor::scalar(static_cast<float>(paddingIndex)), weight.size(0));
        isPadding.data()[paddingIndex] = 1.0F;
        table = where(isPadding, weight.detach(), weight);
    }
    const Tensor rows = indexSelect(table, 0, reshape(index.detach(), {-1}));
    std::array<std::int64_t, Shape::maxRank + 1> sizes{};
    std::ranges::copy(index.shape().sizes(), sizes.begin());
    const auto rank = static_cast<std::size_t>(index.rank());
    sizes[rank] = weight.size(1);
    return reshape(rows, Shape(std::span(sizes).first(rank + 1)));
}

Tensor gather(const Tensor& x, int axis, const Tensor& index)
{
    const int at = checkRanks("gather", x, axis, index);
    const Tensor rows = moveAxis(cutTo(x, index.shape(), at), at, -1);
    const Tensor list = moveAxis(index.detach(), at, -1).contiguous();
    return moveAxis(gatherLast(rows, list), -1, at);
}

Tensor scatterAdd(const Tensor& x, int axis, const Tensor& index, const Tensor& source)
{
    const int at = checkRanks("scatterAdd", x, axis, index);
    if (!(index.shape() == source.shape()))
        throw Error(Message(
            TR("engine", "The operation scatterAdd got positions of shape %1 for values of shape %2."),
            print(index.shape()), print(source.shape())));
    const Tensor list = moveAxis(index.detach(), at, -1).contiguous();
    const Tensor values = moveAxis(source.detach(), at, -1).contiguous();
    const Tensor y = x.clone();
    const Tensor part = moveAxis(cutTo(y, index.shape(), at), at, -1);
    Tensor rows = Tensor::zeros(part.shape());
    kernels::scatterAdd(rowsOf(rows, list.size(-1)), list.data(), values.data(), rows.data());
    Tensor target = part;
    raw::accumulate(target, rows);
    return record(y, {x, source}, [at, list, shape = index.shape()](const Tensor& dy, Grads& grads) {
        grads.add(0, dy);
        if (grads.wanted(1))
            grads.add(1, moveAxis(gatherLast(moveAxis(cutTo(dy, shape, at), at, -1), list), -1, at));
    });
}

Tensor maskedFill(const Tensor& x, const Tensor& mask, float value)
{
    const Shape shape = broadcastShape("maskedFill", x.shape(), mask.shape());
    return record(raw::ternary(kernels::select, shape, mask, Tensor::scalar(value), x), {x},
                  [mask, shape, old = x.shape()](const Tensor& dy, Grads& grads) {
                      grads.add(0, raw::sumTo(raw::binary(kernels::keepUnless, shape, dy, mask), old));
                  });
}

Tensor maskedSelect(const Tensor& x, const Tensor& mask)
{
    if (!(x.shape() == mask.shape()))
        throw Error(
            Message(TR("engine", "The operation maskedSelect needs equal shapes, but they are %1 and %2."),
                    print(x.shape()), print(mask.shape())));
    const Tensor dense = mask.contiguous();
    Tensor index = Tensor::empty({kernels::nonZero(dense.count(), dense.data(), nullptr)});
    kernels::nonZero(dense.count(), dense.data(), index.data());
    return indexSelect(reshape(x, {-1}), 0, index);
}

Picked sort(const Tensor& x, int axis, bool descending)
{
    const std::int64_t n = x.size(axisOf("sort", x.shape(), axis));
    return sorted("sort", x, axis, n, descending);
}

Picked topk(const Tensor& x, std::int64_t k, int axis, bool largest)
{
    return sorted("topk", x, axis, k, largest);
}

Picked maxAlong(const Tensor& x, int axis)
{
    return first(sorted("maxAlong", x, axis, 1, true), axisOf("maxAlong", x.shape(), axis));
}

Picked minAlong(const Tensor& x, int axis)
{
    return first(sorted("minAlong", x, axis, 1, false), axisOf("minAlong", x.shape(), axis));
}

}  // namespace fc
