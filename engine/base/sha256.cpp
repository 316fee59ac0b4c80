// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/sha256.h"

#include <array>
#include <cstdint>
#include <nettle/sha2.h>

namespace fc {

Sha256::Sha256() : m_context(std::make_unique<sha256_ctx>())
{
    sha256_init(m_context.get());
}
Sha256::~Sha256() = default;

void Sha256::add(const void* data, std::size_t size)
{
    sha256_update(m_context.get(), size, static_cast<const std::uint8_t*>(data));
}

std::string Sha256::hex()
{
    std::array<std::uint8_t, SHA256_DIGEST_SIZE> digest;
    sha256_digest(m_context.get(), digest.size(), digest.data());
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t byte : digest) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

std::string sha256(std::string_view bytes)
{
    Sha256 hash;
    hash.add(bytes);
    return hash.hex();
}

}  // namespace fc
