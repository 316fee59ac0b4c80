// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/cancel_token.h"
#include "engine/base/message.h"
#include "engine/data/checks.h"
#include "engine/data/series.h"
#include "engine/data/series_sink.h"
#include "engine/io/byte_source.h"

namespace fc {

/// How a file is read. An empty field means "find out"; the result holds the same struct with everything
/// found out, which is what the import dialog shows, changes and gives back, and what is stored with the
/// series as its recipe.
struct ImportOptions {
    std::optional<std::string> name;  ///< of the series; else the name of the file without its extension
    std::optional<char> delimiter;    ///< a blank means runs of blanks
    std::optional<char> decimal;      ///< '.' or ','
    std::optional<std::int64_t>
        headerLine;  ///< physical line of the column names, from 1; 0 = there are none
    /// "ymd", "dmy", "mdy", "epoch_s", "epoch_ms", "epoch_us", "epoch_ns", "spreadsheet_days", "year",
    /// "index", or a pattern of %Y %m %d %H %M %S %f %b %y %I %p %j %z.
    std::optional<std::string> dateFormat;
    std::optional<std::string> timeZone;  ///< of stamps without offset: "UTC", "+02:00" or "Europe/Berlin"
    /// Stamps that the clocks of `timeZone` showed twice: "order" (default: the first, unless the row before
    /// comes after it), "earlier" or "later".
    std::optional<std::string> onRepeatedHour;
    /// Stamps that they never showed: "error" (default) or "shift" (forward, as the clocks are).
    std::optional<std::string> onSkippedHour;
    /// Role -> column name. Roles: time (or date), clock (a time of day that belongs to the date), open,
    /// high, low, close, volume, id (which series of a long file a row belongs to). "" takes a proposed role
    /// away.
    std::map<std::string, std::string> roles;
    /// Column name -> "number", "text" or "ignore", for columns that are not what they look like.
    std::map<std::string, std::string> types;
    std::optional<std::string>
        onDuplicate;  ///< rows with the same stamp: "first", "last" (default) or "error"
    /// What is done about findings, by code: "drop_rows", "set_missing" … (engine/data/remedies.h). What is
    /// not named is kept as it is.
    std::map<std::string, std::string> remedies;
    /// Stamps that are missing and cells without a value: "keep" (default), "gaps", "forward", "linear",
    /// "nearest", "mean" or "drop" (engine/data/fill.h).
    std::optional<std::string> missing;
    /// Which stamps are due: "auto" (default), "by_row", "24/7", "business_days" or sessions such as
    /// "mon-fri 09:30-16:00" (engine/data/calendar.h).
    std::optional<std::string> calendar;
    std::optional<std::string> encoding;  ///< "utf-8", "utf-16le", "utf-16be" or "windows-1252"
    std::optional<std::string> member;    ///< of a zip archive
    std::optional<std::string> sheet;     ///< of a spreadsheet
    std::optional<std::string> table;     ///< of a database, or key of an array in JSON text

