// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "engine/tensor/kernels/kernels_blocks.h"

namespace fc::kernels {

namespace {

/// Values of a row at a time, on the stack: both steps find them in the nearest cache.
constexpr std::int64_t blockLength = 256;

template <typename Body>
void eachBlock(const GatedRows& g, Body body)
{
    for (std::int64_t r = 0; r < g.rows; ++r)
        for (std::int64_t begin = 0; begin < g.half; begin += blockLength)
            body(r, begin, std::min(blockLength, g.half - begin));
}

std::int64_t windowBegin(const AdaptiveWindows& w, std::int64_t i)
{
    return i * w.length / w.out;
}
std::int64_t windowEnd(const AdaptiveWindows& w, std::int64_t i)
{
    return ((i + 1) * w.length + w.out - 1) / w.out;
}

}  // namespace

void gated(const GatedRows& g, const float* x, float* y)
{
    eachBlock(g, [&](std::int64_t r, std::int64_t begin, std::int64_t n) {
        const float* a = x + r * 2 * g.half + begin;
        float* out = y + r * g.half + begin;
        g.gate({.n = n, .x = a + g.half, .y = out});
        for (std::int64_t i = 0; i < n; ++i)
            out[i] *= a[i];
    });
}

void gatedGrad(const GatedRows& g, const float* x, const float* dy, float* dx)
{
    eachBlock(g, [&](std::int64_t r, std::int64_t begin, std::int64_t n) {
        const float* a = x + r * 2 * g.half + begin;
        const float* b = a + g.half;
        const float* d = dy + r * g.half + begin;
        float* da = dx + r * 2 * g.half + begin;
        float opened[blockLength];
        float turned[blockLength];
        g.gate({.n = n, .x = b, .y = opened});
#pragma omp simd
        for (std::int64_t i = 0; i < n; ++i) {
            turned[i] = d[i] * a[i];
            da[i] = d[i] * opened[i];
        }
        g.gateGrad({.n = n, .dy = turned, .saved = g.gradSavesOutput ? opened : b, .dx = da + g.half});
    });
}

void complexProduct(const ComplexProduct& c)
{
    const float sign = c.conjugateB ? -1.0F : 1.0F;
#pragma omp simd
    for (std::int64_t i = 0; i < c.n; ++i) {
        const float im = sign * c.bIm[i];
        c.re[i] = c.aRe[i] * c.bRe[i] - c.aIm[i] * im;
        c.im[i] = c.aRe[i] * im + c.aIm[i] * c.bRe[i];
    }
}

void adaptiveAverage(const AdaptiveWindows& w, const float* x, float* y)
{
    for (std::int64_t r = 0; r < w.rows; ++r, x += w.length) {
        for (std::int64_t i = 0; i < w.out; ++i) {
            const std::int64_t begin = windowBegin(w, i), end = windowEnd(w, i);
            float sum = 0;
            for (std::int64_t t = begin; t < end; ++t)
                sum += x[t];
            *y++ = sum / static_cast<float>(end - begin);
        }
    }
}

void adaptiveAverageGrad(const AdaptiveWindows& w, const float* dy, float* dx)
{
    for (std::int64_t r = 0; r < w.rows; ++r, dx += w.length) {
        for (std::int64_t i = 0; i < w.out; ++i) {
            const std::int64_t begin = windowBegin(w, i), end = windowEnd(w, i);
            const float share = *dy++ / static_cast<float>(end - begin);
            for (std::int64_t t = begin; t < end; ++t)
                dx[t] += share;
        }
    }
}

void adaptiveMax(const AdaptiveWindows& w, const float* x, float* y, float* index)
{
    for (std::int64_t r = 0; r < w.rows; ++r, x += w.length) {
        for (std::int64_t i = 0; i < w.out; ++i) {
            std::int64_t best = windowBegin(w, i);
            for (std::int64_t t = best + 1; t < windowEnd(w, i); ++t)
                best = x[t] > x[best] ? t : best;
            *y++ = x[best];
            *index++ = static_cast<float>(best);
        }
    }
}

}  // namespace fc::kernels
