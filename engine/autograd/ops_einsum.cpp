// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/autograd/ops_einsum.h"

#include <algorithm>
#include <array>

#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_matmul.h"
#include "engine/autograd/ops_reduce.h"
#include "engine/autograd/ops_shape.h"
#include "engine/autograd/tape.h"
#include "engine/tensor/elementwise.h"
#include "engine/tensor/strided.h"

namespace fc {

namespace {

/// Letters of an operand or of a part of it, in order.
class Letters {
public:
    Letters() = default;
    explicit Letters(std::string_view text)
    {
        for (const char letter : text)
            add(letter);
    }

    void add(char letter)
    {
        if (m_count < m_letters.size())
            m_letters[m_count] = letter;
        ++m_count;
    }
    /// -1 when it is not there.
    int place(char letter) const
    {
        const auto all = view();
        const auto found = all.find(letter);
        return found == std::string_view::npos ? -1 : static_cast<int>(found);
    }
    bool has(char letter) const { return place(letter) >= 0; }
    int count() const { return static_cast<int>(m_count); }
    /// Whether a tensor can have so many axes.
    bool fits() const { return m_count <= Shape::maxRank; }
    std::string_view view() const { return {m_letters.data(), std::min(m_count, m_letters.size())}; }
    void remove(int place)
    {
        std::copy(m_letters.begin() + place + 1, m_letters.end(), m_letters.begin() + place);
        --m_count;
    }

private:
    std::array<char, 3 * Shape::maxRank> m_letters{};
    std::size_t m_count = 0;
};

Letters operator+(Letters left, const Letters& right)
{
    for (const char letter : right.view())
        left.add(letter);
    return left;
}

/// A tensor whose axes have names.
struct Named {
    Tensor x;
    Letters letters;

    std::int64_t size(char letter) const { return x.size(letters.place(letter)); }
};

/// What is asked for, and of what; for the messages.
struct Request {
    std::string_view pattern;
    const Tensor& a;
    const Tensor* b;

