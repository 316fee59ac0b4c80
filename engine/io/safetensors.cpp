// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/safetensors.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "engine/base/sha256.h"
#include "engine/io/safetensors_header.h"

namespace fc {

namespace {

static_assert(std::endian::native == std::endian::little, "tensors are stored as they lie in memory");

constexpr std::size_t mostProblems = 20;
constexpr const char* digestKey = "fc.sha256";
constexpr std::size_t lengthBytes = 8;

/// The header's text; `problems` says why there is none.
std::string_view headerText(std::string_view bytes, std::vector<CheckpointProblem>& problems)
{
    if (bytes.size() < lengthBytes) {
        problems.push_back(checkpointProblem(
            "too_short", {},
            Message(
                TR("engine", "The file has %1 bytes; a safetensors file begins with a length of 8 bytes."),
                bytes.size())));
        return {};
    }
    std::uint64_t length = 0;
    std::memcpy(&length, bytes.data(), lengthBytes);
    if (length > std::uint64_t{safetensorsHeaderLimit}) {
        problems.push_back(checkpointProblem(
            "header_too_long", {},
            Message(TR("engine",
                       "The header claims %1 bytes; at most %2 are read. This is hardly a safetensors file."),
                    std::to_string(length), safetensorsHeaderLimit)));
        return {};
    }
    if (length > bytes.size() - lengthBytes) {
        problems.push_back(checkpointProblem(
            "header_beyond_file", {},
            Message(TR("engine", "The header claims %1 bytes, but only %2 follow: the file was cut off."),
                    std::to_string(length), bytes.size() - lengthBytes)));
        return {};
    }
    return bytes.substr(lengthBytes, length);
}

/// What is wrong with one entry on its own, given `dataSize` bytes of data.
std::vector<CheckpointProblem> entryProblems(const HeaderEntry& entry, std::int64_t dataSize)
{
    const std::string name = shownName(entry.name);
    const auto [begin, end] = entry.offsets;
    const std::optional<std::int64_t> element = elementSize(entry.dtype);
    if (!element)
        return {checkpointProblem("unknown_dtype", entry.name,
                                  Message(TR("engine", "The tensor \"%1\" has the unknown type \"%2\"."),
                                          name, shownName(entry.dtype)))};
    const std::optional<std::int64_t> size = tensorSize(entry.shape, *element);
    if (!size)
        return {checkpointProblem(
            "shape_overflow", entry.name,
            Message(TR("engine", "The shape of the tensor \"%1\" is beyond any memory."), name))};
    if (begin > end || end > dataSize)
        return {checkpointProblem(
            "bad_offsets", entry.name,
            Message(TR("engine",
                       "The tensor \"%1\" claims the bytes %2 to %3, but the file has %4 bytes of data."),
                    name, begin, end, dataSize))};
    if (*size != end - begin)
        return {checkpointProblem(
            "size_mismatch", entry.name,
            Message(TR("engine", "The tensor \"%1\" needs %2 bytes by its shape and type, but has %3."), name,
                    *size, end - begin))};
    return {};
}

/// Overlaps, holes and bytes left over, of entries that are sound on their own and in the order of their
/// bytes.
std::vector<CheckpointProblem> layoutProblems(const std::vector<HeaderEntry>& entries, std::int64_t dataSize)
{
    std::int64_t at = 0;
    for (const HeaderEntry& entry : entries) {
        if (entry.offsets[0] < at)
            return {
                checkpointProblem("overlap", entry.name,
                                  Message(TR("engine", "The tensor \"%1\" shares bytes with another one."),
                                          shownName(entry.name)))};
        if (entry.offsets[0] > at)
            return {checkpointProblem(
                "hole", entry.name,
                Message(TR("engine", "The %1 bytes before the tensor \"%2\" belong to no tensor."),
                        entry.offsets[0] - at, shownName(entry.name)))};
        at = entry.offsets[1];
    }
    if (at != dataSize)
        return {checkpointProblem(
            "trailing_bytes", {},
            Message(TR("engine", "The last %1 bytes of the file belong to no tensor."), dataSize - at))};
    return {};
}

/// Removes the marker tensor and, if asked to, compares the digest when one is given or marked.
std::vector<CheckpointProblem> digestProblems(SafetensorsFile& file, DigestCheck check)
{
    const auto stored = file.metadata.find(digestKey);
    const bool marked =
        std::erase_if(file.tensors, [](const StoredTensor& t) { return t.name == digestKey; }) > 0;
    if (stored == file.metadata.end() && !marked)
        return {};
    if (stored == file.metadata.end())
        return {checkpointProblem(
            "digest_missing", {},
            Message(TR("engine", "The digest of the file was removed, so damage cannot be ruled out.")))};
    if (!marked || (check == DigestCheck::Verify && stored->second != safetensorsDigest(file)))
        return {checkpointProblem("digest_mismatch", {},
                                  Message(TR("engine",
                                             "The content does not match its SHA-256 digest: the file was "
                                             "damaged or changed after it was written.")))};
    return {};
}

nlohmann::json headerOf(const std::vector<StoredTensor>& tensors,
                        const std::map<std::string, std::string>& metadata)
{
    nlohmann::json header = nlohmann::json::object();
    if (!metadata.empty())
        header["__metadata__"] = metadata;
    for (const StoredTensor& tensor : tensors)
        header[tensor.name] = {{"dtype", tensor.dtype}, {"shape", tensor.shape}};
    return header;
}

std::string dumped(const nlohmann::json& header)
{
    try {
        return header.dump();
    } catch (const nlohmann::json::type_error&) {
        throw Error(Message(
            TR("engine", "A name or a text of the checkpoint is not UTF-8, so it cannot be written.")));
    }
}

void checkWritable(const std::vector<StoredTensor>& tensors)
{
    std::set<std::string> names{digestKey, "__metadata__"};
    for (const StoredTensor& tensor : tensors) {
        if (!names.insert(tensor.name).second)
            throw Error(
                Message(TR("engine", "The checkpoint has the tensor name \"%1\" twice, or it is reserved."),
                        shownName(tensor.name)));
        const std::optional<std::int64_t> element = elementSize(tensor.dtype);
        if (!element)
            throw Error(Message(TR("engine", "The tensor \"%1\" has the unknown type \"%2\"."),
                                shownName(tensor.name), shownName(tensor.dtype)));
        const bool negative =
            std::any_of(tensor.shape.begin(), tensor.shape.end(), [](std::int64_t n) { return n < 0; });
        const std::optional<std::int64_t> size = tensorSize(tensor.shape, *element);
        if (negative || !size || static_cast<std::uint64_t>(*size) != tensor.bytes.size())
            throw Error(Message(TR("engine", "The shape of the tensor \"%1\" does not fit its %2 bytes."),
                                shownName(tensor.name), tensor.bytes.size()));
    }
}

/// True when one of the `Bits` has all bits of the exponent mask set: NaN or infinity.
template <typename Bits>
bool anyNonFinite(std::string_view bytes, Bits exponentMask)
{
    for (std::size_t at = 0; at + sizeof(Bits) <= bytes.size(); at += sizeof(Bits)) {
        Bits bits;
        std::memcpy(&bits, bytes.data() + at, sizeof bits);
        if ((bits & exponentMask) == exponentMask)
            return true;
    }
    return false;
}

bool hasNonFinite(const StoredTensor& tensor)
{
    if (tensor.dtype == "F64")
        return anyNonFinite<std::uint64_t>(tensor.bytes, 0x7FF0000000000000U);
    if (tensor.dtype == "F32" || tensor.dtype == "C64")
        return anyNonFinite<std::uint32_t>(tensor.bytes, 0x7F800000U);
    if (tensor.dtype == "BF16")
        return anyNonFinite<std::uint16_t>(tensor.bytes, 0x7F80U);
    if (tensor.dtype == "F16")
        return anyNonFinite<std::uint16_t>(tensor.bytes, 0x7C00U);
    return false;
}

}  // namespace

std::vector<CheckpointProblem> inspectSafetensors(std::string_view bytes, SafetensorsFile& file,
                                                  DigestCheck check)
{
    std::vector<CheckpointProblem> problems;
    const std::string_view text = headerText(bytes, problems);
    if (!problems.empty())
        return problems;
    SafetensorsHeader header = readSafetensorsHeader(text);
    if (!header.problems.empty())
        return header.problems;
    const std::string_view data = bytes.substr(lengthBytes + text.size());
    for (const HeaderEntry& entry : header.entries) {
        for (CheckpointProblem& problem : entryProblems(entry, static_cast<std::int64_t>(data.size())))
            problems.push_back(std::move(problem));
        if (problems.size() >= mostProblems)
            return problems;
    }
    if (!problems.empty())
        return problems;
    std::sort(header.entries.begin(), header.entries.end(), [](const HeaderEntry& a, const HeaderEntry& b) {
        return std::tie(a.offsets, a.name) < std::tie(b.offsets, b.name);
    });
    problems = layoutProblems(header.entries, static_cast<std::int64_t>(data.size()));
    if (!problems.empty())
        return problems;
    file = {};
    file.metadata = std::move(header.metadata);
    file.tensors.reserve(header.entries.size());
    for (HeaderEntry& entry : header.entries) {
        const auto begin = static_cast<std::size_t>(entry.offsets[0]);
        const auto end = static_cast<std::size_t>(entry.offsets[1]);
        file.tensors.push_back({std::move(entry.name), std::move(entry.dtype), std::move(entry.shape),
                                data.substr(begin, end - begin)});
    }
    return digestProblems(file, check);
}

SafetensorsFile parseSafetensors(std::string_view bytes, DigestCheck check)
{
    SafetensorsFile file;
    const std::vector<CheckpointProblem> problems = inspectSafetensors(bytes, file, check);
    if (!problems.empty())
        throw Error(problems.front().message);
    return file;
}

std::vector<CheckpointProblem> safetensorsWarnings(const SafetensorsFile& file)
{
    std::vector<CheckpointProblem> warnings;
    for (const StoredTensor& tensor : file.tensors) {
        if (warnings.size() < mostProblems && hasNonFinite(tensor))
            warnings.push_back(checkpointProblem(
                "not_finite", tensor.name,
                Message(
                    TR("engine", "The tensor \"%1\" holds NaN or infinity: no forecast can be made from it."),
                    shownName(tensor.name))));
    }
    return warnings;
}

std::string safetensorsDigest(const SafetensorsFile& file)
{
    std::map<std::string, std::string> metadata = file.metadata;
    metadata.erase(digestKey);
    std::vector<const StoredTensor*> byName;
    for (const StoredTensor& tensor : file.tensors)
        byName.push_back(&tensor);
    std::sort(byName.begin(), byName.end(),
              [](const StoredTensor* a, const StoredTensor* b) { return a->name < b->name; });
    Sha256 hash;
    hash.add(dumped(headerOf(file.tensors, metadata)));
    for (const StoredTensor* tensor : byName)
        hash.add(tensor->bytes);
    return hash.hex();
}

std::string writeSafetensors(const std::vector<StoredTensor>& tensors,
                             const std::map<std::string, std::string>& metadata)
{
    checkWritable(tensors);
    SafetensorsFile file{tensors, metadata};
    std::stable_sort(file.tensors.begin(), file.tensors.end(),
                     [](const StoredTensor& a, const StoredTensor& b) {
                         return *elementSize(a.dtype) > *elementSize(b.dtype);
                     });
    file.metadata[digestKey] = safetensorsDigest(file);
    file.tensors.push_back({digestKey, "U8", {0}, {}});

    nlohmann::json header = headerOf(file.tensors, file.metadata);
    std::size_t dataSize = 0;
    for (const StoredTensor& tensor : file.tensors) {
        header[tensor.name]["data_offsets"] = {dataSize, dataSize + tensor.bytes.size()};
        dataSize += tensor.bytes.size();
    }
    std::string text = dumped(header);
    text.resize((text.size() + 7) / 8 * 8, ' ');
    if (text.size() > static_cast<std::size_t>(safetensorsHeaderLimit))
        throw Error(Message(
            TR("engine",
               "The header of the checkpoint has %1 bytes; at most %2 are allowed. Store fewer tensors."),
            text.size(), safetensorsHeaderLimit));
    const std::uint64_t length = text.size();
    std::string bytes(lengthBytes, '\0');
    std::memcpy(bytes.data(), &length, lengthBytes);
    bytes.reserve(lengthBytes + text.size() + dataSize);
    bytes += text;
    for (const StoredTensor& tensor : file.tensors)
        bytes += tensor.bytes;
    return bytes;
}

}  // namespace fc
