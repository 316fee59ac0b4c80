// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/unpack_zip.h"

#include <algorithm>
#include <array>
#include <zip.h>

#include "engine/base/error.h"
#include "engine/io/encoding.h"
#include "engine/io/unpack_gzip.h"

namespace fc {

namespace {

constexpr std::size_t mostMembers = 100'000;

struct CloseArchive {
    void operator()(zip_t* archive) const { zip_discard(archive); }
};
struct CloseMember {
    void operator()(zip_file_t* member) const { zip_fclose(member); }
};
using Archive = std::unique_ptr<zip_t, CloseArchive>;

Error damaged(const char* reason)
{
    return Error(Message(TR("engine", "The zip archive cannot be read: %1. Get the file anew."), reason));
}

Archive openArchive(const std::string& bytes)
{
    zip_error_t problem;
    zip_error_init(&problem);
    zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &problem);
    Archive archive(source == nullptr ? nullptr : zip_open_from_source(source, ZIP_RDONLY, &problem));
    const std::string reason = archive ? "" : zip_error_strerror(&problem);
    zip_error_fini(&problem);
    if (archive)
        return archive;
    if (source != nullptr)
        zip_source_free(source);
    throw damaged(reason.c_str());
}

class ZipSource : public ByteSource {
public:
    ZipSource(std::shared_ptr<const std::string> bytes, const std::string& member)
        : m_bytes(std::move(bytes)), m_archive(openArchive(*m_bytes)), m_name(member)
    {
        zip_stat_t info;
        zip_stat_init(&info);
        if (zip_stat(m_archive.get(), member.c_str(), ZIP_FL_ENC_RAW, &info) != 0)
            throw damaged(zip_strerror(m_archive.get()));
        if ((info.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && info.encryption_method != ZIP_EM_NONE)
            throw Error(
                Message(TR("engine", "The member %1 of the zip archive is encrypted. Unpack it first."),
                        quotedText(member)));
        m_index = info.index;
        m_packed = info.comp_size;
        m_size = info.size;
        reopen();
    }

    std::size_t read(std::span<char> buffer) override
    {
        const zip_int64_t n = zip_fread(m_file.get(), buffer.data(), buffer.size());
        if (n < 0)
            throw Error(Message(
                TR("engine",
                   "The member %1 of the zip archive is damaged behind %2 bytes: %3. Get the file "
                   "anew."),
                quotedText(m_name), static_cast<std::int64_t>(m_done), zip_file_strerror(m_file.get())));
        m_done += static_cast<std::uint64_t>(n);
        refuseBomb(m_packed, m_done);
        return static_cast<std::size_t>(n);
    }
    void rewind() override { reopen(); }
    std::optional<std::uint64_t> size() const override { return std::nullopt; }
    double progress() const override
    {
        return m_size == 0 ? 1.0 : std::min(1.0, static_cast<double>(m_done) / static_cast<double>(m_size));
    }

private:
    void reopen()
    {
        m_done = 0;
        m_file.reset(zip_fopen_index(m_archive.get(), m_index, 0));
        if (!m_file)
            throw Error(Message(TR("engine", "The member %1 of the zip archive cannot be unpacked: %2."),
                                quotedText(m_name), zip_strerror(m_archive.get())));
    }

    std::shared_ptr<const std::string> m_bytes;
    Archive m_archive;  // before the file, which it must outlive
    std::unique_ptr<zip_file_t, CloseMember> m_file;
    std::string m_name;
    zip_uint64_t m_index = 0;
    std::uint64_t m_packed = 0;
    std::uint64_t m_size = 0;  ///< as the archive says, which may lie
    std::uint64_t m_done = 0;
};

/// Files that archives carry beside their data.
bool isBeside(const std::string& member)
{
    constexpr std::array<std::string_view, 14> endings = {".md",  ".pdf",    ".html", ".htm",  ".png",
                                                          ".jpg", ".jpeg",   ".gif",  ".docx", ".rtf",
                                                          ".xml", ".sha256", ".md5",  ".ini"};
    const std::string file = member.substr(member.rfind('/') + 1);
    std::string lower;
    for (const char c : file)
        lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return member.starts_with("__MACOSX/") || file.starts_with('.') || lower.starts_with("readme") ||
           lower.starts_with("license") ||
           std::ranges::any_of(endings, [&](std::string_view ending) { return lower.ends_with(ending); });
}

std::string listed(const std::vector<std::string>& names)
{
    constexpr std::size_t shown = 10;
    std::string out;
    for (std::size_t i = 0; i < std::min(shown, names.size()); ++i)
        out += (i == 0 ? "" : ", ") + quotedText(names[i]);
    return names.size() > shown ? out + " ..." : out;
}

}  // namespace

bool looksLikeZip(std::string_view head)
{
    return head.starts_with("PK\x03\x04") || head.starts_with("PK\x05\x06");
}

ZipArchive::ZipArchive(std::string bytes) : m_bytes(std::make_shared<const std::string>(std::move(bytes)))
{
    const Archive archive = openArchive(*m_bytes);
    const zip_int64_t count = zip_get_num_entries(archive.get(), 0);
    if (static_cast<std::size_t>(count) > mostMembers)
        throw Error(Message(TR("engine", "The zip archive has %1 members, more than the %2 there may be."),
                            static_cast<std::int64_t>(count), mostMembers));
    for (zip_int64_t i = 0; i < count; ++i) {
        const char* name = zip_get_name(archive.get(), static_cast<zip_uint64_t>(i), ZIP_FL_ENC_RAW);
        if (name != nullptr && *name != '\0' && !std::string_view(name).ends_with('/'))
            m_members.emplace_back(name);
    }
}

bool ZipArchive::has(std::string_view member) const
{
    return std::ranges::find(m_members, member) != m_members.end();
}

std::unique_ptr<ByteSource> ZipArchive::open(const std::string& member) const
{
    return std::make_unique<ZipSource>(m_bytes, member);
}

std::vector<std::string> dataMembers(const ZipArchive& archive)
{
    std::vector<std::string> data;
    std::ranges::copy_if(archive.members(), std::back_inserter(data),
                         [](const std::string& name) { return !isBeside(name); });
    return data.empty() ? archive.members() : data;
}

std::string dataMember(const ZipArchive& archive, const std::optional<std::string>& asked)
{
    if (asked && archive.has(*asked))
        return *asked;
    if (asked)
        throw Error(Message(TR("engine", "The zip archive has no member %1. Its members are: %2."),
                            quotedText(*asked), listed(archive.members())));
    const std::vector<std::string> data = dataMembers(archive);
    if (data.size() == 1)
        return data.front();
    if (data.empty())
        throw Error(Message(TR("engine", "The zip archive is empty. Give one with a table in it.")));
    throw Error(Message(
        TR("engine",
           "The zip archive has several members (%1 of them): %2. Choose one with the option member."),
        data.size(), listed(data)));
}

}  // namespace fc
