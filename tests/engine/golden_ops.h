// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <map>
#include <string>

#include "tests/support/golden.h"

namespace fc {

/// Runs the operation a case describes -> its outputs by name.
using GoldenOp = std::function<GoldenValues(const GoldenCase& golden, const GoldenValues& values)>;

/// The engine's operations under the names of the reference cases.
const std::map<std::string, GoldenOp>& goldenOps();

}  // namespace fc
