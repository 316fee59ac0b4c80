// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <span>
#include <string>

namespace fc {

/// Running sums over forecasts of any number of windows, in double; values in the unit of the series. One
/// object per model and part; merging is adding windows.
class ForecastErrors {
public:
    /// `maseScale`: mean absolute seasonal difference of the training part (Hyndman & Koehler 2006); 0 leaves
    /// MASE out.
    explicit ForecastErrors(double maseScale) : m_maseScale(maseScale) {}

    /// One channel of one window. `last` is the last value before the forecast (for the direction); the spans
    /// have one value per horizon step. Steps whose actual value is missing are left out.
    void add(std::span<const double> forecast, std::span<const double> actual, double last);

    /// Steps added, missing ones not counted.
    long long count() const { return m_count; }

    /// mae, mse, rmse, mape, smape, wape, mase, r2, directional_accuracy, bias. mape, smape (0 to 2), wape
    /// and directional_accuracy are fractions; bias is the mean of forecast - actual; a direction is right
    /// when forecast and actual lie on the same side of `last`, or both on it. A value that is not defined
    /// (mape with a zero actual, r2 of a constant) is left out.
    std::map<std::string, double> values() const;

private:
    void addDirection(double forecast, double actual, double last);

    double m_maseScale;
    long long m_count = 0;
    long long m_zeroActuals = 0;
    long long m_directionCount = 0;
    long long m_directionRight = 0;
    double m_absolute = 0;
    double m_squared = 0;
    double m_percent = 0;
    double m_symmetric = 0;
    double m_signed = 0;
    double m_actualAbsolute = 0;
    double m_actualMean = 0;  // Welford 1962
    double m_actualSquares = 0;
};

/// Mean absolute difference between values `season` apart, missing ones left out; 0 when there is none.
double seasonalScale(std::span<const double> train, int season);

/// Mean pinball loss of a quantile forecast, max(p e, (p - 1) e) with e = actual - forecast (Koenker &
/// Bassett 1978). Steps whose actual value is missing are left out; 0 when none is left. `probability` in (0,
/// 1).
double pinballLoss(std::span<const double> forecast, std::span<const double> actual, double probability);

/// Quantile by linear interpolation between order statistics (type 7 of Hyndman & Fan 1996). `sorted`
/// ascending, not empty; `probability` from 0 to 1.
double quantile(std::span<const double> sorted, double probability);

}  // namespace fc
