// SPDX-License-Identifier: GPL-3.0-or-later
// Which column is the open, high, low, close and volume of a candle.
#include <algorithm>
#include <array>
#include <map>

#include "engine/base/error.h"
#include "engine/io/encoding.h"
#include "engine/io/import_columns.h"
#include "engine/io/import_layout.h"
#include "engine/io/number.h"

namespace fc {

namespace {

constexpr std::array roleNames = {"time", "date", "clock", "open", "high", "low", "close", "volume", "id"};

bool isPriceRole(const std::string& role)
{
    return role == "open" || role == "high" || role == "low" || role == "close" || role == "volume";
}

ImportedColumn* holder(std::vector<ImportedColumn>& columns, const std::string& role)
{
    const auto it =
        std::ranges::find_if(columns, [&](const ImportedColumn& c) { return c.info.role == role; });
    return it == columns.end() ? nullptr : &*it;
}

void giveByName(std::vector<ImportedColumn>& columns)
{
    for (ImportedColumn& column : columns) {
        if (column.info.type != ImportColumnType::Number)
            continue;
        const std::string name = plainName(column.info.name);
        const std::string role = roleOfName(name);
        ImportedColumn* before = role.empty() ? nullptr : holder(columns, role);
        if (!role.empty() && before == nullptr) {
            column.info.role = role;
        } else if (before != nullptr && name == role) {
            before->info.role.clear();  // "volume" itself beats "tick volume"
            column.info.role = role;
        }
    }
}

/// "AAPL.Open", "BTC:close": roles by the last word when there is only one such prefix.
void giveByPrefixedName(std::vector<ImportedColumn>& columns)
{
    for (const char* role : {"open", "high", "low", "close"})
        if (holder(columns, role) != nullptr)
            return;  // "Close" is there: "Adj. Close" is another column
    std::map<std::string, std::map<std::string, ImportedColumn*>> byPrefix;
    for (ImportedColumn& column : columns) {
        const size_t mark = column.info.name.find_last_of(".:/_ ");
        if (column.info.type != ImportColumnType::Number || mark == std::string::npos)
            continue;
        const std::string role = roleOfName(plainName(std::string_view(column.info.name).substr(mark + 1)));
        if (!role.empty())
            byPrefix[column.info.name.substr(0, mark)].emplace(role, &column);
    }
    std::erase_if(byPrefix, [](const auto& entry) { return entry.second.size() < 4; });
    if (byPrefix.size() != 1)
        return;
    for (const auto& [role, column] : byPrefix.begin()->second)
        column->info.role = role;
}

/// A volume that is never traded beside a count of ticks is no use; some exports name a column price and mean
/// the close.
void giveByCustom(std::vector<ImportedColumn>& columns)
{
    ImportedColumn* volume = holder(columns, "volume");
    const bool candle = holder(columns, "open") != nullptr && holder(columns, "high") != nullptr;
    bool closed = holder(columns, "close") != nullptr;
    bool traded = volume != nullptr;
    for (ImportedColumn& column : columns) {
        const std::string name = plainName(column.info.name);
        if (column.info.type != ImportColumnType::Number || !column.info.role.empty())
            continue;
        if (candle && name == "price" && !closed) {
            column.info.role = "close";
            closed = true;
        }
        const bool ticks = name.starts_with("tick") && name.find("vol") != std::string::npos;
        if (ticks && volume != nullptr && volume->idle) {
            volume->info.role.clear();
            column.info.role = "volume";
        } else if (candle && name.starts_with("volume") && !traded) {
            column.info.role = "volume";
            traded = true;
        }
    }
}

/// True when the four columns from `first` on are open, high, low, close in nearly every one of the first
/// rows.
bool holdsCandles(const ImportContext& context, size_t first)
{
    constexpr size_t sample = 200;
    size_t good = 0;
    size_t seen = 0;
    bool moves = false;
    for (size_t row = 0; row < std::min(sample, context.rows.size()); ++row) {
        std::array<double, 4> x{};
        for (size_t i = 0; i < 4; ++i) {
            const NumberRead read = readNumber(context.cell(row, first + i));
            if (read.status != NumberStatus::Number)
                return false;
            x[i] = read.value;
        }
        ++seen;
        good += x[1] >= std::max(x[0], x[3]) && x[2] <= std::min(x[0], x[3]);
        moves |= x[1] > x[2];
    }
    return moves && good * 10 >= seen * 9;
}

}  // namespace

void nameColumns(ImportContext& context, std::optional<std::size_t> time, std::optional<std::size_t> clock)
{
    std::vector<std::string>& names = context.names;
    const bool headless = std::ranges::all_of(names, [](const std::string& n) { return n.empty(); });
    if (time && names[*time].empty())
        names[*time] = clock ? "date" : "time";
    if (clock && names[*clock].empty())
        names[*clock] = "clock";
    const size_t first = std::max(time.value_or(0), clock.value_or(0)) + 1;
    if (headless && first + 4 <= names.size() && holdsCandles(context, first)) {
        constexpr std::array candle = {"open", "high", "low", "close", "volume"};
        for (size_t i = 0; i < candle.size() && first + i < names.size(); ++i)
            names[first + i] = candle[i];
        // Twelve columns with a second time behind the volume are the klines of Binance's public data.
        constexpr std::array kline = {"close_time",     "quote_volume",    "trades",
                                      "taker_buy_base", "taker_buy_quote", "ignore"};
        if (names.size() == 12 && first == 1 && !context.rows.empty() &&
            context.cell(0, 6).size() == context.cell(0, 0).size())
            for (size_t i = 0; i < kline.size(); ++i)
                names[6 + i] = kline[i];
    }
    for (size_t c = 0; headless && c < names.size(); ++c)
        if (names[c].empty())
            names[c] = "column_" + std::to_string(c + 1);
}

void assignRoles(const ImportContext& context, std::vector<ImportedColumn>& columns)
{
    giveByName(columns);
    giveByPrefixedName(columns);
    giveByCustom(columns);
    for (const auto& [role, name] : context.options.roles) {
        if (std::ranges::find(roleNames, role) == roleNames.end())
            throw UsageError(
                Message(TR("engine",
                           "There is no role %1 for a column. Roles are time, clock, open, high, low, close, "
                           "volume and id."),
                        quotedText(role)));
        if (!isPriceRole(role) && role != "id")
            continue;
        if (ImportedColumn* before = holder(columns, role))
            before->info.role.clear();
        if (name.empty())
            continue;
        const auto index = columnNamed(context.names, name);
        const auto it = std::ranges::find_if(
            columns, [&](const ImportedColumn& c) { return index && c.index == *index; });
        if (it != columns.end())
            it->info.role = role;
        else
            context.notes.error(
                "unknown_column", {std::nullopt, name},
                Message(TR("engine", "The role %1 was given to the column %2, which the file does not have."),
                        role, quotedText(name)));
    }
}

}  // namespace fc
