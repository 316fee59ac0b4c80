// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/metrics/metrics.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace fc {

void ForecastErrors::add(std::span<const double> forecast, std::span<const double> actual, double last)
{
    assert(forecast.size() == actual.size());
    for (std::size_t i = 0; i < actual.size(); ++i) {
        const double y = actual[i];
        if (std::isnan(y))
            continue;
        const double error = forecast[i] - y;
        const double absolute = std::abs(error);
        ++m_count;
        m_absolute += absolute;
        m_squared += error * error;
        m_signed += error;
        m_actualAbsolute += std::abs(y);
        if (y == 0.0)
            ++m_zeroActuals;
        else
            m_percent += absolute / std::abs(y);
        if (const double size = std::abs(forecast[i]) + std::abs(y); size > 0.0)
            m_symmetric += 2.0 * absolute / size;
        const double delta = y - m_actualMean;
        m_actualMean += delta / static_cast<double>(m_count);
        m_actualSquares += delta * (y - m_actualMean);
        addDirection(forecast[i], y, last);
    }
}

void ForecastErrors::addDirection(double forecast, double actual, double last)
{
    if (std::isnan(last))
        return;
    const auto side = [last](double x) { return (x > last) - (x < last); };
    ++m_directionCount;
    if (side(forecast) == side(actual))
        ++m_directionRight;
}

std::map<std::string, double> ForecastErrors::values() const
{
    if (m_count == 0)
        return {};
    const auto n = static_cast<double>(m_count);
    std::map<std::string, double> out = {
        {"mae", m_absolute / n},    {"mse", m_squared / n}, {"rmse", std::sqrt(m_squared / n)},
        {"smape", m_symmetric / n}, {"bias", m_signed / n},
    };
    if (m_zeroActuals == 0)
        out["mape"] = m_percent / n;
    if (m_actualAbsolute > 0.0)
        out["wape"] = m_absolute / m_actualAbsolute;
    if (m_maseScale > 0.0)
        out["mase"] = m_absolute / n / m_maseScale;
    if (m_actualSquares > 0.0)
        out["r2"] = 1.0 - m_squared / m_actualSquares;
    if (m_directionCount > 0)
        out["directional_accuracy"] =
            static_cast<double>(m_directionRight) / static_cast<double>(m_directionCount);
    return out;
}

double seasonalScale(std::span<const double> train, int season)
{
    assert(season > 0);
    const auto lag = static_cast<std::size_t>(season);
    double sum = 0;
    long long count = 0;
    for (std::size_t t = lag; t < train.size(); ++t) {
        const double difference = std::abs(train[t] - train[t - lag]);
        if (std::isnan(difference))
            continue;
        sum += difference;
        ++count;
    }
    return count > 0 ? sum / static_cast<double>(count) : 0.0;
}

double pinballLoss(std::span<const double> forecast, std::span<const double> actual, double probability)
{
    assert(forecast.size() == actual.size());
    double sum = 0;
    long long count = 0;
    for (std::size_t i = 0; i < actual.size(); ++i) {
        const double error = actual[i] - forecast[i];
        if (std::isnan(actual[i]))
            continue;
        sum += std::max(probability * error, (probability - 1.0) * error);
        ++count;
    }
    return count > 0 ? sum / static_cast<double>(count) : 0.0;
}

double quantile(std::span<const double> sorted, double probability)
{
    assert(!sorted.empty());
    const double place = probability * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    if (below + 1 >= sorted.size())
        return sorted.back();
    return sorted[below] + (place - static_cast<double>(below)) * (sorted[below + 1] - sorted[below]);
}

}  // namespace fc
