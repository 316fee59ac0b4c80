// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/gradcheck/gradcheck.h"

namespace fc {

using List = std::vector<Tensor>;

/// f(inputs) for random inputs of the given shapes, their values even in [low, high), named "input 1", …
GradientCase operation(const std::string& name, const std::function<Tensor(const List& inputs)>& f,
                       const std::vector<Shape>& shapes, float low = -1.0F, float high = 1.0F);

/// Values far enough apart that a small change of one does not change their order.
Tensor apart(const Tensor& x);

// The cases by kind; a case's name begins with that of its operation.
std::vector<GradientCase> mathCases();
std::vector<GradientCase> reductionCases();
std::vector<GradientCase> shapeCases();
std::vector<GradientCase> productCases();
std::vector<GradientCase> convolutionCases();
std::vector<GradientCase> blockCases();
std::vector<GradientCase> compositionCases();

}  // namespace fc
