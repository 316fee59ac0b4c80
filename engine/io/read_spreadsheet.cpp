// SPDX-License-Identifier: GPL-3.0-or-later
// Office Open XML (ECMA-376): sheets as XML in a zip archive, one part after the other, each read from front
// to back.
#include "engine/io/read_spreadsheet.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "engine/base/error.h"
#include "engine/io/encoding.h"
#include "engine/io/found_lists.h"
#include "engine/io/import_notes.h"
#include "engine/io/number.h"
#include "engine/io/sheet_format.h"
#include "engine/io/xml_reader.h"

namespace fc {

namespace {

constexpr auto workbookPart = "xl/workbook.xml";
constexpr std::uint32_t mostColumns = 16'384;
constexpr std::uint32_t mostRows = 1'048'576;

std::string attribute(const XmlAttributes& all, std::string_view name)
{
    const auto it = all.find(name);
    return it == all.end() ? std::string() : it->second;
}

std::size_t wholeNumber(const std::string& text)
{
    std::size_t out = 0;
    std::from_chars(text.data(), text.data() + text.size(), out);
    return out;
}

void readPart(const ZipArchive& archive, const std::string& part, const XmlListener& listener)
{
    readXml(*archive.open(part), part, listener);
}

/// What the parts beside the sheets say.
struct Workbook {
    struct Entry {
        std::string name;
        std::string relation;
    };
    std::vector<Entry> sheets;
    bool from1904 = false;
    std::map<std::string, std::string> parts;  ///< of each relation
    std::vector<std::string> strings;
    std::vector<SheetFormat> formats;  ///< of each cell style
};

void nothing(std::string_view) {}
bool always()
{
    return true;
}

void readWorkbook(const ZipArchive& archive, Workbook& book)
{
    readPart(archive, workbookPart,
             {[&](std::string_view name, const XmlAttributes& all) {
                  if (name == "sheet")
                      book.sheets.push_back({attribute(all, "name"), attribute(all, "id")});
                  else if (name == "workbookPr")
                      book.from1904 =
                          attribute(all, "date1904") == "1" || attribute(all, "date1904") == "true";
              },
              nothing, nothing, always});
    const std::string relations = "xl/_rels/workbook.xml.rels";
    if (archive.has(relations))
        readPart(archive, relations,
                 {[&](std::string_view name, const XmlAttributes& all) {
                      const std::string target = attribute(all, "Target");
                      if (name == "Relationship")
                          book.parts[attribute(all, "Id")] =
                              target.starts_with('/') ? target.substr(1) : "xl/" + target;
                  },
                  nothing, nothing, always});
}

void readStrings(const ZipArchive& archive, Workbook& book)
{
    const std::string part = "xl/sharedStrings.xml";
    if (!archive.has(part))
        return;
    bool inText = false;
    int phonetic = 0;  // how a text is read aloud is no part of it
    readPart(archive, part,
             {[&](std::string_view name, const XmlAttributes&) {
                  if (name == "si")
                      book.strings.emplace_back();
                  phonetic += name == "rPh";
                  inText = name == "t" && phonetic == 0;
              },
              [&](std::string_view name) {
                  inText = false;
                  phonetic -= name == "rPh";
              },
              [&](std::string_view text) {
                  if (inText && !book.strings.empty())
                      book.strings.back() += text;
              },
              always});
}

void readFormats(const ZipArchive& archive, Workbook& book)
{
    const std::string part = "xl/styles.xml";
    if (!archive.has(part))
        return;
    std::map<std::size_t, SheetFormat> own;
    bool inCells = false;
    readPart(
        archive, part,
        {[&](std::string_view name, const XmlAttributes& all) {
             inCells |= name == "cellXfs";
             const std::size_t id = wholeNumber(attribute(all, "numFmtId"));
             if (name == "numFmt")
                 own[id] = formatOfCode(attribute(all, "formatCode"));
             else if (name == "xf" && inCells)
                 book.formats.push_back(own.contains(id) ? own[id] : builtInFormat(static_cast<int>(id)));
         },
         [&](std::string_view name) { inCells &= name != "cellXfs"; }, nothing, always});
}

/// Collects the cells of one sheet.
class SheetCells {
public:
    SheetCells(const Workbook& book, const ImportControl& control) : m_book(book), m_control(control)
    {
        m_list.kind = FoundList::Kind::Objects;
    }

