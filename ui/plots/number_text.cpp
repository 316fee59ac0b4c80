// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/number_text.h"

#include <QLocale>
#include <algorithm>
#include <cmath>

namespace fc::ui {
namespace {

QString none()
{
    return QStringLiteral("–");
}

/// Digits before the point, at least 1 for values of 1 and more; 0, -1 … for 0.5, 0.05 …
int magnitude(double value)
{
    return value == 0 ? 1 : static_cast<int>(std::floor(std::log10(std::abs(value)))) + 1;
}

}  // namespace

int decimalsFor(double step)
{
    if (!(step > 0) || !std::isfinite(step))
        return 2;
    int decimals = std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 10);
    // 0.25 takes a decimal more than its size says.
    const double scaled = step * std::pow(10, decimals);
    if (decimals > 0 && decimals < 10 && std::abs(scaled - std::round(scaled)) > 1e-6 * scaled)
        ++decimals;
    return decimals;
}

QString fixedNumber(double value, int decimals)
{
    if (!std::isfinite(value))
        return none();
    if (std::abs(value) >= 1e15)
        return QLocale().toString(value, 'g', 6);
    return QLocale().toString(value, 'f', decimals);
}

QString shortNumber(double value)
{
    if (!std::isfinite(value))
        return none();
    const char* letters[] = {"", "K", "M", "B", "T"};
    double scaled = std::abs(value);
    int power = 0;
    for (; scaled >= 999.5 && power < 4; ++power)
        scaled /= 1000;
    if (scaled >= 999.5)
        return QLocale().toString(value, 'g', 3);
    const int decimals = std::clamp(3 - magnitude(scaled), 0, power == 0 ? 6 : 2);
    QString text = QLocale().toString(std::copysign(scaled, value), 'f', decimals);
    if (decimals > 0) {
        while (text.endsWith(QLocale().zeroDigit()))
            text.chop(1);
        if (text.endsWith(QLocale().decimalPoint()))
            text.chop(1);
    }
    return text + QString::fromLatin1(letters[power]);
}

QString lossNumber(double value, int digits)
{
    if (!std::isfinite(value))
        return none();
    const double size = std::abs(value);
    if (size != 0 && (size < 1e-4 || size >= 1e7))
        return QLocale().toString(value, 'g', digits);
    return QLocale().toString(value, 'f', std::clamp(digits - magnitude(value), 0, 8));
}

}  // namespace fc::ui
