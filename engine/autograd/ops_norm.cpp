// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/autograd/ops_norm.h"

#include <algorithm>

#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_reduce.h"
#include "engine/autograd/ops_shape.h"
#include "engine/autograd/tape.h"
#include "engine/tensor/blocks.h"
#include "engine/tensor/kernels/kernels_channels.h"
#include "engine/tensor/kernels/kernels_rows.h"

namespace fc {

namespace {

Error shapesDiffer(const char* operation, const Tensor& x, const Tensor& weight)
{
    return Error(Message(TR("engine", "The operation %1 cannot use weights of shape %2 on the shape %3."),
                         operation, print(weight.shape()), print(x.shape())));
}

/// Whether `weight` is undefined or has the shape of the last `axes` axes of x.
bool fitsLast(const Tensor& x, const Tensor& weight, int axes)
{
    if (!weight.defined())
        return true;
    bool fits = weight.rank() == axes;
    for (int i = 1; fits && i <= axes; ++i)
        fits = weight.size(-i) == x.size(-i);
    return fits;
}

std::int64_t lastCount(const Tensor& x, int axes)
{
    std::int64_t n = 1;
    for (int i = 1; i <= axes; ++i)
        n *= x.size(-i);
    return n;
}

const float* valuesOf(const Tensor& x)
{
    return x.defined() ? x.data() : nullptr;
}

/// Values that are worth a block of their own, for another thread.
constexpr std::int64_t worthSplitting = std::int64_t{1} << 14;
/// Blocks of rows with sums of their own: enough for many threads, few enough that folding them costs
/// nothing.
constexpr std::int64_t mostBlocks = 16;

/// Items of a block when `count` items of `size` values each are cut.
std::int64_t itemsPerBlock(std::int64_t count, std::int64_t size)
{
    const std::int64_t worthIt = (worthSplitting + size - 1) / std::max<std::int64_t>(1, size);
    return std::max<std::int64_t>({1, worthIt, (count + mostBlocks - 1) / mostBlocks});
}

/// Gradients of weight and bias [n], summed block by block and then in the order of the blocks, so that the
/// threads change no digit.
class BlockSums {
public:
    /// For inputs 1 (weight) and 2 (bias; none where `hasBias` is false).
    BlockSums(const Grads& grads, bool hasBias, std::int64_t count, std::int64_t size, std::int64_t n)
        : m_n(n), m_length(itemsPerBlock(count, size)), m_blocks((count + m_length - 1) / m_length)
    {
        if (grads.wanted(1))
            m_weight = Tensor::zeros({m_blocks, n});
        if (hasBias && grads.wanted(2))
            m_bias = Tensor::zeros({m_blocks, n});
    }

    std::int64_t length() const { return m_length; }
    float* weight(std::int64_t begin) { return at(m_weight, begin); }
    float* bias(std::int64_t begin) { return at(m_bias, begin); }

    void addTo(Grads& grads)
    {
        fold(grads, 1, m_weight);
        fold(grads, 2, m_bias);
    }

private:
    float* at(Tensor& sums, std::int64_t begin)
    {
        return sums.defined() ? sums.data() + begin / m_length * m_n : nullptr;
    }
    void fold(Grads& grads, int input, const Tensor& sums)
    {
        if (!sums.defined())
            return;
        const Grads::Sum target = grads.sum(input);
        kernels::foldRows(m_blocks, m_n, sums.data(), target.beta, target.values.data());
    }

