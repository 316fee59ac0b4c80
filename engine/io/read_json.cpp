// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/read_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/io/encoding.h"
#include "engine/io/found_lists.h"
#include "engine/io/import_notes.h"
#include "engine/io/json_cursor.h"
#include "engine/io/json_faults.h"

namespace fc {

namespace {

using Json = nlohmann::json;

constexpr std::size_t deepest = 64;
constexpr std::size_t maxColumns = 10'000;
constexpr std::size_t longestValue = std::size_t(1) << 20;
constexpr std::size_t rowsBetweenLooks = 4096;

/// Takes the parser's events and keeps the values of everything that may be a table.
class Collector : public nlohmann::json_sax<Json> {
public:
    Collector(JsonCursor& cursor, const ImportControl& control, ImportNotes& notes)
        : m_cursor(cursor), m_control(control), m_notes(notes), m_faults(cursor, notes)
    {
        m_found.lists.emplace_back();  // the records of JSON Lines
    }

    bool null() override { return value({}, CellKind::Missing); }
    bool boolean(bool yes) override { return value(yes ? "true" : "false", CellKind::Bare); }
    bool number_integer(number_integer_t x) override { return value(std::to_string(x), CellKind::Bare); }
    bool number_unsigned(number_unsigned_t x) override { return value(std::to_string(x), CellKind::Bare); }
    bool number_float(number_float_t, const string_t& written) override
    {
        std::string digits = written;  // the parser puts in the decimal mark of the locale
        std::ranges::replace_if(
            digits,
            [](char c) { return std::string_view("0123456789+-eE").find(c) == std::string_view::npos; }, '.');
        return value(digits, CellKind::Bare);
    }
    bool string(string_t& text) override { return value(text, CellKind::Text); }
    bool binary(binary_t&) override { return false; }  // no part of JSON text

    bool start_object(std::size_t) override
    {
        if (!mayNest())
            return false;
        if (m_frames.empty()) {
            m_frames.push_back({Frame::Kind::Outer, 0, {}, {}});
            beginRow(0);
        } else if (top().kind == Frame::Kind::Outer) {
            m_isRecord = false;
            m_frames.push_back({Frame::Kind::Outer, 0, keyPath(), {}});
        } else {
            startInner(FoundList::Kind::Objects);
        }
        return true;
    }

    bool start_array(std::size_t) override
    {
        if (!mayNest())
            return false;
        if (m_frames.empty() || top().kind == Frame::Kind::Outer) {
            const std::string key = m_frames.empty() ? std::string() : keyPath();
            m_isRecord = false;
            m_frames.push_back({Frame::Kind::List, m_found.lists.size(), key, {}});
            m_found.lists.emplace_back().key = key;
        } else {
            startInner(FoundList::Kind::Arrays);
        }
        return true;
    }

    bool key(string_t& name) override
    {
        m_cursor.endToken();
        Frame& frame = top();
        if (frame.kind == Frame::Kind::Row)
            return rowKey(frame, name);
        if (!frame.keys.insert(name).second)
            return duplicateKey(name);
        m_key = name;
        return frame.kind != Frame::Kind::Outer || m_frames.size() > 1 || rowKey(frame, name);
    }

    bool end_object() override { return endContainer(); }
    bool end_array() override { return endContainer(); }

    bool parse_error(std::size_t, const std::string& token, const Json::exception& problem) override
    {
        constexpr int overflow = 406;
        if (m_cursor.isTooLong())
            m_faults.valueTooLong(token);
        else if (problem.id == overflow)
            m_faults.numberTooLarge(token);
        else if (isCutOff(problem))
            m_faults.cutOff(token);
        else
            m_faults.notJson(token);
        return false;
    }

    /// Ends one text of JSON Lines or the only one.
    void endText()
    {
        FoundList& records = m_found.lists.front();
        const bool values = m_found.lists.size() == m_listsBefore + 1 &&
                            m_found.lists.back().kind == FoundList::Kind::Values &&
                            m_found.lists.back().key.empty();
        if (values)
            takeLineOfValues();
        else if (!m_isRecord)
            ++m_others;
        if (m_others > 0)
            records = {};  // what stands beside tables is no record
        ++m_texts;
        m_isRecord = true;
        m_listsBefore = m_found.lists.size();
    }

