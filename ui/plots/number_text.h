// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace fc::ui {

/// Decimals that multiples of a round `step` take: 0 for 20, 2 for 0.05 and 0.25; 0 ... 10.
int decimalsFor(double step);

/// With group separators and exactly `decimals` decimals in the person's locale; "–" when not finite; powers
/// of ten when it would take more than 15 digits.
QString fixedNumber(double value, int decimals);

/// At most four digits and a letter: "950", "12.3K", "1.05M", "7B".
QString shortNumber(double value);

/// "0.8838", "0.000123", "1,234.5": about `digits` significant digits, never an exponent between 1e-4 and
/// 1e7.
QString lossNumber(double value, int digits = 4);

}  // namespace fc::ui
