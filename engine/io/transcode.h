// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "engine/io/byte_source.h"

namespace fc {

/// The encodings that can be asked for by name: "utf-8", "utf-16le", "utf-16be", "windows-1252" (which
/// Latin-1 is read as, as browsers do). Empty for any other name; case, blanks and common spellings do not
/// matter.
std::string encodingNamed(std::string_view name);

/// "utf-16le" or "utf-16be" for text that starts like it; else empty.
std::string wideEncoding(std::string_view head);

/// Whole characters of such an encoding as UTF-8.
std::string toUtf8(std::string_view bytes, std::string_view encoding);

/// `source`, which is in `encoding` (a name of encodingNamed), as UTF-8. `read` throws Error where UTF-8 was
/// asked for and the bytes are not, naming the line.
std::unique_ptr<ByteSource> asUtf8(std::unique_ptr<ByteSource> source, const std::string& encoding);

}  // namespace fc