    TableText table(const std::optional<std::string>& chosen)
    {
        FoundList& records = m_found.lists.front();
        if (m_others > 0 && m_texts > 1) {
            m_faults.severalTexts(m_texts);
            return {};
        }
        if (m_texts == 1 && records.kind == FoundList::Kind::Arrays)
            records.kind = FoundList::Kind::Empty;  // an array of numbers is no row of a table
        return tableOf(m_found, chosen, m_notes);
    }

    bool cancelled() const { return m_cancelled; }

private:
    struct Frame {
        /// Outer: an object around tables, or a record of JSON Lines. Inner: whatever stands inside a value.
        enum class Kind { Outer, List, Row, Inner };
        Kind kind;
        std::size_t list;
        std::string path;
        std::set<std::string> keys;
    };

    bool isCutOff(const Json::exception& problem) const
    {
        const std::string_view words = problem.what();
        return m_cursor.atEnd() && (words.find("unexpected end of input") != std::string_view::npos ||
                                    words.find("missing closing quote") != std::string_view::npos);
    }

    Frame& top() { return m_frames.back(); }

    std::string keyPath() { return top().path.empty() ? m_key : top().path + "." + m_key; }

    bool mayNest()
    {
        m_cursor.endToken();
        if (m_frames.size() < deepest)
            return true;
        m_faults.tooDeep(deepest);
        return false;
    }

    bool duplicateKey(const std::string& name)
    {
        m_faults.keyTwice(name);
        return false;
    }

    void beginRow(std::size_t list)
    {
        FoundList& into = m_found.lists[list];
        into.rows.push_back({into.cells.size(), m_cursor.line()});
        m_nextColumn = 0;
    }

    /// A record in a list, or something inside a record, which no cell can hold.
    void startInner(FoundList::Kind kind)
    {
        Frame& frame = top();
        if (frame.kind == Frame::Kind::List) {
            FoundList& list = m_found.lists[frame.list];
            if (list.kind == FoundList::Kind::Empty)
                list.kind = kind;
            if (list.kind == kind) {
                beginRow(frame.list);
                m_frames.push_back({Frame::Kind::Row, frame.list, {}, {}});
                return;
            }
            m_faults.mixedRecords();
        } else if (frame.kind == Frame::Kind::Row) {
            const FoundList& list = m_found.lists[frame.list];
            m_faults.nestedValue(list.rows.size(),
                                 list.kind == FoundList::Kind::Objects ? std::optional(m_key) : std::nullopt,
                                 m_nextColumn + 1);
        }
        m_frames.push_back({Frame::Kind::Inner, 0, {}, {}});
    }

    /// Finds the column of a key of a record.
    bool rowKey(const Frame& frame, const std::string& name)
    {
        FoundList& list = m_found.lists[frame.list];
        list.kind = list.kind == FoundList::Kind::Empty ? FoundList::Kind::Objects : list.kind;
        const auto [it, isNew] = list.columns.emplace(name, static_cast<std::uint32_t>(list.names.size()));
        if (isNew) {
            if (list.names.size() >= maxColumns) {
                m_faults.tooManyKeys(maxColumns);
                return false;
            }
            list.names.push_back(name);
        }
        m_key = name;
        m_nextColumn = it->second;
        if (frame.kind != Frame::Kind::Row)
            return true;
        std::vector<std::size_t>& seen = seenOf(frame.list);
        seen.resize(list.names.size());
        if (seen[m_nextColumn] == list.rows.size())
            return duplicateKey(name);
        seen[m_nextColumn] = list.rows.size();
        return true;
    }

    /// For each column of a list the number of the record that had it last.
    std::vector<std::size_t>& seenOf(std::size_t list)
    {
        if (m_seen.size() <= list)
            m_seen.resize(list + 1);
        return m_seen[list];
    }

