// SPDX-License-Identifier: GPL-3.0-or-later
// Any text: the dialect is found, and the layout names as many columns as it finds.
#include <cstdint>
#include <cstdlib>

#include "engine/io/csv.h"
#include "engine/io/import_layout.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const fc::CsvDialect dialect = fc::detectDialect(text);
    const fc::CsvTable table = fc::readCsv(text, dialect);
    fc::ImportNotes notes;
    const fc::ImportLayout layout = fc::findLayout(table, {}, notes);
    if (layout.header && *layout.header >= table.rows())
        std::abort();
    for (const fc::ImportMessage& message : notes.take())
        if (message.text.english().empty())
            std::abort();
    return 0;
}