    [[noreturn]] void refuse(const char* why) const
    {
        const std::string shapes = b ? print(a.shape()) + ", " + print(b->shape()) : print(a.shape());
        throw Error(Message(TR("engine", "The operation einsum cannot do \"%1\" with the shapes %2: %3."),
                            std::string(pattern), shapes, why));
    }
};

Letters lettersOf(const Request& request, std::string_view text)
{
    const bool named =
        std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
    const Letters letters(text);
    if (!named || !letters.fits())
        request.refuse(TR("engine", "each axis needs one letter, at most six of them"));
    return letters;
}

/// Repeated letters -> their diagonal; letters nobody else wants are summed over.
Named prepared(const Request& request, std::string_view text, const Tensor& x, const Letters& wanted)
{
    Named operand{x, lettersOf(request, text)};
    if (operand.letters.count() != x.rank())
        request.refuse(TR("engine", "the letters do not match the axes"));
    for (int i = 0; i < operand.letters.count(); ++i) {
        const char letter = operand.letters.view()[static_cast<std::size_t>(i)];
        for (int j = operand.letters.count() - 1; j > operand.letters.place(letter); --j) {
            if (operand.letters.view()[static_cast<std::size_t>(j)] != letter)
                continue;
            const int first = operand.letters.place(letter);
            if (operand.x.size(first) != operand.x.size(j))
                request.refuse(TR("engine", "an axis has two sizes"));
            operand.x = diagonal(operand.x, first, j);
            operand.letters.remove(j);
            operand.letters.remove(first);
            operand.letters.add(letter);
            i = -1;
            break;
        }
    }
    for (int i = operand.letters.count() - 1; i >= 0; --i) {
        if (!wanted.has(operand.letters.view()[static_cast<std::size_t>(i)])) {
            operand.x = sum(operand.x, i);
            operand.letters.remove(i);
        }
    }
    return operand;
}

/// View with the axes in the order of `order`, all of which the operand has.
Tensor ordered(const Named& operand, const Letters& order)
{
    std::array<int, Shape::maxRank> axes{};
    for (int i = 0; i < order.count(); ++i)
        axes[static_cast<std::size_t>(i)] = operand.letters.place(order.view()[static_cast<std::size_t>(i)]);
    return permute(operand.x, std::span(axes).first(static_cast<std::size_t>(order.count())));
}

/// Axes [first, first + count) as one; a size of 1 for none.
Tensor merged(const Tensor& x, int first, int count)
{
    if (count == 1)
        return x;
    if (count == 0)
        return unsqueeze(x, first);
    return flatten(x, first, first + count - 1);
}

/// Element by element: the operand's axes among those of the result, with size 1 where it has none.
Tensor amongst(const Named& operand, const Letters& result)
{
    Letters own;
    for (const char letter : result.view())
        if (operand.letters.has(letter))
            own.add(letter);
    Tensor x = ordered(operand, own);
    for (int i = 0; i < result.count(); ++i)
        if (!operand.letters.has(result.view()[static_cast<std::size_t>(i)]))
            x = unsqueeze(x, i);
    return x;
}

Tensor asMatrixProduct(const Named& a, const Named& b, const Letters& result)
{
    Letters batch, rows, columns, inner;
    for (const char letter : result.view()) {
        const bool left = a.letters.has(letter), right = b.letters.has(letter);
        (left && right ? batch : (left ? rows : columns)).add(letter);
    }
    for (const char letter : a.letters.view())
        if (!result.has(letter))
            inner.add(letter);
    if (inner.count() == 0)
        return mul(amongst(a, result), amongst(b, result));
    Tensor left = ordered(a, batch + rows + inner);
    Tensor right = ordered(b, batch + inner + columns);
    int n = batch.count();
    if (n + 2 > Shape::maxRank) {
        left = merged(left, 0, n);
        right = merged(right, 0, n);
        n = 1;
    }
    const Tensor product =
        matmul(merged(merged(left, n + rows.count(), inner.count()), n, rows.count()),
               merged(merged(right, n + inner.count(), columns.count()), n, inner.count()));
    const Letters made = batch + rows + columns;
    Shape shape = [&] {
        std::array<std::int64_t, Shape::maxRank> sizes{};
        for (int i = 0; i < made.count(); ++i) {
            const char letter = made.view()[static_cast<std::size_t>(i)];
            sizes[static_cast<std::size_t>(i)] = a.letters.has(letter) ? a.size(letter) : b.size(letter);
        }
        return Shape(std::span(sizes).first(static_cast<std::size_t>(made.count())));
    }();
    return ordered({reshape(product, shape), made}, result);
}

struct Parts {
    std::string_view a;
    std::string_view b;
    std::string_view result;
};

Parts partsOf(const Request& request)
{
    const std::size_t arrow = request.pattern.find("->");
    const std::size_t comma = request.pattern.find(',');
    const bool two = comma < arrow;
    if (arrow == std::string_view::npos || two != (request.b != nullptr))
        request.refuse(TR("engine", "a pattern is like \"ij,jk->ik\", one list of letters per tensor"));
    return {request.pattern.substr(0, two ? comma : arrow),
            two ? request.pattern.substr(comma + 1, arrow - comma - 1) : std::string_view(),
            request.pattern.substr(arrow + 2)};
}

Letters resultOf(const Request& request, const Parts& parts)
{
    const Letters result = lettersOf(request, parts.result);
    for (int i = 0; i < result.count(); ++i) {
        const char letter = result.view()[static_cast<std::size_t>(i)];
        if (result.place(letter) != i)
            request.refuse(TR("engine", "a letter of the result is there twice"));
        if (parts.a.find(letter) == std::string_view::npos && parts.b.find(letter) == std::string_view::npos)
            request.refuse(TR("engine", "a letter of the result is in no operand"));
    }
    return result;
}

}  // namespace

Tensor diagonal(const Tensor& x, int axis0, int axis1)
{
    const int first = axisOf("diagonal", x.shape(), axis0);
    const int second = axisOf("diagonal", x.shape(), axis1);
    if (first == second || x.size(first) != x.size(second))
        throw Error(
            Message(TR("engine", "The operation diagonal cannot take axes %1 and %2 of the shape %3."), axis0,
                    axis1, print(x.shape())));
    const auto viewOf = [first, second](const Tensor& whole) {
        std::array<std::int64_t, Shape::maxRank> sizes{}, strides{};
        std::size_t rank = 0;
        for (int i = 0; i < whole.rank(); ++i) {
            if (i == first || i == second)
                continue;
            sizes[rank] = whole.size(i);
            strides[rank++] = whole.stride(i);
        }
        sizes[rank] = whole.size(first);
        strides[rank++] = whole.stride(first) + whole.stride(second);
        return whole.view(Shape(std::span(sizes).first(rank)), std::span(strides).first(rank));
    };
    return record(viewOf(x), {x}, [viewOf](const Tensor& dy, Grads& grads) {
        Tensor onDiagonal = viewOf(grads.into(0));
        raw::accumulate(onDiagonal, dy);
    });
}

Tensor einsum(std::string_view pattern, const Tensor& a, const Tensor& b)
{
    const Request request{pattern, a, &b};
    const Parts parts = partsOf(request);
    const Letters result = resultOf(request, parts);
    const Named left = prepared(request, parts.a, a, result + lettersOf(request, parts.b));
    const Named right = prepared(request, parts.b, b, result + left.letters);
    for (const char letter : left.letters.view())
        if (right.letters.has(letter) && left.size(letter) != right.size(letter))
            request.refuse(TR("engine", "an axis has two sizes"));
    return asMatrixProduct(left, right, result);
}

Tensor einsum(std::string_view pattern, const Tensor& x)
{
    const Request request{pattern, x, nullptr};
    const Parts parts = partsOf(request);
    const Letters result = resultOf(request, parts);
    return ordered(prepared(request, parts.a, x, result), result);
}

}  // namespace fc