    bool value(std::string_view text, CellKind kind)
    {
        m_cursor.endToken();
        if (m_frames.empty()) {
            m_isRecord = false;
            return true;
        }
        Frame& frame = top();
        if (frame.kind == Frame::Kind::Inner || (frame.kind == Frame::Kind::Outer && m_frames.size() > 1))
            return true;
        FoundList& list = m_found.lists[frame.list];
        if (frame.kind == Frame::Kind::List) {
            list.kind = list.kind == FoundList::Kind::Empty ? FoundList::Kind::Values : list.kind;
            if (list.kind != FoundList::Kind::Values) {
                m_faults.mixedRecords();
                return true;
            }
        }
        if (text.size() > longestValue) {
            m_faults.valueTooLong(text);
            return false;
        }
        const bool counted = list.kind != FoundList::Kind::Objects;
        list.cells.push_back({m_found.text.size(), static_cast<std::uint32_t>(text.size()) & 0x3fffffff,
                              static_cast<std::uint32_t>(kind) & 3, m_nextColumn});
        m_nextColumn += counted && frame.kind == Frame::Kind::Row ? 1 : 0;
        m_found.text += text;
        if (m_nextColumn <= maxColumns)
            return true;
        m_faults.tooManyValues(maxColumns);
        return false;
    }

    bool endContainer()
    {
        m_cursor.endToken();
        const bool wasRow = top().kind == Frame::Kind::Row;
        m_frames.pop_back();
        if (!(wasRow || m_frames.empty()) || ++m_rowCount % rowsBetweenLooks != 0)
            return true;
        if (m_control.progress)
            m_control.progress(m_cursor.share());
        m_cancelled = m_control.cancel != nullptr && m_control.cancel->cancelled();
        return !m_cancelled;
    }

    /// A line such as [1704153600000, "100.0", "102.0"].
    void takeLineOfValues()
    {
        FoundList line = std::move(m_found.lists.back());
        m_found.lists.pop_back();
        FoundList& records = m_found.lists.front();
        if (records.kind == FoundList::Kind::Objects) {
            m_faults.mixedRecords();
            return;
        }
        records.kind = FoundList::Kind::Arrays;
        records.rows.push_back({records.cells.size(), m_cursor.line()});
        std::uint32_t column = 0;
        for (FoundCell cell : line.cells) {
            cell.column = column++;
            records.cells.push_back(cell);
        }
    }

    JsonCursor& m_cursor;
    const ImportControl& m_control;
    ImportNotes& m_notes;
    JsonFaults m_faults;
    FoundLists m_found;
    std::vector<Frame> m_frames;
    std::vector<std::vector<std::size_t>> m_seen;
    std::string m_key;
    std::uint32_t m_nextColumn = 0;
    bool m_isRecord = true;  ///< the text at hand is one plain object so far
    std::size_t m_listsBefore = 1;
    std::size_t m_texts = 0;
    std::size_t m_others = 0;  ///< texts that are no plain records
    std::size_t m_rowCount = 0;
    bool m_cancelled = false;
};

/// All texts of the file: one, or one behind the other on lines of their own. False after an error.
bool readTexts(JsonCursor& cursor, Collector& collector, ImportNotes& notes)
{
    cursor.skipBlanks();
    if (cursor.atEnd() || (cursor.peek() != '{' && cursor.peek() != '[')) {
        const bool whole = Json::sax_parse(JsonIterator(cursor), JsonIterator(), &collector);
        collector.endText();
        return whole;
    }
    for (;;) {
        constexpr bool strict = false;  // more may follow
        if (!Json::sax_parse(JsonIterator(cursor), JsonIterator(), &collector, Json::input_format_t::json,
                             strict))
            return false;
        collector.endText();
        const bool newLine = cursor.skipBlanks();
        if (cursor.atEnd())
            return true;
        if (newLine)
            continue;
        JsonFaults(cursor, notes).textBehind();
        return false;
    }
}

}  // namespace

bool looksLikeJson(std::string_view text)
{
    return containerName(text.substr(0, 4096)) == "JSON text";
}

TableText readJson(std::string_view text, const std::optional<std::string>& table,
                   const ImportControl& control)
{
    ImportNotes notes;
    JsonCursor cursor(text);
    Collector collector(cursor, control, notes);
    TableText out;
    if (readTexts(cursor, collector, notes))
        out = collector.table(table);
    out.cancelled = collector.cancelled();
    out.notes = notes.take();
    return out;
}

}  // namespace fc
