// SPDX-License-Identifier: GPL-3.0-or-later
// Two tests with opposite null hypotheses: a series is called stationary with confidence when the first
// rejects and the second does not. Values without missing ones (see longestPresent).
#pragma once

#include <array>
#include <optional>
#include <span>

namespace fc {

/// Deterministic terms of a test regression.
enum class Deterministic { None, Constant, ConstantAndTrend };

enum class LagChoice { Aic, Bic, Fixed };

struct UnitRootTest {
    double statistic = 0;
    double pValue = 1;  ///< MacKinnon 1994, response surface with the 2010 critical values' conventions
    int lags = 0;       ///< differences in the regression
    int rows = 0;       ///< rows of the regression
    std::array<double, 3> criticalValues{};  ///< at 1%, 5% and 10% (MacKinnon 2010)
};

/// Augmented Dickey-Fuller test (Said & Dickey 1984); null: the series has a unit root. Regresses dx_t on
/// x_{t-1}, dx_{t-1} .. dx_{t-p} and the deterministic terms; p by information criterion over 0 .. `maxLag`
/// on a common sample, or `maxLag` itself when fixed. `maxLag` empty: ceil(12 (n / 100)^(1/4)) (Schwert
/// 1989). Throws Error when the values are too few or constant.
UnitRootTest augmentedDickeyFuller(std::span<const double> x, Deterministic terms = Deterministic::Constant,
                                   LagChoice choice = LagChoice::Aic, std::optional<int> maxLag = {});

struct StationarityTest {
    double statistic = 0;
    double pValue = 0;  ///< interpolated in the published table, so from 0.01 to 0.1
    int lags = 0;       ///< of the Bartlett window
};

/// Test of Kwiatkowski, Phillips, Schmidt & Shin 1992; null: the series is stationary around its mean
/// (Constant) or around a line (ConstantAndTrend). The window's lags are chosen after Hobijn, Franses & Ooms
/// 1998. Throws Error when the values are too few or constant.
StationarityTest kpss(std::span<const double> x, Deterministic terms = Deterministic::Constant);

}  // namespace fc
