// SPDX-License-Identifier: GPL-3.0-or-later
// Bytes -> text -> blocks of records -> times and columns -> series. The first block tells what the file looks
// like; the others are read that way, and again when they teach better. Every step notes what it finds; errors
// stop the import at the end of their step, so that one look at the file finds many of them.
#include "engine/io/import.h"

#include <algorithm>
#include <numeric>

#include "engine/base/error.h"
#include "engine/io/csv_stream.h"
#include "engine/io/encoding.h"
#include "engine/io/import_faults.h"
#include "engine/io/import_pass.h"
#include "engine/io/import_review.h"

namespace fc {

namespace {

/// Records that the first block has at least: what is proposed for a file rests on them.
constexpr size_t firstRecords = 300;

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

/// The blocks of a source, from the beginning as often as they are needed.
class FileReader {
public:
    FileReader(ByteSource& source, const ImportOptions& options) : m_source(source), m_options(options) {}

    /// Back to the first block. False when there is none that can be read.
    bool restart()
    {
        m_csv.reset();
        m_text.emplace(m_source);
        m_csv.emplace(*m_text);
        if (!m_dialect)
            findDialect();
        m_csv->begin(*m_dialect, m_start);
        return m_csv->next(firstRecords, m_options.headerLine.value_or(0));
    }
    bool next() { return m_csv->next(); }

    /// Where every block since the last restart is.
    const CsvTable& block() const { return m_csv->table(); }
    const TextFindings& text() const { return m_text->findings(); }
    CsvDialect dialect() const { return *m_dialect; }
    double progress() const { return m_source.progress(); }

private:
    void findDialect()
    {
        constexpr size_t sampleBytes = size_t(1) << 19;
        const std::string_view sample = m_csv->head(sampleBytes);
        std::optional<char> delimiter = m_options.delimiter;
        // Excel's own first line: sep=;
        const size_t firstLine = sample.find_first_of("\r\n");
        if (sample.starts_with("sep=") && firstLine == 5) {
            delimiter = delimiter.value_or(sample[4]);
            m_start.begin = firstLine;
        }
        m_dialect = detectDialect(sample.substr(m_start.begin), delimiter);
    }

    ByteSource& m_source;
    const ImportOptions& m_options;
    std::optional<TextStream> m_text;
    std::optional<CsvStream> m_csv;
    std::optional<CsvDialect> m_dialect;
    CsvStart m_start;
};

/// What the source itself threw: that the file cannot be read is a finding about the file.
struct ReadFailure {
    Message reason;
};

class WatchedSource : public ByteSource {
public:
    explicit WatchedSource(ByteSource& source) : m_source(source) {}

    size_t read(std::span<char> buffer) override
    {
        try {
            return m_source.read(buffer);
        } catch (const Error& error) {
            throw ReadFailure{error.message()};
        }
    }
    void rewind() override
    {
        try {
            m_source.rewind();
        } catch (const Error& error) {
            throw ReadFailure{error.message()};
        }
    }
    std::optional<std::uint64_t> size() const override { return m_source.size(); }
    double progress() const override { return m_source.progress(); }

private:
    ByteSource& m_source;
};

class Importer {
public:
    Importer(ByteSource& source, const ImportOptions& options, const ImportControl& control,
             std::filesystem::path scratch, bool isWhole)
        : m_options(options),
          m_control(control),
          m_scratch(scratch.empty() ? std::filesystem::temp_directory_path() : std::move(scratch)),
          m_isWhole(isWhole),
          m_file(source, options)
    {
    }

