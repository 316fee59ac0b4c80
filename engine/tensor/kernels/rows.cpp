// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include "engine/tensor/kernels/kernels_rows.h"
#include "engine/tensor/kernels/lanes.h"

namespace fc::kernels {

namespace {

/// body(at, lanes) for a row in whole registers and the rest.
template <typename Body>
[[gnu::always_inline]] inline void eachLanes(std::int64_t n, Body&& body)
{
    std::int64_t at = 0;
    for (; at + laneWidth <= n; at += laneWidth)
        body(at, laneWidth);
    if (at < n)
        body(at, n - at);
}

float topOfRow(std::int64_t n, const float* x)
{
    Lanes top = everywhere(x[0]);
    eachLanes(n, [&](std::int64_t at, std::int64_t lanes) {
        const Lanes value = loadLanes(x + at, lanes);
        top = laneNumbers() < static_cast<std::int32_t>(lanes) ? maxOf(value, top) : top;
    });
    return maxOfLanes(top);
}

/// exp below e^-87 is 0, so that a masked value has no share.
inline Lanes shareOf(Lanes x)
{
    return x < -87.0F ? Lanes{} : expOfNegative(x);
}

/// Puts exp(x - top) into y where y is not null. Returns the sum.
float sumOfShares(std::int64_t n, const float* x, float top, float* y)
{
    Lanes sum = {};
    eachLanes(n, [&](std::int64_t at, std::int64_t lanes) {
        const Lanes share = shareOf(loadLanes(x + at, lanes) - top);
        if (y != nullptr)
            storeLanes(y + at, share, lanes);
        sum += firstLanes(share, lanes);
    });
    return sumOfLanes(sum);
}

/// Sum of a[i] b[i].
float dot(std::int64_t n, const float* a, const float* b)
{
    Lanes sum = {};
    eachLanes(n, [&](std::int64_t at, std::int64_t lanes) {
        sum += loadLanes(a + at, lanes) * loadLanes(b + at, lanes);
    });
    return sumOfLanes(sum);
}

float sumOfRow(std::int64_t n, const float* x)
{
    Lanes sum = {};
    eachLanes(n, [&](std::int64_t at, std::int64_t lanes) { sum += loadLanes(x + at, lanes); });
    return sumOfLanes(sum);
}

inline Lanes weightAt(const NormRows& r, std::int64_t at, std::int64_t lanes)
{
    return r.weight != nullptr ? loadLanes(r.weight + at, lanes) : everywhere(1.0F);
}

inline void addTo(float* target, Lanes value, std::int64_t lanes)
{
    storeLanes(target, loadLanes(target, lanes) + value, lanes);
}

}  // namespace

void softmaxRows(std::int64_t rows, std::int64_t n, const float* x, float* y)
{
    for (std::int64_t r = 0; r < rows; ++r, x += n, y += n) {
        const float share = 1.0F / sumOfShares(n, x, topOfRow(n, x), y);
        eachLanes(n, [&](std::int64_t at, std::int64_t lanes) {
            storeLanes(y + at, loadLanes(y + at, lanes) * share, lanes);
        });
    }
}

void softmaxRowsGrad(std::int64_t rows, std::int64_t n, const float* dy, const float* y, float* dx)
{
    for (std::int64_t r = 0; r < rows; ++r, dy += n, y += n, dx += n) {
        const float through = dot(n, dy, y);
        eachLanes(n, [&](std::int64_t at, std::int64_t lanes) {
            storeLanes(dx + at, loadLanes(y + at, lanes) * (loadLanes(dy + at, lanes) - through), lanes);
        });
    }
}

void logSoftmaxRows(std::int64_t rows, std::int64_t n, const float* x, float* y)
{
    for (std::int64_t r = 0; r < rows; ++r, x += n, y += n) {
        const float top = topOfRow(n, x);
        const float logSum = std::log(sumOfShares(n, x, top, nullptr));
        eachLanes(n, [&](std::int64_t at, std::int64_t lanes) {
            storeLanes(y + at, loadLanes(x + at, lanes) - top - logSum, lanes);
        });
    }
}

void logSoftmaxRowsGrad(std::int64_t rows, std::int64_t n, const float* dy, const float* y, float* dx)
{
    for (std::int64_t r = 0; r < rows; ++r, dy += n, y += n, dx += n) {
        const float total = sumOfRow(n, dy);
        eachLanes(n, [&](std::int64_t at, std::int64_t lanes) {
            storeLanes(dx + at, loadLanes(dy + at, lanes) - shareOf(loadLanes(y + at, lanes)) * total, lanes);
        });
    }
}

void layerNorm(const NormRows& r, const float* x, float* y, float* mean, float* scale)
{
    const auto count = static_cast<float>(r.n);
    for (std::int64_t row = 0; row < r.rows; ++row, x += r.n, y += r.n) {
        const float center = sumOfRow(r.n, x) / count;
        Lanes squares = {};
        eachLanes(r.n, [&](std::int64_t at, std::int64_t lanes) {
            const Lanes d = firstLanes(loadLanes(x + at, lanes) - center, lanes);
            squares += d * d;
        });
        const float s = 1.0F / std::sqrt(sumOfLanes(squares) / count + r.eps);
        mean[row] = center;
        scale[row] = s;
        eachLanes(r.n, [&](std::int64_t at, std::int64_t lanes) {
            Lanes out = (loadLanes(x + at, lanes) - center) * s * weightAt(r, at, lanes);
            if (r.bias != nullptr)
                out += loadLanes(r.bias + at, lanes);
            storeLanes(y + at, out, lanes);
        });
    }
}

void layerNormGrad(const NormRows& r, const float* dy, const float* x, const float* mean, const float* scale,
                   float* dx, float* dweight, float* dbias)
{
    const auto count = static_cast<float>(r.n);
    for (std::int64_t row = 0; row < r.rows; ++row, x += r.n, dy += r.n) {
        const float center = mean[row];
        const float s = scale[row];
        // With g = dy weight and h = (x - mean) scale: dx = scale (g - mean(g) - h mean(g h)).
        Lanes sumG = {};
        Lanes sumGh = {};
        eachLanes(r.n, [&](std::int64_t at, std::int64_t lanes) {
            const Lanes d = loadLanes(dy + at, lanes);
            const Lanes h = (loadLanes(x + at, lanes) - center) * s;
            if (dweight != nullptr)
                addTo(dweight + at, d * h, lanes);
            if (dbias != nullptr)
                addTo(dbias + at, d, lanes);
            const Lanes g = d * weightAt(r, at, lanes);
            sumG += g;
            sumGh += g * h;
        });
        if (dx == nullptr)
            continue;
        const float meanG = sumOfLanes(sumG) / count;
        const float meanGh = sumOfLanes(sumGh) / count;
        float* out = dx + row * r.n;
        eachLanes(r.n, [&](std::int64_t at, std::int64_t lanes) {
            const Lanes g = loadLanes(dy + at, lanes) * weightAt(r, at, lanes);
            const Lanes h = (loadLanes(x + at, lanes) - center) * s;
            storeLanes(out + at, s * (g - meanG - h * meanGh), lanes);
        });
    }
}

void rmsNorm(const NormRows& r, const float* x, float* y, float* scale)
{
    const auto count = static_cast<float>(r.n);
    for (std::int64_t row = 0; row < r.rows; ++row, x += r.n, y += r.n) {
        const float s = 1.0F / std::sqrt(dot(r.n, x, x) / count + r.eps);
        scale[row] = s;
        eachLanes(r.n, [&](std::int64_t at, std::int64_t lanes) {
            storeLanes(y + at, loadLanes(x + at, lanes) * s * weightAt(r, at, lanes), lanes);
        });
    }
}

void rmsNormGrad(const NormRows& r, const float* dy, const float* x, const float* scale, float* dx,
                 float* dweight)
{
    const auto count = static_cast<float>(r.n);
    for (std::int64_t row = 0; row < r.rows; ++row, x += r.n, dy += r.n) {
        const float s = scale[row];
        Lanes sum = {};
        eachLanes(r.n, [&](std::int64_t at, std::int64_t lanes) {
            const Lanes dyX = loadLanes(dy + at, lanes) * loadLanes(x + at, lanes);
            if (dweight != nullptr)
                addTo(dweight + at, dyX * s, lanes);
            sum += dyX * weightAt(r, at, lanes);
        });
        if (dx == nullptr)
            continue;
        const float through = sumOfLanes(sum) * s * s * s / count;
        float* out = dx + row * r.n;
        eachLanes(r.n, [&](std::int64_t at, std::int64_t lanes) {
            const Lanes g = loadLanes(dy + at, lanes) * weightAt(r, at, lanes);
            storeLanes(out + at, g * s - loadLanes(x + at, lanes) * through, lanes);
        });
    }
}

void foldRows(std::int64_t count, std::int64_t n, const float* parts, float beta, float* target)
{
    eachLanes(n, [&](std::int64_t at, std::int64_t lanes) {
        Lanes sum = beta != 0.0F ? beta * loadLanes(target + at, lanes) : Lanes{};
        for (std::int64_t i = 0; i < count; ++i)
            sum += loadLanes(parts + i * n + at, lanes);
        storeLanes(target + at, sum, lanes);
    });
}

}  // namespace fc::kernels
