// SPDX-License-Identifier: GPL-3.0-or-later
// Which format some bytes are in, and the way from there into the import of delimited text.
#include "engine/io/import_content.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "engine/base/error.h"
#include "engine/io/encoding.h"
#include "engine/io/read_json.h"
#include "engine/io/read_sound.h"
#include "engine/io/read_spreadsheet.h"
#include "engine/io/table_text.h"
#include "engine/io/transcode.h"
#include "engine/io/unpack_gzip.h"
#include "engine/io/unpack_zip.h"

namespace fc {

namespace {

constexpr std::uint64_t largestAtOnce = 2'000'000'000;
constexpr std::size_t headBytes = std::size_t(1) << 16;
constexpr int deepestPacking = 3;

std::string headOf(ByteSource& source)
{
    std::string head(headBytes, '\0');
    std::size_t done = 0;
    while (done < head.size()) {
        const std::size_t n = source.read(std::span(head).subspan(done));
        if (n == 0)
            break;
        done += n;
    }
    head.resize(done);
    source.rewind();
    return head;
}

bool endsWithout(std::string& name, std::string_view ending)
{
    if (name.size() <= ending.size() || !name.ends_with(ending))
        return false;
    name.resize(name.size() - ending.size());
    return true;
}

/// More than what is read at once without a thought. An archive does not know how much is in it, so it is
/// asked.
bool isLong(ByteSource& source)
{
    constexpr std::uint64_t largestWhole = std::uint64_t(64) << 20;
    if (const auto size = source.size())
        return *size > largestWhole;
    std::array<char, headBytes> block;
    std::uint64_t bytes = 0;
    while (bytes <= largestWhole) {
        const std::size_t n = source.read(block);
        if (n == 0)
            break;
        bytes += n;
    }
    source.rewind();
    return bytes > largestWhole;
}

/// Names that speak for JSON where the text itself does not.
bool isJsonName(const std::string& fileName)
{
    const std::string ending = std::filesystem::path(fileName).extension().string();
    return ending == ".json" || ending == ".jsonl" || ending == ".ndjson";
}

/// One import of bytes whose format is not known yet.
class Content {
public:
    /// `scratch` nullptr: everything in memory.
    Content(std::unique_ptr<ByteSource> source, std::string fileName, const ImportOptions& options,
            const ImportControl& control, const std::filesystem::path* scratch)
        : m_source(std::move(source)),
          m_fileName(std::move(fileName)),
          m_options(options),
          m_control(control),
          m_scratch(scratch)
    {
    }

    StagedImport import()
    {
        const std::string head = unpack();
        if (!m_member)
            requireNone(m_options.member,
                        TR("engine", "The member %1 was asked for, but the file is no zip archive."));
        if (!m_spreadsheet)
            requireNone(m_options.sheet,
                        TR("engine", "The sheet %1 was asked for, but the file is no spreadsheet."));
        StagedImport staged = m_spreadsheet          ? StagedImport(importSpreadsheet())
                              : looksLikeSound(head) ? StagedImport(importSound())
                                                     : importText(head);
        if (m_member)
            staged.result().detected.member = m_member;
        addMembers(staged.result());
        return staged;
    }

    /// Names the members of an archive among the choices.
    void addMembers(ImportResult& result) const
    {
        if (m_members.size() > 1)
            result.preview.choices.push_back({"member", m_members});
    }

private:
    /// Takes the source out of all archives around it, down to a spreadsheet; returns its beginning.
    std::string unpack()
    {
        std::string head = headOf(*m_source);
        for (int depth = 0; looksLikeGzip(head) || looksLikeZip(head); head = headOf(*m_source), ++depth) {
            if (depth == deepestPacking)
                throw Error(
                    Message(TR("engine",
                               "There are archives inside archives, more than %1 deep. Unpack the file "
                               "first."),
                            deepestPacking));
            if (looksLikeGzip(head)) {
                m_source = gunzip(std::move(m_source));
                endsWithout(m_fileName, ".gz");
                continue;
            }
            ZipArchive archive(readAll(*m_source, largestAtOnce));
            const std::optional<std::string> asked = m_member ? std::nullopt : m_options.member;
            if (isSpreadsheet(archive) && !asked) {
                m_spreadsheet = std::move(archive);
                break;
            }
            if (!m_member)
                m_members = dataMembers(archive);
            m_fileName = dataMember(archive, asked);
            m_member = m_member.value_or(m_fileName);
            m_source = archive.open(m_fileName);
        }
        return head;
    }

    static void requireNone(const std::optional<std::string>& asked, const char* pattern)
    {
        if (asked)
            throw UsageError(Message(pattern, quotedText(*asked)));
    }
    void requireNoTable() const
    {
        requireNone(
            m_options.table,
            TR("engine", "The table %1 was asked for, but the file is neither a database nor JSON text."));
    }

    std::string seriesName() const { return std::filesystem::path(m_fileName).stem().string(); }

