// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/kernels/kernels_rotary.h"

namespace fc::kernels {

namespace {

/// One step; with constants for the distances the compiler vectorizes the common layouts.
void turnHalves(const Rotary& r, const float* x, std::int64_t step, const float* c, const float* s, float* y)
{
    const float sign = r.sign;
    const float* second = x + r.pairs * step;
    float* ySecond = y + r.pairs;
#pragma omp simd
    for (std::int64_t i = 0; i < r.pairs; ++i) {
        const float a = x[i * step];
        const float b = second[i * step];
        y[i] = a * c[i] - b * (sign * s[i]);
        ySecond[i] = b * c[i] + a * (sign * s[i]);
    }
}

void turnNeighbours(const Rotary& r, const float* x, std::int64_t step, const float* c, const float* s,
                    float* y)
{
    const float sign = r.sign;
#pragma omp simd
    for (std::int64_t i = 0; i < r.pairs; ++i) {
        const float a = x[2 * i * step];
        const float b = x[(2 * i + 1) * step];
        y[2 * i] = a * c[i] - b * (sign * s[i]);
        y[2 * i + 1] = b * c[i] + a * (sign * s[i]);
    }
}

}  // namespace

void rotary(const Rotary& r, const float* x, float* y)
{
    for (std::int64_t t = 0; t < r.steps; ++t, x += r.row, y += r.depth) {
        const float* c = r.cosines + t * r.pairs;
        const float* s = r.sines + t * r.pairs;
        const auto turn = r.interleaved ? turnNeighbours : turnHalves;
        if (r.step == 1)
            turn(r, x, 1, c, s, y);
        else
            turn(r, x, r.step, c, s, y);
        for (std::int64_t d = 2 * r.pairs; d < r.depth; ++d)
            y[d] = x[d * r.step];
    }
}

}  // namespace fc::kernels
