// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/tensor.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cstring>

#include "engine/tensor/kernels/kernels.h"
#include "engine/tensor/storage.h"
#include "engine/tensor/strided.h"

namespace fc {

namespace {

/// Each thread takes numbers by the million, so that making a tensor needs no atomic operation.
std::uint64_t nextId()
{
    constexpr std::uint64_t share = std::uint64_t{1} << 20;
    static std::atomic<std::uint64_t> nextShare{1};
    thread_local std::uint64_t next = 0;
    thread_local std::uint64_t end = 0;
    if (next == end) {
        next = nextShare.fetch_add(share, std::memory_order_relaxed);
        end = next + share;
    }
    return next++;
}

}  // namespace

Shape::Shape(std::span<const std::int64_t> sizes)
{
    if (sizes.size() > static_cast<std::size_t>(maxRank))
        throw Error(Message(TR("engine", "A tensor has at most %1 axes, but %2 were asked for."), maxRank,
                            sizes.size()));
    for (const std::int64_t size : sizes) {
        if (size < 0)
            throw Error(Message(TR("engine", "The size of an axis is %1, but it cannot be negative."), size));
        m_sizes[static_cast<std::size_t>(m_rank++)] = size;
    }
}

std::int64_t Shape::count() const
{
    std::int64_t count = 1;
    for (int axis = 0; axis < m_rank; ++axis)
        count *= m_sizes[static_cast<std::size_t>(axis)];
    return count;
}

bool Shape::operator==(const Shape& other) const
{
    return std::ranges::equal(sizes(), other.sizes());
}

std::string print(const Shape& shape)
{
    std::string text = "[";
    for (int axis = 0; axis < shape.rank(); ++axis)
        text += (axis == 0 ? "" : ", ") + std::to_string(shape[axis]);
    return text + "]";
}

Tensor::Tensor(const Tensor& other) noexcept
    : m_storage(other.m_storage),
      m_offset(other.m_offset),
      m_shape(other.m_shape),
      m_strides(other.m_strides),
      m_id(other.m_id)
{
    if (m_storage != nullptr)
        m_storage->shares.fetch_add(1, std::memory_order_relaxed);
}

Tensor::Tensor(Tensor&& other) noexcept
    : m_storage(std::exchange(other.m_storage, nullptr)),
      m_offset(other.m_offset),
      m_shape(other.m_shape),
      m_strides(other.m_strides),
      m_id(std::exchange(other.m_id, 0))
{
}

Tensor& Tensor::operator=(Tensor other) noexcept
{
    std::swap(m_storage, other.m_storage);
    m_offset = other.m_offset;
    m_shape = other.m_shape;
    m_strides = other.m_strides;
    m_id = other.m_id;
    return *this;
}

Tensor::~Tensor()
{
    if (m_storage != nullptr && m_storage->shares.fetch_sub(1, std::memory_order_acq_rel) == 1)
        giveStorage(m_storage);
}

Tensor Tensor::empty(const Shape& shape)
{
    constexpr std::int64_t limit = std::int64_t{1} << 44;
    std::int64_t count = 1;
    for (const std::int64_t size : shape.sizes())
        count = size != 0 && count > limit / size ? limit + 1 : count * size;
    Tensor t;
    try {
        t.m_storage = takeStorage(count);
    } catch (const std::bad_alloc&) {
        throw Error(
            Message(TR("engine", "There is not enough memory for a tensor of shape %1."), print(shape)));
    }
    t.m_shape = shape;
    t.m_strides = contiguousStrides(shape);
    t.m_id = nextId();
    return t;
}

Tensor Tensor::zeros(const Shape& shape)
{
    return full(shape, 0.0F);
}

Tensor Tensor::full(const Shape& shape, float value)
{
    Tensor t = empty(shape);
    kernels::fill(t.count(), t.data(), value);
    return t;
}

Tensor Tensor::from(const Shape& shape, std::span<const float> values)
{
    if (shape.count() != static_cast<std::int64_t>(values.size()))
        throw Error(Message(TR("engine", "A tensor of shape %1 needs %2 values, but there are %3."),
                            print(shape), shape.count(), values.size()));
    Tensor t = empty(shape);
    std::ranges::copy(values, t.data());
    return t;
}

bool Tensor::isContiguous() const
{
    std::int64_t expected = 1;
    for (int axis = rank() - 1; axis >= 0; --axis) {
        if (m_shape[axis] != 1 && stride(axis) != expected)
            return count() == 0;
        expected *= m_shape[axis];
    }
    return true;
}

bool Tensor::ownsStorageAlone() const
{
    return m_storage != nullptr && m_storage->shares.load(std::memory_order_acquire) == 1;
}

float* Tensor::data()
{
    assert(defined());
    return m_storage->data() + m_offset;
}

const float* Tensor::data() const
{
    assert(defined());
    return m_storage->data() + m_offset;
}

float Tensor::item() const
{
    if (count() != 1)
        throw Error(Message(TR("engine", "A tensor of shape %1 is not one value."), print(m_shape)));
    return *data();
}

std::vector<float> Tensor::values() const
{
    const Tensor dense = contiguous();
    return {dense.data(), dense.data() + dense.count()};
}

Tensor Tensor::view(const Shape& shape, std::span<const std::int64_t> strides, std::int64_t offset) const
{
    assert(strides.size() == static_cast<std::size_t>(shape.rank()));
    Tensor t(*this);
    t.m_offset += offset;
    t.m_shape = shape;
    t.m_strides = {};
    std::ranges::copy(strides, t.m_strides.begin());
    t.m_id = nextId();
    return t;
}

Tensor Tensor::clone() const
{
    Tensor t = empty(m_shape);
    copyInto(t, *this);
    return t;
}

Tensor Tensor::contiguous() const
{
    return !defined() || isContiguous() ? *this : clone();
}

Tensor Tensor::detach() const
{
    Tensor t(*this);
    t.m_id = nextId();
    return t;
}

void copyInto(Tensor& target, const Tensor& source)
{
    if (!(target.shape() == source.shape()))
        throw Error(Message(TR("engine", "Values of shape %1 cannot be copied into shape %2."),
                            print(source.shape()), print(target.shape())));
    if (target.isContiguous() && source.isContiguous()) {
        std::memmove(target.data(), source.data(), static_cast<std::size_t>(source.count()) * sizeof(float));
        return;
    }
    const Tensor* operands[] = {&target, &source};
    kernels::copy(walkOver(target.shape(), operands), target.data(), source.data());
}

std::string instructionSet()
{
    return kernels::instructionSet();
}

}  // namespace fc