    StagedImport importText(const std::string& head)
    {
        std::string encoding;
        if (m_options.encoding) {
            encoding = encodingNamed(*m_options.encoding);
            if (encoding.empty())
                throw UsageError(Message(TR("engine",
                                            "The encoding is %1. Give utf-8, utf-16le, utf-16be, "
                                            "windows-1252 or latin-1."),
                                         quotedText(*m_options.encoding)));
            m_source = asUtf8(std::move(m_source), encoding);
        }
        const std::string start = encoding.empty() ? toUtf8(head, wideEncoding(head)) : headOf(*m_source);
        StagedImport staged = looksLikeJson(start) ? StagedImport(importJson()) : importDelimited();
        const bool isRefused = staged.result().verdict == ImportVerdict::Reject && !staged.result().cancelled;
        if (isRefused && !looksLikeJson(start) && isJsonName(m_fileName)) {
            m_source->rewind();
            staged = StagedImport(importJson());
        }
        if (!encoding.empty())
            staged.result().detected.encoding = encoding;
        return staged;
    }

    ImportResult importSpreadsheet()
    {
        requireNoTable();
        constexpr double share = 0.5;
        Sheet sheet = readSpreadsheet(*m_spreadsheet, m_options.sheet, partOf(m_control, 0, share));
        ImportResult result =
            importTableText(std::move(sheet.table), seriesName(), m_options, partOf(m_control, share, 1));
        result.detected.sheet = sheet.name;
        return result;
    }

    /// The samples count microseconds; what a person gave as the format of dates has nothing to say about
    /// them.
    ImportResult importSound()
    {
        constexpr double share = 0.3;
        requireNoTable();
        ImportOptions options = m_options;
        options.dateFormat = "epoch_us";
        TableText table = readSound(readAll(*m_source, largestAtOnce), partOf(m_control, 0, share));
        return importTableText(std::move(table), seriesName(), options, partOf(m_control, share, 1));
    }

    StagedImport importDelimited()
    {
        requireNoTable();
        ImportOptions options = m_options;
        options.encoding.reset();
        if (m_scratch == nullptr || !isLong(*m_source))
            return StagedImport(
                importCsvBytes(readAll(*m_source, largestAtOnce), seriesName(), options, m_control));
        return stageCsv(*m_source, seriesName(), options, m_control, *m_scratch);
    }

    ImportResult importJson()
    {
        constexpr double share = 0.4;
        std::string text = readAll(*m_source, largestAtOnce);
        if (const std::string wide = wideEncoding(text); !wide.empty())
            text = toUtf8(text, wide);
        std::string_view content = text;
        if (content.starts_with("\xef\xbb\xbf"))
            content.remove_prefix(3);
        TableText table = readJson(content, m_options.table, partOf(m_control, 0, share));
        text = {};
        ImportResult result =
            importTableText(std::move(table), seriesName(), m_options, partOf(m_control, share, 1));
        result.detected.table = m_options.table;
        return result;
    }

    std::unique_ptr<ByteSource> m_source;
    std::string m_fileName;
    std::optional<std::string> m_member;  ///< of the outermost zip archive
    std::vector<std::string> m_members;   ///< of the same
    std::optional<ZipArchive> m_spreadsheet;
    const ImportOptions& m_options;
    const ImportControl& m_control;
    const std::filesystem::path* m_scratch;
};

StagedImport importOrStage(std::unique_ptr<ByteSource> source, const std::string& fileName,
                           const ImportOptions& options, const ImportControl& control,
                           const std::filesystem::path* scratch)
{
    Content content(std::move(source), fileName, options, control, scratch);
    try {
        return content.import();
    } catch (const UsageError&) {
        throw;
    } catch (const Error& error) {
        ImportResult result = refusedImport("cannot_read", error.message());
        content.addMembers(result);
        return StagedImport(std::move(result));
    }
}

}  // namespace

std::string readAll(ByteSource& source, std::uint64_t limitBytes)
{
    std::string out;
    if (const auto size = source.size(); size && *size <= limitBytes)
        out.reserve(*size);
    std::array<char, headBytes> block;
    while (const std::size_t n = source.read(block)) {
        if (out.size() + n > limitBytes)
            throw Error(Message(TR("engine", "There are more than the %1 bytes that can be read at once."),
                                static_cast<std::int64_t>(limitBytes)));
        out.append(block.data(), n);
    }
    return out;
}

ImportResult importContent(std::unique_ptr<ByteSource> source, const std::string& fileName,
                           const ImportOptions& options, const ImportControl& control)
{
    return std::move(importOrStage(std::move(source), fileName, options, control, nullptr).result());
}

StagedImport stageContent(std::unique_ptr<ByteSource> source, const std::string& fileName,
                          const ImportOptions& options, const ImportControl& control,
                          const std::filesystem::path& scratch)
{
    return importOrStage(std::move(source), fileName, options, control, &scratch);
}

}  // namespace fc
