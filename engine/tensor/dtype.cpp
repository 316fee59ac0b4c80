// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/dtype.h"

namespace fc {

std::string print(DType type)
{
    constexpr const char* names[dtypeCount] = {"f32", "f16", "bf16", "i8", "u8", "i64", "bool"};
    return names[static_cast<int>(type)];
}

std::string print(BlockFormat format)
{
    constexpr const char* names[blockFormatCount] = {"q8_0", "q4_0", "q4_1"};
    return names[static_cast<int>(format)];
}

}  // namespace fc
