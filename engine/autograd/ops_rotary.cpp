// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include "engine/autograd/ops_attention.h"
#include "engine/autograd/ops_shape.h"
#include "engine/autograd/tape.h"
#include "engine/tensor/blocks.h"
#include "engine/tensor/kernels/kernels_rotary.h"
#include "engine/tensor/strided.h"

namespace fc {

namespace {

/// x as [outer, middle, T, D], by its own strides where it has so few axes.
Tensor asFourAxes(const Tensor& x)
{
    if (x.rank() > 4) {
        const std::int64_t inner = x.size(-2) * x.size(-1);
        return reshapedView(x.contiguous(), {1, inner > 0 ? x.count() / inner : 0, x.size(-2), x.size(-1)});
    }
    Tensor y = x.detach();
    while (y.rank() < 4)
        y = unsqueeze(y, 0);
    return y;
}

/// Turned by the angles times `sign`, contiguous.
Tensor turned(const Tensor& x, const RotaryTable& table, const RotaryOptions& options, float sign)
{
    const Tensor from = asFourAxes(x);
    Tensor y = Tensor::empty(x.shape());
    const std::int64_t T = from.size(2);
    const std::int64_t D = from.size(3);
    const std::int64_t pairs = table.cosines.size(1);
    const kernels::Rotary r{.steps = T,
                            .depth = D,
                            .pairs = pairs,
                            .interleaved = options.interleaved,
                            .sign = sign,
                            .cosines = table.cosines.data() + options.offset * pairs,
                            .sines = table.sines.data() + options.offset * pairs,
                            .row = from.stride(2),
                            .step = from.stride(3)};
    const float* source = from.data();
    float* target = y.data();
    constexpr std::int64_t worthSplitting = std::int64_t{1} << 15;
    const auto body = [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i)
            kernels::rotary(r, source + i / from.size(1) * from.stride(0) + i % from.size(1) * from.stride(1),
                            target + i * T * D);
    };
    eachBlock(from.size(0) * from.size(1),
              std::max<std::int64_t>(1, worthSplitting / std::max<std::int64_t>(1, T * D)), body);
    return y;
}

}  // namespace

RotaryTable rotaryTable(std::int64_t positions, std::int64_t dimensions, double base)
{
    if (positions < 0 || dimensions < 2 || dimensions % 2 != 0)
        throw Error(
            Message(TR("engine", "A rotary table needs an even number of dimensions, not %1."), dimensions));
    const std::int64_t pairs = dimensions / 2;
    RotaryTable table{Tensor::empty({positions, pairs}), Tensor::empty({positions, pairs})};
    for (std::int64_t pair = 0; pair < pairs; ++pair) {
        const double speed =
            std::pow(base, -2.0 * static_cast<double>(pair) / static_cast<double>(dimensions));
        for (std::int64_t position = 0; position < positions; ++position) {
            const double angle = static_cast<double>(position) * speed;
            table.cosines.data()[position * pairs + pair] = static_cast<float>(std::cos(angle));
            table.sines.data()[position * pairs + pair] = static_cast<float>(std::sin(angle));
        }
    }
    return table;
}

Tensor rotary(const Tensor& x, const RotaryTable& table, const RotaryOptions& options)
{
    const bool fits = x.rank() >= 2 && 2 * table.cosines.size(1) <= x.size(-1);
    if (!fits || options.offset < 0 || options.offset + x.size(-2) > table.cosines.size(0))
        throw Error(Message(TR("engine",
                               "The operation rotary cannot turn the shape %1 from position %2 on by a table "
                               "of the shape %3."),
                            print(x.shape()), options.offset, print(table.cosines.shape())));
    return record(turned(x, table, options, 1.0F), {x}, [table, options](const Tensor& dy, Grads& grads) {
        grads.add(0, turned(dy, table, options, -1.0F));
    });
}

Tensor rotary(const Tensor& x, const RotaryOptions& options)
{
    const std::int64_t dimensions =
        options.dimensions > 0 ? options.dimensions : (x.rank() > 0 ? x.size(-1) : 0);
    if (x.rank() < 2 || dimensions % 2 != 0 || dimensions > x.size(-1) || dimensions == 0)
        throw Error(Message(TR("engine", "The operation rotary cannot turn %1 values of the shape %2."),
                            dimensions, print(x.shape())));
    return rotary(x, rotaryTable(options.offset + x.size(-2), dimensions, options.base), options);
}

}  // namespace fc
