// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

namespace fc {

enum class IfThere { Replace, Keep };

/// Gives a finished file its name for good: flushes it, renames it, flushes the folder. Returns false, and
/// removes `temporary`, when the target is there and shall be kept. Throws Error naming the target;
/// `temporary` is then gone.
bool placeFile(const std::filesystem::path& temporary, const std::filesystem::path& target, IfThere ifThere);

/// A name beside `target` that no other thread uses: NAME.PID-THREAD.new. Removes what a killed process left
/// under it.
std::filesystem::path temporaryBeside(const std::filesystem::path& target);

}  // namespace fc
