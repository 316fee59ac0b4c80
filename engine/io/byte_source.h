// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace fc {

/// Bytes from outside, read once from front to back in pieces, and again after `rewind`: a file, text at hand,
/// or what a decompressor makes of another source. Used by one thread. Every method throws Error in words when
/// the bytes cannot be had: damaged, changed or shorter since the first look, no access.
class ByteSource {
public:
    virtual ~ByteSource() = default;

    /// Fills `buffer` from its front and returns how many bytes that are; 0 only at the end. Fewer than asked
    /// for is no end.
    virtual std::size_t read(std::span<char> buffer) = 0;
    /// The next `read` gives the first bytes again, and the same ones.
    virtual void rewind() = 0;
    /// How many bytes all reads give together; std::nullopt where nobody knows before the end.
    virtual std::optional<std::uint64_t> size() const = 0;
    /// Share of the source behind the last `read`, 0 .. 1, never falling between two rewinds; of a compressed
    /// one the share of its compressed bytes.
    virtual double progress() const = 0;
};

/// A regular file, read without a map of its pages. Throws Error when it is missing, a folder, unreadable or no
/// regular file; `read` does when the file has changed since it was opened.
std::unique_ptr<ByteSource> openFile(const std::filesystem::path& path);

/// Text at hand.
std::unique_ptr<ByteSource> sourceOf(std::string bytes);

}  // namespace fc