    /// Sets `result`; the records are there after an accept only.
    std::shared_ptr<const ImportedRecords> run(const std::string& name, ImportResult& result)
    {
        checkReviewOptions(m_options);
        result.detected = m_options;
        result.detected.name = m_options.name.value_or(name);
        m_result = &result;
        std::unique_ptr<ImportedRecords> records = read();
        ImportNotes notes;
        checkText(m_file.text(), notes);
        if (m_file.text().isFatal())
            m_notes = {};
        notes.append(m_notes);
        result.messages = notes.take();
        if (notes.hasErrors() || result.cancelled) {
            result.columns.clear();
            result.series.clear();
            result.findings.clear();
            result.longRecords.reset();
            result.shapes.clear();
            result.ends.reset();
            result.texts.clear();
            return nullptr;
        }
        result.verdict = result.messages.empty() ? ImportVerdict::Accept : ImportVerdict::AcceptWithWarning;
        return records;
    }

private:
    std::unique_ptr<ImportedRecords> read()
    {
        if (!m_file.restart() || !report(0))
            return nullptr;
        m_result->detected.encoding = m_file.text().encoding;
        if (isEmpty())
            return nullptr;
        m_result->detected.delimiter = m_file.dialect().delimiter;
        fillPreview();
        const FileLayout layout = settleLayout();
        if (hasProblem(layout))
            return nullptr;
        if (layout.isRefused) {
            m_notes.append(layout.notes);
            return nullptr;
        }
        m_result->detected.headerLine = layout.headerLine;
        proposeColumns(layout);
        const std::unique_ptr<RecordPass> pass = passes(layout);
        if (!pass)
            return nullptr;
        m_result->detected.encoding = m_file.text().encoding;
        const bool isSound = pass->note(m_notes);
        if (pass->rowsAreSound())
            describeColumns(layout, *pass);
        return isSound ? build(layout, *pass) : nullptr;
    }

    bool isEmpty()
    {
        const CsvTable& block = m_file.block();
        if (block.problem || (block.isLast ? !m_file.text().empty : block.rows() > 0))
            return false;
        while (m_file.text().empty && report(0) && m_file.next()) {
        }
        m_notes.error("empty_file", {},
                      m_file.text().empty
                          ? Message(TR("engine", "The file is empty. Give a file with at least one record."))
                          : Message(TR("engine",
                                       "The file begins with 32 MiB of blank lines. Take them out.")));
        return true;
    }

    /// Titles, header, names and time columns, from the first block.
    FileLayout settleLayout()
    {
        FileLayout out;
        const CsvTable& table = m_file.block();
        out.layout = findLayout(table, m_options, out.notes);
        out.headerLine = out.layout.header ? table.line(*out.layout.header) : 0;
        ImportContext context{table, m_options, out.notes, out.layout.names};
        for (size_t i = out.layout.firstData; i < table.rows() && context.rows.size() < 200; ++i)
            if (table.width(i) == out.layout.names.size())
                context.rows.push_back(static_cast<std::uint32_t>(i));
        out.isRefused = out.notes.hasErrors();
        if (!out.isRefused) {
            const TimeColumns proposed = proposeTimeColumns(context);
            nameColumns(context, proposed.time, proposed.clock);
            out.times = timeColumns(context);
        }
        out.names = context.names;
        return out;
    }

    /// A text that cannot be cut to its end is worth its names and nothing else.
    bool hasProblem(const FileLayout& layout)
    {
        if (!m_file.block().problem)
            return false;
        m_notes = {};
        noteProblem(*m_file.block().problem, layout.layout.names, m_notes);
        return true;
    }

    /// Reads the file until it was read as all of it asks for.
    std::unique_ptr<RecordPass> passes(const FileLayout& layout)
    {
        constexpr int most = 6;
        FileReadings readings = expected(layout);
        for (int round = 0;; ++round) {
            if (round > 0 && !m_file.restart())
                return nullptr;
            auto pass = std::make_unique<RecordPass>(m_file.block(), m_options, layout, readings,
                                                     m_isWhole ? RecordPass::Values::KeptWhole
                                                               : RecordPass::Values::Kept,
                                                     m_scratch);
            do {
                if (hasProblem(layout) || !report(m_passed + (0.9 - m_passed) / 2 * m_file.progress()))
                    return nullptr;
                pass->add();
            } while (m_file.next());
            if (m_file.text().isFatal() || hasProblem(layout))
                return nullptr;
            m_passed += (0.9 - m_passed) / 2;
            FileReadings settled = pass->settled();
            if (settled == readings || round == most || !pass->rowsAreSound())
                return pass;
            readings = std::move(settled);
        }
    }

