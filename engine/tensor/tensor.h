// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/error.h"
#include "engine/tensor/dtype.h"

namespace fc {

/// Sizes of a tensor, outermost first; at most `maxRank` of them. An empty shape is a scalar.
class Shape {
public:
    static constexpr int maxRank = 6;

    Shape() = default;
    Shape(std::initializer_list<std::int64_t> sizes) : Shape(std::span(sizes.begin(), sizes.size())) {}
    explicit Shape(std::span<const std::int64_t> sizes);

    int rank() const { return m_rank; }
    /// Negative `axis` counts from the end.
    std::int64_t operator[](int axis) const
    {
        return m_sizes[static_cast<size_t>(axis < 0 ? axis + m_rank : axis)];
    }
    std::int64_t& operator[](int axis)
    {
        return m_sizes[static_cast<size_t>(axis < 0 ? axis + m_rank : axis)];
    }
    std::int64_t count() const;
    std::span<const std::int64_t> sizes() const { return {m_sizes.data(), static_cast<size_t>(m_rank)}; }
    bool operator==(const Shape& other) const;

private:
    std::array<std::int64_t, maxRank> m_sizes{};
    int m_rank = 0;
};

/// "[32, 96, 1]", for messages.
std::string print(const Shape& shape);

struct Storage;

/// An array of numbers: shape, strides, and a share of pooled storage. A value: copies share storage, views
/// share storage and never copy. It carries no gradient (Tape owns those), only an id by which a tape knows
/// it. Arithmetic takes F32; the other types are for storing, moving and converting. More makers are in
/// create.h.
class Tensor {
public:
    /// No storage; `defined()` is false.
    Tensor() = default;
    Tensor(const Tensor& other) noexcept;
    Tensor(Tensor&& other) noexcept;
    Tensor& operator=(Tensor other) noexcept;
    ~Tensor();

    /// Contiguous, values not set. Throws Error when the memory is not there.
    static Tensor empty(const Shape& shape, DType dtype = DType::F32);
    static Tensor zeros(const Shape& shape, DType dtype = DType::F32);
    static Tensor full(const Shape& shape, float value);
    static Tensor scalar(float value) { return full({}, value); }
    /// Copies `values`, row-major. Throws Error when the count does not fit the shape.
    static Tensor from(const Shape& shape, std::span<const float> values);

    /// Numbers that lie elsewhere, row-major; `owner` keeps them alive. `bytes` is aligned for the type.
    static Tensor over(std::byte* bytes, const Shape& shape, DType dtype, std::shared_ptr<void> owner);

    bool defined() const { return m_storage != nullptr; }
    DType dtype() const;
    const Shape& shape() const { return m_shape; }
    int rank() const { return m_shape.rank(); }
    std::int64_t size(int axis) const { return m_shape[axis]; }
    std::int64_t count() const { return m_shape.count(); }
    std::int64_t stride(int axis) const
    {
        return m_strides[static_cast<size_t>(axis < 0 ? axis + rank() : axis)];
    }
    bool isContiguous() const;
    /// True when no other tensor shares the storage: its values may be overwritten in place.
    bool ownsStorageAlone() const;
    /// True when both look at the same storage.
    bool sharesStorage(const Tensor& other) const { return defined() && m_storage == other.m_storage; }
    /// Unique for each tensor made or viewed; copies keep it.
    std::uint64_t id() const { return m_id; }

    /// Throws Error naming the type unless it is F32.
    float* data();
    const float* data() const;
    /// The first number, whatever its type.
    std::byte* bytes();
    const std::byte* bytes() const;
    /// The one value of a tensor of count 1; F32.
    float item() const;
    /// A row-major copy; F32.
    std::vector<float> values() const;

    /// A view of the same storage with another geometry and a new id; the raw material of the recorded view
    /// operations in autograd/ops_shape.h. `offset` counts elements from this view's first.
    Tensor view(const Shape& shape, std::span<const std::int64_t> strides, std::int64_t offset = 0) const;

    /// Same values in a new storage of their own, row-major. Not recorded.
    Tensor clone() const;
    /// This tensor when it is contiguous, else a clone. Not recorded.
    Tensor contiguous() const;
    /// This tensor when it has that type, else a contiguous copy with converted values. Not recorded. To F16
    /// and BF16: nearest, ties to even, infinity beyond the range, NaN stays; a whole number passes through
    /// F32. To whole numbers: cut towards zero, kept within the range of the type, NaN becomes 0. To Bool:
    /// anything but 0 is true.
    Tensor to(DType dtype) const;
    /// Same shape and storage, new id: a tape does not know it.
    Tensor detach() const;

private:
    Storage* m_storage = nullptr;
    std::int64_t m_offset = 0;
    Shape m_shape;
    std::array<std::int64_t, Shape::maxRank> m_strides{};
    std::uint64_t m_id = 0;
};

/// Copies `source` into `target`, element by element. Throws Error naming both shapes or both types when they
/// differ.
void copyInto(Tensor& target, const Tensor& source);

/// What the storage pool of the calling thread holds and did.
struct PoolStats {
    std::int64_t heapAllocations = 0;  ///< times the pool had to ask the system, since the thread began
    std::int64_t bytesInUse = 0;
    std::int64_t bytesPeak = 0;
};
PoolStats poolStats();
/// Gives the unused blocks of the calling thread's pool back to the system, for a thread that goes on to
/// other work.
void trimPool();

/// Which build of the kernels the loader chose: "x86-64", "x86-64-v3", "x86-64-v4" or the machine's name.
std::string instructionSet();

}  // namespace fc
