// SPDX-License-Identifier: GPL-3.0-or-later
// What a formula became when it was read: pieces that look at one row only, joined by windows over earlier
// rows.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/data/trailing_window.h"

namespace fc {

class FormulaRows;

/// A piece without windows. Its names are v0, v1 … for variables, w0, w1 … for the stages before it and
/// k0, k1 … for numbers, so that a column may be called as it likes.
struct FormulaPiece {
    std::string text;
    std::vector<int> origin;  ///< for each byte of `text` the character of the formula it stands for, from 1
    int warmUp = 0;           ///< rows at the start without a value
};

/// The window of `rows` over the values of `input`.
struct FormulaStage {
    FormulaPiece input;
    WindowKind kind = WindowKind::Lag;
    int rows = 0;
};

struct FormulaPlan {
    std::string text;
    std::vector<std::string> variables;
    std::vector<int> positions;  ///< of the first use of each variable, in characters from 1
    std::vector<double> numbers;
    std::vector<FormulaStage> stages;  ///< in the order in which a row computes them
    FormulaPiece result;
};

/// Throws UsageError with the character and the word at which the text stops making sense.
FormulaPlan readFormula(std::string_view text);

/// Throws UsageError as readFormula does: the order of values and operators shows only when a piece is
/// compiled.
std::unique_ptr<FormulaRows> startFormula(const FormulaPlan& plan);

/// A function of one row, as forms and messages show it ("max(a, b, ...)"); the name ends at the parenthesis.
const std::vector<std::string>& formulaPointFunctions();

}  // namespace fc
