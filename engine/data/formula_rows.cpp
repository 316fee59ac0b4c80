// SPDX-License-Identifier: GPL-3.0-or-later
// The arithmetic of formulas: muParser compiles each piece, and every operator and function in it is one of
// those below, so that a missing value cannot get lost in a comparison or in pow(x, 0).
#include <algorithm>
#include <cmath>
#include <muParser.h>

#include "engine/base/error.h"
#include "engine/data/formula.h"
#include "engine/data/formula_plan.h"
#include "engine/data/names.h"

namespace fc {

namespace {

template <typename F>
double both(double a, double b, F f)
{
    return std::isnan(a) || std::isnan(b) ? missing : static_cast<double>(f(a, b));
}

double add(double a, double b)
{
    return a + b;
}
double subtract(double a, double b)
{
    return a - b;
}
double multiply(double a, double b)
{
    return a * b;
}
double divide(double a, double b)
{
    return a / b;
}
double power(double a, double b)
{
    return both(a, b, [](double x, double y) { return std::pow(x, y); });
}
double negate(double a)
{
    return -a;
}
double keep(double a)
{
    return a;
}
double less(double a, double b)
{
    return both(a, b, std::less<>());
}
double lessEqual(double a, double b)
{
    return both(a, b, std::less_equal<>());
}
double greater(double a, double b)
{
    return both(a, b, std::greater<>());
}
double greaterEqual(double a, double b)
{
    return both(a, b, std::greater_equal<>());
}
double equal(double a, double b)
{
    return both(a, b, std::equal_to<>());
}
double different(double a, double b)
{
    return both(a, b, std::not_equal_to<>());
}
double andAlso(double a, double b)
{
    return both(a, b, [](double x, double y) { return x != 0 && y != 0; });
}
double orElse(double a, double b)
{
    return both(a, b, [](double x, double y) { return x != 0 || y != 0; });
}

double choose(double condition, double a, double b)
{
    return std::isnan(condition) ? missing : condition != 0 ? a : b;
}

double sign(double a)
{
    return std::isnan(a) ? missing : static_cast<double>((a > 0) - (a < 0));
}

double smallest(const double* values, int count)
{
    double out = values[0];
    for (int i = 1; i < count; ++i)
        out = both(out, values[i], [](double x, double y) { return std::fmin(x, y); });
    return out;
}

double largest(const double* values, int count)
{
    double out = values[0];
    for (int i = 1; i < count; ++i)
        out = both(out, values[i], [](double x, double y) { return std::fmax(x, y); });
    return out;
}

void defineLanguage(mu::Parser& parser)
{
    parser.ClearFun();
    parser.ClearConst();
    parser.ClearOprt();
    parser.ClearInfixOprt();
    parser.ClearPostfixOprt();
    parser.EnableBuiltInOprt(false);
    parser.DefineOprt("+", add, mu::prADD_SUB);
    parser.DefineOprt("-", subtract, mu::prADD_SUB);
    parser.DefineOprt("*", multiply, mu::prMUL_DIV);
    parser.DefineOprt("/", divide, mu::prMUL_DIV);
    parser.DefineOprt("^", power, mu::prPOW, mu::oaRIGHT);
    parser.DefineOprt("<", less, mu::prCMP);
    parser.DefineOprt("<=", lessEqual, mu::prCMP);
    parser.DefineOprt(">", greater, mu::prCMP);
    parser.DefineOprt(">=", greaterEqual, mu::prCMP);
    parser.DefineOprt("==", equal, mu::prCMP);
    parser.DefineOprt("!=", different, mu::prCMP);
    parser.DefineOprt("&&", andAlso, mu::prLAND);
    parser.DefineOprt("||", orElse, mu::prLOR);
    parser.DefineInfixOprt("-", negate);
    parser.DefineInfixOprt("+", keep);
    parser.DefineFun("if", choose);
    parser.DefineFun("abs", static_cast<double (*)(double)>(std::fabs));
    parser.DefineFun("sqrt", static_cast<double (*)(double)>(std::sqrt));
    parser.DefineFun("exp", static_cast<double (*)(double)>(std::exp));
    parser.DefineFun("log", static_cast<double (*)(double)>(std::log));
    parser.DefineFun("log10", static_cast<double (*)(double)>(std::log10));
    parser.DefineFun("sign", sign);
    parser.DefineFun("min", smallest);
    parser.DefineFun("max", largest);
    parser.DefineFun("pow", power);
    parser.DefineFun("round", static_cast<double (*)(double)>(std::round));
    parser.DefineFun("floor", static_cast<double (*)(double)>(std::floor));
    parser.DefineFun("ceil", static_cast<double (*)(double)>(std::ceil));
}

/// What muParser found, at the character of the formula and in its words.
UsageError explained(const mu::ParserError& problem, const FormulaPiece& piece, const std::string& formula)
{
    const auto sentence = [&](const char* pattern, int at) {
        std::string word;  // the formula from there on, as its pieces have other names
        int character = 0;
        for (const char c : formula) {
            character += (c & 0xc0) != 0x80;
            if (character >= at)
                word += c;
        }
        if (word.size() > 40)
            word.resize(40);
        return UsageError(Message(pattern, at, word));
    };
    const auto index = static_cast<std::size_t>(std::max(0, problem.GetPos()));
    const int end =
        1 + static_cast<int>(std::ranges::count_if(formula, [](char c) { return (c & 0xc0) != 0x80; }));
    const int at = index < piece.origin.size() ? piece.origin[index] : end;
    switch (problem.GetCode()) {
        case mu::ecUNEXPECTED_EOF:
            return sentence(TR("engine", "The formula ends at character %1 where a value is still due."),
                            end);
        case mu::ecMISSING_PARENS:
            return sentence(
                TR("engine", "A parenthesis is still open at the end of the formula (character %1)."), end);
        case mu::ecTOO_MANY_PARAMS:
            return sentence(
                TR("engine", "A function has too many arguments at character %1 of the formula, \"%2\"."),
                at);
        case mu::ecTOO_FEW_PARAMS:
            return sentence(
                TR("engine", "A function has too few arguments at character %1 of the formula, \"%2\"."), at);
        case mu::ecUNEXPECTED_OPERATOR:
        case mu::ecUNASSIGNABLE_TOKEN:  // an operator where only a sign could stand
            return sentence(TR("engine", "A value is missing before character %1 of the formula, \"%2\"."),
                            at);
        default:
            return sentence(TR("engine",
                               "The formula makes no sense at character %1, \"%2\": an operator is missing "
                               "before it, or a "
                               "comma or parenthesis is too many."),
                            at);
    }
}

class CompiledRows : public FormulaRows {
public:
    explicit CompiledRows(const FormulaPlan& plan);
    double next(std::span<const double> row) override;

private:
    struct Step {
        mu::Parser parser;
        TrailingWindow window;
    };