    bool operator==(const ImportOptions&) const = default;
};

/// One JSON object; fields that are empty are left out.
std::string toJson(const ImportOptions& options);
/// Throws UsageError for text that is no such object.
ImportOptions importOptionsFromJson(const std::string& json);

enum class ImportVerdict { Accept, AcceptWithWarning, Reject };

/// "accept", "accept_with_warning", "reject".
std::string verdictName(ImportVerdict verdict);

struct ImportMessage {
    bool isError = false;               ///< else a warning
    std::string code;                   ///< snake_case, stable
    std::optional<std::int64_t> line;   ///< physical line, or what the text calls a record or row; from 1
    std::optional<std::string> column;  ///< name as in the file
    Message text;                       ///< plain text, control characters escaped
};

enum class ImportColumnType { Time, Number, Text, Ignored };

/// What is known or proposed about one column of the file.
struct ImportColumn {
    std::string name;
    std::string role;  ///< as in ImportOptions::roles, or empty
    ImportColumnType type = ImportColumnType::Ignored;
};

/// Parts of a file of which one is read.
struct ImportChoice {
    std::string option;              ///< of ImportOptions: "member", "sheet" or "table"
    std::vector<std::string> names;  ///< at least two
};

/// The file as the dialog shows it.
struct ImportPreview {
    struct Row {
        std::int64_t line = 0;
        std::vector<std::string> cells;
    };
    std::vector<ImportColumn> columns;
    std::vector<ImportChoice> choices;
    std::vector<Row> rows;  ///< the first records of the file, header and whatever is above it included
};

/// Text that goes with the records; no part of a Series.
struct TextColumn {
    std::string name;
    std::vector<std::string> values;
};

struct ImportResult {
    ImportVerdict verdict = ImportVerdict::Reject;
    bool cancelled = false;  ///< stopped by the token; nothing else is filled in
    std::vector<ImportMessage> messages;
    /// Empty after a reject, else one, or one for each id of a long file ("name id").
    std::vector<Series> series;
    /// For each of `series` what its check found, with physical lines; as the file has it, before any remedy.
    std::vector<std::vector<Finding>> findings;
    /// All records of a long file in time order; stamps repeat. As the file has them, before any remedy.
    std::optional<Series> longRecords;
    /// Of a file too large to be held in memory, in place of `series`, `findings` and `longRecords`: what its
    /// series are, and the first and last 1000 records.
    std::vector<SeriesShape> shapes;
    std::optional<Series> ends;
    std::int64_t endsOf = 0;        ///< how many records there are between them and with them
    std::vector<TextColumn> texts;  ///< in the row order of records()
    std::vector<std::string>
        columns;  ///< names of all imported columns in the order of the file, time included
    ImportOptions detected;
    ImportPreview preview;

    /// All imported records in time order, or those at both ends. Only after an accept.
    const Series& records() const { return ends ? *ends : longRecords ? *longRecords : series.front(); }
    std::int64_t rows() const
    {
        return ends ? endsOf : series.empty() ? 0 : static_cast<std::int64_t>(records().rows());
    }
    std::size_t seriesCount() const { return ends ? shapes.size() : series.size(); }
};

/// Who may stop a long import, and who hears how far it is (0 .. 1). Both may be empty.
struct ImportControl {
    const CancelToken* cancel = nullptr;
    std::function<void(double)> progress;
};

struct ImportedRecords;

/// A file on its way into a workspace: read, checked and brought in order. Up to 64 MiB, and where remedies are
/// asked for, the result has everything; the values of larger ones wait in a temporary file without a name.
class StagedImport {
public:
    explicit StagedImport(ImportResult result, std::shared_ptr<const ImportedRecords> records = nullptr);

    const ImportResult& result() const { return m_result; }
    /// For what a reader of another format adds to what was detected.
    ImportResult& result() { return m_result; }
    std::vector<SeriesShape> shapes() const;
    /// Hands over every series. False when cancelled before the end. Only after an accept.
    bool giveTo(SeriesSink& sink, const ImportControl& control = {}) const;

private:
    ImportResult m_result;
    std::shared_ptr<const ImportedRecords> m_records;
};

/// Reads delimited text in memory that does not depend on its length. What is wrong with it is in the messages;
/// throws UsageError only for options that make no sense (unknown role, unknown time zone) and Error when the
/// temporary file in `scratch` (a folder; empty = the system's for temporary files) cannot be had. `name` is
/// the fallback name of the series.
StagedImport stageCsv(ByteSource& source, const std::string& name, const ImportOptions& options = {},
                      const ImportControl& control = {}, const std::filesystem::path& scratch = {});
/// The same for a file.
StagedImport stageCsv(const std::filesystem::path& path, const ImportOptions& options = {},
                      const ImportControl& control = {}, const std::filesystem::path& scratch = {});

/// A delimited text file with all its values in memory.
ImportResult importCsv(const std::filesystem::path& path, const ImportOptions& options = {},
                       const ImportControl& control = {});

/// The same for bytes at hand; `name` is the fallback name of the series.
ImportResult importCsvBytes(std::string bytes, const std::string& name, const ImportOptions& options = {},
                            const ImportControl& control = {});

/// The document of `import --json`: verdict, rows, columns, messages, series; with `withData` also the
/// records (all, or the first and last 1000).
std::string importDocument(const ImportResult& result, bool withData);

}  // namespace fc
