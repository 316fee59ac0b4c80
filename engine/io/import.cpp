// SPDX-License-Identifier: GPL-3.0-or-later
// Bytes -> text -> records -> layout -> times and columns -> series. Every step notes what it finds; errors
// stop the import at the end of their step, so that one look at the file finds many of them.
#include "engine/io/import.h"

#include <algorithm>

#include "engine/base/atomic_file.h"
#include "engine/base/error.h"
#include "engine/io/encoding.h"
#include "engine/io/import_checks.h"
#include "engine/io/import_columns.h"
#include "engine/io/import_faults.h"
#include "engine/io/import_layout.h"
#include "engine/io/import_review.h"
#include "engine/io/import_time.h"

namespace fc {

namespace {

constexpr std::uintmax_t largestFile =
    2'000'000'000;  // offsets into the text have 32 bits, and decoding may double it

/// The time columns asked for, else proposed.
TimeColumns timeColumns(const ImportContext& context)
{
    TimeColumns out = proposeTimeColumns(context);
    const auto ask = [&](const char* role, std::optional<size_t>& column) {
        const auto it = context.options.roles.find(role);
        if (it == context.options.roles.end())
            return;
        column = it->second.empty() ? std::nullopt : columnNamed(context.names, it->second);
        if (!column && !it->second.empty())
            context.notes.error(
                "unknown_column", {std::nullopt, it->second},
                Message(TR("engine", "The role %1 was given to the column %2, which the file does not have."),
                        role, quotedText(it->second)));
    };
    const bool asked = context.options.roles.contains("time") || context.options.roles.contains("date");
    ask("date", out.time);
    ask("time", out.time);
    if (asked && out.clock == out.time)
        out.clock.reset();
    ask("clock", out.clock);
    return out;
}

class Importer {
public:
    Importer(const ImportOptions& options, const ImportControl& control)
        : m_options(options), m_control(control)
    {
    }

    ImportResult run(std::string bytes, const std::string& name)
    {
        checkReviewOptions(m_options);
        m_result.detected = m_options;
        m_result.detected.name = m_options.name.value_or(name);
        read(std::move(bytes));
        m_result.messages = m_notes.take();
        const bool warned = !m_result.messages.empty();
        if (m_notes.hasErrors() || m_result.cancelled) {
            m_result.series.clear();
            m_result.findings.clear();
            m_result.longRecords.reset();
            m_result.texts.clear();
            m_result.columns.clear();
        } else {
            m_result.verdict = warned ? ImportVerdict::AcceptWithWarning : ImportVerdict::Accept;
        }
        return std::move(m_result);
    }

private:
    void read(std::string bytes)
    {
        const std::string container = containerName(bytes);
        DecodedText decoded = decodeText(std::move(bytes));
        if (!checkText(decoded, container, m_notes))
            return;
        m_result.detected.encoding = decoded.encoding;
        const std::string text = std::move(decoded.text);
        const size_t end = text.find_last_not_of(" \t\r\n\x1a");
        if (end == std::string::npos) {
            m_notes.error("empty_file", {},
                          Message(TR("engine", "The file is empty. Give a file with at least one record.")));
            return;
        }
        std::string_view content = text;
        if (const size_t mark = text.find('\x1a', end + 1); mark != std::string::npos)
            content = content.substr(0, mark);  // the end-of-file mark of DOS
        readTable(content);
    }

    void readTable(std::string_view text)
    {
        size_t begin = 0;
        std::optional<char> delimiter = m_options.delimiter;
        // Excel's own first line: sep=;
        const size_t firstLine = text.find_first_of("\r\n");
        if (text.starts_with("sep=") && firstLine == 5) {
            delimiter = delimiter.value_or(text[4]);
            begin = firstLine;
        }
        const CsvDialect dialect = detectDialect(text.substr(begin), delimiter);
        m_result.detected.delimiter = dialect.delimiter;
        const CsvTable table = readCsv(
            text, dialect, {.begin = begin, .cancel = m_control.cancel, .progress = [this](double share) {
                                report(0.4 * share);
                            }});
        if (table.cancelled) {
            m_result.cancelled = true;
            return;
        }
        fillPreview(table);
        if (table.problem) {
            ImportNotes unheard;  // the layout of a broken table is worth its names and nothing else
            noteProblem(*table.problem, findLayout(table, m_options, unheard).names, m_notes);
            return;
        }
        const ImportLayout layout = findLayout(table, m_options, m_notes);
        if (!m_notes.hasErrors())
            readRecords(table, layout);
    }