    FileReadings expected(const FileLayout& layout)
    {
        ImportNotes unheard;
        ImportContext head{m_file.block(), m_options, unheard, layout.names};
        DataRows(m_file.block(), layout.layout, layout.times.time).pick(m_file.block(), head.rows, unheard);
        FileReadings readings{expectedReading(head, layout.times), {}};
        // Twice, because how numbers are written shows only once their marks are counted.
        for (int round = 0; round < 2; ++round) {
            RecordPass trial(m_file.block(), m_options, layout, readings, RecordPass::Values::Dropped, m_scratch);
            trial.add();
            readings = trial.settled();
        }
        return readings;
    }

    std::unique_ptr<ImportedRecords> build(const FileLayout& layout, RecordPass& pass)
    {
        std::unique_ptr<ImportedRecords> records = pass.take();
        records->name = *m_result->detected.name;
        records->timeZone = m_options.timeZone.value_or("UTC");
        orderRecords(*records, pass.course(), m_options, layout.times.time,
                     [&](const std::vector<std::uint32_t>& rows, const VisitRecord& use) {
                         lookUp(layout, rows, use);
                     },
                     m_notes);
        m_result->detected.onDuplicate = m_options.onDuplicate.value_or("last");
        m_result->detected.timeZone = records->timeZone;
        if (m_notes.hasErrors() || !report(0.95))
            return nullptr;
        if (records->id)
            splitById(*records);
        if (m_isWhole)
            takeWhole(*records);
        else
            takeEnds(layout, *records);
        if (records->id)
            noteLongFile(*records);
        report(1.0);
        return records;
    }

    /// Moves everything into memory, and does there what a person wants done about it.
    void takeWhole(const ImportedRecords& records)
    {
        std::vector<size_t> places(records.count());
        std::iota(places.begin(), places.end(), size_t(0));
        PickedRecords all = pickRecords(records, places);
        m_result->texts = std::move(all.texts);
        const std::vector<std::uint64_t> lines = wholeColumn(records, records.columns.size() + 1);
        if (!records.id) {
            checkGaps(all.series, m_notes);
            m_result->findings.push_back(reviewSeries(
                all.series, m_result->texts, m_options,
                [&](size_t row) { return static_cast<std::int64_t>(lines[records.row(row)]); }, m_notes));
            m_result->series.push_back(std::move(all.series));
            return;
        }
        m_result->longRecords = std::move(all.series);
        SeriesCollector collector;
        giveSeries(records, shapesOf(records), collector, [](double) { return true; });
        m_result->series = collector.take();
        for (size_t s = 0; s < m_result->series.size(); ++s) {
            std::vector<TextColumn> none;
            const size_t first = records.firstOfId[s];
            m_result->findings.push_back(reviewSeries(
                m_result->series[s], none, m_options,
                [&](size_t row) { return static_cast<std::int64_t>(lines[records.rowsById[first + row]]); },
                m_notes));
        }
    }

    void noteLongFile(const ImportedRecords& records)
    {
        const std::string idName = records.columns[*records.id].name;
        m_result->detected.roles["id"] = idName;
        for (ImportColumn& column : m_result->preview.columns)
            if (column.name == idName)
                column.role = "id";
        m_notes.warning(
            "long_file", {std::nullopt, idName},
            Message(TR("engine", "The column %1 tells the series of the file apart; there are %2 of them."),
                    quotedText(idName), m_result->seriesCount()));
    }

    /// What the series are, and the first and last records for those who show them.
    void takeEnds(const FileLayout& layout, const ImportedRecords& records)
    {
        constexpr size_t shownAtEachEnd = 1000;
        const size_t count = records.count();
        m_result->shapes = shapesOf(records);
        m_result->endsOf = static_cast<std::int64_t>(count);
        if (!records.id)
            checkGaps(m_result->shapes.front().frequency, m_notes);
        std::vector<size_t> places(std::min(count, 2 * shownAtEachEnd));
        std::iota(places.begin(), places.end(), size_t(0));
        for (size_t i = shownAtEachEnd; i < places.size(); ++i)
            places[i] = count - (places.size() - i);
        PickedRecords picked = pickRecords(records, places);
        for (size_t c = 0; c < records.columns.size(); ++c)
            if (records.texts[c].isGivenUp())
                picked.texts.push_back(textsAgain(layout, records, records.columns[c].name, places));
        m_result->ends = std::move(picked.series);
        m_result->texts = std::move(picked.texts);
    }

