// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/import_notes.h"

#include "engine/io/encoding.h"

namespace fc {

void ImportNotes::add(bool isError, const char* code, const ImportPlace& place, const Message& text)
{
    m_hasErrors |= isError;
    auto& [count, error] = m_counts[{code, place.column.value_or("")}];
    error = isError;
    if (++count <= shownOfAKind)
        m_messages.push_back({isError, code, place.line, place.column, text});
}

void ImportNotes::append(const ImportNotes& later)
{
    const auto before = m_counts;
    for (const auto& [kind, tally] : later.m_counts) {
        m_counts[kind].first += tally.first;
        m_counts[kind].second = tally.second;
    }
    std::map<std::pair<std::string, std::string>, std::int64_t> added;
    for (const ImportMessage& message : later.m_messages) {
        const std::pair<std::string, std::string> kind{message.code, message.column.value_or("")};
        const auto there = before.find(kind);
        if ((there == before.end() ? 0 : there->second.first) + added[kind]++ < shownOfAKind)
            m_messages.push_back(message);
    }
    m_hasErrors |= later.m_hasErrors;
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
