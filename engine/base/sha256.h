// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

struct sha256_ctx;

namespace fc {

/// SHA-256 of bytes given in pieces.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;

    void add(const void* data, std::size_t size);
    void add(std::string_view bytes) { add(bytes.data(), bytes.size()); }
    /// 64 lower-case hexadecimal digits; the object starts anew.
    std::string hex();

private:
    std::unique_ptr<sha256_ctx> m_context;
};

std::string sha256(std::string_view bytes);

}  // namespace fc
