// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/atomic_file.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/error.h"

namespace fc {

namespace {

/// Closes on every way out.
class Descriptor {
public:
    explicit Descriptor(int fd) : m_fd(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor()
    {
        if (m_fd >= 0)
            ::close(m_fd);
    }
    int get() const { return m_fd; }
    int release()
    {
        const int fd = m_fd;
        m_fd = -1;
        return fd;
    }

private:
    int m_fd;
};

Error fileError(const char* pattern, const std::filesystem::path& path)
{
    return Error(Message(pattern, displayPath(path), std::strerror(errno)));
}

constexpr auto cannotWrite =
    TR("engine", "Cannot write \"%1\": %2. Choose another folder or free some space.");
constexpr auto cannotRead = TR("engine", "Cannot read \"%1\": %2.");

}  // namespace

std::string displayPath(const std::filesystem::path& path)
{
    std::string out;
    for (const char c : path.string()) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) {
            std::array<char, 8> hex;
            std::snprintf(hex.data(), hex.size(), "\\x%02x", byte);
            out += hex.data();
        } else {
            out += c;
        }
    }
    return out;
}

void writeFile(const std::filesystem::path& path, std::string_view bytes)
{
    const std::filesystem::path folder =
        path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    std::string temporary = (folder / (path.filename().string() + ".XXXXXX")).string();
    Descriptor file(::mkstemp(temporary.data()));
    if (file.get() < 0)
        throw fileError(cannotWrite, path);
    const auto fail = [&] {
        const int reason = errno;
        ::unlink(temporary.c_str());
        errno = reason;
        return fileError(cannotWrite, path);
    };
    size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t n = ::write(file.get(), bytes.data() + done, bytes.size() - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            throw fail();
        done += static_cast<size_t>(n);
    }
    const mode_t mask = ::umask(0);
    ::umask(mask);
    if (::fchmod(file.get(), 0666 & ~mask) != 0 || ::fsync(file.get()) != 0 || ::close(file.release()) != 0)
        throw fail();
    if (::rename(temporary.c_str(), path.c_str()) != 0)
        throw fail();
    // Without this the rename itself may be lost in a power cut.
    const Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY));
    if (directory.get() < 0 || ::fsync(directory.get()) != 0)
        throw fileError(cannotWrite, path);
}

std::string readFile(const std::filesystem::path& path, std::uintmax_t limitBytes)
{
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    if (file.get() < 0)
        throw fileError(cannotRead, path);
    struct stat info = {};
    if (::fstat(file.get(), &info) != 0)
        throw fileError(cannotRead, path);
    if (S_ISDIR(info.st_mode))
        throw Error(Message(TR("engine", "\"%1\" is a folder. Choose a file in it."), displayPath(path)));
    if (!S_ISREG(info.st_mode))
        throw Error(
            Message(TR("engine", "\"%1\" is not a regular file. Choose another file."), displayPath(path)));
    const auto size = static_cast<std::uintmax_t>(info.st_size);
    if (size > limitBytes)
        throw Error(Message(
            TR("engine", "\"%1\" has %2 bytes, more than the %3 bytes that can be read at once."),
            displayPath(path), static_cast<std::int64_t>(size), static_cast<std::int64_t>(limitBytes)));
    std::string bytes(size, '\0');
    size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t n = ::read(file.get(), bytes.data() + done, bytes.size() - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            throw fileError(cannotRead, path);
        if (n == 0)
            throw Error(Message(TR("engine", "\"%1\" became shorter while it was read. Try again."),
                                displayPath(path)));
        done += static_cast<size_t>(n);
    }
    return bytes;
}

}  // namespace fc
