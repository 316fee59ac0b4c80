// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/tensor.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cstring>

#include "engine/tensor/blocks.h"
#include "engine/tensor/kernels/kernels.h"
#include "engine/tensor/kernels/kernels_convert.h"
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

std::size_t byteCount(const Tensor& x)
{
    return static_cast<std::size_t>(x.count() * bytesOf(x.dtype()));
}

[[noreturn]] void refuseType(DType dtype)
{
    throw Error(Message(TR("engine",
                           "The tensor stores %1 numbers, but arithmetic takes f32 alone. Convert it to f32 "
                           "first."),
                        print(dtype)));
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

Tensor Tensor::empty(const Shape& shape, DType dtype)
{
    constexpr std::int64_t limit = std::int64_t{1} << 44;
    std::int64_t count = 1;
    for (const std::int64_t size : shape.sizes())
        count = size != 0 && count > limit / size ? limit + 1 : count * size;
    Tensor t;
    try {
        t.m_storage = takeStorage(count, dtype);
    } catch (const std::bad_alloc&) {
        throw Error(
            Message(TR("engine", "There is not enough memory for a tensor of shape %1."), print(shape)));
    }
    t.m_shape = shape;
    t.m_strides = contiguousStrides(shape);
    t.m_id = nextId();
    return t;
}

Tensor Tensor::zeros(const Shape& shape, DType dtype)
{
    Tensor t = empty(shape, dtype);
    std::memset(t.bytes(), 0, byteCount(t));
    return t;
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

Tensor Tensor::over(std::byte* bytes, const Shape& shape, DType dtype, std::shared_ptr<void> owner)
{
    Tensor t;
    t.m_storage = takeForeignStorage(bytes, dtype, std::move(owner));
    t.m_shape = shape;
    t.m_strides = contiguousStrides(shape);
    t.m_id = nextId();
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

DType Tensor::dtype() const
{
    return m_storage != nullptr ? m_storage->dtype : DType::F32;
}

float* Tensor::data()
{
    assert(defined());
    if (m_storage->dtype != DType::F32)
        refuseType(m_storage->dtype);
    return reinterpret_cast<float*>(m_storage->bytes) + m_offset;
}

const float* Tensor::data() const
{
    assert(defined());
    if (m_storage->dtype != DType::F32)
        refuseType(m_storage->dtype);
    return reinterpret_cast<const float*>(m_storage->bytes) + m_offset;
}

std::byte* Tensor::bytes()
{
    assert(defined());
    return m_storage->bytes + m_offset * bytesOf(m_storage->dtype);
}

const std::byte* Tensor::bytes() const
{
    assert(defined());
    return m_storage->bytes + m_offset * bytesOf(m_storage->dtype);
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
    Tensor t = empty(m_shape, dtype());
    copyInto(t, *this);
    return t;
}

Tensor Tensor::contiguous() const
{
    return !defined() || isContiguous() ? *this : clone();
}

Tensor Tensor::to(DType dtype) const
{
    if (!defined() || dtype == this->dtype())
        return *this;
    constexpr std::int64_t grain = std::int64_t{1} << 16;
    const Tensor dense = contiguous();
    Tensor t = empty(m_shape, dtype);
    const auto part = [&](std::int64_t begin, std::int64_t end) {
        kernels::convert({.n = end - begin,
                          .from = dense.dtype(),
                          .x = dense.bytes() + begin * bytesOf(dense.dtype()),
                          .to = dtype,
                          .y = t.bytes() + begin * bytesOf(dtype)});
    };
    if (t.count() <= grain)
        part(0, t.count());
    else
        eachBlock(t.count(), grain, part);
    return t;
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
    if (target.dtype() != source.dtype())
        throw Error(Message(TR("engine", "Numbers of type %1 cannot be copied into a tensor of type %2."),
                            print(source.dtype()), print(target.dtype())));
    if (target.isContiguous() && source.isContiguous()) {
        std::memmove(target.bytes(), source.bytes(), byteCount(source));
        return;
    }
    const Tensor* operands[] = {&target, &source};
    const kernels::Walk walk = walkOver(target.shape(), operands);
    if (source.dtype() == DType::F32)
        kernels::copy(walk, target.data(), source.data());
    else
        kernels::copyElements(walk, bytesOf(source.dtype()), target.bytes(), source.bytes());
}

std::string instructionSet()
{
    return kernels::instructionSet();
}

}  // namespace fc
