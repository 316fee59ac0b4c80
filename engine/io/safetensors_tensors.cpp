// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/safetensors_tensors.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "engine/io/safetensors_header.h"

namespace fc {

namespace {

constexpr std::pair<DType, std::string_view> typeNames[dtypeCount] = {
    {DType::F32, "F32"}, {DType::F16, "F16"}, {DType::BF16, "BF16"}, {DType::I8, "I8"},
    {DType::U8, "U8"},   {DType::I64, "I64"}, {DType::Bool, "BOOL"}};

/// The type of that name; std::nullopt when tensors have no such type.
std::optional<DType> typeNamed(std::string_view name)
{
    for (const auto& [dtype, known] : typeNames)
        if (known == name)
            return dtype;
    return std::nullopt;
}

/// Numbers of type From, wherever they lie, each as a To.
template <typename To, typename From>
Tensor widened(const StoredTensor& stored, const Shape& shape, DType dtype)
{
    Tensor y = Tensor::empty(shape, dtype);
    for (std::int64_t i = 0; i < y.count(); ++i) {
        From x;
        std::memcpy(&x, stored.bytes.data() + i * static_cast<std::int64_t>(sizeof x), sizeof x);
        const To value = static_cast<To>(x);
        std::memcpy(y.bytes() + i * static_cast<std::int64_t>(sizeof value), &value, sizeof value);
    }
    return y;
}

Shape shapeOf(const StoredTensor& stored)
{
    if (stored.shape.size() > static_cast<std::size_t>(Shape::maxRank))
        throw Error(Message(TR("engine", "The tensor \"%1\" has %2 axes; at most %3 can be used."),
                            shownName(stored.name), stored.shape.size(), Shape::maxRank));
    return Shape(stored.shape);
}

}  // namespace

std::string safetensorsType(DType dtype)
{
    return std::string(typeNames[static_cast<int>(dtype)].second);
}

Tensor tensorFrom(const StoredTensor& stored)
{
    const Shape shape = shapeOf(stored);
    if (const std::optional<DType> dtype = typeNamed(stored.dtype)) {
        Tensor y = Tensor::empty(shape, *dtype);
        std::memcpy(y.bytes(), stored.bytes.data(), stored.bytes.size());
        return y;
    }
    if (stored.dtype == "F64")
        return widened<float, double>(stored, shape, DType::F32);
    if (stored.dtype == "I16")
        return widened<std::int64_t, std::int16_t>(stored, shape, DType::I64);
    if (stored.dtype == "U16")
        return widened<std::int64_t, std::uint16_t>(stored, shape, DType::I64);
    if (stored.dtype == "I32")
        return widened<std::int64_t, std::int32_t>(stored, shape, DType::I64);
    if (stored.dtype == "U32")
        return widened<std::int64_t, std::uint32_t>(stored, shape, DType::I64);
    throw Error(
        Message(TR("engine",
                   "The tensor \"%1\" stores numbers of the type %2, which cannot be used. Save it as F32."),
                shownName(stored.name), stored.dtype));
}

MappedSafetensors::MappedSafetensors(const std::filesystem::path& path, DigestCheck check)
    : m_bytes(path), m_file(parseSafetensors(m_bytes.bytes(), check))
{
}

Tensor MappedSafetensors::tensor(const StoredTensor& stored) const
{
    m_bytes.checkUnchanged();
    const std::optional<DType> dtype = typeNamed(stored.dtype);
    // The mapping begins at a page, so that an offset is as aligned as the address.
    const std::int64_t offset = stored.bytes.data() - m_bytes.bytes().data();
    if (!dtype || offset % bytesOf(*dtype) != 0)
        return tensorFrom(stored);
    return m_bytes.tensor(offset, shapeOf(stored), *dtype);
}

Tensor MappedSafetensors::tensor(const std::string& name) const
{
    const auto found = std::ranges::find(m_file.tensors, name, &StoredTensor::name);
    if (found == m_file.tensors.end())
        throw Error(Message(TR("engine", "The file has no tensor \"%1\"."), shownName(name)));
    return tensor(*found);
}

std::string writeTensors(const std::vector<std::pair<std::string, Tensor>>& tensors,
                         const std::map<std::string, std::string>& metadata)
{
    std::vector<Tensor> dense;
    std::vector<StoredTensor> stored;
    for (const auto& [name, values] : tensors) {
        dense.push_back(values.contiguous());
        const Tensor& kept = dense.back();
        const auto sizes = kept.shape().sizes();
        stored.push_back({.name = name,
                          .dtype = safetensorsType(kept.dtype()),
                          .shape = {sizes.begin(), sizes.end()},
                          .bytes = {reinterpret_cast<const char*>(kept.bytes()),
                                    static_cast<std::size_t>(kept.count() * bytesOf(kept.dtype()))}});
    }
    return writeSafetensors(stored, metadata);
}

}  // namespace fc
