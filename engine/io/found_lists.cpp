// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/found_lists.h"

#include <algorithm>

#include "engine/io/encoding.h"

namespace fc {

namespace {

constexpr std::size_t largestGrid = 200'000'000;  // cells, those that are missing included

void write(TableTextWriter& out, const FoundLists& found, const FoundCell* cell)
{
    const CellKind kind = cell == nullptr ? CellKind::Missing : static_cast<CellKind>(cell->kind);
    switch (kind) {
        case CellKind::Text:
            return out.text(found.valueOf(*cell));
        case CellKind::Bare:
            return out.bare(found.valueOf(*cell));
        case CellKind::Missing:
            return out.missing();
    }
}

/// Lines tell records apart unless several share one.
PlaceTerm termOf(const FoundList& list)
{
    for (std::size_t i = 1; i < list.rows.size(); ++i)
        if (list.rows[i].line <= list.rows[i - 1].line)
            return PlaceTerm::Record;
    return PlaceTerm::Line;
}

TableText columnsTable(const FoundLists& found, const std::vector<const FoundList*>& columns)
{
    TableTextWriter out(PlaceTerm::Record);
    for (const FoundList* column : columns)
        out.text(column->key);
    out.endRecord(0);
    for (std::size_t row = 0; row < columns.front()->cells.size(); ++row) {
        for (const FoundList* column : columns)
            write(out, found, &column->cells[row]);
        out.endRecord(static_cast<std::uint32_t>(row + 1));
    }
    return out.take();
}

std::string keysOf(const std::vector<const FoundList*>& lists)
{
    std::string keys;
    for (const FoundList* list : lists)
        keys += (keys.empty() ? "" : ", ") + list->key;
    return quotedText(keys);
}

/// The names that stand beside an array of arrays, as pandas writes them; empty when there are none.
std::vector<std::string> namesBeside(const FoundLists& found, const FoundList& table)
{
    if (table.kind != FoundList::Kind::Arrays)
        return {};
    const std::size_t dot = table.key.rfind('.');
    const std::string wanted = (dot == std::string::npos ? "" : table.key.substr(0, dot + 1)) + "columns";
    for (const FoundList& list : found.lists) {
        if (list.key != wanted || list.cells.size() != table.width())
            continue;
        std::vector<std::string> names;
        for (const FoundCell& cell : list.cells)
            names.emplace_back(found.valueOf(cell));
        return names;
    }
    return {};
}

const FoundList* chosenTable(const std::vector<const FoundList*>& tables,
                             const std::optional<std::string>& chosen, ImportNotes& notes)
{
    if (!chosen && tables.size() == 1)
        return tables.front();
    for (const FoundList* table : tables)
        if (chosen && table->key == *chosen)
            return table;
    notes.error(
        "choose_table", {},
        chosen ? Message(TR("engine", "There is no table %1 in the JSON text. The tables are: %2."),
                         quotedText(*chosen), keysOf(tables))
               : Message(TR("engine",
                            "The JSON text holds %1 tables: %2. Choose one of them with the option table."),
                         tables.size(), keysOf(tables)));
    return nullptr;
}

bool sameLength(const std::vector<const FoundList*>& columns, ImportNotes& notes)
{
    for (const FoundList* column : columns) {
        if (column->cells.size() == columns.front()->cells.size())
            continue;
        notes.error("column_lengths", {std::nullopt, column->key},
                    Message(TR("engine",
                               "The column %1 has %2 values, but the column %3 has %4. Make all columns "
                               "equally long."),
                            quotedText(column->key), column->cells.size(), quotedText(columns.front()->key),
                            columns.front()->cells.size()));
        return false;
    }
    return true;
}

}  // namespace

std::size_t FoundList::width() const
{
    if (kind == Kind::Objects)
        return names.size();
    std::size_t widest = 0;
    for (const FoundCell& cell : cells)
        widest = std::max<std::size_t>(widest, cell.column + 1);
    return widest;
}

TableText recordsTable(const FoundLists& found, const FoundList& list, const std::vector<std::string>& names,
                       PlaceTerm term)
{
    TableTextWriter out(term);
    for (const std::string& name : names)
        out.text(name);
    if (!names.empty())
        out.endRecord(0);
    std::vector<const FoundCell*> slots(list.width());
    for (std::size_t row = 0; row < list.rows.size(); ++row) {
        const std::size_t end = list.rowEnd(row);
        std::size_t width = list.kind == FoundList::Kind::Objects ? slots.size() : 0;
        std::ranges::fill(slots, nullptr);
        for (std::size_t i = list.rows[row].firstCell; i < end; ++i) {
            slots[list.cells[i].column] = &list.cells[i];
            width = std::max<std::size_t>(width, list.cells[i].column + 1);
        }
        for (std::size_t c = 0; c < width; ++c)
            write(out, found, slots[c]);
        out.endRecord(term == PlaceTerm::Record ? static_cast<std::uint32_t>(row + 1) : list.rows[row].line);
    }
    TableText table = out.take();
    table.hasNames = !names.empty();
    return table;
}

TableText tableOf(const FoundLists& found, const std::optional<std::string>& chosen, ImportNotes& notes)
{
    std::vector<const FoundList*> tables;
    std::vector<const FoundList*> values;
    for (const FoundList& list : found.lists) {
        if (list.isTable() && list.width() > 0 && !list.rows.empty())
            tables.push_back(&list);
        else if (list.kind == FoundList::Kind::Values && !list.key.empty())
            values.push_back(&list);
    }
    if (tables.empty() && !values.empty() && !chosen)
        return sameLength(values, notes) ? columnsTable(found, values) : TableText();
    if (tables.empty()) {
        notes.error("no_table", {},
                    Message(TR("engine",
                               "The JSON text holds no table. Give an array of records, an array of arrays, "
                               "or an object with one array for each column.")));
        return {};
    }
    ImportChoice choice{"table", {}};
    for (const FoundList* table : tables)
        choice.names.push_back(table->key);
    const FoundList* table = chosenTable(tables, chosen, notes);
    if (table == nullptr) {
        TableText none;
        none.choice = choice;
        return none;
    }
    if (table->width() * table->rows.size() > largestGrid) {
        notes.error("too_many_columns", {},
                    Message(TR("engine",
                               "The records have %1 different keys, too many for %2 records. Give records "
                               "that have their keys in common."),
                            table->width(), table->rows.size()));
        return {};
    }
    const std::vector<std::string> beside = namesBeside(found, *table);
    for (const FoundList* list : values)
        if (!list->key.ends_with("columns") || beside.empty())
            notes.warning("left_out", {std::nullopt, list->key},
                          Message(TR("engine", "The array %1 beside the records was left out."),
                                  quotedText(list->key)));
    TableText out = recordsTable(found, *table, beside.empty() ? table->names : beside, termOf(*table));
    out.choice = choice;
    return out;
}

}  // namespace fc
