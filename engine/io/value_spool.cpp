// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/value_spool.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/types.h>
#include <unistd.h>
#include <utility>

#include "engine/base/atomic_file.h"
#include "engine/base/error.h"

namespace fc {

namespace {

constexpr std::size_t keptBytes = std::size_t(32) << 20;
constexpr std::size_t largestStripeBytes = std::size_t(8) << 20;
constexpr std::size_t largestStripeRows = 4096;

Error spoolError(const std::filesystem::path& folder)
{
    if (errno == ENOSPC || errno == EDQUOT)
        return Error(Message(TR("engine",
                                "The disk that holds \"%1\" is full; a large import needs about the size of its "
                                "file there for a while. Nothing was imported. Free some space and try again."),
                             displayPath(folder)));
    return Error(Message(TR("engine",
                            "The temporary file of a large import in \"%1\" could not be used: %2. Nothing was "
                            "imported."),
                         displayPath(folder), std::strerror(errno)));
}

}  // namespace

ValueSpool::ValueSpool(std::filesystem::path folder, std::size_t columns)
    : m_folder(std::move(folder)),
      m_columns(columns),
      m_stripeRows(std::clamp<std::size_t>(largestStripeBytes / sizeof(std::uint64_t) /
                                               std::max<std::size_t>(1, columns),
                                           1, largestStripeRows))
{
}

ValueSpool::~ValueSpool()
{
    if (m_file >= 0)
        ::close(m_file);
}

void ValueSpool::append(const std::vector<std::span<const std::uint64_t>>& next)
{
    assert(next.size() == m_columns && m_columns > 0);
    const std::size_t count = next[0].size();
    for (std::size_t done = 0; done < count;) {
        if (!m_stripe)
            m_stripe = std::make_unique_for_overwrite<std::uint64_t[]>(m_columns * m_stripeRows);
        const std::size_t at = m_rows % m_stripeRows;
        const std::size_t n = std::min(m_stripeRows - at, count - done);
        for (std::size_t c = 0; c < m_columns; ++c)
            std::memcpy(m_stripe.get() + c * m_stripeRows + at, next[c].data() + done,
                        n * sizeof(std::uint64_t));
        m_rows += n;
        done += n;
        if (m_rows % m_stripeRows == 0)
            finishStripe();
    }
}

void ValueSpool::finishStripe()
{
    if (m_file < 0 && (m_kept.size() + 2) * stripeBytes() <= keptBytes) {
        m_kept.push_back(std::move(m_stripe));
        return;
    }
    if (m_file < 0) {
        openFile();
        for (const auto& stripe : m_kept)
            writeStripe(stripe.get());
        m_kept.clear();
        m_kept.shrink_to_fit();
    }
    writeStripe(m_stripe.get());
}

void ValueSpool::openFile()
{
    m_file = ::open(m_folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (m_file >= 0)
        return;
    // Some file systems have no nameless files; there the name goes at once.
    std::string name = (m_folder / ".forecastle-import-XXXXXX").string();
    m_file = ::mkostemp(name.data(), O_CLOEXEC);
    if (m_file < 0)
        throw spoolError(m_folder);
    ::unlink(name.c_str());
}

void ValueSpool::writeStripe(const std::uint64_t* stripe)
{
    const auto* bytes = reinterpret_cast<const char*>(stripe);
    const std::size_t begin = m_written * stripeBytes();
    for (std::size_t done = 0; done < stripeBytes();) {
        const ssize_t n = ::pwrite(m_file, bytes + done, stripeBytes() - done, static_cast<off_t>(begin + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            throw spoolError(m_folder);
        done += static_cast<std::size_t>(n);
    }
    ++m_written;
}

void ValueSpool::readFile(std::size_t offset, std::span<std::uint64_t> out) const
{
    auto* bytes = reinterpret_cast<char*>(out.data());
    for (std::size_t done = 0; done < out.size_bytes();) {
        const ssize_t n =
            ::pread(m_file, bytes + done, out.size_bytes() - done, static_cast<off_t>(offset + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            errno = n == 0 ? EIO : errno;
            throw spoolError(m_folder);
        }
        done += static_cast<std::size_t>(n);
    }
}

void ValueSpool::read(std::size_t column, std::size_t begin, std::span<std::uint64_t> out) const
{
    assert(column < m_columns && begin + out.size() <= m_rows);
    while (!out.empty()) {
        const std::size_t stripe = begin / m_stripeRows;
        const std::size_t at = column * m_stripeRows + begin % m_stripeRows;
        const std::size_t n = std::min(m_stripeRows - begin % m_stripeRows, out.size());
        if (stripe < m_written)
            readFile(stripe * stripeBytes() + at * sizeof(std::uint64_t), out.first(n));
        else
            std::memcpy(out.data(), (stripe < m_kept.size() ? m_kept[stripe] : m_stripe).get() + at,
                        n * sizeof(std::uint64_t));
        out = out.subspan(n);
        begin += n;
    }
}

}  // namespace fc
