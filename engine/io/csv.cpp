// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/csv.h"

#include <algorithm>
#include <map>

#include "engine/io/csv_cutter.h"
#include "engine/io/encoding.h"

namespace fc {

namespace {

/// The first lines, cut after a line end, so that no record is half there.
std::string_view sampleOf(std::string_view text)
{
    constexpr size_t sampleBytes = size_t(1) << 18;
    if (text.size() <= sampleBytes)
        return text;
    const size_t end = text.find_last_of("\r\n", sampleBytes);
    return text.substr(0, end == std::string_view::npos ? sampleBytes : end + 1);
}

/// How alike the records look under one delimiter.
struct Fit {
    double share = 0;  ///< of the records that have the most common width
    size_t width = 0;
};

Fit fitOf(const CsvTable& table)
{
    std::map<size_t, size_t> widths;
    for (size_t i = 0; i < table.rows(); ++i)
        ++widths[table.width(i)];
    Fit fit;
    size_t most = 0;
    for (const auto& [width, count] : widths)
        if (width > 1 && count >= most) {
            most = count;
            fit.width = width;
        }
    if (table.rows() > 0)
        fit.share = static_cast<double>(most) / static_cast<double>(table.rows());
    return fit;
}

/// True when every field of the first record stands between apostrophes.
bool quotesWithApostrophes(std::string_view text, char delimiter)
{
    const CsvTable table = readCsv(text, {delimiter, '"'}, {}, 1);
    if (table.rows() == 0 || table.width(0) < 2)
        return false;
    for (size_t c = 0; c < table.width(0); ++c) {
        const std::string_view cell = table.trimmed(0, c);
        if (table.field(0, c).quoted != 0 || cell.size() < 2 || cell.front() != '\'' || cell.back() != '\'')
            return false;
    }
    return true;
}

}  // namespace

std::string_view trimmedBlanks(std::string_view text)
{
    for (;;) {
        if (text.starts_with(' ') || text.starts_with('\t'))
            text.remove_prefix(1);
        else if (text.ends_with(' ') || text.ends_with('\t'))
            text.remove_suffix(1);
        else if (text.starts_with("\u00a0"))
            text.remove_prefix(2);
        else if (text.ends_with("\u00a0"))
            text.remove_suffix(2);
        else
            return text;
    }
}

std::string_view CsvTable::trimmed(std::size_t row, std::size_t column) const
{
    return trimmedBlanks(raw(row, column));
}

std::string CsvTable::text(std::size_t row, std::size_t column) const
{
    std::string out(raw(row, column));
    if (field(row, column).doubled == 0)
        return out;
    size_t kept = 0;
    for (size_t i = 0; i < out.size(); ++i) {
        out[kept++] = out[i];
        i += out[i] == dialect.quote;
    }
    out.resize(kept);
    return out;
}

std::int64_t CsvTable::fieldLine(std::size_t row, std::size_t column) const
{
    if (!std::ranges::binary_search(multiline, row))
        return lines[row];
    const std::uint32_t begin = field(row, 0).begin;
    return lines[row] +
           lineAt(source.substr(begin, field(row, column).begin - begin), maxFieldBytes * maxColumns) - 1;
}

CsvTable readCsv(std::string_view text, CsvDialect dialect, CsvStart start, std::size_t maxRows)
{
    return Cutter(text, dialect, start, true).cut(maxRows);
}

CsvDialect detectDialect(std::string_view text, std::optional<char> delimiter)
{
    CsvDialect best;
    if (delimiter) {
        best.delimiter = *delimiter;
    } else {
        const std::string_view sample = sampleOf(text);
        Fit bestFit;
        // In this order because a comma is also a decimal mark, and a blank also stands inside dates and
        // texts.
        for (const char candidate : {'\t', ';', '|', ',', ' '}) {
            const CsvTable table = readCsv(sample, {candidate, '"'}, {}, 200);
            const Fit fit = fitOf(table);
            const bool plausible = candidate != ' ' || (bestFit.width == 0 && fit.share > 0.9);
            if (plausible && fit.width > 1 && (fit.share > bestFit.share + 0.02 || bestFit.width == 0)) {
                bestFit = fit;
                best.delimiter = candidate;
            }
        }
    }
    if (quotesWithApostrophes(text, best.delimiter))
        best.quote = '\'';
    return best;
}

}  // namespace fc
