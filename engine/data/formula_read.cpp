// SPDX-License-Identifier: GPL-3.0-or-later
// From the text of a formula to its pieces. Windows are taken out here, innermost first, so that each sees
// every row even where it stands in a branch that is not taken; the arithmetic is left to muParser.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "engine/base/error.h"
#include "engine/data/formula.h"
#include "engine/data/formula_plan.h"
#include "engine/data/names.h"

namespace fc {

namespace {

constexpr std::size_t longestFormula = 4000;

struct WindowFunction {
    std::string_view name;
    WindowKind kind;
};

constexpr WindowFunction windowList[] = {{"lag", WindowKind::Lag},        {"diff", WindowKind::Difference},
                                         {"mean", WindowKind::Mean},      {"std", WindowKind::Deviation},
                                         {"sum", WindowKind::Sum},        {"lowest", WindowKind::Lowest},
                                         {"highest", WindowKind::Highest}};

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

/// Letters of any alphabet: bytes above 127 belong to a name.
bool startsName(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           static_cast<unsigned char>(c) > 127;
}

bool isBlank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// Reads the text once from left to right. A window function opens a level of its own, whose piece is what
/// stands in its first argument.
class Reader {
public:
    explicit Reader(std::string_view text) : m_text(text) {}
    FormulaPlan read();

private:
    struct Level {
        FormulaPiece piece;
        int open = 0;             ///< parentheses open within the piece
        WindowFunction function;  ///< whose first argument it is; unused at the outermost level
        std::size_t begin = 0;    ///< where that function's name stands
    };

    int character(std::size_t at) const;
    void append(std::string_view word, std::size_t at);
    void skipBlanks();
    void readNumber();
    void readQuoted(char closing);
    void readName();
    void readOperator();
    void variable(std::string name, std::size_t at);
    void function(std::string_view name, std::size_t at);
    void closeWindow();
    double plainNumber();
    int windowRows(const WindowFunction& function);
    [[noreturn]] void fail(const char* pattern, std::size_t at, std::string_view word) const;