    /// Texts of a column that has too many to be kept.
    TextColumn textsAgain(const FileLayout& layout, const ImportedRecords& records, const std::string& name,
                          const std::vector<size_t>& places)
    {
        const size_t column = static_cast<size_t>(std::ranges::find(layout.names, name) - layout.names.begin());
        std::vector<std::uint32_t> rows;
        for (const size_t place : places)
            rows.push_back(records.row(place));
        std::vector<size_t> byRow(rows.size());
        std::iota(byRow.begin(), byRow.end(), size_t(0));
        std::ranges::sort(byRow, {}, [&](size_t i) { return rows[i]; });
        std::vector<std::uint32_t> sorted;
        for (const size_t i : byRow)
            sorted.push_back(rows[i]);
        TextColumn out{name, std::vector<std::string>(rows.size())};
        lookUp(layout, sorted, [&](const ImportContext& block, size_t row, size_t i) {
            out.values[byRow[i]] = block.table.text(block.rows[row], column);
        });
        return out;
    }

    /// Reads the file again down to the last of `rows`.
    void lookUp(const FileLayout& layout, const std::vector<std::uint32_t>& rows, const VisitRecord& use)
    {
        if (!m_file.restart())
            return;
        ImportNotes unheard;
        ImportContext block{m_file.block(), m_options, unheard, layout.names};
        DataRows dataRows(m_file.block(), layout.layout, layout.times.time);
        size_t i = 0;
        do {
            block.firstRow += block.rows.size();
            dataRows.pick(m_file.block(), block.rows, unheard);
            for (; i < rows.size() && rows[i] < block.firstRow + block.rows.size(); ++i)
                use(block, rows[i] - block.firstRow, i);
        } while (i < rows.size() && m_file.next());
    }

    /// False when the import was cancelled.
    bool report(double share)
    {
        if (m_control.progress)
            m_control.progress(share);
        m_result->cancelled |= m_control.cancel != nullptr && m_control.cancel->cancelled();
        return !m_result->cancelled;
    }

    void fillPreview()
    {
        constexpr size_t shown = 100;
        const CsvTable& table = m_file.block();
        for (size_t row = 0; row < std::min(shown, table.rows()); ++row) {
            ImportPreview::Row out{table.line(row), {}};
            for (size_t c = 0; c < table.width(row); ++c)
                out.cells.push_back(table.text(row, c));
            m_result->preview.rows.push_back(std::move(out));
        }
    }

    /// What the dialog shows when an error stops the import before the columns are read.
    void proposeColumns(const FileLayout& layout)
    {
        for (const std::string& name : layout.names)
            m_result->preview.columns.push_back({name, "", ImportColumnType::Text});
        if (const auto& time = layout.times.time)
            m_result->preview.columns[*time] = {layout.names[*time], "time", ImportColumnType::Time};
        if (const auto& clock = layout.times.clock)
            m_result->preview.columns[*clock] = {layout.names[*clock], "clock", ImportColumnType::Time};
    }

    void describeColumns(const FileLayout& layout, const RecordPass& pass)
    {
        ImportOptions& detected = m_result->detected;
        detected.dateFormat = pass.dateFormat();
        detected.decimal = pass.settled().columns.decimal;
        detected.roles.clear();
        if (layout.times.time)
            detected.roles["time"] = layout.names[*layout.times.time];
        if (layout.times.clock)
            detected.roles["clock"] = layout.names[*layout.times.clock];
        for (ImportColumn& column : m_result->preview.columns)
            if (column.type != ImportColumnType::Time)
                column.type = ImportColumnType::Ignored;
        for (const ColumnReader& reader : pass.readers()) {
            const ColumnReading& reading = reader.reading();
            m_result->preview.columns[reader.index()] = {reader.name(), reading.role, reading.type};
            if (!reading.role.empty())
                detected.roles[reading.role] = reader.name();
        }
        for (const ImportColumn& column : m_result->preview.columns)
            if (column.type != ImportColumnType::Ignored)
                m_result->columns.push_back(column.name);
    }

