// SPDX-License-Identifier: GPL-3.0-or-later
// Losses over classes. The gradient goes to the logits only. All throw Error naming the loss and the shapes
// that do not fit.
#pragma once

#include <cstdint>

#include "engine/loss/options.h"
#include "engine/tensor/tensor.h"

namespace fc {

struct ClassOptions {
    LossReduction reduction = LossReduction::Mean;
    int classAxis = 1;            ///< of the logits; negative counts from the end
    Tensor classWeights = {};     ///< [K], or undefined
    std::int64_t ignored = -100;  ///< rows of this class do not count
    double smoothing = 0.0;       ///< share of each target spread over all classes (Szegedy et al., 2016)
};
/// Logits with K classes along one axis; targets are either classes, whole numbers in the logits' shape
/// without that axis, or probabilities in the logits' shape. Each row counts -sum over c of w_c q_c log
/// softmax_c with q = (1 - smoothing) p + smoothing / K. The mean divides by the sum of the weights of the
/// targets' classes, for probabilities by the number of rows; it is 0 when no row counts. Throws Error naming
/// a class outside 0 .. K - 1.
Tensor crossEntropy(const Tensor& logits, const Tensor& target, const ClassOptions& options = {});

/// -w (1 - p)^gamma log p for p = softmax of the row's class and w its weight (Lin et al., 2017, eq. 5; two
/// classes with logits 0 and x are its sigmoid form). Targets are classes; smoothing is not used. The mean
/// divides as above. gamma = 0 is the cross-entropy.
Tensor focal(const Tensor& logits, const Tensor& target, double gamma, const ClassOptions& options = {});

/// -(positiveWeight t log sigmoid(x) + (1 - t) log(1 - sigmoid(x))), target in [0, 1] of the logits' shape.
Tensor binaryCrossEntropy(const Tensor& logits, const Tensor& target, double positiveWeight = 1.0,
                          const LossOptions& options = {});

/// What the target of klDivergence() holds.
enum class DivergenceTarget { Probabilities, LogProbabilities };
/// Sum, mean or each of p (log p - logInput) for log-probabilities `logInput` of a model and those of the
/// target, one shape; 0 where p is 0. Kullback & Leibler, 1951. The mean is over all numbers; the sum divided
/// by the rows is the divergence of each.
Tensor klDivergence(const Tensor& logInput, const Tensor& target,
                    DivergenceTarget kind = DivergenceTarget::Probabilities,
                    LossReduction reduction = LossReduction::Mean);

}  // namespace fc
