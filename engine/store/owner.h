// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace fc {

/// The process that works on a run. A pid alone is reused; with its start time and the boot it names one
/// process.
struct Owner {
    std::int64_t pid = 0;
    std::string
        started;  ///< clock ticks since the boot: field 22 of /proc/PID/stat; empty when it cannot be read
    std::string boot;  ///< /proc/sys/kernel/random/boot_id
    std::string host;
};

Owner thisProcess();

/// Whether `owner` still runs, seen from `self`. A process of another host is taken to be alive: nothing here
/// can tell.
bool isAlive(const Owner& owner, const Owner& self);

}  // namespace fc