    void compile(mu::Parser& parser, const FormulaPlan& plan, const FormulaPiece& piece, std::size_t windows);

    // muParser keeps the addresses of both, so neither may grow later.
    std::vector<double> m_variables;
    std::vector<double> m_windows;
    std::vector<std::unique_ptr<Step>> m_steps;
    mu::Parser m_result;
};

void CompiledRows::compile(mu::Parser& parser, const FormulaPlan& plan, const FormulaPiece& piece,
                           std::size_t windows)
{
    try {
        defineLanguage(parser);
        for (std::size_t i = 0; i < plan.numbers.size(); ++i)
            parser.DefineConst("k" + std::to_string(i), plan.numbers[i]);
        for (std::size_t i = 0; i < m_variables.size(); ++i)
            parser.DefineVar("v" + std::to_string(i), &m_variables[i]);
        for (std::size_t i = 0; i < windows; ++i)
            parser.DefineVar("w" + std::to_string(i), &m_windows[i]);
        parser.SetExpr(piece.text);
        parser.Eval();
    } catch (const mu::ParserError& problem) {
        throw explained(problem, piece, plan.text);
    }
    // "a, b" is two results to muParser.
    if (parser.GetNumResults() > 1)
        throw UsageError(
            Message(TR("engine", "The formula has a comma outside of a function: \"%1\"."), plan.text));
}

CompiledRows::CompiledRows(const FormulaPlan& plan)
    : m_variables(plan.variables.size(), missing), m_windows(plan.stages.size(), missing)
{
    for (std::size_t i = 0; i < plan.stages.size(); ++i) {
        const FormulaStage& stage = plan.stages[i];
        m_steps.push_back(std::unique_ptr<Step>(new Step{{}, TrailingWindow(stage.kind, stage.rows)}));
        compile(m_steps.back()->parser, plan, stage.input, i);
    }
    compile(m_result, plan, plan.result, plan.stages.size());
}

double finite(double value)
{
    return std::isfinite(value) ? value : missing;
}

double CompiledRows::next(std::span<const double> row)
{
    std::ranges::copy(row, m_variables.begin());
    for (std::size_t i = 0; i < m_steps.size(); ++i)
        m_windows[i] = finite(m_steps[i]->window.next(finite(m_steps[i]->parser.Eval())));
    return finite(m_result.Eval());
}

}  // namespace

const std::vector<std::string>& formulaPointFunctions()
{
    static const std::vector<std::string> list{
        "if(condition, a, b)", "abs(x)",         "sqrt(x)",   "exp(x)",   "log(x)",   "log10(x)", "sign(x)",
        "min(a, b, ...)",      "max(a, b, ...)", "pow(x, y)", "round(x)", "floor(x)", "ceil(x)"};
    return list;
}

std::unique_ptr<FormulaRows> startFormula(const FormulaPlan& plan)
{
    return std::make_unique<CompiledRows>(plan);
}

}  // namespace fc
