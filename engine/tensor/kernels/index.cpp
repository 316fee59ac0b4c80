// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include "engine/tensor/kernels/kernels_index.h"

namespace fc::kernels {

namespace {

std::int64_t at(const float* index, std::int64_t i)
{
    return static_cast<std::int64_t>(index[i]);
}

}  // namespace

void pick(const Pick& p, const float* index, const float* x, float* y)
{
    for (std::int64_t o = 0; o < p.outer; ++o) {
        const float* from = x + o * p.source * p.inner;
        float* to = y + o * p.count * p.inner;
        if (p.inner == 1) {
            for (std::int64_t j = 0; j < p.count; ++j)
                to[j] = from[at(index, j)];
        } else {
            for (std::int64_t j = 0; j < p.count; ++j)
                std::copy_n(from + at(index, j) * p.inner, p.inner, to + j * p.inner);
        }
    }
}

void pickGrad(const Pick& p, const float* index, const float* dy, float* dx)
{
    for (std::int64_t o = 0; o < p.outer; ++o) {
        const float* from = dy + o * p.count * p.inner;
        float* to = dx + o * p.source * p.inner;
        for (std::int64_t j = 0; j < p.count; ++j) {
            float* row = to + at(index, j) * p.inner;
            for (std::int64_t i = 0; i < p.inner; ++i)
                row[i] += from[j * p.inner + i];
        }
    }
}

void gather(const PickRows& p, const float* index, const float* x, float* y)
{
    for (std::int64_t r = 0; r < p.rows; ++r) {
        for (std::int64_t j = 0; j < p.count; ++j)
            y[r * p.count + j] = x[r * p.source + at(index, r * p.count + j)];
    }
}

void scatterAdd(const PickRows& p, const float* index, const float* y, float* x)
{
    for (std::int64_t r = 0; r < p.rows; ++r) {
        for (std::int64_t j = 0; j < p.count; ++j)
            x[r * p.source + at(index, r * p.count + j)] += y[r * p.count + j];
    }
}

void sortRows(const PickRows& p, bool descending, const float* x, float* index)
{
    // A heap of the positions: no memory of its own. NaN counts as the largest, so that the order is one.
    const auto before = [descending](const float* row, float a, float b) {
        const float left = row[static_cast<std::int64_t>(a)];
        const float right = row[static_cast<std::int64_t>(b)];
        const bool leftFirst = descending ? left > right || (left != left && right == right)
                                          : left < right || (right != right && left == left);
        const bool rightFirst = descending ? right > left || (right != right && left == left)
                                           : right < left || (left != left && right == right);
        return leftFirst || (!rightFirst && a < b);
    };
    for (std::int64_t r = 0; r < p.rows; ++r) {
        const float* row = x + r * p.source;
        float* first = index + r * p.count;
        const auto order = [row, &before](float a, float b) { return before(row, a, b); };
        // Keeps the best `count` seen so far in a heap with the worst of them on top.
        std::int64_t held = 0;
        for (std::int64_t i = 0; i < p.source; ++i) {
            const auto position = static_cast<float>(i);
            if (held < p.count) {
                first[held++] = position;
                std::push_heap(first, first + held, order);
            } else if (p.count > 0 && order(position, first[0])) {
                std::pop_heap(first, first + held, order);
                first[held - 1] = position;
                std::push_heap(first, first + held, order);
            }
        }
        std::sort_heap(first, first + held, order);
    }
}

bool arePositions(std::int64_t n, const float* index, std::int64_t limit, float* wrong)
{
    const auto end = static_cast<float>(limit);
    for (std::int64_t i = 0; i < n; ++i) {
        if (!(index[i] >= 0.0F && index[i] < end && index[i] == std::floor(index[i]))) {
            *wrong = index[i];
            return false;
        }
    }
    return true;
}

std::int64_t nonZero(std::int64_t n, const float* mask, float* index)
{
    std::int64_t count = 0;
    for (std::int64_t i = 0; i < n; ++i) {
        if (mask[i] == 0.0F)
            continue;
        if (index != nullptr)
            index[count] = static_cast<float>(i);
        ++count;
    }
    return count;
}

void triangle(std::int64_t planes, std::int64_t rows, std::int64_t columns, std::int64_t diagonal, bool lower,
              const float* x, float* y)
{
    for (std::int64_t row = 0; row < planes * rows; ++row) {
        const std::int64_t edge = row % rows + diagonal;
        for (std::int64_t c = 0; c < columns; ++c) {
            const bool keeps = lower ? c <= edge : c >= edge;
            y[row * columns + c] = keeps ? x[row * columns + c] : 0.0F;
        }
    }
}

void cumsum(std::int64_t rows, std::int64_t n, const float* x, float* y)
{
    for (std::int64_t r = 0; r < rows; ++r) {
        double total = 0.0;
        for (std::int64_t i = r * n; i < (r + 1) * n; ++i) {
            total += static_cast<double>(x[i]);
            y[i] = static_cast<float>(total);
        }
    }
}

void cumsumGrad(std::int64_t rows, std::int64_t n, const float* dy, float* dx)
{
    for (std::int64_t r = 0; r < rows; ++r) {
        double total = 0.0;
        for (std::int64_t i = (r + 1) * n - 1; i >= r * n; --i) {
            total += static_cast<double>(dy[i]);
            dx[i] = static_cast<float>(total);
        }
    }
}

void cumprod(std::int64_t rows, std::int64_t n, const float* x, float* y)
{
    for (std::int64_t r = 0; r < rows; ++r) {
        float product = 1.0F;
        for (std::int64_t i = r * n; i < (r + 1) * n; ++i) {
            product *= x[i];
            y[i] = product;
        }
    }
}

void cumprodGrad(std::int64_t rows, std::int64_t n, const float* x, const float* dy, float* dx)
{
    for (std::int64_t r = 0; r < rows; ++r) {
        const float* row = x + r * n;
        const float* d = dy + r * n;
        double before = 1.0;
        for (std::int64_t i = 0; i < n; ++i) {
            // d y[j] / d x[i] = (product before i) (product from i + 1 to j).
            double through = before;
            double total = 0.0;
            for (std::int64_t j = i; j < n; ++j) {
                if (j > i)
                    through *= static_cast<double>(row[j]);
                total += through * static_cast<double>(d[j]);
            }
            dx[r * n + i] = static_cast<float>(total);
            before *= static_cast<double>(row[i]);
        }
    }
}

}  // namespace fc::kernels