    std::string_view m_text;
    std::size_t m_at = 0;
    std::vector<Level> m_levels{1};
    FormulaPlan m_plan;
};

int Reader::character(std::size_t at) const
{
    return 1 +
           static_cast<int>(std::count_if(m_text.begin(), m_text.begin() + static_cast<std::ptrdiff_t>(at),
                                          [](char c) { return (c & 0xc0) != 0x80; }));
}

void Reader::fail(const char* pattern, std::size_t at, std::string_view word) const
{
    throw UsageError(Message(pattern, character(at), word));
}

/// Blanks keep words apart, so that "a<-b" is two operators whatever muParser thinks of "<-".
void Reader::append(std::string_view word, std::size_t at)
{
    FormulaPiece& piece = m_levels.back().piece;
    piece.text += word;
    piece.text += ' ';
    piece.origin.resize(piece.text.size(), character(at));
}

void Reader::skipBlanks()
{
    while (m_at < m_text.size() && isBlank(m_text[m_at]))
        ++m_at;
}

double Reader::plainNumber()
{
    const std::size_t begin = m_at;
    double value = 0;
    const auto [end, problem] = std::from_chars(m_text.data() + m_at, m_text.data() + m_text.size(), value);
    m_at = static_cast<std::size_t>(end - m_text.data());
    if (problem == std::errc::result_out_of_range)
        fail(TR("engine", "The number at character %1 of the formula, \"%2\", is too large or too small."),
             begin, m_text.substr(begin, m_at - begin));
    if (problem != std::errc() || (m_at < m_text.size() && (startsName(m_text[m_at]) || m_text[m_at] == '.')))
        fail(TR("engine",
                "At character %1 of the formula stands \"%2\", which is neither a number nor a name. A name "
                "that "
                "begins with a digit stands in quotes or brackets."),
             begin, m_text.substr(begin, m_at + 1 - begin));
    return value;
}

void Reader::readNumber()
{
    const std::size_t begin = m_at;
    m_plan.numbers.push_back(plainNumber());
    append("k" + std::to_string(m_plan.numbers.size() - 1), begin);
}

void Reader::readQuoted(char closing)
{
    const std::size_t begin = m_at++;
    std::string name;
    for (;; ++m_at) {
        if (m_at == m_text.size())
            fail(TR("engine", "The name that begins at character %1 of the formula with %2 has no end."),
                 begin, m_text.substr(begin, 1));
        // A quote within quotes is written twice, as in CSV.
        if (m_text[m_at] == closing && closing == '"' && m_text.substr(m_at + 1, 1) == "\"")
            ++m_at;
        else if (m_text[m_at] == closing)
            break;
        name += m_text[m_at];
    }
    ++m_at;
    if (name.empty())
        fail(TR("engine", "At character %1 of the formula, %2 encloses no name."), begin,
             m_text.substr(begin, 2));
    variable(std::move(name), begin);
}

void Reader::variable(std::string name, std::size_t at)
{
    const auto known =
        std::ranges::find_if(m_plan.variables, [&](const std::string& v) { return sameName(v, name); });
    const auto index = known - m_plan.variables.begin();
    if (known == m_plan.variables.end()) {
        m_plan.variables.push_back(std::move(name));
        m_plan.positions.push_back(character(at));
    }
    append("v" + std::to_string(index), at);
}

void Reader::readName()
{
    const std::size_t begin = m_at;
    while (m_at < m_text.size() && (startsName(m_text[m_at]) || isDigit(m_text[m_at])))
        ++m_at;
    const std::string_view name = m_text.substr(begin, m_at - begin);
    skipBlanks();
    if (m_at < m_text.size() && m_text[m_at] == '(')
        function(name, begin);
    else
        variable(std::string(name), begin);
}

void Reader::function(std::string_view name, std::size_t at)
{
    const auto window =
        std::ranges::find_if(windowList, [&](const WindowFunction& f) { return sameName(f.name, name); });
    if (window != std::end(windowList)) {
        ++m_at;
        m_levels.push_back({.piece = {}, .open = 0, .function = *window, .begin = at});
        return;
    }
    const std::vector<std::string>& known = formulaPointFunctions();
    const auto point = std::ranges::find_if(
        known, [&](const std::string& f) { return sameName(f.substr(0, f.find('(')), name); });
    if (point == known.end())
        throw UsageError(Message(TR("engine",
                                    "There is no function \"%1\", which the formula names at character %2. "
                                    "Functions: %3, %4."),
                                 name, character(at), nameList(known), nameList(Formula::windowFunctions())));
    append(point->substr(0, point->find('(')), at);
    m_levels.back().piece.text.pop_back();  // muParser wants the parenthesis at once
    m_levels.back().piece.origin.pop_back();
}

/// The number after the comma, up to the closing parenthesis.
int Reader::windowRows(const WindowFunction& function)
{
    skipBlanks();
    const std::size_t begin = m_at;
    const bool negative = m_at < m_text.size() && m_text[m_at] == '-';
    if (negative) {
        ++m_at;
        skipBlanks();
    }
    const bool digit = m_at < m_text.size() && (isDigit(m_text[m_at]) || m_text[m_at] == '.');
    const double rows = digit ? plainNumber() : 0;
    skipBlanks();
    if (!digit || m_at >= m_text.size() || m_text[m_at] != ')')
        fail(TR("engine",
                "The second argument of %2 at character %1 of the formula must be a whole number that is "
                "written "
                "out, as in lag(close, 1)."),
             begin, function.name);
    if (negative && rows > 0)
        fail(
            TR("engine",
               "The second argument of %2 at character %1 of the formula is negative: it would look ahead. A "
               "formula may only look back; write a positive number of rows."),
            begin, function.name);
    const int least = smallestWindow(function.kind);
    if (rows != std::trunc(rows) || rows < least || rows > largestWindow)
        throw UsageError(
            Message(TR("engine",
                       "The second argument of %1 at character %2 of the formula is %3; it must be a "
                       "whole number of rows from %4 to %5."),
                    function.name, character(begin), rows, least, largestWindow));
    ++m_at;
    return static_cast<int>(rows);
}

/// The comma after a window's first argument has been reached.
void Reader::closeWindow()
{
    if (m_levels.back().piece.text.empty())
        fail(TR("engine", "The first argument of %2 is missing at character %1 of the formula."), m_at,
             m_levels.back().function.name);
    ++m_at;
    const int rows = windowRows(m_levels.back().function);
    Level level = std::move(m_levels.back());
    m_levels.pop_back();
    m_plan.stages.push_back({.input = std::move(level.piece), .kind = level.function.kind, .rows = rows});
    append("w" + std::to_string(m_plan.stages.size() - 1), level.begin);
}

void Reader::readOperator()
{
    Level& level = m_levels.back();
    const std::size_t begin = m_at;
    const char c = m_text[m_at];
    const bool inWindow = m_levels.size() > 1 && level.open == 0;
    if (c == ',' && inWindow)
        return closeWindow();
    if (c == ')' && inWindow)
        fail(TR("engine",
                "The function %2 at character %1 of the formula needs a number of rows as second argument, "
                "as in "
                "lag(close, 1)."),
             level.begin, level.function.name);
    level.open += (c == '(') - (c == ')');
    constexpr std::string_view pairs[] = {"<=", ">=", "==", "!=", "&&", "||"};
    const std::string_view two = m_text.substr(m_at, 2);
    const bool isPair = std::ranges::find(pairs, two) != std::end(pairs);
    if (!isPair && std::string_view("+-*/^<>(),").find(c) == std::string_view::npos) {
        const std::size_t length = static_cast<std::size_t>(
            std::ranges::find_if(m_text.substr(m_at + 1), [](char d) { return (d & 0xc0) != 0x80; }) -
            m_text.substr(m_at).begin());
        fail(TR("engine",
                "At character %1 of the formula stands \"%2\", which has no meaning there. Operators are + - "
                "* / ^ "
                "< <= > >= == != && ||."),
             begin, m_text.substr(m_at, length));
    }
    m_at += isPair ? 2 : 1;
    append(m_text.substr(begin, m_at - begin), begin);
}

FormulaPlan Reader::read()
{
    m_plan.text = m_text;
    if (m_text.size() > longestFormula)
        throw UsageError(Message(TR("engine", "The formula has %1 bytes; at most %2 are read."),
                                 m_text.size(), longestFormula));
    for (skipBlanks(); m_at < m_text.size(); skipBlanks()) {
        const char c = m_text[m_at];
        if (isDigit(c) || c == '.')
            readNumber();
        else if (c == '"' || c == '[')
            readQuoted(c == '[' ? ']' : '"');
        else if (startsName(c))
            readName();
        else
            readOperator();
    }
    if (m_levels.size() > 1)
        fail(TR("engine", "The function %2 at character %1 of the formula has no closing parenthesis."),
             m_levels.back().begin, m_levels.back().function.name);
    m_plan.result = std::move(m_levels.back().piece);
    if (m_plan.result.text.empty())
        throw UsageError(
            Message(TR("engine", "The formula is empty. Write one such as close / lag(close, 1).")));
    return std::move(m_plan);
}

/// The warm-up of a piece is the longest of the windows it names.
int warmUpOfPiece(const FormulaPiece& piece, const std::vector<int>& windows)
{
    int longest = 0;
    for (std::size_t at = piece.text.find('w'); at != std::string::npos; at = piece.text.find('w', at + 1)) {
        std::size_t index = 0;
        const char* end = piece.text.data() + piece.text.size();
        // No function begins with w, and "pow" is not followed by a digit.
        if (std::from_chars(piece.text.data() + at + 1, end, index).ec == std::errc())
            longest = std::max(longest, windows[index]);
    }
    return longest;
}

}  // namespace

FormulaPlan readFormula(std::string_view text)
{
    FormulaPlan plan = Reader(text).read();
    std::vector<int> windows;
    for (FormulaStage& stage : plan.stages) {
        stage.input.warmUp = warmUpOfPiece(stage.input, windows);
        windows.push_back(stage.input.warmUp + warmUpOf(stage.kind, stage.rows));
    }
    plan.result.warmUp = warmUpOfPiece(plan.result, windows);
    return plan;
}

std::vector<std::string> Formula::windowFunctions()
{
    std::vector<std::string> out;
    for (const WindowFunction& f : windowList)
        out.push_back(std::string(f.name) + "(x, n)");
    return out;
}

std::vector<std::string> Formula::pointFunctions()
{
    return formulaPointFunctions();
}

}  // namespace fc
