// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <limits>

#include "engine/tensor/kernels/kernels_conv.h"

namespace fc::kernels {

namespace {

/// Results [first, last) of a line look inside the input at stride * o + offset.
struct Inside {
    std::int64_t first;
    std::int64_t last;
};

Inside insideOf(std::int64_t offset, std::int64_t stride, std::int64_t size, std::int64_t out)
{
    const std::int64_t first = offset < 0 ? (-offset + stride - 1) / stride : 0;
    const std::int64_t last = size - offset <= 0 ? 0 : (size - offset + stride - 1) / stride;
    return {std::min(first, out), std::clamp<std::int64_t>(last, std::min(first, out), out)};
}

/// Calls line(column, xLine, offset) for each line of each column block; xLine is null when the whole line is
/// outside.
template <typename X, typename C, typename Line>
void eachLine(const Patches& p, X* x, C* columns, Line&& line)
{
    for (std::int64_t c = 0; c < p.channels; ++c) {
        X* plane = x + c * p.height * p.width;
        for (std::int64_t kh = 0; kh < p.kernelH; ++kh) {
            for (std::int64_t kw = 0; kw < p.kernelW; ++kw) {
                const std::int64_t offset = kw * p.dilationW - p.padLeft;
                for (std::int64_t oh = 0; oh < p.outH; ++oh, columns += p.outW) {
                    const std::int64_t h = oh * p.strideH + kh * p.dilationH - p.padTop;
                    line(columns, h >= 0 && h < p.height ? plane + h * p.width : nullptr, offset);
                }
            }
        }
    }
}

}  // namespace

void unfoldPatches(const Patches& p, const float* x, float* columns)
{
    eachLine(p, x, columns, [&p](float* to, const float* from, std::int64_t offset) {
        const Inside in =
            from != nullptr ? insideOf(offset, p.strideW, p.width, p.outW) : Inside{p.outW, p.outW};
        std::fill(to, to + in.first, 0.0F);
        if (p.strideW == 1) {
            if (in.last > in.first)
                std::copy(from + in.first + offset, from + in.last + offset, to + in.first);
        } else {
            for (std::int64_t o = in.first; o < in.last; ++o)
                to[o] = from[o * p.strideW + offset];
        }
        std::fill(to + in.last, to + p.outW, 0.0F);
    });
}

void foldPatches(const Patches& p, const float* columns, float* x)
{
    eachLine(p, x, columns, [&p](const float* from, float* to, std::int64_t offset) {
        if (to == nullptr)
            return;
        const Inside in = insideOf(offset, p.strideW, p.width, p.outW);
        if (p.strideW == 1) {
#pragma omp simd
            for (std::int64_t o = in.first; o < in.last; ++o)
                to[o + offset] += from[o];
        } else {
            for (std::int64_t o = in.first; o < in.last; ++o)
                to[o * p.strideW + offset] += from[o];
        }
    });
}

namespace {

/// The part of window `o` inside the row, and how many positions it counts.
struct WindowPart {
    std::int64_t begin;
    std::int64_t end;
    float share;
};

WindowPart partOf(const Windows& w, std::int64_t o)
{
    const std::int64_t start = o * w.stride - w.padding;
    const std::int64_t paddedEnd = std::min(start + w.size, w.length + w.padding);
    const std::int64_t begin = std::max<std::int64_t>(start, 0);
    const std::int64_t end = std::min(paddedEnd, w.length);
    const std::int64_t counted = w.countsPadding ? paddedEnd - start : end - begin;
    return {begin, end, counted > 0 ? 1.0F / static_cast<float>(counted) : 0.0F};
}

}  // namespace

void averageWindows(const Windows& w, const float* x, float* y)
{
    for (std::int64_t r = 0; r < w.rows; ++r, x += w.length) {
        for (std::int64_t o = 0; o < w.out; ++o) {
            const WindowPart part = partOf(w, o);
            float total = 0.0F;
            for (std::int64_t i = part.begin; i < part.end; ++i)
                total += x[i];
            *y++ = total * part.share;
        }
    }
}

void averageWindowsGrad(const Windows& w, const float* dy, float* dx)
{
    for (std::int64_t r = 0; r < w.rows; ++r, dx += w.length) {
        for (std::int64_t o = 0; o < w.out; ++o) {
            const WindowPart part = partOf(w, o);
            const float each = *dy++ * part.share;
            for (std::int64_t i = part.begin; i < part.end; ++i)
                dx[i] += each;
        }
    }
}

void maxWindows(const Windows& w, const float* x, float* y, float* index)
{
    for (std::int64_t r = 0; r < w.rows; ++r, x += w.length) {
        for (std::int64_t o = 0; o < w.out; ++o) {
            float best = -std::numeric_limits<float>::infinity();
            std::int64_t at = -1;
            for (std::int64_t k = 0; k < w.size; ++k) {
                const std::int64_t i = o * w.stride - w.padding + k * w.dilation;
                if (i < 0 || i >= w.length)
                    continue;
                if (at < 0 || x[i] > best || x[i] != x[i]) {
                    best = x[i];
                    at = i;
                }
            }
            *y++ = best;
            *index++ = static_cast<float>(at);
        }
    }
}

void movingAverage(std::int64_t rows, std::int64_t n, std::int64_t size, const float* x, float* y)
{
    const std::int64_t before = (size - 1) / 2;
    const double share = 1.0 / static_cast<double>(size);
    for (std::int64_t r = 0; r < rows; ++r, x += n, y += n) {
        const auto at = [=](std::int64_t i) {
            return static_cast<double>(x[std::clamp<std::int64_t>(i, 0, n - 1)]);
        };
        double total = 0.0;
        for (std::int64_t k = -before; k < size - before; ++k)
            total += at(k);
        for (std::int64_t i = 0; i < n; ++i) {
            y[i] = static_cast<float>(total * share);
            total += at(i + size - before) - at(i - before);
        }
    }
}

void movingAverageGrad(std::int64_t rows, std::int64_t n, std::int64_t size, const float* dy, float* dx)
{
    // Position p of the longer, padded row is seen by the results p - size + 1 + before to p + before; what
    // falls beyond an end goes to the end value.
    const std::int64_t before = (size - 1) / 2;
    const std::int64_t after = size - 1 - before;
    const double share = 1.0 / static_cast<double>(size);
    for (std::int64_t r = 0; r < rows; ++r, dy += n, dx += n) {
        const auto at = [=](std::int64_t i) { return i >= 0 && i < n ? static_cast<double>(dy[i]) : 0.0; };
        double total = 0.0;
        double first = 0.0;
        double last = 0.0;
        for (std::int64_t p = -before; p < n + after; ++p) {
            total += at(p + before) - at(p - after - 1);
            if (p <= 0)
                first += total;
            else if (p >= n - 1)
                last += total;
            else
                dx[p] += static_cast<float>(total * share);
        }
        dx[0] += static_cast<float>(first * share);
        dx[n - 1] += static_cast<float>(last * share);
    }
}

}  // namespace fc::kernels
