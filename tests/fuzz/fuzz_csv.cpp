// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as delimited text.
#include <cstdint>

#include "engine/io/import.h"
#include "tests/fuzz/outcome.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fc::requireSound(fc::importCsvBytes({reinterpret_cast<const char*>(data), size}, "x"));
    return 0;
}
