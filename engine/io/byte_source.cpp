// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/byte_source.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "engine/base/atomic_file.h"
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

private:
    int m_fd;
};

double shareOf(std::uint64_t done, std::uint64_t all)
{
    return all == 0 ? 1.0 : std::min(1.0, static_cast<double>(done) / static_cast<double>(all));
}

class FileSource : public ByteSource {
public:
    explicit FileSource(std::filesystem::path path)
        : m_path(std::move(path)), m_file(::open(m_path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC))
    {
        if (m_file.get() < 0 || ::fstat(m_file.get(), &m_first) != 0)
            fail();
        if (S_ISDIR(m_first.st_mode))
            throw Error(Message(TR("engine", "\"%1\" is a folder. Choose a file in it."), displayPath(m_path)));
        if (!S_ISREG(m_first.st_mode))
            throw Error(Message(TR("engine", "\"%1\" is not a regular file. Choose another file."),
                                displayPath(m_path)));
        // Only a hint; nothing is lost where it has no effect.
        ::posix_fadvise(m_file.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
    }

    std::size_t read(std::span<char> buffer) override
    {
        for (;;) {
            const ssize_t n = ::read(m_file.get(), buffer.data(), buffer.size());
            if (n < 0 && errno == EINTR)
                continue;
            if (n < 0)
                fail();
            m_done += static_cast<std::uint64_t>(n);
            if (n == 0)
                requireUnchanged();
            return static_cast<std::size_t>(n);
        }
    }

    void rewind() override
    {
        if (::lseek(m_file.get(), 0, SEEK_SET) != 0)
            fail();
        m_done = 0;
    }

    std::optional<std::uint64_t> size() const override { return sizeBytes(); }
    double progress() const override { return shareOf(m_done, sizeBytes()); }

private:
    std::uint64_t sizeBytes() const { return static_cast<std::uint64_t>(m_first.st_size); }

    /// At the end of the file: what was read must be the file as it was when it was opened.
    void requireUnchanged() const
    {
        struct stat now = {};
        if (::fstat(m_file.get(), &now) != 0)
            fail();
        const bool touched = now.st_mtim.tv_sec != m_first.st_mtim.tv_sec ||
                             now.st_mtim.tv_nsec != m_first.st_mtim.tv_nsec;
        if (touched || now.st_size != m_first.st_size || m_done != sizeBytes())
            throw Error(Message(TR("engine",
                                   "\"%1\" was changed while it was read, so nothing of it was taken. Try again "
                                   "when nothing writes to it."),
                                displayPath(m_path)));
    }

    [[noreturn]] void fail() const
    {
        throw Error(Message(TR("engine", "Cannot read \"%1\": %2."), displayPath(m_path), std::strerror(errno)));
    }

    std::filesystem::path m_path;
    Descriptor m_file;
    struct stat m_first = {};
    std::uint64_t m_done = 0;
};

class TextSource : public ByteSource {
public:
    explicit TextSource(std::string bytes) : m_bytes(std::move(bytes)) {}

    std::size_t read(std::span<char> buffer) override
    {
        const std::size_t n = std::min(buffer.size(), m_bytes.size() - m_done);
        std::memcpy(buffer.data(), m_bytes.data() + m_done, n);
        m_done += n;
        return n;
    }
    void rewind() override { m_done = 0; }
    std::optional<std::uint64_t> size() const override { return m_bytes.size(); }
    double progress() const override { return shareOf(m_done, m_bytes.size()); }

private:
    std::string m_bytes;
    std::size_t m_done = 0;
};

}  // namespace

std::unique_ptr<ByteSource> openFile(const std::filesystem::path& path)
{
    return std::make_unique<FileSource>(path);
}

std::unique_ptr<ByteSource> sourceOf(std::string bytes)
{
    return std::make_unique<TextSource>(std::move(bytes));
}

}  // namespace fc
