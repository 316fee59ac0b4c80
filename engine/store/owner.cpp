// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/owner.h"

#include <array>
#include <cerrno>
#include <fstream>
#include <signal.h>
#include <sstream>
#include <unistd.h>

namespace fc {

namespace {

/// State letter and start time of a process; empty when /proc does not show it.
struct ProcessStatus {
    std::string state;
    std::string started;
};

ProcessStatus statusOf(std::int64_t pid)
{
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string line;
    std::getline(file, line);
    // The second field is the program's name in brackets and may itself hold blanks and brackets.
    const std::size_t nameEnd = line.rfind(')');
    if (nameEnd == std::string::npos)
        return {};
    std::istringstream fields(line.substr(nameEnd + 1));
    ProcessStatus status;
    fields >> status.state;
    for (int field = 4; field <= 22; ++field)
        fields >> status.started;
    return status;
}

}  // namespace

Owner thisProcess()
{
    Owner owner;
    owner.pid = ::getpid();
    owner.started = statusOf(owner.pid).started;
    std::ifstream("/proc/sys/kernel/random/boot_id") >> owner.boot;
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) == 0)
        owner.host = name.data();
    return owner;
}

bool isAlive(const Owner& owner, const Owner& self)
{
    if (owner.host != self.host)
        return true;
    if (owner.boot != self.boot || owner.pid <= 0)
        return false;
    const ProcessStatus status = statusOf(owner.pid);
    if (status.state == "Z" || status.state == "X")
        return false;
    if (!status.started.empty() && !owner.started.empty())
        return status.started == owner.started;
    return ::kill(static_cast<pid_t>(owner.pid), 0) == 0 || errno == EPERM;
}

}  // namespace fc
