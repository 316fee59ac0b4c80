// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/autograd/ops_shape.h"

#include <algorithm>
#include <array>

#include "engine/autograd/tape.h"
#include "engine/tensor/elementwise.h"
#include "engine/tensor/strided.h"

namespace fc {

namespace {

/// Sizes and strides on the way to a view.
struct Geometry {
    std::array<std::int64_t, Shape::maxRank + 1> sizes{};
    std::array<std::int64_t, Shape::maxRank + 1> strides{};
    std::size_t rank = 0;

    void push(std::int64_t size, std::int64_t stride)
    {
        sizes[rank] = size;
        strides[rank++] = stride;
    }

    Tensor viewOf(const Tensor& x, std::int64_t offset = 0) const
    {
        return x.view(Shape(std::span(sizes).first(rank)), std::span(strides).first(rank), offset);
    }
};

Geometry geometryOf(const Tensor& x)
{
    Geometry g;
    for (int axis = 0; axis < x.rank(); ++axis)
        g.push(x.size(axis), x.stride(axis));
    return g;
}

/// A view whose gradient is the view `back` of its own gradient.
template <typename Back>
Tensor recordBijection(const Tensor& view, const Tensor& x, Back&& back)
{
    return record(view, {x}, [back](const Tensor& dy, Grads& grads) { grads.add(0, back(dy)); });
}

/// A view of part of x: its gradient adds to the same part of the gradient of x, found by `window`.
template <typename Window>
Tensor recordWindow(const Tensor& view, const Tensor& x, Window&& window)
{
    return record(view, {x}, [window](const Tensor& dy, Grads& grads) {
        Tensor part = window(grads.into(0));
        raw::accumulate(part, dy);
    });
}

Tensor permuted(const Tensor& x, const std::array<int, Shape::maxRank>& axes)
{
    Geometry g;
    for (int axis = 0; axis < x.rank(); ++axis) {
        const int from = axes[static_cast<std::size_t>(axis)];
        g.push(x.size(from), x.stride(from));
    }
    return g.viewOf(x);
}

/// What slice() keeps, as a view; `step` > 0 and positions within the axis.
Tensor sliced(const Tensor& x, int axis, std::int64_t begin, std::int64_t count, std::int64_t step)
{
    Geometry g = geometryOf(x);
    const auto d = static_cast<std::size_t>(axis);
    g.sizes[d] = count;
    g.strides[d] *= step;
    return g.viewOf(x, count > 0 ? begin * x.stride(axis) : 0);
}

Tensor selected(const Tensor& x, int axis, std::int64_t index)
{
    Geometry g;
    for (int other = 0; other < x.rank(); ++other) {
        if (other != axis)
            g.push(x.size(other), x.stride(other));
    }
    return g.viewOf(x, index * x.stride(axis));
}

Tensor windows(const Tensor& x, int axis, std::int64_t size, std::int64_t step)
{
    Geometry g = geometryOf(x);
    const auto d = static_cast<std::size_t>(axis);
    g.sizes[d] = (x.size(axis) - size) / step + 1;
    g.strides[d] *= step;
    g.push(size, x.stride(axis));
    return g.viewOf(x);
}

}  // namespace

Tensor reshape(const Tensor& x, const Shape& shape)
{
    if (shape.count() != x.count())
        throw Error(Message(TR("engine", "The operation reshape cannot turn the shape %1 into %2."),
                            print(x.shape()), print(shape)));
    return recordBijection(reshapedView(x.contiguous(), shape), x, [old = x.shape()](const Tensor& dy) {
        return reshapedView(dy.contiguous(), old);
    });
}

Tensor reshape(const Tensor& x, std::span<const std::int64_t> sizes)
{
    std::array<std::int64_t, Shape::maxRank> known{};
    std::int64_t product = 1;
    std::size_t open = sizes.size();
    for (std::size_t i = 0; i < std::min(sizes.size(), known.size()); ++i) {
        known[i] = sizes[i];
        if (sizes[i] == -1 && open == sizes.size())
            open = i;
        else
            product *= sizes[i];
    }
    if (open == sizes.size() || sizes.size() > known.size())
        return reshape(x, Shape(sizes));
    known[open] = product != 0 ? x.count() / product : 0;
    return reshape(x, Shape(std::span(known).first(sizes.size())));
}

Tensor flatten(const Tensor& x, int first, int last)
{
    const int from = axisOf("flatten", x.shape(), first);
    const int to = axisOf("flatten", x.shape(), last);
    std::array<std::int64_t, Shape::maxRank> sizes{};
    std::size_t rank = 0;
    for (int axis = 0; axis < x.rank(); ++axis) {
        if (axis > from && axis <= to)
            sizes[rank - 1] *= x.size(axis);
        else
            sizes[rank++] = x.size(axis);
    }
    return reshape(x, Shape(std::span(sizes).first(rank)));
}

Tensor permute(const Tensor& x, std::span<const int> axes)
{
    std::array<int, Shape::maxRank> order{};
    std::array<int, Shape::maxRank> inverse{};
    std::array<bool, Shape::maxRank> seen{};
    bool fits = static_cast<int>(axes.size()) == x.rank();
    for (std::size_t i = 0; fits && i < axes.size(); ++i) {
        order[i] = axisOf("permute", x.shape(), axes[i]);
        const auto from = static_cast<std::size_t>(order[i]);
        fits = !seen[from];
        seen[from] = true;
        inverse[from] = static_cast<int>(i);
    }
    if (!fits)
        throw Error(Message(TR("engine", "The operation permute needs each axis of the shape %1 once."),
                            print(x.shape())));
    return recordBijection(permuted(x, order), x,
                           [inverse](const Tensor& dy) { return permuted(dy, inverse); });
}

Tensor transpose(const Tensor& x, int axis0, int axis1)
{
    std::array<int, Shape::maxRank> order{0, 1, 2, 3, 4, 5};
    std::swap(order[static_cast<std::size_t>(axisOf("transpose", x.shape(), axis0))],
              order[static_cast<std::size_t>(axisOf("transpose", x.shape(), axis1))]);
    return recordBijection(permuted(x, order), x, [order](const Tensor& dy) { return permuted(dy, order); });
}

Tensor moveAxis(const Tensor& x, int from, int to)
{
    const int source = axisOf("moveAxis", x.shape(), from);
    const int target = axisOf("moveAxis", x.shape(), to);
    if (source == target)
        return x;
    std::array<int, Shape::maxRank> order{0, 1, 2, 3, 4, 5};
    const auto first = order.begin();
    if (source < target)
        std::rotate(first + source, first + source + 1, first + target + 1);
    else
        std::rotate(first + target, first + source, first + source + 1);
    return permute(x, std::span(order).first(static_cast<std::size_t>(x.rank())));
}

Tensor squeeze(const Tensor& x, int axis)
{
    const int at = axisOf("squeeze", x.shape(), axis);
    if (x.rank() == 0 || x.size(at) != 1)
        return x;
    return select(x, at, 0);
}

Tensor unsqueeze(const Tensor& x, int axis)
{
    const int at = axis < 0 ? axis + x.rank() + 1 : axis;
    if (at < 0 || at > x.rank())
        throw Error(Message(TR("engine", "The operation %1 was asked for axis %2 of the shape %3."),
                            "unsqueeze", axis, print(x.shape())));
    Geometry g;
    for (int i = 0; i <= x.rank(); ++i) {
        if (i == at)
            g.push(1, 1);
        if (i < x.rank())
            g.push(x.size(i), x.stride(i));
    }
    return recordBijection(g.viewOf(x), x, [at](const Tensor& dy) { return selected(dy, at, 0); });
}

Tensor expand(const Tensor& x, const Shape& shape)
{
    if (!(broadcastShape("expand", x.shape(), shape) == shape))
        throw Error(Message(TR("engine", "The operation expand cannot repeat the shape %1 to %2."),
                            print(x.shape()), print(shape)));
    return recordBijection(broadcastView(x, shape), x,
                           [old = x.shape()](const Tensor& dy) { return raw::sumTo(dy, old); });
}

Tensor slice(const Tensor& x, int axis, std::int64_t begin, std::int64_t end, std::int64_t step)
{
    const int at = axisOf("slice", x.shape(), axis);
    if (x.rank() == 0 || step < 1)
        throw Error(
            Message(TR("engine", "The operation slice cannot take every %1-th value of the shape %2."), step,
                    print(x.shape())));
    const std::int64_t n = x.size(at);
    const std::int64_t from = std::clamp<std::int64_t>(begin < 0 ? begin + n : begin, 0, n);
    const std::int64_t to = std::clamp<std::int64_t>(end < 0 ? end + n : end, from, n);
    const std::int64_t count = (to - from + step - 1) / step;
    if (count == n)
        return x;
    const auto window = [=](const Tensor& whole) { return sliced(whole, at, from, count, step); };
    return recordWindow(window(x), x, window);
}

Tensor select(const Tensor& x, int axis, std::int64_t index)
{
    const int at = axisOf("select", x.shape(), axis);
    const std::int64_t from = x.rank() > 0 && index < 0 ? index + x.size(at) : index;
    if (x.rank() == 0 || from < 0 || from >= x.size(at))
        throw Error(
            Message(TR("engine", "The operation select was asked for position %1 along axis %2 of shape %3."),
                    index, axis, print(x.shape())));
    const auto window = [=](const Tensor& whole) { return selected(whole, at, from); };
    return recordWindow(window(x), x, window);
}

Tensor unfold(const Tensor& x, int axis, std::int64_t size, std::int64_t step)
{
    const int at = axisOf("unfold", x.shape(), axis);
    if (x.rank() == 0 || size < 1 || step < 1 || size > x.size(at))
        throw Error(
            Message(TR("engine", "The operation unfold cannot cut windows of %1 every %2 from the shape %3."),
                    size, step, print(x.shape())));
    const auto window = [=](const Tensor& whole) { return windows(whole, at, size, step); };
    return recordWindow(window(x), x, window);
}

std::vector<Tensor> split(const Tensor& x, std::span<const std::int64_t> sizes, int axis)
{
    const int at = axisOf("split", x.shape(), axis);
    std::vector<Tensor> parts;
    std::int64_t from = 0;
    for (const std::int64_t size : sizes) {
        parts.push_back(slice(x, at, from, from + size));
        from += size;
    }
    if (from != x.size(at))
        throw Error(
            Message(TR("engine", "The operation split got sizes that sum to %1 for axis %2 of the shape %3."),
                    from, axis, print(x.shape())));
    return parts;
}

std::vector<Tensor> chunk(const Tensor& x, std::int64_t count, int axis)
{
    const int at = axisOf("chunk", x.shape(), axis);
    if (count < 1)
        throw Error(Message(TR("engine", "The operation chunk cannot make %1 parts."), count));
    const std::int64_t size = std::max<std::int64_t>(1, (x.size(at) + count - 1) / count);
    std::vector<Tensor> parts;
    for (std::int64_t from = 0; from < x.size(at); from += size)
        parts.push_back(slice(x, at, from, std::min(from + size, x.size(at))));
    return parts;
}

Tensor concat(std::span<const Tensor> parts, int axis)
{
    if (parts.empty())
        throw Error(Message(TR("engine", "The operation concat needs at least one tensor.")));
    Shape shape = parts[0].shape();
    const int at = axisOf("concat", shape, axis);
    shape[at] = 0;
    for (const Tensor& part : parts) {
        Shape fitting = part.rank() == shape.rank() && shape.rank() > 0 ? part.shape() : Shape{};
        if (fitting.rank() > 0)
            fitting[at] = shape[at];
        if (!(fitting == shape) || shape.rank() == 0)
            throw Error(
                Message(TR("engine", "The operation concat cannot join the shapes %1 and %2 along axis %3."),
                        print(parts[0].shape()), print(part.shape()), axis));
        shape[at] += part.size(at);
    }
    const Tensor y = Tensor::empty(shape);
    std::int64_t from = 0;
    for (const Tensor& part : parts) {
        Tensor window = sliced(y, at, from, part.size(at), 1);
        copyInto(window, part);
        from += part.size(at);
    }
    // The sizes live in a tensor: a vector would ask the heap at each step.
    Tensor ends;
    if (isRecording(parts)) {
        ends = Tensor::empty({static_cast<std::int64_t>(parts.size())});
        for (std::size_t i = 0; i < parts.size(); ++i)
            ends.data()[i] = static_cast<float>(parts[i].size(at));
    }
    recordAll(std::span(&y, 1), parts, [at, ends](std::span<const Tensor> dy, Grads& grads) {
        std::int64_t begin = 0;
        for (int i = 0; i < ends.size(0); ++i) {
            const auto size = static_cast<std::int64_t>(ends.data()[i]);
            grads.add(i, sliced(dy[0], at, begin, size, 1));
            begin += size;
        }
    });
    return y;
}

Tensor stack(std::span<const Tensor> parts, int axis)
{
    std::vector<Tensor> columns;
    columns.reserve(parts.size());
    for (const Tensor& part : parts) {
        if (!(part.shape() == parts[0].shape()))
            throw Error(Message(TR("engine", "The operation stack cannot join the shapes %1 and %2."),
                                print(parts[0].shape()), print(part.shape())));
        columns.push_back(unsqueeze(part, axis));
    }
    return concat(columns, axis);
}

}  // namespace fc
