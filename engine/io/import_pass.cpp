// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/import_pass.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "engine/io/encoding.h"

namespace fc {

namespace {

/// Rows have 32-bit numbers.
constexpr std::size_t mostRows = std::numeric_limits<std::uint32_t>::max() - 1;

std::string joined(const std::vector<std::string>& names)
{
    std::string out;
    for (const std::string& name : names)
        out += (out.empty() ? "" : ", ") + name;
    return out;
}

}  // namespace

RecordPass::RecordPass(const CsvTable& block, const ImportOptions& options, const FileLayout& file,
                       const FileReadings& readings, Values values, const std::filesystem::path& scratch)
    : m_options(options),
      m_file(file),
      m_block{block, options, m_checkNotes, file.names},
      m_dataRows(block, file.layout, file.times.time),
      m_repeated(file.names),
      m_time(makeTimeReader(options, m_block.names, file.times, readings.time))
{
    const AskedRoles asked = askedRoles(options, file.names);
    std::vector<bool> isUsed(file.names.size(), false);
    for (const std::size_t column : m_repeated.columns())
        isUsed[column] = true;
    for (const auto& column : {file.times.time, file.times.clock})
        if (column)
            isUsed[*column] = true;
    for (std::size_t c = 0; c < file.names.size(); ++c) {
        if (isUsed[c])
            continue;
        const std::size_t i = m_readers.size();
        const ColumnReading reading = i < readings.columns.columns.size() ? readings.columns.columns[i] : ColumnReading{};
        m_readers.emplace_back(c, file.names[c], asked, reading, readings.columns.marks);
        m_pools.emplace_back(values == Values::KeptWhole);
        m_columns.push_back({c, {file.names[c], reading.role, reading.type}, false, {}});
        if (reading.type != ImportColumnType::Ignored)
            m_kept.push_back(i);
    }
    if (values == Values::Dropped)
        return;
    m_records = std::make_unique<ImportedRecords>();
    m_records->hasLines = values == Values::KeptWhole;
    m_records->values = std::make_unique<ValueSpool>(scratch, m_kept.size() + 1 + m_records->hasLines);
    m_records->hasClock = readings.time.hasClock();
    for (const std::size_t i : m_kept)
        m_records->columns.push_back(m_columns[i].info);
}

void RecordPass::add()
{
    const CsvTable& table = m_block.table;
    if (m_emptyRecords == 0 && table.emptyRecords > 0)
        m_firstEmptyLine = table.firstEmptyLine;
    m_emptyRecords += table.emptyRecords;
    m_dataRows.pick(table, m_block.rows, m_rowNotes);
    m_block.firstRow = m_rows;
    m_rows += m_block.rows.size();
    if (m_rows > mostRows && !m_rowNotes.hasErrors())
        m_rowNotes.error("too_many_records", {},
                         Message(TR("engine", "The file has more than %1 records, the most there may be."),
                                 static_cast<std::int64_t>(mostRows)));
    m_repeated.compare(m_block);
    if (m_rowNotes.hasErrors())
        return;  // nothing of the file is imported; the next lines may have errors of the same kind
    m_time->read(m_block, m_stamps);
    m_course.add(m_block, m_stamps, m_file.times.time);
    for (std::size_t i = 0; i < m_readers.size(); ++i)
        m_readers[i].read(m_block, m_columns[i].numbers, m_pools[i]);
    checkCandles(m_block, m_columns);
    if (m_records)
        keepValues();
}

void RecordPass::keepValues()
{
    const auto bits = [](const auto& values) {
        return std::span(reinterpret_cast<const std::uint64_t*>(values.data()), values.size());
    };
    std::vector<std::span<const std::uint64_t>> next{bits(m_stamps)};
    for (const std::size_t i : m_kept)
        next.push_back(bits(m_columns[i].numbers));
    if (m_records->hasLines) {
        m_lines.clear();
        for (const std::uint32_t row : m_block.rows)
            m_lines.push_back(m_block.table.line(row));
        next.push_back(bits(m_lines));
    }
    m_records->values->append(next);
}

FileReadings RecordPass::settled() const
{
    ImportNotes unheard;
    const ImportContext context{m_block.table, m_options, unheard, m_file.names};
    return {m_time->settled(), settledReadings(context, m_readers)};
}

/// The records as such, before anything in them is read.
void RecordPass::notePartsOfRows()
{
    if (m_emptyRecords > 0)
        m_rowNotes.warning(
            "empty_record", {m_firstEmptyLine, std::nullopt},
            Message(TR("engine",
                       "Lines with delimiters only were skipped (%1 of them), the first is line %2."),
                    m_emptyRecords, m_firstEmptyLine));
    if (m_rows == 0 && !m_rowNotes.hasErrors() && !m_file.notes.hasErrors())
        m_rowNotes.error(
            "no_records", {},
            Message(TR("engine", "The file has no record below its header. Give a file with data.")));
    m_repeated.note(m_file.names, m_file.headerLine, m_rowNotes);
}

void RecordPass::noteColumns(ImportNotes& notes) const
{
    m_time->note(notes);
    if (!m_file.times.time)
        notes.warning(
            "no_time_column", {},
            Message(
                TR("engine",
                   "No column holds dates or times; the rows are counted instead. The columns are: %1."),
                quotedText(joined(m_file.names))));
    for (const ColumnReader& reader : m_readers)
        reader.noteEmpty(notes);
    for (const ColumnReader& reader : m_readers)
        reader.note(m_block.table.dialect.delimiter, notes);
    const ImportContext context{m_block.table, m_options, notes, m_file.names};
    settledReadings(context, m_readers);  // roles of columns that are not there
    noteNoNumbers(notes);
}

void RecordPass::noteNoNumbers(ImportNotes& notes) const
{
    const auto hasType = [&](ImportColumnType type) {
        return std::ranges::find_if(m_readers, [&](const auto& r) { return r.reading().type == type; });
    };
    if (hasType(ImportColumnType::Number) != m_readers.end())
        return;
    const auto text = hasType(ImportColumnType::Text);
    if (text == m_readers.end()) {
        notes.error("no_numbers", {},
                    Message(TR("engine",
                               "No column holds numbers. Give a file with at least one column of values.")));
        return;
    }
    notes.error("no_numbers", {text->firstLine(), text->name()},
                Message(TR("engine",
                           "No column holds numbers. The column %1 holds text such as %2 in line %3. Check the "
                           "delimiter "
                           "and the decimal mark."),
                        quotedText(text->name()), quotedText(text->firstCell()), text->firstLine()));
}

bool RecordPass::note(ImportNotes& notes)
{
    notes.append(m_file.notes);
    notePartsOfRows();
    notes.append(m_rowNotes);
    if (notes.hasErrors())
        return false;
    noteColumns(notes);
    if (notes.hasErrors())
        return false;
    notes.append(m_checkNotes);
    return !notes.hasErrors();
}

std::unique_ptr<ImportedRecords> RecordPass::take()
{
    for (const std::size_t i : m_kept)
        m_records->texts.push_back(std::move(m_pools[i]));
    return std::move(m_records);
}

}  // namespace fc
