// SPDX-License-Identifier: GPL-3.0-or-later
#include <Eigen/Core>
#include <algorithm>

#include "engine/tensor/kernels/kernels_recurrent.h"

namespace fc::kernels {

namespace {

// Rows are worked on in pieces that stay in the nearest cache.
constexpr std::int64_t pieceLength = 128;
using Piece = Eigen::Array<float, Eigen::Dynamic, 1, 0, pieceLength, 1>;
using In = Eigen::Map<const Eigen::ArrayXf>;
using InOut = Eigen::Map<Eigen::ArrayXf>;

void sigmoidInPlace(float* values, std::int64_t n)
{
    InOut v(values, n);
    v = (1.0F + (-v).exp()).inverse();
}

void cellPiece(std::int64_t n, std::int64_t hidden, float* gates, const float* cBefore, float* c, float* h)
{
    sigmoidInPlace(gates, n);
    sigmoidInPlace(gates + hidden, n);
    InOut g(gates + 2 * hidden, n);
    g = g.tanh();
    sigmoidInPlace(gates + 3 * hidden, n);
    const In i(gates, n);
    const In f(gates + hidden, n);
    InOut cell(c, n);
    cell = f * In(cBefore, n) + i * g;
    InOut(h, n) = In(gates + 3 * hidden, n) * cell.tanh();
}

void cellGradPiece(std::int64_t n, std::int64_t hidden, float* gates, const float* cBefore, const float* c,
                   const float* dh, float* dc)
{
    const Piece tanhC = In(c, n).tanh();
    float* i = gates;
    float* f = gates + hidden;
    float* g = gates + 2 * hidden;
    float* o = gates + 3 * hidden;
#pragma omp simd
    for (std::int64_t j = 0; j < n; ++j) {
        const float t = tanhC.data()[j];
        const float dCell = dc[j] + dh[j] * o[j] * (1.0F - t * t);
        const float dOut = dh[j] * t;
        const float dIn = dCell * g[j];
        const float dForget = dCell * cBefore[j];
        const float dCandidate = dCell * i[j];
        dc[j] = dCell * f[j];
        i[j] = dIn * i[j] * (1.0F - i[j]);
        f[j] = dForget * f[j] * (1.0F - f[j]);
        g[j] = dCandidate * (1.0F - g[j] * g[j]);
        o[j] = dOut * o[j] * (1.0F - o[j]);
    }
}

}  // namespace

void lstmCell(std::int64_t batch, std::int64_t hidden, float* gates, const float* cBefore, float* c, float* h)
{
    for (std::int64_t b = 0; b < batch; ++b) {
        for (std::int64_t at = 0; at < hidden; at += pieceLength) {
            const std::int64_t n = std::min(pieceLength, hidden - at);
            const std::int64_t from = b * hidden + at;
            cellPiece(n, hidden, gates + 4 * b * hidden + at, cBefore + from, c + from, h + from);
        }
    }
}

void lstmCellGrad(std::int64_t batch, std::int64_t hidden, float* gates, const float* cBefore, const float* c,
                  const float* dh, float* dc)
{
    for (std::int64_t b = 0; b < batch; ++b) {
        for (std::int64_t at = 0; at < hidden; at += pieceLength) {
            const std::int64_t n = std::min(pieceLength, hidden - at);
            const std::int64_t from = b * hidden + at;
            cellGradPiece(n, hidden, gates + 4 * b * hidden + at, cBefore + from, c + from, dh + from,
                          dc + from);
        }
    }
}

}  // namespace fc::kernels
