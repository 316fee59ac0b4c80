// SPDX-License-Identifier: GPL-3.0-or-later
// The JSON at the start of a safetensors file, read strictly and without trust.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/io/safetensors.h"

namespace fc {

/// One entry of the header as written; nothing is checked against the file yet.
struct HeaderEntry {
    std::string name;
    std::string dtype;
    std::vector<std::int64_t> shape;
    std::array<std::int64_t, 2> offsets{};  ///< begin, end; from the first byte after the header
};

struct SafetensorsHeader {
    std::vector<HeaderEntry> entries;
    std::map<std::string, std::string> metadata;
    std::vector<CheckpointProblem> problems;  ///< the first one found; empty = read
};

SafetensorsHeader readSafetensorsHeader(std::string_view json);

/// Fills in `text` from the message.
CheckpointProblem checkpointProblem(const std::string& code, const std::string& tensor, Message message);

/// A name fit for a message: control characters escaped, at most 80 bytes.
std::string shownName(std::string_view name);

/// Bytes of one element; std::nullopt for a dtype this program does not know.
std::optional<std::int64_t> elementSize(std::string_view dtype);

/// Bytes of a tensor; std::nullopt when the product does not fit 63 bits.
std::optional<std::int64_t> tensorSize(const std::vector<std::int64_t>& shape, std::int64_t elementBytes);

}  // namespace fc
