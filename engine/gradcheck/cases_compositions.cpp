// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/autograd/ops_adaptive_pool.h"
#include "engine/autograd/ops_complex.h"
#include "engine/autograd/ops_einsum.h"
#include "engine/autograd/ops_gated.h"
#include "engine/autograd/ops_separable.h"
#include "engine/autograd/ops_shape.h"
#include "engine/gradcheck/operation_case.h"

namespace fc {

namespace {

Tensor bothParts(const Spectrum& y)
{
    return stack({y.re, y.im}, 0);
}

}  // namespace

std::vector<GradientCase> compositionCases()
{
    return {
        operation("glu", [](const List& v) { return glu(v[0]); }, {{2, 6}}),
        operation("glu of another axis", [](const List& v) { return glu(v[0], 0); }, {{4, 3}}),
        operation("swiglu", [](const List& v) { return swiglu(v[0]); }, {{2, 6}}),
        operation("geglu", [](const List& v) { return geglu(v[0]); }, {{2, 6}}),
        operation("reglu", [](const List& v) { return reglu(v[0]); }, {{2, 6}}),
        operation("einsum", [](const List& v) { return einsum("bhid,bhjd->bihj", v[0], v[1]); },
                  {{2, 2, 3, 2}, {2, 2, 2, 2}}),
        operation("einsum, element by element", [](const List& v) { return einsum("bi,ib->bi", v[0], v[1]); },
                  {{2, 3}, {3, 2}}),
        operation("einsum of one", [](const List& v) { return einsum("ijj->ji", v[0]); }, {{2, 3, 3}}),
        operation("diagonal", [](const List& v) { return diagonal(v[0], 0, 2); }, {{3, 2, 3}}),
        operation("complexMul",
                  [](const List& v) {
                      return bothParts(complexMul({v[0], v[1]}, {v[2], v[3]}));
                  },
                  {{2, 3}, {2, 3}, {3}, {3}}),
        operation("complexMulConjugate",
                  [](const List& v) {
                      return bothParts(complexMulConjugate({v[0], v[1]}, {v[2], v[3]}));
                  },
                  {{2, 3}, {2, 3}, {2, 1}, {2, 1}}),
        operation("complexEinsum",
                  [](const List& v) {
                      return bothParts(complexEinsum("bix,iox->box", {v[0], v[1]}, {v[2], v[3]}));
                  },
                  {{2, 2, 3}, {2, 2, 3}, {2, 2, 3}, {2, 2, 3}}),
        operation("adaptiveAvgPool1d", [](const List& v) { return adaptiveAvgPool1d(v[0], 3); }, {{2, 5}}),
        operation("adaptiveMaxPool1d", [](const List& v) { return adaptiveMaxPool1d(apart(v[0]), 3); },
                  {{2, 5}}),
        operation("separableConv1d",
                  [](const List& v) { return separableConv1d(v[0], v[1], v[2], v[3], {.padding = 1}); },
                  {{2, 2, 5}, {4, 1, 3}, {3, 4, 1}, {3}}),
    };
}

}  // namespace fc