    XmlListener listener(const ByteSource& source)
    {
        return {[this](std::string_view name, const XmlAttributes& all) { begin(name, all); },
                [this](std::string_view name) { end(name); },
                [this](std::string_view text) {
                    if (m_inValue)
                        m_value += text;
                },
                [this, &source] {
                    if (m_control.progress)
                        m_control.progress(source.progress());
                    return m_control.cancel == nullptr || !m_control.cancel->cancelled();
                }};
    }

    TableText table(ImportNotes& notes)
    {
        if (m_emptyFormulas > 0)
            notes.warning(
                "formula_without_result", {m_firstEmptyFormula, std::nullopt},
                Message(TR("engine",
                           "Formulas have no stored result (%1 of them), first in row %2; their cells "
                           "were taken as missing. Open and save the spreadsheet to compute them."),
                        m_emptyFormulas, m_firstEmptyFormula));
        dropLeadingTitles();
        m_list.names.resize(m_width);
        m_found.lists.push_back(std::move(m_list));
        return sheetTable(notes);
    }

private:
    void begin(std::string_view name, const XmlAttributes& all)
    {
        if (name == "row") {
            const std::size_t number = wholeNumber(attribute(all, "r"));
            m_row =
                number > 0 ? static_cast<std::uint32_t>(std::min<std::size_t>(number, mostRows)) : m_row + 1;
            m_rowOpen = false;
            m_column = 0;
        } else if (name == "c") {
            beginCell(all);
        } else if (name == "f") {
            m_hasFormula = true;
        }
        m_inValue = name == "v" || (name == "t" && m_type == "inlineStr");
    }

    void beginCell(const XmlAttributes& all)
    {
        std::uint32_t column = 0;
        for (const char c : attribute(all, "r"))
            if (c >= 'A' && c <= 'Z' && column < mostColumns)
                column = column * 26 + static_cast<std::uint32_t>(c - 'A') + 1;
        m_column = std::min(column > 0 ? column : m_column + 1, mostColumns);
        m_type = attribute(all, "t");
        m_style = wholeNumber(attribute(all, "s"));
        m_value.clear();
        m_hasFormula = false;
    }

    void end(std::string_view name)
    {
        m_inValue = false;
        if (name != "c")
            return;
        if (m_hasFormula && m_value.empty() && m_type != "str" && m_emptyFormulas++ == 0)
            m_firstEmptyFormula = m_row;
        if (m_type == "s") {
            const std::size_t index = wholeNumber(m_value);
            put(index < m_book.strings.size() ? m_book.strings[index] : std::string(), CellKind::Text);
        } else if (m_type == "b") {
            put(m_value == "1" ? "true" : "false", CellKind::Bare);
        } else if (m_type.empty() || m_type == "n") {
            putNumber();
        } else {
            put(m_value, CellKind::Text);  // texts, errors such as #DIV/0!, dates in ISO 8601
        }
    }

    void putNumber()
    {
        const NumberRead number = readNumber(m_value);
        const SheetFormat format =
            m_style < m_book.formats.size() ? m_book.formats[m_style] : SheetFormat::Number;
        if (number.status == NumberStatus::Number && format != SheetFormat::Number)
            if (const std::string date = sheetDate(number.value, format, m_book.from1904); !date.empty())
                return put(date, CellKind::Text);
        put(m_value, number.status == NumberStatus::NotNumber ? CellKind::Text : CellKind::Bare);
    }

    void put(const std::string& text, CellKind kind)
    {
        if (text.empty())
            return;
        if (!m_rowOpen) {
            m_list.rows.push_back({m_list.cells.size(), m_row});
            m_rowOpen = true;
        }
        FoundCell cell;
        cell.begin = m_found.text.size();
        cell.length = static_cast<std::uint32_t>(text.size()) & 0x3fffffff;
        cell.kind = static_cast<std::uint32_t>(kind) & 3;
        cell.column = m_column - 1;
        m_list.cells.push_back(cell);
        m_found.text += text;
        m_width = std::max<std::size_t>(m_width, m_column);
    }

    /// Titles stand above the table in rows of a single cell; filled up they would look like column names.
    void dropLeadingTitles()
    {
        if (m_width < 2)
            return;
        while (m_titles < m_list.rows.size() &&
               m_list.rowEnd(m_titles) - m_list.rows[m_titles].firstCell == 1)
            ++m_titles;
        if (m_titles == m_list.rows.size())
            m_titles = 0;
    }

