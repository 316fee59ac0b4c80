// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>

#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_reduce.h"
#include "engine/autograd/ops_shape.h"
#include "engine/gradcheck/operation_case.h"

namespace fc {

std::vector<GradientCase> mathCases()
{
    return {
        operation("add", [](const List& v) { return v[0] + v[1]; }, {{2, 3}, {3}}),
        operation("sub", [](const List& v) { return v[0] - v[1]; }, {{2, 1, 3}, {4, 1}}),
        operation("mul", [](const List& v) { return v[0] * v[1]; }, {{2, 3}, {2, 1}}),
        operation("mul by itself", [](const List& v) { return v[0] * v[0]; }, {{5}}),
        operation(
            "div", [](const List& v) { return v[0] / v[1]; }, {{2, 3}, {2, 3}}, 1.0F, 2.0F),
        operation(
            "numbers", [](const List& v) { return 2.0F - (3.0F / (v[0] + 1.5F) - 0.5F) * 2.0F / 4.0F; },
            {{4}}, 0, 1),
        operation(
            "pow", [](const List& v) { return pow(v[0], v[1]); }, {{2, 3}, {3}}, 0.5F, 1.5F),
        operation(
            "pow by a number", [](const List& v) { return pow(v[0], 1.7F); }, {{6}}, 0.5F, 1.5F),
        operation("maximum", [](const List& v) { return maximum(v[0], v[1]); }, {{2, 3}, {3}}),
        operation("minimum", [](const List& v) { return minimum(v[0], v[1]); }, {{2, 3}, {3}}),
        operation("where",
                  [](const List& v) {
                      return where(Tensor::from({3}, std::array{1.0F, 0.0F, 1.0F}), v[0], v[1]);
                  },
                  {{2, 3}, {1}}),
        operation("neg", [](const List& v) { return -v[0]; }, {{3}}),
        operation(
            "abs", [](const List& v) { return abs(v[0]); }, {{6}}, 0.1F, 1.0F),
        operation("exp", [](const List& v) { return exp(v[0]); }, {{6}}),
        operation("expm1", [](const List& v) { return expm1(v[0]); }, {{6}}),
        operation(
            "log", [](const List& v) { return log(v[0]); }, {{6}}, 0.5F, 2.0F),
        operation(
            "log1p", [](const List& v) { return log1p(v[0]); }, {{6}}, -0.4F, 2.0F),
        operation(
            "sqrt", [](const List& v) { return sqrt(v[0]); }, {{6}}, 0.5F, 2.0F),
        operation(
            "rsqrt", [](const List& v) { return rsqrt(v[0]); }, {{6}}, 0.5F, 2.0F),
        operation("square", [](const List& v) { return square(v[0]); }, {{6}}),
        operation(
            "reciprocal", [](const List& v) { return reciprocal(v[0]); }, {{6}}, 0.7F, 2.0F),
        operation("sin", [](const List& v) { return sin(v[0]); }, {{6}}),
        operation("cos", [](const List& v) { return cos(v[0]); }, {{6}}),
        operation("erf", [](const List& v) { return erf(v[0]); }, {{6}}),
        operation("tanh", [](const List& v) { return tanh(v[0]); }, {{300}}),
        operation("sigmoid", [](const List& v) { return sigmoid(v[0]); }, {{6}}),
        operation("relu", [](const List& v) { return relu(v[0] - 2.0F) + relu(v[0] + 2.0F); }, {{6}}),
        operation("leakyRelu", [](const List& v) { return leakyRelu(v[0] - 2.0F, 0.2F); }, {{6}}),
        operation("elu", [](const List& v) { return elu(v[0] - 1.5F, 0.7F) + elu(v[0] + 1.5F); }, {{6}}),
        operation("gelu", [](const List& v) { return gelu(v[0]); }, {{6}}),
        operation("geluTanh", [](const List& v) { return geluTanh(v[0]); }, {{6}}),
        operation("silu", [](const List& v) { return silu(v[0]); }, {{6}}),
        operation("softplus", [](const List& v) { return softplus(v[0], 2.0F); }, {{6}}),
        operation("mish", [](const List& v) { return mish(v[0]); }, {{6}}),
        operation("clamp", [](const List& v) { return clamp(v[0], -3.0F, 3.0F) + clamp(v[0], 2.0F, 3.0F); },
                  {{6}}),
        operation("toFloat", [](const List& v) { return square(toFloat(v[0])); }, {{5}}),
        operation("affine", [](const List& v) { return affine(v[0], 2.5F, 1.0F); }, {{2, 3}}),
        operation(
            "hardtanh", [](const List& v) { return hardtanh(v[0]) + hardtanh(v[0], 2.0F, 3.0F); }, {{6}},
            -0.7F, 0.7F),
    };
}

std::vector<GradientCase> reductionCases()
{
    return {
        operation("sum",
                  [](const List& v) {
                      return sum(v[0], {0, 2});
                  },
                  {{2, 3, 2}}),
        operation("sum of all", [](const List& v) { return sum(v[0]); }, {{2, 3}}),
        operation("mean", [](const List& v) { return mean(v[0], {1}, Keep::Yes); }, {{2, 3, 2}}),
        operation("amax", [](const List& v) { return amax(apart(v[0]), {1}); }, {{3, 4}}),
        operation("amin", [](const List& v) { return amin(apart(v[0])); }, {{5}}),
        operation("prod", [](const List& v) { return prod(v[0], 1); }, {{2, 3}}),
        operation("variance",
                  [](const List& v) {
                      return variance(v[0], {0, 2});
                  },
                  {{2, 3, 3}}),
        operation("standardDeviation",
                  [](const List& v) { return standardDeviation(v[0], {1}, Keep::No, 0); }, {{2, 5}}),
        operation("logsumexp", [](const List& v) { return logsumexp(v[0], {0}); }, {{4, 3}}),
        operation("softmax", [](const List& v) { return softmax(v[0]); }, {{3, 5}}),
        operation("softmax of an inner axis", [](const List& v) { return softmax(v[0], 1); }, {{2, 3, 2}}),
        operation("logSoftmax", [](const List& v) { return logSoftmax(v[0]); }, {{3, 5}}),
        operation("cumsum", [](const List& v) { return cumsum(v[0], 0); }, {{4, 2}}),
        operation("cumprod", [](const List& v) { return cumprod(v[0], 1); }, {{2, 4}}),
        operation("diff", [](const List& v) { return diff(v[0], -1, 2); }, {{2, 5}}),
        operation("mean of all", [](const List& v) { return mean(v[0]); }, {{2, 3}}),
    };
}

}  // namespace fc
