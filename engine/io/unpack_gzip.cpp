// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/unpack_gzip.h"

#include <algorithm>
#include <vector>
#include <zlib.h>

#include "engine/base/error.h"

namespace fc {

namespace {

constexpr std::size_t blockBytes = std::size_t(1) << 16;
constexpr int gzipOnly = 16 + MAX_WBITS;

class GzipSource : public ByteSource {
public:
    explicit GzipSource(std::unique_ptr<ByteSource> packed) : m_packed(std::move(packed)), m_block(blockBytes)
    {
        if (inflateInit2(&m_stream, gzipOnly) != Z_OK)
            throw Error(Message(TR("engine", "There is not enough memory to unpack the gzip file.")));
    }
    GzipSource(const GzipSource&) = delete;
    GzipSource& operator=(const GzipSource&) = delete;
    ~GzipSource() override { inflateEnd(&m_stream); }

    std::size_t read(std::span<char> buffer) override
    {
        std::size_t done = 0;
        while (done == 0 && !buffer.empty() && fill()) {
            m_stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
            m_stream.avail_out = static_cast<uInt>(std::min(buffer.size(), blockBytes * 16));
            const uInt room = m_stream.avail_out;
            const int status = inflate(&m_stream, Z_NO_FLUSH);
            done = room - m_stream.avail_out;
            m_inMember = status != Z_STREAM_END;
            if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
                throw Error(Message(
                    TR("engine", "The gzip file is damaged behind %1 unpacked bytes. Get the file anew."),
                    static_cast<std::int64_t>(m_unpacked + done)));
            if (status == Z_STREAM_END)
                inflateReset(&m_stream);
            m_unpacked += done;
            refuseBomb(m_taken, m_unpacked);
        }
        return done;
    }

    void rewind() override
    {
        m_packed->rewind();
        inflateReset(&m_stream);
        m_stream.avail_in = 0;
        m_inMember = true;
        m_taken = 0;
        m_unpacked = 0;
    }

    std::optional<std::uint64_t> size() const override { return std::nullopt; }
    double progress() const override { return m_packed->progress(); }

private:
    /// False at the end of the last member.
    bool fill()
    {
        if (m_stream.avail_in > 0)
            return true;
        const std::size_t n = m_packed->read(m_block);
        if (n == 0 && m_inMember)
            throw Error(Message(
                TR("engine", "The gzip file ends too early, behind %1 unpacked bytes. Get the file anew."),
                static_cast<std::int64_t>(m_unpacked)));
        m_taken += n;
        m_stream.next_in = reinterpret_cast<Bytef*>(m_block.data());
        m_stream.avail_in = static_cast<uInt>(n);
        return n > 0;
    }

    std::unique_ptr<ByteSource> m_packed;
    std::vector<char> m_block;
    z_stream m_stream = {};
    bool m_inMember = true;
    std::uint64_t m_taken = 0;
    std::uint64_t m_unpacked = 0;
};

}  // namespace

bool looksLikeGzip(std::string_view head)
{
    return head.starts_with("\x1f\x8b");
}

std::unique_ptr<ByteSource> gunzip(std::unique_ptr<ByteSource> packed)
{
    return std::make_unique<GzipSource>(std::move(packed));
}

void refuseBomb(std::uint64_t packedBytes, std::uint64_t unpackedBytes)
{
    // A million equal rows shrink to a hundredth; a thousandth is the most that deflate can do.
    constexpr std::uint64_t harmless = std::uint64_t(64) << 20;
    constexpr std::uint64_t ratio = 300;
    if (unpackedBytes <= harmless || unpackedBytes / ratio < packedBytes)
        return;
    throw Error(Message(TR("engine",
                           "The archive unpacks %1 bytes to more than %2, as no table does. Unpack it "
                           "yourself if you trust it."),
                        static_cast<std::int64_t>(packedBytes), static_cast<std::int64_t>(unpackedBytes)));
}

}  // namespace fc
