// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/place_file.h"

#include <cerrno>
#include <fcntl.h>
#include <stdio.h>
#include <string>
#include <system_error>
#include <unistd.h>

#include "engine/base/atomic_file.h"
#include "engine/base/error.h"

namespace fc {

namespace fs = std::filesystem;

namespace {

/// False with errno set when the flush failed.
bool flush(const fs::path& path)
{
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    const bool flushed = ::fsync(file) == 0;
    const int reason = errno;
    ::close(file);
    errno = reason;
    return flushed;
}

bool renamed(const fs::path& from, const fs::path& to, IfThere ifThere)
{
    if (ifThere == IfThere::Replace)
        return ::rename(from.c_str(), to.c_str()) == 0;
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0)
        return true;
    if (errno != EINVAL && errno != ENOSYS)
        return false;
    // Some file systems cannot refuse to replace in one step.
    if (::access(to.c_str(), F_OK) == 0) {
        errno = EEXIST;
        return false;
    }
    return ::rename(from.c_str(), to.c_str()) == 0;
}

}  // namespace

bool placeFile(const fs::path& temporary, const fs::path& target, IfThere ifThere)
{
    const bool placed = flush(temporary) && renamed(temporary, target, ifThere);
    if (placed && flush(target.parent_path()))
        return true;
    const int reason = errno;
    ::unlink(temporary.c_str());
    if (!placed && reason == EEXIST)
        return false;
    throw Error(Message(TR("engine", "Cannot write \"%1\": %2. Choose another folder or free some space."),
                        displayPath(target), std::generic_category().message(reason)));
}

fs::path temporaryBeside(const fs::path& target)
{
    fs::path temporary = target;
    temporary += "." + std::to_string(::getpid()) + "-" + std::to_string(::gettid()) + ".new";
    for (const char* side : {"", "-wal", "-shm", "-journal"})
        ::unlink((temporary.string() + side).c_str());
    return temporary;
}

}  // namespace fc
