// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"

namespace fc {

/// One tensor of a safetensors file: https://github.com/huggingface/safetensors (format description in its
/// README).
struct StoredTensor {
    std::string name;
    std::string dtype;  ///< "F32", "F64", "I64", "U8" …
    std::vector<std::int64_t> shape;
    std::string_view bytes;  ///< little endian, row-major, not aligned; points into the file's bytes
};

struct SafetensorsFile {
    std::vector<StoredTensor> tensors;  ///< in the order of their bytes
    std::map<std::string, std::string> metadata;
};

struct CheckpointProblem {
    std::string code;    ///< snake_case
    std::string tensor;  ///< name, or empty
    std::string text;    ///< one English sentence; names in it are escaped and cut to 80 bytes
    Message message;     ///< the same for the screen
};

/// Longest header that is read; about a hundred thousand tensors.
inline constexpr std::int64_t safetensorsHeaderLimit = 8 << 20;

/// Whether the digest of a file that has one is computed, for which every byte must be read.
enum class DigestCheck { Verify, Skip };

/// Reads the whole file. Refuses, before any large allocation: a header that is too long, not UTF-8 JSON,
/// with duplicate keys, an unknown dtype, a shape whose product overflows or does not fit the bytes, offsets
/// that overlap, leave holes or leave the file, and a digest (metadata "fc.sha256") that does not match.
/// Throws Error with the reason.
SafetensorsFile parseSafetensors(std::string_view bytes, DigestCheck check = DigestCheck::Verify);

/// The same without throwing: what is wrong, at most 20 entries, empty when the file is sound. `file` is
/// complete only when the answer is empty.
std::vector<CheckpointProblem> inspectSafetensors(std::string_view bytes, SafetensorsFile& file,
                                                  DigestCheck check = DigestCheck::Verify);

/// What is odd in a sound file: tensors of floating-point numbers that hold NaN or infinity. At most 20
/// entries.
std::vector<CheckpointProblem> safetensorsWarnings(const SafetensorsFile& file);

/// SHA-256 over what the file says, however it is laid out: the header as compact JSON with sorted keys,
/// without data_offsets and without anything named "fc.sha256", followed by the tensors' bytes in the order
/// of their names.
std::string safetensorsDigest(const SafetensorsFile& file);

/// The bytes of a file that Python's safetensors reads. Tensors with larger elements come first, so that all
/// are aligned from the start of the file. Adds metadata "fc.sha256" (safetensorsDigest) and an empty tensor
/// of that name, which says that the digest must be there; readers here do not list it. Throws Error on a
/// name that occurs twice or is not UTF-8, an unknown dtype, or a shape that does not fit the bytes.
std::string writeSafetensors(const std::vector<StoredTensor>& tensors,
                             const std::map<std::string, std::string>& metadata);

}  // namespace fc