    void readRecords(const CsvTable& table, const ImportLayout& layout)
    {
        m_result.detected.headerLine = layout.header ? table.line(*layout.header) : 0;
        ImportContext context{table, m_options, m_notes, layout.names};
        for (size_t i = layout.firstData; i < table.rows() && context.rows.size() < 200; ++i)
            if (table.width(i) == layout.names.size())
                context.rows.push_back(static_cast<std::uint32_t>(i));
        const TimeColumns proposed = proposeTimeColumns(context);
        nameColumns(context, proposed.time, proposed.clock);
        const TimeColumns times = timeColumns(context);
        context.rows = dataRows(table, layout, times.time, m_notes);
        noteEmptyRecords(table);
        proposeColumns(context, times);
        if (context.rows.empty() && !m_notes.hasErrors())
            m_notes.error(
                "no_records", {},
                Message(TR("engine", "The file has no record below its header. Give a file with data.")));
        std::vector<size_t> used = repeatedColumns(context, *m_result.detected.headerLine);
        if (m_notes.hasErrors())
            return;
        const TimeAxis axis = readTimes(context, times);
        m_result.detected.dateFormat = axis.format;
        for (const auto& column : {times.time, times.clock})
            if (column)
                used.push_back(*column);
        if (!times.time)
            m_notes.warning(
                "no_time_column", {},
                Message(
                    TR("engine",
                       "No column holds dates or times; the rows are counted instead. The columns are: %1."),
                    quotedText(joined(context.names))));
        char decimal = '.';
        std::vector<ImportedColumn> columns =
            readColumns(context, used, decimal, [this](double share) { return report(0.5 + 0.45 * share); });
        m_result.detected.decimal = decimal;
        if (m_result.cancelled)
            return;
        assignRoles(context, columns);
        describeColumns(context, times, columns);
        if (std::ranges::none_of(columns,
                                 [](const auto& c) { return c.info.type == ImportColumnType::Number; }))
            noteNoNumbers(context, columns);
        if (m_notes.hasErrors())
            return;
        checkCandles(context, columns);
        const RowOrder order = orderRows(context, axis, times, columns);
        m_result.detected.onDuplicate = m_options.onDuplicate.value_or("last");
        if (!m_notes.hasErrors())
            build(context, axis, order, columns);
        report(1.0);
    }

    /// False when the import was cancelled.
    bool report(double share)
    {
        if (m_control.progress)
            m_control.progress(share);
        m_result.cancelled |= m_control.cancel != nullptr && m_control.cancel->cancelled();
        return !m_result.cancelled;
    }

    void fillPreview(const CsvTable& table)
    {
        constexpr size_t shown = 100;
        for (size_t row = 0; row < std::min(shown, table.rows()); ++row) {
            ImportPreview::Row out{table.line(row), {}};
            for (size_t c = 0; c < table.width(row); ++c)
                out.cells.push_back(table.text(row, c));
            m_result.preview.rows.push_back(std::move(out));
        }
    }

    void noteEmptyRecords(const CsvTable& table)
    {
        if (table.emptyRecords > 0)
            m_notes.warning(
                "empty_record", {table.firstEmptyLine, std::nullopt},
                Message(TR("engine",
                           "Lines with delimiters only were skipped (%1 of them), the first is line %2."),
                        table.emptyRecords, table.firstEmptyLine));
    }

    static std::string joined(const std::vector<std::string>& names)
    {
        std::string out;
        for (const std::string& name : names)
            out += (out.empty() ? "" : ", ") + name;
        return out;
    }

    void noteNoNumbers(const ImportContext& context, const std::vector<ImportedColumn>& columns)
    {
        const auto text = std::ranges::find_if(
            columns, [](const auto& c) { return c.info.type == ImportColumnType::Text; });
        if (text == columns.end()) {
            m_notes.error(
                "no_numbers", {},
                Message(TR("engine",
                           "No column holds numbers. Give a file with at least one column of values.")));
            return;
        }
        const ImportPlace place = context.place(0, text->index);
        m_notes.error(
            "no_numbers", place,
            Message(TR("engine",
                       "No column holds numbers. The column %1 holds text such as %2 in line %3. Check the "
                       "delimiter "
                       "and the decimal mark."),
                    quotedText(text->info.name), quotedText(context.cell(0, text->index)), *place.line));
    }

    /// What the dialog shows when an error stops the import before the columns are read.
    void proposeColumns(const ImportContext& context, const TimeColumns& times)
    {
        for (const std::string& name : context.names)
            m_result.preview.columns.push_back({name, "", ImportColumnType::Text});
        if (times.time)
            m_result.preview.columns[*times.time] = {context.names[*times.time], "time",
                                                     ImportColumnType::Time};
        if (times.clock)
            m_result.preview.columns[*times.clock] = {context.names[*times.clock], "clock",
                                                      ImportColumnType::Time};
    }

    void describeColumns(const ImportContext& context, const TimeColumns& times,
                         const std::vector<ImportedColumn>& columns)
    {
        for (ImportColumn& column : m_result.preview.columns)
            if (column.type != ImportColumnType::Time)
                column.type = ImportColumnType::Ignored;
        for (const ImportedColumn& column : columns)
            m_result.preview.columns[column.index] = column.info;
        m_result.detected.roles.clear();
        if (times.time)
            m_result.detected.roles["time"] = context.names[*times.time];
        if (times.clock)
            m_result.detected.roles["clock"] = context.names[*times.clock];
        for (const ImportedColumn& column : columns)
            if (!column.info.role.empty())
                m_result.detected.roles[column.info.role] = column.info.name;
        for (const ImportColumn& column : m_result.preview.columns)
            if (column.type != ImportColumnType::Ignored)
                m_result.columns.push_back(column.name);
    }

