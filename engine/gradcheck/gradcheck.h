// SPDX-License-Identifier: GPL-3.0-or-later
// Gradients of the tape against numeric ones. The engine computes in single precision, so each derivative is
// taken along a direction through a whole tensor with steps of many sizes, extrapolated, and comes with an
// estimate of its own error; derivatives that turn out too uncertain to judge by are left out and counted.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/tensor/tensor.h"

namespace fc {

/// A tensor that outputs depend on, contiguous; its values are changed in place and set back.
struct CheckedTensor {
    std::string name;
    Tensor value;
};

/// Something with gradients: outputs() computes the same from the same tensors, whenever it is called.
struct GradientCase {
    std::string name;  ///< "softmax, dim 1", "lstm"
    std::vector<CheckedTensor> tensors;
    std::function<std::vector<Tensor>()> outputs;
};

/// One derivative, by the tape and by differences.
struct Slope {
    double analytic = 0;
    double numeric = 0;
    double uncertainty = 0;   ///< estimated error of `numeric`
    double scale = 0;         ///< what an error is relative to
    bool isDecisive = false;  ///< certain enough to judge by
    bool isAlong = false;     ///< runs along the gradient itself: a gradient off by a factor shows in full
};

/// All that was measured of one tensor.
struct GradientMeasure {
    std::string name;
    Shape shape;
    std::vector<Slope> slopes;
    bool isFlat = false;  ///< neither way finds a gradient: a bias before a normalization
};

struct GradientVerdict {
    double error = 0;      ///< the largest relative error
    double tolerance = 0;  ///< what it was allowed to be there; at most largestTolerance
    int checked = 0;       ///< derivatives judged by
    int leftOut = 0;       ///< too uncertain: a kink within the step, or rounding
    bool ok = false;
};

/// No derivative is judged with a wider tolerance, so that a gradient wrong by 1% fails.
inline constexpr double largestTolerance = 5e-3;

/// Differentiates a random sum of all outputs for each tensor. The same seed gives the same numbers.
std::vector<GradientMeasure> measureGradients(const GradientCase& example, std::uint64_t seed = 1);

/// Ok when every decisive derivative agrees and one along the gradient is among them, or when the tensor has
/// no gradient. `factor` is put on the analytic side: 1.01 asks whether a gradient wrong by 1% would be
/// found.
GradientVerdict judge(const GradientMeasure& measure, double factor = 1.0);

}  // namespace fc