    const ImportOptions& m_options;
    const ImportControl& m_control;
    std::filesystem::path m_scratch;
    bool m_isWhole;  ///< everything goes into memory
    FileReader m_file;
    double m_passed = 0;  ///< share of the work that earlier passes have done
    ImportNotes m_notes;
    ImportResult* m_result = nullptr;
};

ImportResult unreadable(const Message& reason)
{
    ImportResult result;
    result.messages.push_back({true, "cannot_read", std::nullopt, std::nullopt, reason});
    return result;
}

/// Reads and checks; the records are there for a file that was accepted and not taken into memory.
std::shared_ptr<const ImportedRecords> stage(ByteSource& source, const std::string& name,
                                             const ImportOptions& options, const ImportControl& control,
                                             const std::filesystem::path& scratch, bool isWhole,
                                             ImportResult& result)
{
    try {
        WatchedSource watched(source);
        auto records = Importer(watched, options, control, scratch, isWhole).run(name, result);
        return isWhole ? nullptr : records;
    } catch (const ReadFailure& failure) {
        result = unreadable(failure.reason);
        return nullptr;
    }
}

ImportResult inMemory(ByteSource& source, const std::string& name, const ImportOptions& options,
                      const ImportControl& control)
{
    ImportResult result;
    stage(source, name, options, control, {}, true, result);
    return result;
}

/// True when a series is to be changed as a whole, which takes all of it.
bool wantsWhole(const ByteSource& source, const ImportOptions& options)
{
    constexpr std::uint64_t largestWhole = std::uint64_t(64) << 20;
    return !options.remedies.empty() || options.missing || options.calendar ||
           source.size().value_or(largestWhole + 1) <= largestWhole;
}

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

StagedImport::StagedImport(ImportResult result, std::shared_ptr<const ImportedRecords> records)
    : m_result(std::move(result)), m_records(std::move(records))
{
}

std::vector<SeriesShape> StagedImport::shapes() const
{
    std::vector<SeriesShape> out = m_result.shapes;
    for (const Series& series : m_result.series)
        out.push_back(shapeOf(series));
    return out;
}

bool StagedImport::giveTo(SeriesSink& sink, const ImportControl& control) const
{
    const auto goOn = [&](double share) {
        if (control.progress)
            control.progress(share);
        return control.cancel == nullptr || !control.cancel->cancelled();
    };
    if (m_records)
        return giveSeries(*m_records, m_result.shapes, sink, goOn);
    const std::vector<Series>& all = m_result.series;
    for (size_t i = 0; i < all.size(); ++i) {
        if (!goOn(static_cast<double>(i) / static_cast<double>(all.size())))
            return false;
        give(all[i], i, sink);
    }
    return true;
}

StagedImport stageCsv(ByteSource& source, const std::string& name, const ImportOptions& options,
                      const ImportControl& control, const std::filesystem::path& scratch)
{
    ImportResult result;
    auto records = stage(source, name, options, control, scratch, wantsWhole(source, options), result);
    return StagedImport(std::move(result), std::move(records));
}

StagedImport stageCsv(const std::filesystem::path& path, const ImportOptions& options,
                      const ImportControl& control, const std::filesystem::path& scratch)
{
    std::unique_ptr<ByteSource> file;
    try {
        file = openFile(path);
    } catch (const Error& error) {
        return StagedImport(unreadable(error.message()));
    }
    return stageCsv(*file, path.stem().string(), options, control, scratch);
}

ImportResult importCsvBytes(std::string bytes, const std::string& name, const ImportOptions& options,
                            const ImportControl& control)
{
    const std::unique_ptr<ByteSource> source = sourceOf(std::move(bytes));
    return inMemory(*source, name, options, control);
}

ImportResult importCsv(const std::filesystem::path& path, const ImportOptions& options,
                       const ImportControl& control)
{
    std::unique_ptr<ByteSource> file;
    try {
        file = openFile(path);
    } catch (const Error& error) {
        return unreadable(error.message());
    }
    return inMemory(*file, path.stem().string(), options, control);
}

}  // namespace fc
