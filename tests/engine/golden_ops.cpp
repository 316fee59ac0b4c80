// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/engine/golden_ops.h"

#include <vector>

#include "engine/autograd/ops_attention.h"
#include "engine/autograd/ops_conv.h"
#include "engine/autograd/ops_fourier.h"
#include "engine/autograd/ops_gated.h"
#include "engine/autograd/ops_index.h"
#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_matmul.h"
#include "engine/autograd/ops_norm.h"
#include "engine/autograd/ops_random.h"
#include "engine/autograd/ops_reduce.h"
#include "engine/autograd/ops_shape.h"
#include "tests/engine/golden_entropy.h"

namespace fc {

namespace {

using Unary = Tensor (*)(const Tensor&);
using Binary = Tensor (*)(const Tensor&, const Tensor&);

GoldenOp unary(Unary op)
{
    return [op](const GoldenCase&, const GoldenValues& v) { return GoldenValues{{"y", op(v.at("x"))}}; };
}

GoldenOp binary(Binary op)
{
    return [op](const GoldenCase&, const GoldenValues& v) {
        return GoldenValues{{"y", op(v.at("a"), v.at("b"))}};
    };
}

/// y = body(case, x, all values).
template <typename Body>
GoldenOp ofX(Body body)
{
    return [body](const GoldenCase& g, const GoldenValues& v) {
        return GoldenValues{{"y", body(g, v.at("x"), v)}};
    };
}

AxisList axesOf(const GoldenCase& g)
{
    const nlohmann::json& dim = g.config.at("dim");
    if (dim.is_null())
        return {};
    const auto axes = dim.is_array() ? dim.get<std::vector<int>>() : std::vector<int>{dim.get<int>()};
    return AxisList(std::span(axes));
}

Keep keepOf(const GoldenCase& g)
{
    return g.setting("keepdim", false) ? Keep::Yes : Keep::No;
}

GoldenOp reduction(Tensor (*op)(const Tensor&, const AxisList&, Keep))
{
    return ofX([op](const GoldenCase& g, const Tensor& x, const GoldenValues&) {
        return op(x, axesOf(g), keepOf(g));
    });
}

GoldenOp spread(Tensor (*op)(const Tensor&, const AxisList&, Keep, int))
{
    return ofX([op](const GoldenCase& g, const Tensor& x, const GoldenValues&) {
        return op(x, axesOf(g), keepOf(g), g.setting("unbiased", true) ? 1 : 0);
    });
}

int axisOf(const GoldenCase& g)
{
    return g.setting("dim", -1);
}

std::vector<std::int64_t> sizesOf(const GoldenCase& g, const char* key)
{
    return g.config.at(key).get<std::vector<std::int64_t>>();
}

GoldenValues numbered(const std::vector<Tensor>& parts)
{
    GoldenValues values;
    for (std::size_t i = 0; i < parts.size(); ++i)
        values["y" + std::to_string(i)] = parts[i];
    return values;
}

std::vector<Tensor> numberedInputs(const GoldenValues& v)
{
    std::vector<Tensor> parts;
    for (std::size_t i = 0; v.contains("x" + std::to_string(i)); ++i)
        parts.push_back(v.at("x" + std::to_string(i)));
    return parts;
}

GoldenValues picked(const Picked& p)
{
    return {{"values", p.values}, {"indices", p.indices}};
}

Tensor padAll(const GoldenCase& g, const Tensor& x)
{
    const std::map<std::string, PadMode> modes{{"constant", PadMode::Constant},
                                               {"replicate", PadMode::Replicate},
                                               {"reflect", PadMode::Reflect},
                                               {"circular", PadMode::Circular}};
    const std::vector<std::int64_t> sizes = sizesOf(g, "pad");
    Tensor y = x;
    for (std::size_t i = 0; i + 1 < sizes.size(); i += 2)
        y = pad(y, -1 - static_cast<int>(i / 2),
                {sizes[i], sizes[i + 1], modes.at(g.config.at("mode")), g.setting("value", 0.0F)});
    return y;
}

std::map<std::string, GoldenOp> mathOps()
{
    return {
        {"add", binary(add)},
        {"sub", binary(sub)},
        {"mul", binary(mul)},
        {"div", binary(div)},
        {"pow", binary(pow)},
        {"maximum", binary(maximum)},
        {"minimum", binary(minimum)},
        {"where",
         [](const GoldenCase&, const GoldenValues& v) {
             return GoldenValues{{"y", where(v.at("cond"), v.at("a"), v.at("b"))}};
         }},
        {"neg", unary(neg)},
        {"abs", unary(abs)},
        {"exp", unary(exp)},
        {"expm1", unary(expm1)},
        {"log", unary(log)},
        {"log1p", unary(log1p)},
        {"sqrt", unary(sqrt)},
        {"rsqrt", unary(rsqrt)},
        {"square", unary(square)},
        {"reciprocal", unary(reciprocal)},
        {"sin", unary(sin)},
        {"cos", unary(cos)},
        {"erf", unary(erf)},
        {"tanh", unary(tanh)},
        {"sigmoid", unary(sigmoid)},
        {"relu", unary(relu)},
        {"silu", unary(silu)},
        {"mish", unary(mish)},
        {"pow_scalar", ofX([](auto& g, auto& x, auto&) { return pow(x, g.setting("exponent", 1.0F)); })},
        {"leaky_relu",
         ofX([](auto& g, auto& x, auto&) { return leakyRelu(x, g.setting("negative_slope", 0.01F)); })},
        {"elu", ofX([](auto& g, auto& x, auto&) { return elu(x, g.setting("alpha", 1.0F)); })},
        {"gelu", ofX([](auto& g, auto& x, auto&) {
             return g.setting("approximate", std::string("none")) == "tanh" ? geluTanh(x) : gelu(x);
         })},
        {"softplus", ofX([](auto& g, auto& x, auto&) {
             return softplus(x, g.setting("beta", 1.0F), g.setting("threshold", 20.0F));
         })},
        {"clamp", ofX([](auto& g, auto& x, auto&) {
             constexpr float infinity = std::numeric_limits<float>::infinity();
             return clamp(x, g.setting("min", -infinity), g.setting("max", infinity));
         })},
        {"hardtanh", ofX([](auto& g, auto& x, auto&) {
             return hardtanh(x, g.setting("min_val", -1.0F), g.setting("max_val", 1.0F));
         })},
        {"glu", ofX([](auto& g, auto& x, auto&) { return glu(x, axisOf(g)); })},
        {"matmul", binary(matmul)},
    };
}

std::map<std::string, GoldenOp> reduceOps()
{
    return {
        {"sum", reduction(sum)},
        {"mean", reduction(mean)},
        {"amax", reduction(amax)},
        {"amin", reduction(amin)},
        {"logsumexp", reduction(logsumexp)},
        {"var", spread(variance)},
        {"std", spread(standardDeviation)},
        {"prod", ofX([](auto& g, auto& x, auto&) { return prod(x, axisOf(g), keepOf(g)); })},
        {"softmax", ofX([](auto& g, auto& x, auto&) { return softmax(x, axisOf(g)); })},
        {"log_softmax", ofX([](auto& g, auto& x, auto&) { return logSoftmax(x, axisOf(g)); })},
        {"cumsum", ofX([](auto& g, auto& x, auto&) { return cumsum(x, axisOf(g)); })},
        {"cumprod", ofX([](auto& g, auto& x, auto&) { return cumprod(x, axisOf(g)); })},
        {"diff", ofX([](auto& g, auto& x, auto&) { return diff(x, axisOf(g), g.setting("n", 1)); })},
    };
}

std::map<std::string, GoldenOp> shapeOps()
{
    return {
        {"reshape", ofX([](auto& g, auto& x, auto&) {
             return reshape(x, std::span<const std::int64_t>(sizesOf(g, "shape")));
         })},
        {"permute", ofX([](auto& g, auto& x, auto&) {
             const auto axes = g.config.at("dims").template get<std::vector<int>>();
             return permute(x, std::span(axes));
         })},
        {"transpose", ofX([](auto& g, auto& x, auto&) {
             return transpose(x, g.setting("dim0", 0), g.setting("dim1", 1));
         })},
        {"squeeze", ofX([](auto& g, auto& x, auto&) { return squeeze(x, axisOf(g)); })},
        {"unsqueeze", ofX([](auto& g, auto& x, auto&) { return unsqueeze(x, axisOf(g)); })},
        {"expand", ofX([](auto& g, auto& x, auto&) {
             const auto sizes = sizesOf(g, "shape");
             return expand(x, Shape(std::span(sizes)));
         })},
        {"slice", ofX([](auto& g, auto& x, auto&) {
             return slice(x, axisOf(g), g.setting("start", std::int64_t{0}), g.setting("end", toEnd),
                          g.setting("step", std::int64_t{1}));
         })},
        {"select", ofX([](auto& g, auto& x, auto&) {
             return select(x, axisOf(g), g.setting("index", std::int64_t{0}));
         })},
        {"unfold", ofX([](auto& g, auto& x, auto&) {
             return unfold(x, axisOf(g), g.setting("size", std::int64_t{1}),
                           g.setting("step", std::int64_t{1}));
         })},
        {"unfold_endpad", ofX([](auto& g, auto& x, auto&) {
             const Tensor padded =
                 pad(x, -1, {.after = g.setting("pad_right", std::int64_t{0}), .mode = PadMode::Replicate});
             return unfold(padded, -1, g.setting("size", std::int64_t{1}),
                           g.setting("step", std::int64_t{1}));
         })},
        {"concat",
         [](const GoldenCase& g, const GoldenValues& v) {
             return GoldenValues{{"y", concat(numberedInputs(v), axisOf(g))}};
         }},
        {"stack",
         [](const GoldenCase& g, const GoldenValues& v) {
             return GoldenValues{{"y", stack(numberedInputs(v), axisOf(g))}};
         }},
        {"split",
         [](const GoldenCase& g, const GoldenValues& v) {
             return numbered(split(v.at("x"), sizesOf(g, "sizes"), axisOf(g)));
         }},
        {"chunk",
         [](const GoldenCase& g, const GoldenValues& v) {
             return numbered(chunk(v.at("x"), g.setting("chunks", std::int64_t{1}), axisOf(g)));
         }},
        {"pad", ofX([](auto& g, auto& x, auto&) { return padAll(g, x); })},
        {"flip", ofX([](auto& g, auto& x, auto&) {
             Tensor y = x;
             for (const std::int64_t axis : sizesOf(g, "dims"))
                 y = flip(y, static_cast<int>(axis));
             return y;
         })},
        {"roll", ofX([](auto& g, auto& x, auto&) {
             return roll(x, g.setting("shift", std::int64_t{0}), axisOf(g));
         })},
        {"repeat", ofX([](auto& g, auto& x, auto&) { return repeat(x, sizesOf(g, "repeats")); })},
        {"repeat_interleave", ofX([](auto& g, auto& x, auto&) {
             return repeatInterleave(x, g.setting("repeats", std::int64_t{1}), axisOf(g));
         })},
        {"tril",
         ofX([](auto& g, auto& x, auto&) { return tril(x, g.setting("diagonal", std::int64_t{0})); })},
        {"triu",
         ofX([](auto& g, auto& x, auto&) { return triu(x, g.setting("diagonal", std::int64_t{0})); })},
    };
}

std::map<std::string, GoldenOp> indexOps()
{
    return {
        {"index_select",
         ofX([](auto& g, auto& x, auto& v) { return indexSelect(x, axisOf(g), v.at("index")); })},
        {"gather", ofX([](auto& g, auto& x, auto& v) { return gather(x, axisOf(g), v.at("index")); })},
        {"scatter_add",
         ofX([](auto& g, auto& x, auto& v) { return scatterAdd(x, axisOf(g), v.at("index"), v.at("src")); })},
        {"masked_fill", ofX([](auto& g, auto& x, auto& v) {
             return maskedFill(x, v.at("mask"), g.setting("value", 0.0F));
         })},
        {"masked_select", ofX([](auto&, auto& x, auto& v) { return maskedSelect(x, v.at("mask")); })},
        {"embedding",
         [](const GoldenCase& g, const GoldenValues& v) {
             return GoldenValues{
                 {"y", embedding(v.at("weight"), v.at("index"), g.setting("padding_idx", std::int64_t{-1}))}};
         }},
        {"sort",
         [](const GoldenCase& g, const GoldenValues& v) {
             return picked(sort(v.at("x"), axisOf(g), g.setting("descending", false)));
         }},
        {"topk",
         [](const GoldenCase& g, const GoldenValues& v) {
             return picked(
                 topk(v.at("x"), g.setting("k", std::int64_t{1}), axisOf(g), g.setting("largest", true)));
         }},
        {"max",
         [](const GoldenCase& g, const GoldenValues& v) { return picked(maxAlong(v.at("x"), axisOf(g))); }},
        {"min",
         [](const GoldenCase& g, const GoldenValues& v) { return picked(minAlong(v.at("x"), axisOf(g))); }},
    };
}

/// A weight that a case may leave out.
Tensor optional(const GoldenValues& v, const char* name)
{
    return v.contains(name) ? v.at(name) : Tensor{};
}

std::int64_t whole(const GoldenCase& g, const char* key, std::int64_t fallback)
{
    return g.setting(key, fallback);
}

Pair pairOf(const GoldenCase& g, const char* key)
{
    const std::vector<std::int64_t> values = sizesOf(g, key);
    return {values.at(0), values.at(1)};
}

Tensor goldenConv1d(const GoldenCase& g, const Tensor& x, const GoldenValues& v)
{
    const std::int64_t around = whole(g, "circular_pad", 0);
    return conv1d(pad(x, -1, {around, around, PadMode::Circular}), v.at("weight"), optional(v, "bias"),
                  {.stride = whole(g, "stride", 1),
                   .padding = whole(g, "padding", 0),
                   .leftPad = whole(g, "left_pad", 0),
                   .dilation = whole(g, "dilation", 1),
                   .groups = whole(g, "groups", 1)});
}

PoolOptions poolOf(const GoldenCase& g)
{
    return {.size = whole(g, "kernel_size", 2),
            .stride = whole(g, "stride", 2),
            .padding = whole(g, "padding", 0),
            .dilation = whole(g, "dilation", 1),
            .ceil = g.setting("ceil_mode", false),
            .countsPadding = g.setting("count_include_pad", true)};
}

Tensor goldenInterpolate(const GoldenCase& g, const Tensor& x)
{
    const bool nearest = g.config.at("mode") == "nearest";
    const bool corners = g.setting("align_corners", false);
    return interpolate(
        x, whole(g, "size", 1),
        nearest ? Interpolation::Nearest : (corners ? Interpolation::LinearCorners : Interpolation::Linear));
}

std::map<std::string, GoldenOp> convOps()
{
    return {
        {"conv1d", ofX(goldenConv1d)},
        {"conv2d", ofX([](auto& g, auto& x, auto& v) {
             return conv2d(x, v.at("weight"), optional(v, "bias"),
                           {.stride = pairOf(g, "stride"),
                            .padding = pairOf(g, "padding"),
                            .dilation = pairOf(g, "dilation"),
                            .groups = whole(g, "groups", 1)});
         })},
        {"conv_transpose1d", ofX([](auto& g, auto& x, auto& v) {
             return convTranspose1d(x, v.at("weight"), optional(v, "bias"),
                                    {.stride = whole(g, "stride", 1),
                                     .padding = whole(g, "padding", 0),
                                     .outputPadding = whole(g, "output_padding", 0),
                                     .dilation = whole(g, "dilation", 1),
                                     .groups = whole(g, "groups", 1)});
         })},
        {"avg_pool1d", ofX([](auto& g, auto& x, auto&) { return avgPool1d(x, poolOf(g)); })},
        {"max_pool1d", ofX([](auto& g, auto& x, auto&) { return maxPool1d(x, poolOf(g)); })},
        {"moving_avg", ofX([](auto& g, auto& x, auto&) { return movingAvg(x, whole(g, "kernel_size", 1)); })},
        {"interpolate", ofX([](auto& g, auto& x, auto&) { return goldenInterpolate(g, x); })},
        {"dropout", ofX([](auto& g, auto& x, auto&) {
             Rng rng(1);
             return g.setting("training", false) ? dropout(x, g.setting("p", 0.0F), rng) : x;
         })},
    };
}

GoldenValues goldenBatchNorm(const GoldenCase& g, const GoldenValues& v)
{
    RunningStatistics running{v.at("running_mean").clone(), v.at("running_var").clone(),
                              g.setting("momentum", 0.1F)};
    const Tensor y = batchNorm(v.at("x"), optional(v, "weight"), optional(v, "bias"), running,
                               g.setting("training", false), g.setting("eps", 1e-5F));
    return {{"y", y}, {"running_mean_new", running.mean}, {"running_var_new", running.variance}};
}

/// Normalize, a linear map over time, and back.
GoldenValues goldenRevin(const GoldenCase& g, const GoldenValues& v)
{
    const float eps = g.setting("eps", 1e-5F);
    const Level level = g.setting("subtract_last", false) ? Level::Last : Level::Mean;
    WindowStatistics statistics = windowStatistics(v.at("x"), level, eps);
    if (g.setting("detach_stats", true))
        statistics = {statistics.location.detach(), statistics.scale.detach()};
    Tensor normed = (v.at("x") - statistics.location) / statistics.scale;
    if (v.contains("affine_weight"))
        normed = normed * v.at("affine_weight") + v.at("affine_bias");
    Tensor out = matmul(v.at("proj"), normed);
    if (v.contains("affine_weight"))
        out = (out - v.at("affine_bias")) / (v.at("affine_weight") + eps * eps);
    out = out * statistics.scale + statistics.location;
    return {{"normed", normed}, {"out", out}, {"loc", statistics.location}, {"stdev", statistics.scale}};
}

std::map<std::string, GoldenOp> normOps()
{
    return {
        {"layer_norm", ofX([](auto& g, auto& x, auto& v) {
             return layerNorm(x, optional(v, "weight"), optional(v, "bias"), g.setting("eps", 1e-5F),
                              static_cast<int>(sizesOf(g, "normalized_shape").size()));
         })},
        {"rms_norm", ofX([](auto& g, auto& x, auto& v) {
             return rmsNorm(x, optional(v, "weight"), g.setting("eps", 1e-6F));
         })},
        {"group_norm", ofX([](auto& g, auto& x, auto& v) {
             return groupNorm(x, whole(g, "num_groups", 1), optional(v, "weight"), optional(v, "bias"),
                              g.setting("eps", 1e-5F));
         })},
        {"instance_norm", ofX([](auto& g, auto& x, auto& v) {
             return instanceNorm(x, optional(v, "weight"), optional(v, "bias"), g.setting("eps", 1e-5F));
         })},
        {"batch_norm", goldenBatchNorm},
        {"revin", goldenRevin},
    };
}

FourierNorm fourierNormOf(const GoldenCase& g)
{
    return g.config.at("norm") == "ortho" ? FourierNorm::Ortho : FourierNorm::Backward;
}

GoldenValues goldenAttention(const GoldenCase& g, const GoldenValues& v)
{
    AttentionOptions options{.causal = g.setting("causal", false),
                             .scale = {},
                             .keyPaddingMask = optional(v, "key_padding_mask"),
                             .bias = optional(v, "attn_bias")};
    if (!g.config.at("scale").is_null())
        options.scale = g.config.at("scale").get<float>();
    const AttentionOutput result = attention(v.at("q"), v.at("k"), v.at("v"), options);
    return {{"out", result.values}, {"attn", result.weights}};
}

std::map<std::string, GoldenOp> sequenceOps()
{
    return {
        {"rfft",
         [](const GoldenCase& g, const GoldenValues& v) {
             const Spectrum spectrum = rfft(v.at("x"), fourierNormOf(g));
             return GoldenValues{{"re", spectrum.re}, {"im", spectrum.im}};
         }},
        {"irfft",
         [](const GoldenCase& g, const GoldenValues& v) {
             return GoldenValues{{"x", irfft({v.at("re"), v.at("im")}, whole(g, "n", 0), fourierNormOf(g))}};
         }},
        {"circular_correlation", binary(circularCorrelation)},
        {"fft_causal_conv",
         [](const GoldenCase&, const GoldenValues& v) {
             return GoldenValues{{"y", causalConvolution(v.at("u"), v.at("k"))}};
         }},
        {"sdpa", goldenAttention},
        {"cross_entropy", goldenCrossEntropy},
        {"rope", ofX([](auto& g, auto& x, auto&) {
             return rotary(x, {.dimensions = whole(g, "rotary_dim", 0),
                               .offset = whole(g, "offset", 0),
                               .base = g.setting("base", 10000.0),
                               .interleaved = g.config.at("style") == "interleaved"});
         })},
    };
}

}  // namespace

const std::map<std::string, GoldenOp>& goldenOps()
{
    static const std::map<std::string, GoldenOp> all = [] {
        std::map<std::string, GoldenOp> ops = mathOps();
        ops.merge(reduceOps());
        ops.merge(shapeOps());
        ops.merge(indexOps());
        ops.merge(convOps());
        ops.merge(normOps());
        ops.merge(sequenceOps());
        return ops;
    }();
    return all;
}

}  // namespace fc
