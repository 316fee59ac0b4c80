// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/io/import_checks.h"
#include "engine/io/import_columns.h"
#include "engine/io/import_faults.h"
#include "engine/io/import_layout.h"
#include "engine/io/import_order.h"
#include "engine/io/import_records.h"
#include "engine/io/import_time.h"

namespace fc {

/// What the first block of a file settles for all others.
struct FileLayout {
    ImportLayout layout;
    std::vector<std::string> names;  ///< of the columns, with those that were made up
    TimeColumns times;
    ImportNotes notes;
    std::int64_t headerLine = 0;
    bool isRefused = false;  ///< the notes say why, and the rest is not to be relied on
};

/// How every cell of a file is read.
struct FileReadings {
    TimeReading time;
    ColumnReadings columns;

    bool operator==(const FileReadings&) const = default;
};

/// One pass over the records of a file under one reading of its cells. As the reading is a guess from the first
/// block until all of the file has been seen, the pass also learns which one it should have been.
class RecordPass {
public:
    enum class Values {
        Dropped,
        Kept,
        KeptWhole,  ///< with all texts and the line of each record
    };

    /// `block` is where every block of the pass will be, and holds the first now.
    RecordPass(const CsvTable& block, const ImportOptions& options, const FileLayout& file,
               const FileReadings& readings, Values values, const std::filesystem::path& scratch);

    /// Takes the records that are in `block` now.
    void add();

    FileReadings settled() const;
    const StampCourse& course() const { return m_course; }
    bool rowsAreSound() const { return !m_rowNotes.hasErrors() && !m_file.notes.hasErrors(); }
    std::string dateFormat() const { return m_time->format(); }
    /// Readings, roles included, of the columns that are read as such.
    const std::vector<ColumnReader>& readers() const { return m_readers; }

    /// What was found, step by step; a step with errors is the last. True when there are none.
    bool note(ImportNotes& notes);
    /// What was read; once.
    std::unique_ptr<ImportedRecords> take();

private:
    void notePartsOfRows();
    void noteColumns(ImportNotes& notes) const;
    void noteNoNumbers(ImportNotes& notes) const;
    void keepValues();

    const ImportOptions& m_options;
    const FileLayout& m_file;
    ImportNotes m_rowNotes;
    ImportNotes m_checkNotes;
    ImportContext m_block;
    DataRows m_dataRows;
    RepeatedColumns m_repeated;
    std::unique_ptr<TimeReader> m_time;
    std::vector<ColumnReader> m_readers;
    std::vector<ImportedColumn> m_columns;  ///< with the values of one block
    std::vector<std::int64_t> m_stamps;
    std::vector<std::int64_t> m_lines;
    StampCourse m_course;
    std::size_t m_rows = 0;
    std::size_t m_emptyRecords = 0;
    std::int64_t m_firstEmptyLine = 0;
    std::unique_ptr<ImportedRecords> m_records;
    std::vector<TextPool> m_pools;        ///< one for each reader
    std::vector<std::size_t> m_kept;      ///< readers whose values are kept
};

}  // namespace fc
