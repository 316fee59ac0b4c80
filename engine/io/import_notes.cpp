// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/import_notes.h"

#include "engine/io/encoding.h"

namespace fc {

namespace {

constexpr std::int64_t shownOfAKind = 5;

}  // namespace

void ImportNotes::add(bool isError, const char* code, const ImportPlace& place, const Message& text)
{
    m_hasErrors |= isError;
    auto& [count, error] = m_counts[{code, place.column.value_or("")}];
    error = isError;
    if (++count <= shownOfAKind)
        m_messages.push_back({isError, code, place.line, place.column, text});
}

std::vector<ImportMessage> ImportNotes::take()
{
    for (const auto& [kind, tally] : m_counts) {
        const auto& [code, column] = kind;
        const auto& [count, isError] = tally;
        if (count <= shownOfAKind)
            continue;
        const std::int64_t more = count - shownOfAKind;
        const std::optional<std::string> where = column.empty() ? std::nullopt : std::optional(column);
        m_messages.push_back(
            {isError, code, std::nullopt, where,
             column.empty() ? Message(TR("engine", "More of the same, not listed: %1."), more)
                            : Message(TR("engine", "More of the same in the column %2, not listed: %1."),
                                      more, quotedText(column))});
    }
    return std::move(m_messages);
}

}  // namespace fc
