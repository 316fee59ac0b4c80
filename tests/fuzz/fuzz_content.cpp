// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as JSON, JSON Lines, archives and whatever else the content says.
#include <cstdint>

#include "engine/io/import_content.h"
#include "tests/fuzz/outcome.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fc::requireSound(fc::importContent(fc::sourceOf({reinterpret_cast<const char*>(data), size}), "x.json"));
    return 0;
}