    std::int64_t m_n;
    std::int64_t m_length;
    std::int64_t m_blocks;
    Tensor m_weight;
    Tensor m_bias;
};

Tensor gradientLike(const Tensor& x, const Grads& grads)
{
    return grads.wanted(0) ? Tensor::empty(x.shape()) : Tensor();
}

float* from(Tensor& x, std::int64_t offset)
{
    return x.defined() ? x.data() + offset : nullptr;
}

void checkChannels(const char* operation, const Tensor& x, const Tensor& values)
{
    if (x.rank() < 2 || (values.defined() && !(values.shape() == Shape{x.size(1)})))
        throw shapesDiffer(operation, x, values);
}

}  // namespace

Tensor layerNorm(const Tensor& x, const Tensor& weight, const Tensor& bias, float eps, int axes)
{
    const int count = weight.defined() ? weight.rank() : axes;
    if (count < 1 || count > x.rank() || !fitsLast(x, weight, count) || !fitsLast(x, bias, count) ||
        x.count() == 0)
        throw shapesDiffer("layerNorm", x, weight);
    const Tensor input = x.contiguous().detach();
    const Tensor w = weight.contiguous();
    const Tensor b = bias.contiguous();
    const std::int64_t n = lastCount(x, count);
    const std::int64_t rows = x.count() / n;
    Tensor y = Tensor::empty(x.shape());
    Tensor center = Tensor::empty({rows});
    Tensor scale = Tensor::empty({rows});
    eachBlock(rows, itemsPerBlock(rows, n), [&](std::int64_t begin, std::int64_t end) {
        kernels::layerNorm({end - begin, n, eps, valuesOf(w), valuesOf(b)}, input.data() + begin * n,
                           y.data() + begin * n, center.data() + begin, scale.data() + begin);
    });
    return record(y, {x, weight, bias}, [=](const Tensor& dy, Grads& grads) {
        const Tensor slopes = dy.contiguous();
        Tensor dx = gradientLike(input, grads);
        BlockSums sums(grads, true, rows, n, n);
        eachBlock(rows, sums.length(), [&](std::int64_t begin, std::int64_t end) {
            kernels::layerNormGrad({end - begin, n, eps, valuesOf(w), nullptr}, slopes.data() + begin * n,
                                   input.data() + begin * n, center.data() + begin, scale.data() + begin,
                                   from(dx, begin * n), sums.weight(begin), sums.bias(begin));
        });
        sums.addTo(grads);
        grads.add(0, dx);
    });
}

Tensor rmsNorm(const Tensor& x, const Tensor& weight, float eps)
{
    if (x.rank() == 0 || x.count() == 0 || !fitsLast(x, weight, 1))
        throw shapesDiffer("rmsNorm", x, weight);
    const Tensor input = x.contiguous().detach();
    const Tensor w = weight.contiguous();
    const std::int64_t n = x.size(-1);
    const std::int64_t rows = x.count() / n;
    Tensor y = Tensor::empty(x.shape());
    Tensor scale = Tensor::empty({rows});
    eachBlock(rows, itemsPerBlock(rows, n), [&](std::int64_t begin, std::int64_t end) {
        kernels::rmsNorm({end - begin, n, eps, valuesOf(w), nullptr}, input.data() + begin * n,
                         y.data() + begin * n, scale.data() + begin);
    });
    return record(y, {x, weight}, [=](const Tensor& dy, Grads& grads) {
        const Tensor slopes = dy.contiguous();
        Tensor dx = gradientLike(input, grads);
        BlockSums sums(grads, false, rows, n, n);
        eachBlock(rows, sums.length(), [&](std::int64_t begin, std::int64_t end) {
            kernels::rmsNormGrad({end - begin, n, eps, valuesOf(w), nullptr}, slopes.data() + begin * n,
                                 input.data() + begin * n, scale.data() + begin, from(dx, begin * n),
                                 sums.weight(begin));
        });
        sums.addTo(grads);
        grads.add(0, dx);
    });
}

Tensor groupNorm(const Tensor& x, std::int64_t groups, const Tensor& weight, const Tensor& bias, float eps)
{
    checkChannels("groupNorm", x, weight);
    checkChannels("groupNorm", x, bias);
    if (groups < 1 || x.size(1) % groups != 0)
        throw Error(
            Message(TR("engine", "The operation groupNorm cannot make %1 groups of the channels of %2."),
                    groups, print(x.shape())));
    const Tensor input = x.contiguous().detach();
    const Tensor w = weight.contiguous();
    const Tensor b = bias.contiguous();
    const std::int64_t batch = x.size(0);
    const std::int64_t channels = x.size(1);
    const std::int64_t each = batch > 0 ? x.count() / batch : 0;
    const kernels::NormChannels norm{batch, channels,    channels > 0 ? each / channels : 0,
                                     eps,   valuesOf(w), valuesOf(b)};
    Tensor y = Tensor::empty(x.shape());
    Tensor center = Tensor::empty({batch, groups});
    Tensor scale = Tensor::empty({batch, groups});
    eachBlock(batch, itemsPerBlock(batch, each), [&](std::int64_t begin, std::int64_t end) {
        kernels::NormChannels part = norm;
        part.batch = end - begin;
        kernels::groupNorm(part, groups, input.data() + begin * each, y.data() + begin * each,
                           center.data() + begin * groups, scale.data() + begin * groups);
    });
    return record(y, {x, weight, bias}, [=](const Tensor& dy, Grads& grads) {
        const Tensor slopes = dy.contiguous();
        Tensor dx = gradientLike(input, grads);
        BlockSums sums(grads, true, batch, each, channels);
        eachBlock(batch, sums.length(), [&](std::int64_t begin, std::int64_t end) {
            kernels::NormChannels part = norm;
            part.batch = end - begin;
            part.weight = valuesOf(w);
            kernels::groupNormGrad(part, groups, slopes.data() + begin * each, input.data() + begin * each,
                                   center.data() + begin * groups, scale.data() + begin * groups,
                                   from(dx, begin * each), sums.weight(begin), sums.bias(begin));
        });
        sums.addTo(grads);
        grads.add(0, dx);
    });
}

Tensor instanceNorm(const Tensor& x, const Tensor& weight, const Tensor& bias, float eps)
{
    checkChannels("instanceNorm", x, weight);
    return groupNorm(x, x.size(1), weight, bias, eps);
}

namespace {

/// running = (1 - momentum) running + momentum batch, with the unbiased variance.
void update(RunningStatistics& running, const Tensor& center, const Tensor& spread, float count)
{
    const float m = running.momentum;
    const auto mix = [m](Tensor& target, const Tensor& batch, float factor) {
        for (std::int64_t c = 0; c < target.count(); ++c)
            target.data()[c] = (1.0F - m) * target.data()[c] + m * factor * batch.data()[c];
    };
    mix(running.mean, center, 1.0F);
    mix(running.variance, spread, count / (count - 1.0F));
}

/// body(first, last) for shares of the channels: each is summed by one thread alone.
template <typename Body>
void eachChannels(const kernels::NormChannels& norm, Body&& body)
{
    // Whole cache lines, so that no two threads write to the same one where channels are neighbours.
    const std::int64_t each = std::max<std::int64_t>(1, norm.batch * norm.length);
    const std::int64_t worthIt = (worthSplitting + each - 1) / each;
    eachBlock(norm.channels, norm.length == 1 ? (worthIt + 63) / 64 * 64 : worthIt, body);
}

}  // namespace

Tensor batchNorm(const Tensor& x, const Tensor& weight, const Tensor& bias, RunningStatistics& running,
                 bool training, float eps)
{
    for (const Tensor* values :
         std::initializer_list<const Tensor*>{&weight, &bias, &running.mean, &running.variance})
        checkChannels("batchNorm", x, *values);
    if (training && x.count() <= x.size(1))
        throw Error(Message(
            TR("engine", "The operation batchNorm needs several values a channel, but the shape is %1."),
            print(x.shape())));
    const Tensor input = x.contiguous().detach();
    const Tensor w = weight.contiguous();
    const Tensor b = bias.contiguous();
    const std::int64_t perChannel = x.size(1) > 0 ? x.count() / x.size(1) : 0;
    const kernels::NormChannels norm{x.size(0), x.size(1),   x.size(0) > 0 ? perChannel / x.size(0) : 0,
                                     eps,       valuesOf(w), valuesOf(b)};
    Tensor y = Tensor::empty(x.shape());
    Tensor center = training ? Tensor::empty({x.size(1)}) : running.mean.clone();
    Tensor spread = training ? Tensor::empty({x.size(1)}) : running.variance.clone();
    eachChannels(norm, [&](std::int64_t first, std::int64_t last) {
        if (training)
            kernels::channelStatistics(norm, first, last, input.data(), center.data(), spread.data());
        kernels::normalizeChannels(norm, first, last, input.data(), center.data(), spread.data(), y.data());
    });
    if (training && !isReplaying())
        update(running, center, spread, static_cast<float>(perChannel));
    return record(y, {x, weight, bias}, [=](const Tensor& dy, Grads& grads) {
        const bool inPlace = grads.wanted(0) && dy.ownsStorageAlone() && dy.isContiguous();
        const Tensor slopes = dy.contiguous();
        Tensor dx = inPlace ? dy : gradientLike(input, grads);
        kernels::NormChannels channels = norm;
        channels.weight = valuesOf(w);
        const kernels::ChannelGrads g{.fixed = !training,
                                      .dx = from(dx, 0),
                                      .dweight = grads.wanted(1) ? grads.into(1).data() : nullptr,
                                      .dbias = grads.wanted(2) ? grads.into(2).data() : nullptr};
        eachChannels(channels, [&](std::int64_t first, std::int64_t last) {
            kernels::normalizeChannelsGrad(channels, first, last, slopes.data(), input.data(), center.data(),
                                           spread.data(), g);
        });
        grads.add(0, dx);
    });
}

WindowStatistics windowStatistics(const Tensor& x, Level level, float eps)
{
    if (x.rank() != 3 || x.size(1) == 0)
        throw Error(Message(TR("engine",
                               "The operation windowStatistics needs [batch, steps, channels], but the shape "
                               "is %1."),
                            print(x.shape())));
    return {.location = level == Level::Mean ? mean(x, {1}, Keep::Yes) : slice(x, 1, -1),
            .scale = sqrt(add(variance(x, {1}, Keep::Yes, 0), eps))};
}

}  // namespace fc
