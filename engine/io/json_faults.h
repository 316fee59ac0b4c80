// SPDX-License-Identifier: GPL-3.0-or-later
// What can be wrong with JSON text, in words. Each is an error in the line of the cursor.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/io/import_notes.h"
#include "engine/io/json_cursor.h"

namespace fc {

class JsonFaults {
public:
    JsonFaults(const JsonCursor& cursor, ImportNotes& notes) : m_cursor(cursor), m_notes(notes) {}

    /// `token` is what the parser read last.
    void numberTooLarge(std::string_view token);
    void cutOff(std::string_view token);
    void notJson(std::string_view token);
    void textBehind();
    void severalTexts(std::size_t count);
    void tooDeep(std::size_t limit);
    void keyTwice(const std::string& name);
    void mixedRecords();
    /// `column` has a name, or a number from 1.
    void nestedValue(std::size_t record, const std::optional<std::string>& column, std::size_t number);
    void tooManyKeys(std::size_t limit);
    void tooManyValues(std::size_t limit);
    void valueTooLong(std::string_view text);

private:
    void note(const char* code, const Message& text, const std::optional<std::string>& column = std::nullopt)
    {
        m_notes.error(code, {line(), column}, text);
    }
    std::int64_t line() const { return m_cursor.line(); }

    const JsonCursor& m_cursor;
    ImportNotes& m_notes;
};

}  // namespace fc
