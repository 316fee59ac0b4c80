// SPDX-License-Identifier: GPL-3.0-or-later
// DLinear: a moving average splits the window into trend and season; one linear map of each makes the
// forecast. Zeng, Chen, Zhang & Xu, "Are Transformers Effective for Time Series Forecasting?", AAAI 2023.
//
// trend = A x, A the moving average over the window with its end values repeated; season = x - trend;
// forecast = W_trend trend + b_trend + W_season season + b_season. Each channel is forecast from itself
// alone, with weights shared by all channels or, on request, of its own. Beyond the paper: M outputs per step
// (quantiles). Weights: trend.weight, seasonal.weight [h M, L], trend.bias, seasonal.bias [h M], row j M + m
// for output m of step j; with weights per channel trend.0.weight, trend.1.weight, …
#include <vector>

#include "engine/autograd/ops_conv.h"
#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_shape.h"
#include "engine/models/model.h"
#include "engine/nn/linear.h"

namespace fc {

namespace {

struct DLinearParams {
    int movingAverage = 25;
    bool individual = false;
    bool averageStart = false;

    void describe(ParamVisitor& v)
    {
        v.field(movingAverage,
                {.id = "moving_avg",
                 .label = TR("engine", "Moving average"),
                 .help = TR("engine", "Steps averaged to find the trend; odd, so that it has a middle."),
                 .min = 1,
                 .max = 999,
                 .unit = "steps",
                 .odd = true});
        v.field(
            individual,
            {.id = "individual",
             .label = TR("engine", "Weights per channel"),
             .help = TR("engine", "Each channel gets linear maps of its own instead of sharing one pair.")});
        v.field(averageStart,
                {.id = "average_start",
                 .label = TR("engine", "Start as the average"),
                 .help = TR("engine",
                            "Both linear maps start as the mean of the window (all weights 1/length) rather "
                            "than at random.")});
    }
};

class DLinearModel : public Model {
public:
    DLinearModel(const Task& task, const DLinearParams& params, Rng& rng) : m_task(task), m_params(params)
    {
        const WeightScope scope(weights, rng);
        const int pairs = params.individual ? task.channels : 1;
        for (int i = 0; i < pairs; ++i) {
            m_trend.push_back(map(scope.sub("trend"), i));
            m_seasonal.push_back(map(scope.sub("seasonal"), i));
        }
    }

    Tensor forward(const Batch& batch, const Pass&) const override
    {
        const std::int64_t batchSize = batch.past.size(0);
        const Tensor x = transpose(batch.past, 1, 2);  // [B, C, L]
        const Tensor trend = movingAvg(x, m_params.movingAverage);
        const Tensor y = apply(m_trend, trend) + apply(m_seasonal, x - trend);  // [B, C, h M]
        return permute(reshape(y, {batchSize, m_task.channels, m_task.horizon, m_task.outputs}),
                       {0, 2, 1, 3});
    }

private:
    Linear map(const WeightScope& scope, int channel) const
    {
        const Init init = m_params.averageStart ? constantInit(1.0F / static_cast<float>(m_task.length))
                                                : uniformFanIn(m_task.length);
        return {m_params.individual ? scope.sub(std::to_string(channel)) : scope, m_task.length,
                std::int64_t{m_task.horizon} * m_task.outputs, init};
    }

    /// x [B, C, L] -> [B, C, h M]
    static Tensor apply(const std::vector<Linear>& maps, const Tensor& x)
    {
        if (maps.size() == 1)
            return maps.front()(x);
        std::vector<Tensor> channels;
        for (size_t i = 0; i < maps.size(); ++i)
            channels.push_back(maps[i](select(x, 1, static_cast<std::int64_t>(i))));
        return stack(channels, 1);
    }

    Task m_task;
    DLinearParams m_params;
    std::vector<Linear> m_trend;
    std::vector<Linear> m_seasonal;
};

}  // namespace

ModelEntry dlinearModel()
{
    return entry<DLinearModel, DLinearParams>(
        {.id = "dlinear",
         .label = "DLinear",
         .family = "linear",
         .paper = "Zeng et al., 2023, Are Transformers Effective for Time Series Forecasting?",
         .summary =
             TR("engine",
                "Splits the window into a smooth trend and the rest and forecasts each by one linear map. "
                "Very fast, and hard to beat on long horizons."),
         .capabilities = {.interpretable = true},
         .schema = {},
         .peerValues = {{"moving_avg", std::int64_t{25}}}});
}

}  // namespace fc
