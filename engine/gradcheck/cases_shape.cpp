// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>

#include "engine/autograd/ops_index.h"
#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_reduce.h"
#include "engine/autograd/ops_shape.h"
#include "engine/gradcheck/operation_case.h"

namespace fc {

namespace {

Tensor index(std::initializer_list<std::int64_t> values)
{
    return positions(std::span(values.begin(), values.size()));
}

}  // namespace

std::vector<GradientCase> shapeCases()
{
    return {
        operation("reshape",
                  [](const List& v) {
                      return square(reshape(v[0], {3, -1}));
                  },
                  {{2, 6}}),
        operation("reshape of a view", [](const List& v) { return square(reshape(transpose(v[0]), {12})); },
                  {{3, 4}}),
        operation("permute",
                  [](const List& v) {
                      return square(permute(v[0], {2, 0, 1}));
                  },
                  {{2, 3, 2}}),
        operation("expand",
                  [](const List& v) {
                      return square(expand(v[0], {2, 3, 2}));
                  },
                  {{3, 1}}),
        operation("slice", [](const List& v) { return square(slice(v[0], 1, 1, -1, 2)); }, {{2, 7}}),
        operation(
            "slices that overlap",
            [](const List& v) { return slice(v[0], 0, 0, 3) * slice(v[0], 0, 1, 4) + slice(v[0], 0, 1); },
            {{4}}),
        operation("select", [](const List& v) { return square(select(v[0], 1, -1)); }, {{2, 3, 2}}),
        operation("unfold", [](const List& v) { return square(unfold(v[0], -1, 4, 2)); }, {{2, 9}}),
        operation("concat",
                  [](const List& v) {
                      return square(concat({v[0], v[1], v[0]}, 1));
                  },
                  {{2, 1}, {2, 3}}),
        operation("stack",
                  [](const List& v) {
                      return square(stack({v[0], v[1]}, 1));
                  },
                  {{2, 3}, {2, 3}}),
        operation("split",
                  [](const List& v) {
                      const std::vector<Tensor> parts = split(v[0], std::array<std::int64_t, 2>{1, 3}, 1);
                      return sum(parts[1], {1}) * squeeze(parts[0], 1);
                  },
                  {{2, 4}}),
        operation("pad with a value",
                  [](const List& v) {
                      return square(pad(v[0], 1, {1, 2, PadMode::Constant, 3}));
                  },
                  {{2, 3}}),
        operation("pad by repeating",
                  [](const List& v) {
                      return square(pad(v[0], 0, {2, 1, PadMode::Replicate}));
                  },
                  {{3, 2}}),
        operation("pad by mirroring",
                  [](const List& v) {
                      return square(pad(v[0], 1, {2, 1, PadMode::Reflect}));
                  },
                  {{2, 3}}),
        operation("pad in a circle",
                  [](const List& v) {
                      return square(pad(v[0], 1, {2, 5, PadMode::Circular}));
                  },
                  {{2, 3}}),
        operation("pad by cutting",
                  [](const List& v) {
                      return square(pad(v[0], 1, {-1, 2}));
                  },
                  {{2, 4}}),
        operation("flip", [](const List& v) { return square(flip(v[0], 1)); }, {{2, 3}}),
        operation("roll", [](const List& v) { return square(roll(v[0], -2, 0)); }, {{5, 2}}),
        operation("repeat",
                  [](const List& v) {
                      return square(repeat(v[0], std::array<std::int64_t, 3>{2, 1, 3}));
                  },
                  {{2, 2}}),
        operation("repeatInterleave", [](const List& v) { return square(repeatInterleave(v[0], 2, 1)); },
                  {{2, 3}}),
        operation("tril", [](const List& v) { return square(tril(v[0], 1)); }, {{3, 4}}),
        operation("triu", [](const List& v) { return square(triu(v[0])); }, {{2, 3, 3}}),
        operation("indexSelect",
                  [](const List& v) {
                      return square(indexSelect(v[0], 1, index({2, 0, 2})));
                  },
                  {{2, 3, 2}}),
        operation("embedding",
                  [](const List& v) {
                      return square(embedding(v[0], index({3, 1, 3})));
                  },
                  {{4, 2}}),
        operation("gather",
                  [](const List& v) {
                      return square(gather(v[0], 0, reshape(index({2, 0, 1, 1}), {2, 2})));
                  },
                  {{3, 3}}),
        operation("scatterAdd",
                  [](const List& v) {
                      return square(scatterAdd(v[0], 1, reshape(index({0, 0, 2, 1}), {2, 2}), v[1]));
                  },
                  {{2, 3}, {2, 2}}),
        operation("maskedFill",
                  [](const List& v) {
                      return square(maskedFill(v[0], Tensor::from({2}, std::array{0.0F, 1.0F}), 3));
                  },
                  {{3, 2}}),
        operation("maskedSelect",
                  [](const List& v) {
                      return square(maskedSelect(v[0], Tensor::from({3}, std::array{1.0F, 0.0F, 1.0F})));
                  },
                  {{3}}),
        operation("sort", [](const List& v) { return square(sort(apart(v[0]), 0).values); }, {{4, 2}}),
        operation("topk", [](const List& v) { return topk(apart(v[0]), 2).values; }, {{2, 5}}),
        operation("maxAlong", [](const List& v) { return maxAlong(apart(v[0]), 0).values; }, {{4, 2}}),
        operation("flatten", [](const List& v) { return square(flatten(v[0], 1, 2)); }, {{2, 3, 2}}),
        operation("transpose", [](const List& v) { return square(transpose(v[0], 0, 2)); }, {{2, 3, 2}}),
        operation("moveAxis", [](const List& v) { return square(moveAxis(v[0], 0, 2)); }, {{2, 3, 2}}),
        operation("squeeze", [](const List& v) { return square(squeeze(v[0], 1)); }, {{3, 1, 2}}),
        operation("unsqueeze", [](const List& v) { return square(unsqueeze(v[0], 1)); }, {{3, 2}}),
        operation("chunk",
                  [](const List& v) {
                      const std::vector<Tensor> parts = chunk(v[0], 2, 1);
                      return sum(parts[0], {1}) * sum(parts[1], {1});
                  },
                  {{2, 5}}),
        operation("minAlong", [](const List& v) { return minAlong(apart(v[0]), 1).values; }, {{3, 4}}),
        operation("topk, smallest",
                  [](const List& v) { return square(topk(apart(v[0]), 3, 0, false).values); }, {{5, 2}}),
    };
}

}  // namespace fc