    void build(const ImportContext& context, const TimeAxis& axis, const RowOrder& order,
               std::vector<ImportedColumn>& columns)
    {
        m_result.detected.timeZone = m_options.timeZone.value_or("UTC");
        Series all;
        all.name = *m_result.detected.name;
        all.hasClock = axis.hasClock;
        all.timeZone = *m_result.detected.timeZone;
        for (size_t i = 0; i < order.rows.size(); ++i)
            all.times.push_back(axis.hasClock ? axis.values[order.rows[i]] : static_cast<Timestamp>(i));
        const bool inPlace = std::ranges::is_sorted(order.rows) && order.rows.size() == axis.values.size();
        for (ImportedColumn& column : columns) {
            if (column.info.type == ImportColumnType::Number)
                all.columns.push_back(
                    {column.info.name, column.info.role,
                     inPlace ? std::move(column.numbers) : picked(column.numbers, order.rows)});
            else if (column.info.type == ImportColumnType::Text)
                m_result.texts.push_back(
                    {column.info.name, inPlace ? std::move(column.texts) : picked(column.texts, order.rows)});
        }
        if (order.idColumn) {
            splitById(all, columns[*order.idColumn].info.name, axis,
                      [&](size_t row) { return context.table.line(context.rows[order.rows[row]]); });
            return;
        }
        checkGaps(all, m_notes);
        review(all, m_result.texts,
               [&](size_t row) { return context.table.line(context.rows[order.rows[row]]); });
        m_result.series.push_back(std::move(all));
    }

    void review(Series& series, std::vector<TextColumn>& texts, const LineOfRow& lineOf)
    {
        m_result.findings.push_back(reviewSeries(series, texts, m_options, lineOf, m_notes));
    }

    template <typename T>
    static std::vector<T> picked(const std::vector<T>& values, const std::vector<std::uint32_t>& rows)
    {
        std::vector<T> out;
        out.reserve(rows.size());
        for (const std::uint32_t row : rows)
            out.push_back(values[row]);
        return out;
    }

    /// One series for each id of a long file, in the order in which the ids come first.
    void splitById(Series& all, const std::string& idName, const TimeAxis& axis, const LineOfRow& lineOf)
    {
        std::vector<std::vector<size_t>> rows;  // of each series, among all
        const auto ids =
            std::ranges::find_if(m_result.texts, [&](const TextColumn& c) { return c.name == idName; });
        m_result.detected.roles["id"] = idName;
        for (ImportColumn& column : m_result.preview.columns)
            if (column.name == idName)
                column.role = "id";
        std::map<std::string_view, size_t> places;
        for (size_t row = 0; row < all.rows(); ++row) {
            const auto [it, isNew] = places.emplace(ids->values[row], m_result.series.size());
            if (isNew) {
                Series one;
                one.name = all.name + " " + ids->values[row];
                one.hasClock = all.hasClock;
                one.timeZone = all.timeZone;
                for (const Column& column : all.columns)
                    one.columns.push_back({column.name, column.role, {}});
                m_result.series.push_back(std::move(one));
                rows.emplace_back();
            }
            rows[it->second].push_back(row);
            Series& one = m_result.series[it->second];
            one.times.push_back(axis.hasClock ? all.times[row] : static_cast<Timestamp>(one.times.size()));
            for (size_t c = 0; c < all.columns.size(); ++c)
                one.columns[c].values.push_back(all.columns[c].values[row]);
        }
        for (size_t s = 0; s < rows.size(); ++s) {
            std::vector<TextColumn> none;
            review(m_result.series[s], none, [&](size_t row) { return lineOf(rows[s][row]); });
        }
        m_notes.warning(
            "long_file", {std::nullopt, idName},
            Message(TR("engine", "The column %1 tells the series of the file apart; there are %2 of them."),
                    quotedText(idName), m_result.series.size()));
        m_result.longRecords = std::move(all);
    }

    const ImportOptions& m_options;
    const ImportControl& m_control;
    ImportNotes m_notes;
    ImportResult m_result;
};

}  // namespace

std::string verdictName(ImportVerdict verdict)
{
    switch (verdict) {
        case ImportVerdict::Accept:
            return "accept";
        case ImportVerdict::AcceptWithWarning:
            return "accept_with_warning";
        case ImportVerdict::Reject:
            return "reject";
    }
    return {};
}

ImportResult importCsvBytes(std::string bytes, const std::string& name, const ImportOptions& options,
                            const ImportControl& control)
{
    return Importer(options, control).run(std::move(bytes), name);
}

ImportResult importCsv(const std::filesystem::path& path, const ImportOptions& options,
                       const ImportControl& control)
{
    std::string bytes;
    try {
        bytes = readFile(path, largestFile);
    } catch (const Error& error) {
        ImportResult result;
        result.messages.push_back({true, "cannot_read", std::nullopt, std::nullopt, error.message()});
        return result;
    }
    return importCsvBytes(std::move(bytes), path.stem().string(), options, control);
}

}  // namespace fc
