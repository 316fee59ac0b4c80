// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/json_faults.h"

#include "engine/io/encoding.h"

namespace fc {

void JsonFaults::numberTooLarge(std::string_view token)
{
    note("number_too_large",
         Message(TR("engine", "The number %1 in line %2 is larger than any double (1.8e308)."),
                 quotedText(token), line()));
}

void JsonFaults::cutOff(std::string_view token)
{
    note("bad_json",
         Message(
             TR("engine",
                "The JSON text ends too early, in line %1, behind %2. The file may be cut off; get it anew."),
             line(), quotedText(token)));
}

void JsonFaults::notJson(std::string_view token)
{
    note("bad_json",
         Message(TR("engine",
                    "Line %1 is not JSON as RFC 8259 has it, at %2. Correct it or export the file anew."),
                 line(), quotedText(token)));
}

void JsonFaults::textBehind()
{
    note("bad_json",
         Message(TR("engine",
                    "More text stands behind the end of the JSON text, in line %1. Delete it, or give "
                    "each record a line of its own."),
                 line()));
}

void JsonFaults::severalTexts(std::size_t count)
{
    m_notes.error(
        "several_texts", {},
        Message(TR("engine",
                   "The file holds %1 JSON texts that are no plain records. Give one of them, or one "
                   "record without lists and objects in each line."),
                count));
}

void JsonFaults::tooDeep(std::size_t limit)
{
    note("too_deep",
         Message(TR("engine",
                    "In line %1 lists and objects are nested deeper than %2 levels. Give a flat table."),
                 line(), limit));
}

void JsonFaults::keyTwice(const std::string& name)
{
    note("duplicate_key",
         Message(TR("engine", "The key %1 comes twice in one object, in line %2. Delete one of them."),
                 quotedText(name), line()),
         name);
}

void JsonFaults::mixedRecords()
{
    note("mixed_records",
         Message(
             TR("engine", "Line %1 mixes values, lists and objects in one list. Give records of one kind."),
             line()));
}

void JsonFaults::nestedValue(std::size_t record, const std::optional<std::string>& column, std::size_t number)
{
    note("nested_value",
         Message(TR("engine",
                    "In line %1, record %2, a list or an object stands where a value of the column %3 "
                    "belongs. Give "
                    "plain values."),
                 line(), record, quotedText(column.value_or(std::to_string(number)))),
         column);
}

void JsonFaults::tooManyKeys(std::size_t limit)
{
    note(
        "too_many_columns",
        Message(TR("engine", "The records have more than %1 different keys, the most there may be."), limit));
}

void JsonFaults::tooManyValues(std::size_t limit)
{
    note("too_many_columns",
         Message(
             TR("engine", "Line %1 has a list of more than %2 values for one record, the most there may be."),
             line(), limit));
}

void JsonFaults::valueTooLong(std::string_view text)
{
    note("field_too_long",
         Message(TR("engine", "A field in line %1 is longer than 1 MiB, the most there may be: %2."), line(),
                 quotedText(text.substr(0, 100))));
}

}  // namespace fc
