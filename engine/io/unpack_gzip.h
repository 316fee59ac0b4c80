// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string_view>

#include "engine/io/byte_source.h"

namespace fc {

/// True for bytes that start like a gzip file.
bool looksLikeGzip(std::string_view head);

/// What a gzip file holds, all of its members one behind the other. `read` throws Error when it is damaged,
/// cut off, or grows beyond all measure.
std::unique_ptr<ByteSource> gunzip(std::unique_ptr<ByteSource> packed);

/// Counts what comes out of an archive. Throws Error when so much comes out of so little that the file can
/// only be made to fill the memory.
void refuseBomb(std::uint64_t packedBytes, std::uint64_t unpackedBytes);

}  // namespace fc
