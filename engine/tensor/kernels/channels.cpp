// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <cmath>

#include "engine/tensor/kernels/kernels_channels.h"

namespace fc::kernels {

namespace {

/// Sum of term(i) over a run of values.
template <typename Term>
[[gnu::always_inline]] inline float sumOver(std::int64_t n, Term&& term)
{
    float s = 0.0F;
#pragma omp simd reduction(+ : s)
    for (std::int64_t i = 0; i < n; ++i)
        s += term(i);
    return s;
}

float weightOf(const NormChannels& c, std::int64_t channel)
{
    return c.weight != nullptr ? c.weight[channel] : 1.0F;
}
float biasOf(const NormChannels& c, std::int64_t channel)
{
    return c.bias != nullptr ? c.bias[channel] : 0.0F;
}

/// Channels worked on side by side where each is a column of x [batch, channels].
constexpr std::int64_t columnsAtOnce = 64;
/// Values summed in float before the sum goes on in double, so that large batches stay exact to the last
/// digits.
constexpr std::int64_t rowsAtOnce = 64;
using Columns = std::array<float, columnsAtOnce>;
using Totals = std::array<double, columnsAtOnce>;

/// totals[j] = sum over rows of term(row, j) for j < n.
template <typename Term>
[[gnu::always_inline]] inline Totals columnTotals(std::int64_t rows, std::int64_t n, Term&& term)
{
    Totals totals{};
    for (std::int64_t begin = 0; begin < rows; begin += rowsAtOnce) {
        Columns sums{};
        const std::int64_t end = std::min(rows, begin + rowsAtOnce);
        for (std::int64_t row = begin; row < end; ++row) {
#pragma omp simd
            for (std::int64_t j = 0; j < n; ++j)
                sums[static_cast<std::size_t>(j)] += term(row, j);
        }
        for (std::size_t j = 0; j < static_cast<std::size_t>(n); ++j)
            totals[j] += static_cast<double>(sums[j]);
    }
    return totals;
}

/// Sum of term(index of the value) over all of one channel.
template <typename Term>
[[gnu::always_inline]] inline double channelTotal(const NormChannels& c, std::int64_t channel, Term&& term)
{
    constexpr std::int64_t run = 1024;
    double total = 0.0;
    for (std::int64_t b = 0; b < c.batch; ++b) {
        const std::int64_t at = (b * c.channels + channel) * c.length;
        for (std::int64_t i = 0; i < c.length; i += run)
            total += static_cast<double>(
                sumOver(std::min(run, c.length - i), [&](std::int64_t l) { return term(at + i + l); }));
    }
    return total;
}

/// body(from, count) for the columns of [first, last).
template <typename Body>
inline void eachColumns(std::int64_t first, std::int64_t last, Body&& body)
{
    for (std::int64_t at = first; at < last; at += columnsAtOnce)
        body(at, std::min(columnsAtOnce, last - at));
}

void columnStatistics(const NormChannels& c, std::int64_t at, std::int64_t n, const float* x, float* mean,
                      float* variance)
{
    const auto count = static_cast<double>(c.batch);
    const float* from = x + at;
    const Totals sums = columnTotals(
        c.batch, n, [&](std::int64_t row, std::int64_t j) { return from[row * c.channels + j]; });
    Columns center{};
    for (std::size_t j = 0; j < static_cast<std::size_t>(n); ++j) {
        center[j] = static_cast<float>(sums[j] / count);
        mean[at + static_cast<std::int64_t>(j)] = center[j];
    }
    const Totals squares = columnTotals(c.batch, n, [&](std::int64_t row, std::int64_t j) {
        const float d = from[row * c.channels + j] - center[static_cast<std::size_t>(j)];
        return d * d;
    });
    for (std::size_t j = 0; j < static_cast<std::size_t>(n); ++j)
        variance[at + static_cast<std::int64_t>(j)] = static_cast<float>(squares[j] / count);
}

/// y = (x - mean) factor + bias: in this order, so that a mean far from 0 costs no digits.
float factorOf(const NormChannels& c, std::int64_t channel, const float* variance)
{
    return weightOf(c, channel) / std::sqrt(variance[channel] + c.eps);
}

/// Of one channel, from the sums of dy and dy (x - mean): dx = factor (dy - dyMean - (x - mean) slope).
struct ChannelSlope {
    float factor;
    float dyMean;
    float slope;
};
ChannelSlope slopeOf(const NormChannels& c, std::int64_t channel, const float* variance,
                     const ChannelGrads& g, double sum, double sumX)
{
    const float scale = 1.0F / std::sqrt(variance[channel] + c.eps);
    if (g.dweight != nullptr)
        g.dweight[channel] += static_cast<float>(sumX * static_cast<double>(scale));
    if (g.dbias != nullptr)
        g.dbias[channel] += static_cast<float>(sum);
    const auto count = static_cast<double>(c.batch * c.length);
    const double slope = sumX / count * static_cast<double>(scale) * static_cast<double>(scale);
    return {.factor = weightOf(c, channel) * scale,
            .dyMean = g.fixed ? 0.0F : static_cast<float>(sum / count),
            .slope = g.fixed ? 0.0F : static_cast<float>(slope)};
}

void columnsGrad(const NormChannels& c, std::int64_t at, std::int64_t n, const float* dy, const float* x,
                 const float* mean, const float* variance, const ChannelGrads& g)
{
    const float* d = dy + at;
    const float* from = x + at;
    const float* center = mean + at;
    const Totals sums =
        columnTotals(c.batch, n, [&](std::int64_t row, std::int64_t j) { return d[row * c.channels + j]; });
    const Totals sumsX = columnTotals(c.batch, n, [&](std::int64_t row, std::int64_t j) {
        return d[row * c.channels + j] * (from[row * c.channels + j] - center[j]);
    });
    Columns factor{};
    Columns dyMean{};
    Columns slope{};
    for (std::size_t j = 0; j < static_cast<std::size_t>(n); ++j) {
        const ChannelSlope s = slopeOf(c, at + static_cast<std::int64_t>(j), variance, g, sums[j], sumsX[j]);
        factor[j] = s.factor;
        dyMean[j] = s.dyMean;
        slope[j] = s.slope;
    }
    if (g.dx == nullptr)
        return;
    for (std::int64_t row = 0; row < c.batch; ++row) {
        const std::int64_t begin = row * c.channels;
        float* to = g.dx + begin + at;
#pragma omp simd
        for (std::int64_t j = 0; j < n; ++j) {
            const auto k = static_cast<std::size_t>(j);
            to[j] = factor[k] * (d[begin + j] - dyMean[k] - (from[begin + j] - center[j]) * slope[k]);
        }
    }
}

void channelGrad(const NormChannels& c, std::int64_t channel, const float* dy, const float* x,
                 const float* mean, const float* variance, const ChannelGrads& g)
{
    const float center = mean[channel];
    const double sum = channelTotal(c, channel, [&](std::int64_t i) { return dy[i]; });
    const double sumX = channelTotal(c, channel, [&](std::int64_t i) { return dy[i] * (x[i] - center); });
    const ChannelSlope s = slopeOf(c, channel, variance, g, sum, sumX);
    for (std::int64_t b = 0; g.dx != nullptr && b < c.batch; ++b) {
        const std::int64_t at = (b * c.channels + channel) * c.length;
#pragma omp simd
        for (std::int64_t i = at; i < at + c.length; ++i)
            g.dx[i] = s.factor * (dy[i] - s.dyMean - (x[i] - center) * s.slope);
    }
}

}  // namespace

void groupNorm(const NormChannels& c, std::int64_t groups, const float* x, float* y, float* mean,
               float* scale)
{
    const std::int64_t perGroup = c.channels / groups;
    const std::int64_t n = perGroup * c.length;
    const auto count = static_cast<float>(n);
    for (std::int64_t row = 0; row < c.batch * groups; ++row) {
        const float center = sumOver(n, [x](std::int64_t i) { return x[i]; }) / count;
        const float spread =
            sumOver(n, [x, center](std::int64_t i) { return (x[i] - center) * (x[i] - center); }) / count;
        const float s = 1.0F / std::sqrt(spread + c.eps);
        mean[row] = center;
        scale[row] = s;
        for (std::int64_t k = 0; k < perGroup; ++k, x += c.length, y += c.length) {
            const std::int64_t channel = row % groups * perGroup + k;
            const float factor = s * weightOf(c, channel);
            const float bias = biasOf(c, channel);
#pragma omp simd
            for (std::int64_t i = 0; i < c.length; ++i)
                y[i] = (x[i] - center) * factor + bias;
        }
    }
}

void groupNormGrad(const NormChannels& c, std::int64_t groups, const float* dy, const float* x,
                   const float* mean, const float* scale, float* dx, float* dweight, float* dbias)
{
    const std::int64_t perGroup = c.channels / groups;
    const std::int64_t n = perGroup * c.length;
    const auto count = static_cast<float>(n);
    for (std::int64_t row = 0; row < c.batch * groups; ++row, dy += n, x += n) {
        const float center = mean[row];
        const float s = scale[row];
        float sumG = 0.0F;
        float sumGh = 0.0F;
        for (std::int64_t k = 0; k < perGroup; ++k) {
            const std::int64_t channel = row % groups * perGroup + k;
            const float* d = dy + k * c.length;
            const float* from = x + k * c.length;
            const float sum = sumOver(c.length, [d](std::int64_t i) { return d[i]; });
            const float sumH =
                s * sumOver(c.length, [&](std::int64_t i) { return d[i] * (from[i] - center); });
            if (dweight != nullptr)
                dweight[channel] += sumH;
            if (dbias != nullptr)
                dbias[channel] += sum;
            sumG += sum * weightOf(c, channel);
            sumGh += sumH * weightOf(c, channel);
        }
        // As in layerNormGrad: dx = scale (g - mean(g) - h mean(g h)).
        const float meanG = sumG / count;
        const float slope = sumGh / count * s;
        for (std::int64_t k = 0; dx != nullptr && k < perGroup; ++k) {
            const float weight = weightOf(c, row % groups * perGroup + k);
            const std::int64_t at = k * c.length;
            float* to = dx + row * n + at;
#pragma omp simd
            for (std::int64_t i = 0; i < c.length; ++i)
                to[i] = s * (dy[at + i] * weight - meanG - (x[at + i] - center) * slope);
        }
    }
}

void channelStatistics(const NormChannels& c, std::int64_t first, std::int64_t last, const float* x,
                       float* mean, float* variance)
{
    if (c.length == 1) {
        eachColumns(first, last,
                    [&](std::int64_t at, std::int64_t n) { columnStatistics(c, at, n, x, mean, variance); });
        return;
    }
    const auto count = static_cast<double>(c.batch * c.length);
    for (std::int64_t channel = first; channel < last; ++channel) {
        const auto center =
            static_cast<float>(channelTotal(c, channel, [x](std::int64_t i) { return x[i]; }) / count);
        mean[channel] = center;
        variance[channel] = static_cast<float>(
            channelTotal(c, channel,
                         [x, center](std::int64_t i) { return (x[i] - center) * (x[i] - center); }) /
            count);
    }
}

void normalizeChannels(const NormChannels& c, std::int64_t first, std::int64_t last, const float* x,
                       const float* mean, const float* variance, float* y)
{
    if (c.length > 1) {
        for (std::int64_t channel = first; channel < last; ++channel) {
            const float center = mean[channel];
            const float factor = factorOf(c, channel, variance);
            const float bias = biasOf(c, channel);
            for (std::int64_t b = 0; b < c.batch; ++b) {
                const std::int64_t at = (b * c.channels + channel) * c.length;
#pragma omp simd
                for (std::int64_t i = at; i < at + c.length; ++i)
                    y[i] = (x[i] - center) * factor + bias;
            }
        }
        return;
    }
    eachColumns(first, last, [&](std::int64_t at, std::int64_t n) {
        const float* center = mean + at;
        Columns factor{};
        Columns bias{};
        for (std::size_t j = 0; j < static_cast<std::size_t>(n); ++j) {
            factor[j] = factorOf(c, at + static_cast<std::int64_t>(j), variance);
            bias[j] = biasOf(c, at + static_cast<std::int64_t>(j));
        }
        for (std::int64_t row = 0; row < c.batch; ++row) {
            const std::int64_t begin = row * c.channels + at;
#pragma omp simd
            for (std::int64_t j = 0; j < n; ++j) {
                const auto k = static_cast<std::size_t>(j);
                y[begin + j] = (x[begin + j] - center[j]) * factor[k] + bias[k];
            }
        }
    });
}

void normalizeChannelsGrad(const NormChannels& c, std::int64_t first, std::int64_t last, const float* dy,
                           const float* x, const float* mean, const float* variance, const ChannelGrads& g)
{
    if (c.length == 1) {
        eachColumns(first, last, [&](std::int64_t at, std::int64_t n) {
            columnsGrad(c, at, n, dy, x, mean, variance, g);
        });
        return;
    }
    for (std::int64_t channel = first; channel < last; ++channel)
        channelGrad(c, channel, dy, x, mean, variance, g);
}

}  // namespace fc::kernels
