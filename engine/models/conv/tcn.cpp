// SPDX-License-Identifier: GPL-3.0-or-later
// TCN: a stack of residual blocks of causal dilated convolutions reads the window; a linear map of the state
// after the last observation makes the forecast. Bai, Kolter & Koltun, "An Empirical Evaluation of Generic
// Convolutional and Recurrent Networks for Sequence Modeling", arXiv 1803.01271, 2018.
//
// Block i: 2 x [weight-normed causal convolution, dilation 2^i -> ReLU -> dropout], then ReLU(that + skip),
// the skip being a 1x1 convolution where widths differ. A state sees 1 + 2 (k - 1) (2^levels - 1) steps; with
// `levels` 0 there are as many as the window needs. Beyond the paper: covariates as input channels, those of
// the horizon beside the last state. `block = plain` (one convolution and ReLU a level, no skip) and `head =
// over_time` (a linear map over time for each state channel, then a small network per step) are the layout of
// common libraries, kept to compare with them. Weights: block0.conv1.weight_v, .weight_g, .bias,
// block0.conv2…, block0.downsample.weight, …; head.weight, or context.weight [h, L] and decoder.0.weight, ….
#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_shape.h"
#include "engine/models/model.h"
#include "engine/models/steps.h"
#include "engine/nn/causal_conv.h"
#include "engine/nn/linear.h"
#include "engine/params/number_list.h"

namespace fc {

namespace {

constexpr int maxLevels = 12;
constexpr int maxWidth = 1024;

struct TcnParams {
    std::string channels = "64";
    int levels = 0;
    int kernelSize = 3;
    double dropout = 0.2;
    bool weightNorm = true;
    std::string block = "residual";
    std::string head = "last_step";
    int decoderSize = 128;

    void describe(ParamVisitor& v)
    {
        v.field(
            channels,
            {.id = "channels",
             .label = TR("engine", "Channels"),
             .help = TR(
                 "engine",
                 "Width of every level, as in \"64\", or one width for each level, as in \"64,128,256\".")});
        v.field(levels,
                {.id = "levels",
                 .label = TR("engine", "Levels"),
                 .help = TR(
                     "engine",
                     "Levels of the stack, each with twice the dilation of the one before; 0 = one for each "
                     "width listed, or as many as it takes to see the whole window."),
                 .min = 0,
                 .max = maxLevels});
        v.field(kernelSize, {.id = "kernel_size",
                             .label = TR("engine", "Kernel size"),
                             .help = TR("engine", "Steps that one convolution joins."),
                             .min = 2,
                             .max = 16,
                             .unit = "steps"});
        v.field(dropout, {.id = "dropout",
                          .label = TR("engine", "Dropout"),
                          .help = TR("engine", "Share of states zeroed after each convolution in training."),
                          .min = 0,
                          .max = 0.9});
        v.field(weightNorm,
                {.id = "weight_norm",
                 .label = TR("engine", "Weight norm"),
                 .help = TR("engine", "Learns length and direction of the convolution weights apart.")});
        v.field(
            block,
            {.id = "block",
             .label = TR("engine", "Block"),
             .help =
                 TR("engine",
                    "residual: two convolutions and a skip, as in the paper. plain: one convolution a level, "
                    "for comparison with other programs."),
             .choices = {"residual", "plain"}});
        v.field(
            head,
            {.id = "head",
             .label = TR("engine", "Head"),
             .help = TR(
                 "engine",
                 "last_step: a linear map of the state after the last observation. over_time: a linear map "
                 "over all states of the window, then a network per forecast step."),
             .choices = {"last_step", "over_time"}});
        v.field(decoderSize, {.id = "decoder_size",
                              .label = TR("engine", "Decoder size"),
                              .help = TR("engine", "Width of the network per forecast step."),
                              .min = 1,
                              .max = maxWidth,
                              .logScale = true,
                              .when = {"head", {"over_time"}}});
    }
};

std::vector<int> parseWidths(const std::string& list)
{
    const std::vector<double> numbers = numberList(list).value_or(std::vector<double>{});
    const auto fits = [](double width) {
        return width >= 1 && width <= maxWidth && width == std::floor(width);
    };
    if (numbers.empty() || numbers.size() > maxLevels || !std::ranges::all_of(numbers, fits))
        throw UsageError(
            Message(TR("engine",
                       "channels is \"%1\"; it must be one width or a list of up to %2 widths from 1 "
                       "to %3, as in \"64,128,256\"."),
                    list, maxLevels, maxWidth));
    std::vector<int> widths;
    for (const double width : numbers)
        widths.push_back(static_cast<int>(width));
    return widths;
}

/// The width of each level.
std::vector<int> levelWidths(const TcnParams& params, int length)
{
    std::vector<int> widths = parseWidths(params.channels);
    const auto listed = static_cast<int>(widths.size());
    if (listed > 1 && params.levels != 0 && params.levels != listed)
        throw UsageError(
            Message(TR("engine",
                       "channels lists %1 widths, but levels is %2. List one width for all levels, or "
                       "set levels to 0."),
                    listed, params.levels));
    if (listed > 1)
        return widths;
    int levels = params.levels;
    const int convolutions = params.block == "plain" ? 1 : 2;
    for (int seen = 1; params.levels == 0 && (levels == 0 || seen < length) && levels < maxLevels; ++levels)
        seen += convolutions * (params.kernelSize - 1) << levels;
    widths.resize(static_cast<size_t>(levels), widths.front());
    return widths;
}

/// One level of the stack.
struct Block {
    Block(const WeightScope& scope, int in, int out, int level, const TcnParams& params)
        : dropoutShare(params.dropout)
    {
        const CausalConv1d::Options options{.kernelSize = params.kernelSize,
                                            .dilation = std::int64_t{1} << level,
                                            .weightNorm = params.weightNorm};
        convolutions.emplace_back(scope.sub("conv1"), in, out, options);
        if (params.block == "plain")
            return;
        residual = true;
        convolutions.emplace_back(scope.sub("conv2"), out, out, options);
        if (in != out)
            downsample.emplace(scope.sub("downsample"), in, out, CausalConv1d::Options{.kernelSize = 1});
    }

