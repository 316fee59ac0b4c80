// SPDX-License-Identifier: GPL-3.0-or-later
// A column computed from others by a formula that a person writes: "log(close / lag(close, 1))".
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/data/series.h"

namespace fc {

struct FormulaPlan;

/// A formula on its way from row to row: it remembers what `lag` and the windows need of earlier rows.
class FormulaRows {
public:
    virtual ~FormulaRows() = default;
    /// The value at the next row; `row` holds that row's values in the order of Formula::variables(). Takes
    /// the same time whatever the windows are (on average over a window).
    virtual double next(std::span<const double> row) = 0;
};

/// One formula over named columns, read once; a value, safe to use on several threads at a time.
///
/// Row t is computed from the rows up to t: the functions that look at other rows (windowFunctions) look back
/// by a whole number that is written out, and there is no way to look ahead. A value is missing where one it
/// is made from is missing, or where it is no finite number (log of 0, division by 0); of the two branches of
/// if() only the one that is taken counts.
class Formula {
public:
    /// Throws UsageError with the character and the word at which the text stops making sense.
    explicit Formula(std::string_view text);

    const std::string& text() const;
    /// Columns it reads, each once, as they are written (without quotes), in the order of their first use.
    const std::vector<std::string>& variables() const;
    /// Rows at the start that have no value however complete the columns are.
    int warmUp() const;

    /// Throws UsageError naming the first variable that is not among `names` (compared without case), its
    /// character in the text, and the names there are.
    void checkNames(const std::vector<std::string>& names) const;

    std::unique_ptr<FormulaRows> start() const;

    /// `columns` in the order of variables(), all of `rows` values -> [rows].
    std::vector<double> evaluate(const std::vector<std::span<const double>>& columns, std::size_t rows) const;
    /// Columns found by name, then by role. Throws UsageError as checkNames does. -> [rows]
    std::vector<double> evaluate(const Series& series) const;

    /// For help and messages: "abs(x)", "if(condition, a, b)" …
    static std::vector<std::string> pointFunctions();
    /// "lag(x, n)", "mean(x, n)" …: those that look at earlier rows.
    static std::vector<std::string> windowFunctions();

private:
    std::shared_ptr<const FormulaPlan> m_plan;
};

}  // namespace fc