    TableText sheetTable(ImportNotes& notes)
    {
        FoundList& list = m_found.lists.front();
        if (m_titles > 0) {
            const FoundCell& first = list.cells[list.rows.front().firstCell];
            notes.warning(
                "skipped_title", {list.rows.front().line, std::nullopt},
                Message(
                    TR("engine", "Rows above the data were skipped (%1 of them), the first is row %2: %3."),
                    m_titles, std::int64_t(list.rows.front().line), quotedText(m_found.valueOf(first))));
            list.rows.erase(list.rows.begin(), list.rows.begin() + static_cast<std::ptrdiff_t>(m_titles));
        }
        TableText table = recordsTable(m_found, list, {}, PlaceTerm::Row);
        table.hasNames = false;
        return table;
    }

    const Workbook& m_book;
    const ImportControl& m_control;
    FoundLists m_found;
    FoundList m_list;
    std::size_t m_width = 0;
    std::size_t m_titles = 0;
    std::uint32_t m_row = 0;
    std::uint32_t m_column = 0;  ///< from 1
    bool m_rowOpen = false;
    bool m_inValue = false;
    bool m_hasFormula = false;
    std::string m_type;
    std::size_t m_style = 0;
    std::string m_value;
    std::int64_t m_emptyFormulas = 0;
    std::int64_t m_firstEmptyFormula = 0;
};

std::string sheetNames(const Workbook& book)
{
    std::string out;
    for (const Workbook::Entry& sheet : book.sheets)
        out += (out.empty() ? "" : ", ") + quotedText(sheet.name);
    return out;
}

/// nullptr, and an error among the notes, when the one asked for is not there.
const Workbook::Entry* chosenSheet(const Workbook& book, const std::optional<std::string>& asked,
                                   ImportNotes& notes)
{
    if (book.sheets.empty())
        throw Error(Message(TR("engine", "The spreadsheet has no sheets. Save it anew.")));
    for (const Workbook::Entry& sheet : book.sheets)
        if (sheet.name == asked)
            return &sheet;
    if (asked) {
        notes.error("choose_sheet", {},
                    Message(TR("engine", "The spreadsheet has no sheet %1. Its sheets are: %2."),
                            quotedText(*asked), sheetNames(book)));
        return nullptr;
    }
    if (book.sheets.size() > 1)
        notes.warning(
            "several_sheets", {},
            Message(TR("engine",
                       "The spreadsheet has the sheets %1; the first was read. Choose another with the "
                       "option sheet."),
                    sheetNames(book)));
    return &book.sheets.front();
}

TableText cellsOf(const ZipArchive& archive, Workbook& book, const Workbook::Entry& sheet,
                  const ImportControl& control, ImportNotes& notes)
{
    const auto part = book.parts.find(sheet.relation);
    if (part == book.parts.end() || !archive.has(part->second))
        throw Error(Message(TR("engine", "The sheet %1 is not in the spreadsheet's file. Save it anew."),
                            quotedText(sheet.name)));
    readStrings(archive, book);
    readFormats(archive, book);
    SheetCells cells(book, control);
    const std::unique_ptr<ByteSource> source = archive.open(part->second);
    if (readXml(*source, part->second, cells.listener(*source)))
        return cells.table(notes);
    TableText stopped;
    stopped.cancelled = true;
    return stopped;
}

}  // namespace

bool isSpreadsheet(const ZipArchive& archive)
{
    return archive.has(workbookPart);
}

Sheet readSpreadsheet(const ZipArchive& archive, const std::optional<std::string>& sheet,
                      const ImportControl& control)
{
    ImportNotes notes;
    Workbook book;
    readWorkbook(archive, book);
    Sheet out;
    if (const Workbook::Entry* chosen = chosenSheet(book, sheet, notes); chosen != nullptr)
        out = {chosen->name, cellsOf(archive, book, *chosen, control, notes)};
    out.table.choice.option = "sheet";
    for (const Workbook::Entry& each : book.sheets)
        out.table.choice.names.push_back(each.name);
    std::vector<ImportMessage> found = notes.take();
    out.table.notes.insert(out.table.notes.begin(), found.begin(), found.end());
    return out;
}

}  // namespace fc