    /// Steps of x that the last `steps` states come from; a window has `length`.
    std::int64_t stepsSeen(std::int64_t steps, std::int64_t length) const
    {
        for (const CausalConv1d& convolution : convolutions)
            steps += convolution.reach();
        return std::min(steps, length);
    }

    /// x [B, in, stepsSeen()], the end of the window -> the last `steps` states [B, out, steps].
    Tensor operator()(const Tensor& x, std::int64_t steps, const Pass& pass) const
    {
        Tensor y = x;
        for (std::size_t i = 0; i < convolutions.size(); ++i) {
            const bool isLast = i + 1 == convolutions.size();
            const std::int64_t wanted =
                isLast ? steps : std::min(x.size(2), steps + convolutions[i + 1].reach());
            y = dropout(convolutions[i].withRelu(y, wanted), dropoutShare, pass);
        }
        if (!residual)
            return y;
        const Tensor end = slice(x, 2, x.size(2) - steps);
        return relu(y + (downsample ? (*downsample)(end) : end));
    }

    double dropoutShare;
    bool residual = false;
    std::vector<CausalConv1d> convolutions;
    std::optional<CausalConv1d> downsample;
};

class TcnModel : public Model {
public:
    TcnModel(const Task& task, const TcnParams& params, Rng& rng) : m_task(task)
    {
        const WeightScope scope(weights, rng);
        auto in = static_cast<int>(stepInputSize(task));
        for (const int width : levelWidths(params, task.length)) {
            const auto level = static_cast<int>(m_blocks.size());
            m_blocks.emplace_back(scope.sub("block" + std::to_string(level)), in, width, level, params);
            in = width;
        }
        // Only what the head looks at is computed: below the last state, the steps it sees.
        m_stepsSeen.assign(m_blocks.size() + 1, params.head == "over_time" ? task.length : 1);
        for (std::size_t i = m_blocks.size(); i > 0; --i)
            m_stepsSeen[i - 1] = m_blocks[i - 1].stepsSeen(m_stepsSeen[i], task.length);
        const std::int64_t outputs = std::int64_t{task.channels} * task.outputs;
        if (params.head == "over_time") {
            m_context.emplace(scope.sub("context"), task.length, task.horizon);
            m_decoder.emplace(scope.sub("decoder"), in + task.futureCovariates, params.decoderSize, outputs,
                              2);
        } else {
            m_head.emplace(scope.sub("head"), in + std::int64_t{task.horizon} * task.futureCovariates,
                           task.horizon * outputs);
        }
    }

    Tensor forward(const Batch& batch, const Pass& pass) const override
    {
        Tensor states = slice(transpose(stepInputs(batch), 1, 2), 2, m_task.length - m_stepsSeen.front());
        for (std::size_t i = 0; i < m_blocks.size(); ++i)
            states = m_blocks[i](states, m_stepsSeen[i + 1], pass);
        Tensor y;
        if (m_head)
            y = (*m_head)(withHorizon(squeeze(states, 2), batch));
        else
            y = (*m_decoder)(withEachStep(transpose((*m_context)(states), 1, 2), batch));
        return reshape(y, {states.size(0), m_task.horizon, m_task.channels, m_task.outputs});
    }

private:
    Task m_task;
    std::vector<Block> m_blocks;
    std::vector<std::int64_t> m_stepsSeen;  ///< of the window by each block, then by the head
    std::optional<Linear> m_head;
    std::optional<Linear> m_context;
    std::optional<Mlp> m_decoder;
};

}  // namespace

ModelEntry tcnModel()
{
    return entry<TcnModel, TcnParams>(
        {.id = "tcn",
         .label = "TCN",
         .family = "conv",
         .paper = "Bai et al., 2018, An Empirical Evaluation of Generic Convolutional and Recurrent Networks",
         .summary =
             TR("engine",
                "Looks at the window through convolutions that reach twice as far back at each level. Uses "
                "covariates; trains faster than recurrent models."),
         .capabilities = {.multivariate = true,
                          .pastCovariates = true,
                          .futureCovariates = true,
                          .staticCovariates = true},
         .schema = {},
         .peerValues = {{"channels", std::string("64,128,256")},
                        {"levels", std::int64_t{0}},
                        {"kernel_size", std::int64_t{3}},
                        {"dropout", 0.0},
                        {"weight_norm", false},
                        {"block", std::string("plain")},
                        {"head", std::string("over_time")},
                        {"decoder_size", std::int64_t{128}}}});
}

}  // namespace fc
