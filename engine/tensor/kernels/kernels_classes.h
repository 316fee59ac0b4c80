// SPDX-License-Identifier: GPL-3.0-or-later
// Losses over classes. Logits are [outer, K, inner]: a row is one pair of outer and inner, its K numbers lie
// `inner` apart. Sums over rows are in double in a fixed order.
#pragma once

#include <cstdint>

#include "engine/tensor/kernels/kernels.h"

namespace fc::kernels {

/// Cross-entropy of each row: -sum over c of weight_c q_c log softmax(x)_c with q = (1 - smoothing) p +
/// smoothing / K, p the given probabilities or 1 at the given class. A row whose class is `ignored` counts 0.
struct ClassRows {
    std::int64_t outer, K, inner;
    const float* logits;
    const float* classes;        ///< [outer, inner], whole numbers; null when probabilities are given
    const float* probabilities;  ///< as logits; null when classes are given
    const float* classWeights;   ///< [K] or null
    std::int64_t ignored;
    double smoothing;
    double gamma;  ///< focal: the row's value times (1 - p)^gamma, p the probability of its class; 0 for none
    double scale;  ///< slopes = scale * d value / d logit
    float* slopes;  ///< as logits; may be null
    float* values;  ///< [outer, inner]; may be null
};
/// Rows [begin, end), counted over outer and inner; returns the sum of their values.
FC_KERNELS_API double crossEntropyRows(const ClassRows& rows, std::int64_t begin, std::int64_t end);
/// Sum of the class weights of rows that count; rows when there are no weights.
FC_KERNELS_API double countedRows(const ClassRows& rows);
/// The first class outside 0 .. K - 1 that is not `ignored`, or -1.
FC_KERNELS_API std::int64_t firstStrangeRow(const ClassRows& rows);

/// sum of p (log p - x) for x = log q; 0 where p is 0. `logTarget`: target holds log p. slopes = -scale p.
struct DivergenceCells {
    std::int64_t n;
    const float* input;
    const float* target;
    bool logTarget;
    double scale;
    float* slopes;  ///< may be null
    float* values;  ///< may be null
};
FC_KERNELS_API double klDivergence(const DivergenceCells& cells);

}  // namespace fc::kernels
