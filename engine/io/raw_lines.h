// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace fc {

/// Lines of a file as they are written, in UTF-8.
struct RawLines {
    std::string container;   ///< what the file is when it is no text, such as "a gzip archive"; no lines then
    std::int64_t first = 1;  ///< number of the first line, from 1
    std::vector<std::string> lines;  ///< cut after 2,000 bytes
    bool more = false;               ///< there are lines after these
};

/// `count` lines from `first` on; fewer at the end of the file. Throws Error when it cannot be read.
RawLines rawLines(const std::filesystem::path& path, std::int64_t first, std::int64_t count);
/// The same of bytes at hand.
RawLines rawLinesOf(std::string_view bytes, std::int64_t first, std::int64_t count);

}  // namespace fc
