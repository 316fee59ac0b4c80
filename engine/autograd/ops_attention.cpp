// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/autograd/ops_attention.h"

#include <cmath>
#include <limits>

#include "engine/autograd/ops_index.h"
#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_matmul.h"
#include "engine/autograd/ops_reduce.h"
#include "engine/autograd/ops_shape.h"

namespace fc {

namespace {

/// What a masked score becomes: its weight is 0 unless all keys of a query are masked.
constexpr float masked = -std::numeric_limits<float>::infinity();

}  // namespace

AttentionOutput attention(const Tensor& q, const Tensor& k, const Tensor& v, const AttentionOptions& options)
{
    if (q.rank() != 4 || k.rank() != 4 || !(k.shape() == v.shape()) || q.size(3) != k.size(3))
        throw Error(
            Message(TR("engine", "The operation attention cannot combine queries %1, keys %2 and values %3."),
                    print(q.shape()), print(k.shape()), print(v.shape())));
    const float scale = options.scale.value_or(1.0F / std::sqrt(static_cast<float>(q.size(3))));
    Tensor scores = mul(matmul(q, transpose(k)), scale);
    if (options.bias.defined())
        scores = add(scores, options.bias);
    if (options.causal)
        scores = maskedFill(scores, triu(Tensor::full({q.size(2), k.size(2)}, 1.0F), 1), masked);
    if (options.keyPaddingMask.defined())
        scores = maskedFill(scores, unsqueeze(unsqueeze(options.keyPaddingMask, 1), 1), masked);
    const Tensor weights = softmax(scores, -1);
    return {matmul(weights, v), weights};
}

Tensor rotary(const Tensor& x, const RotaryOptions& options)
{
    const std::int64_t turned = options.dimensions > 0 ? options.dimensions : (x.rank() > 0 ? x.size(-1) : 0);
    if (x.rank() < 2 || turned % 2 != 0 || turned > x.size(-1))
        throw Error(Message(TR("engine", "The operation rotary cannot turn %1 values of the shape %2."),
                            turned, print(x.shape())));
    const std::int64_t pairs = turned / 2;
    Tensor cosines = Tensor::empty({x.size(-2), pairs});
    Tensor sines = Tensor::empty({x.size(-2), pairs});
    for (std::int64_t i = 0; i < cosines.count(); ++i) {
        const auto position = static_cast<double>(i / pairs + options.offset);
        const double angle = position * std::pow(options.base, -2.0 * static_cast<double>(i % pairs) /
                                                                   static_cast<double>(turned));
        cosines.data()[i] = static_cast<float>(std::cos(angle));
        sines.data()[i] = static_cast<float>(std::sin(angle));
    }
    const bool interleaved = options.interleaved;
    const Tensor left = interleaved ? slice(x, -1, 0, turned, 2) : slice(x, -1, 0, pairs);
    const Tensor right = interleaved ? slice(x, -1, 1, turned, 2) : slice(x, -1, pairs, turned);
    const Tensor newLeft = left * cosines - right * sines;
    const Tensor newRight = right * cosines + left * sines;
    const Tensor both =
        interleaved ? flatten(stack({newLeft, newRight}, -1), -2, -1) : concat({newLeft, newRight}, -1);
    return turned == x.size(-1) ? both : concat({both, slice(x, -1, turned)}, -1);
}

}  // namespace fc
