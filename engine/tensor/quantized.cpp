// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/quantized.h"

#include <algorithm>
#include <atomic>

#include "engine/tensor/blocks.h"
#include "engine/tensor/kernels/kernels_quant.h"

namespace fc {

namespace {

std::uint8_t* bytesOf(Tensor& blocks)
{
    return reinterpret_cast<std::uint8_t*>(blocks.bytes());
}

const std::uint8_t* bytesOf(const Tensor& blocks)
{
    return reinterpret_cast<const std::uint8_t*>(blocks.bytes());
}

/// Blocks that one thread works on at a time.
constexpr std::int64_t grain = 2048;

}  // namespace

Quantized pack(const Tensor& x, BlockFormat format)
{
    if (x.rank() == 0 || x.size(-1) % blockLength != 0)
        throw Error(
            Message(TR("engine",
                       "Numbers of the shape %1 cannot be packed as %2: the last axis must be a multiple "
                       "of %3."),
                    print(x.shape()), print(format), blockLength));
    const Tensor dense = x.contiguous();
    const std::int64_t size = bytesOf(format);
    Quantized packed{format, x.shape(), Tensor::empty({x.count() / blockLength, size}, DType::U8)};
    std::atomic<bool> fits = true;
    eachBlock(packed.blocks.size(0), grain, [&](std::int64_t begin, std::int64_t end) {
        if (!kernels::packBlocks(format, end - begin, dense.data() + begin * blockLength,
                                 bytesOf(packed.blocks) + begin * size))
            fits = false;
    });
    if (!fits)
        throw Error(
            Message(TR("engine",
                       "A number is not finite or too large to be packed as %1; keep these numbers as "
                       "f32."),
                    print(format)));
    return packed;
}

Tensor unpack(const Quantized& packed)
{
    Tensor y = Tensor::empty(packed.shape);
    eachBlock(packed.blocks.size(0), grain, [&](std::int64_t begin, std::int64_t end) {
        kernels::unpackBlocks(packed.format, end - begin,
                              bytesOf(packed.blocks) + begin * bytesOf(packed.format),
                              y.data() + begin * blockLength);
    });
    return y;
}

Tensor multiplyTransposed(const Tensor& x, const Quantized& weight)
{
    if (weight.shape.rank() != 2 || x.rank() < 1 || x.size(-1) != weight.shape[1])
        throw Error(Message(TR("engine", "The operation %1 cannot multiply the shapes %2 and %3."),
                            "multiplyTransposed", print(x.shape()), print(weight.shape)));
    const std::int64_t n = weight.shape[0];
    const std::int64_t k = weight.shape[1];
    const Tensor dense = x.contiguous();
    Shape shape = x.shape();
    shape[-1] = n;
    Tensor y = Tensor::empty(shape);
    const std::int64_t m = k > 0 ? x.count() / k : y.count() / std::max<std::int64_t>(1, n);
    // A column of y is summed on one thread in one order, so the cut does not show.
    constexpr std::int64_t work = std::int64_t{1} << 20;
    const std::int64_t columns = std::max<std::int64_t>(1, work / std::max<std::int64_t>(1, m * k));
    eachBlock(n, columns, [&](std::int64_t begin, std::int64_t end) {
        Tensor row = Tensor::empty({k});
        kernels::multiplyBlocks(
            {.format = weight.format,
             .m = m,
             .n = end - begin,
             .k = k,
             .x = dense.data(),
             .w = bytesOf(weight.blocks) + begin * (k / blockLength) * bytesOf(weight.format),
             .row = row.data(),
             .y = y.data() + begin,
             .ldy = n});
    });
    return y;
}

}  // namespace fc
