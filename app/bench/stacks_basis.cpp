// SPDX-License-Identifier: GPL-3.0-or-later
// The layers of basis-expansion models: each block maps the window to coefficients, coefficients to a part of
// the window, which is taken away, and to a part of the forecast, which is added.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

#include "app/bench/stacks.h"
#include "engine/autograd/ops_conv.h"
#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_matmul.h"
#include "engine/autograd/ops_shape.h"
#include "engine/nn/linear.h"

namespace fc::app {

namespace {

struct BasisParams {
    int width = 512;
    int hiddenLayers = 3;

    void describe(ParamVisitor& v)
    {
        v.field(width, sizeSpec("width", 1, 4096));
        v.field(hiddenLayers, sizeSpec("hidden_layers", 1, 16));
    }
};

/// A linear map in, hidden layers with ReLU, a linear map out.
struct BlockNet {
    BlockNet(const WeightScope& scope, std::int64_t in, const BasisParams& params, std::int64_t out)
        : first(scope.sub("first"), in, params.width),
          rest(scope.sub("rest"), params.width, params.width, out, params.hiddenLayers + 1)
    {
    }

    Tensor operator()(const Tensor& x) const { return rest(first(x)); }

    Linear first;
    Mlp rest;
};

/// Rows are basis functions over the window and over the horizon.
struct Basis {
    Tensor window;
    Tensor horizon;
};

Basis trendBasis(std::int64_t length, std::int64_t horizon)
{
    constexpr std::int64_t powers = 3;
    const auto rows = [](std::int64_t n) {
        Tensor basis = Tensor::empty({powers, n});
        for (std::int64_t i = 0; i < basis.count(); ++i)
            basis.data()[i] = static_cast<float>(
                std::pow(static_cast<double>(i % n) / static_cast<double>(n), static_cast<double>(i / n)));
        return basis;
    };
    return {rows(length), rows(horizon)};
}

Basis seasonBasis(std::int64_t length, std::int64_t horizon)
{
    // Frequency 0, then steps of half a cycle from one cycle to half the horizon.
    const std::int64_t count = std::max<std::int64_t>(1, horizon - 1);
    const auto rows = [&](std::int64_t n, double sign) {
        Tensor basis = Tensor::empty({2 * count, n});
        for (std::int64_t i = 0; i < basis.count(); ++i) {
            const std::int64_t wave = i / n % count;
            const double frequency = wave == 0 ? 0.0 : static_cast<double>(wave + 1) / 2;
            const double angle = sign * 2 * std::numbers::pi * frequency * static_cast<double>(i % n) /
                                 static_cast<double>(horizon);
            basis.data()[i] = static_cast<float>(i / n < count ? std::cos(angle) : std::sin(angle));
        }
        return basis;
    };
    return {rows(length, -1.0), rows(horizon, 1.0)};
}

class NBeatsStack : public Model {
public:
    NBeatsStack(const Task& task, const BasisParams& params, Rng& rng)
        : m_task(task),
          m_trend(trendBasis(task.length, task.horizon)),
          m_season(seasonBasis(task.length, task.horizon))
    {
        const WeightScope scope(weights, rng);
        m_nets.emplace_back(scope.sub("trend"), task.length, params, 2 * m_trend.window.size(0));
        m_nets.emplace_back(scope.sub("season"), task.length, params, 2 * m_season.window.size(0));
        m_nets.emplace_back(scope.sub("identity"), task.length, params, task.length + task.horizon);
    }

    Tensor forward(const Batch& batch, const Pass&) const override
    {
        const Tensor x = channelWindows(batch);
        Tensor left = flip(x, 1);
        Tensor forecast = slice(x, 1, x.size(1) - 1);
        const Basis* bases[] = {&m_trend, &m_season};
        for (std::size_t i = 0; i < 2; ++i) {
            const Tensor theta = m_nets[i](left);
            const std::int64_t half = theta.size(1) / 2;
            left = left - matmul(slice(theta, 1, 0, half), bases[i]->window);
            forecast = forecast + matmul(slice(theta, 1, half), bases[i]->horizon);
        }
        const Tensor theta = m_nets[2](left);
        return channelForecasts(forecast + slice(theta, 1, m_task.length), batch);
    }

private:
    Task m_task;
    Basis m_trend;
    Basis m_season;
    std::vector<BlockNet> m_nets;
};

class NHitsStack : public Model {
public:
    NHitsStack(const Task& task, const BasisParams& params, Rng& rng) : m_task(task)
    {
        const WeightScope scope(weights, rng);
        for (const Level& level : levels) {
            const std::int64_t in = (task.length + level.pool - 1) / level.pool;
            const std::int64_t knots = std::max<std::int64_t>(1, task.horizon / level.downsample);
            m_nets.emplace_back(scope.sub("pool" + std::to_string(m_nets.size())), in, params,
                                task.length + knots);
        }
    }

    Tensor forward(const Batch& batch, const Pass&) const override
    {
        const Tensor x = channelWindows(batch);
        Tensor left = flip(x, 1);
        Tensor forecast = slice(x, 1, x.size(1) - 1);
        for (std::size_t i = 0; i < m_nets.size(); ++i) {
            const std::int64_t pool = levels[i].pool;
            Tensor seen = left;
            if (pool > 1)
                seen =
                    squeeze(maxPool1d(unsqueeze(left, 1), {.size = pool, .stride = pool, .ceil = true}), 1);
            const Tensor theta = m_nets[i](seen);
            const Tensor knots = unsqueeze(slice(theta, 1, m_task.length), 1);
            forecast = forecast + squeeze(interpolate(knots, m_task.horizon, Interpolation::Linear), 1);
            if (i + 1 < m_nets.size())
                left = left - slice(theta, 1, 0, m_task.length);
        }
        return channelForecasts(forecast, batch);
    }

private:
    struct Level {
        std::int64_t pool;
        std::int64_t downsample;
    };
    static constexpr Level levels[] = {{2, 4}, {2, 2}, {1, 1}};

    Task m_task;
    std::vector<BlockNet> m_nets;
};

}  // namespace

const ModelEntry& nbeatsStack()
{
    static const ModelEntry stack = stackEntry<NBeatsStack, BasisParams>("nbeats");
    return stack;
}

const ModelEntry& nhitsStack()
{
    static const ModelEntry stack = stackEntry<NHitsStack, BasisParams>("nhits");
    return stack;
}

}  // namespace fc::app
