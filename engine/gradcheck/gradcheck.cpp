// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/gradcheck/gradcheck.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "engine/autograd/tape.h"
#include "engine/base/rng.h"

namespace fc {

namespace {

constexpr double floorTolerance = 5e-4;    // of a derivative without any uncertainty
constexpr double uncertaintyFactor = 4.0;  // an estimate may be too small by so much
constexpr double largestUncertainty = largestTolerance - floorTolerance;
constexpr int levels = 13;  // steps, each half of the one before
constexpr double infinite = std::numeric_limits<double>::infinity();

using Vector = std::vector<double>;

/// The random sum of outputs whose derivatives are compared.
class WeightedSum {
public:
    WeightedSum(const GradientCase& example, Rng& rng) : m_example(example)
    {
        for (const Tensor& y : example.outputs()) {
            std::vector<double> weights(static_cast<std::size_t>(y.count()));
            std::ranges::generate(weights, [&rng] { return 0.5 + double{rng.uniform()}; });
            for (double& weight : weights)
                weight = rng.bits() % 2 == 0 ? weight : -weight;
            m_weights.push_back(std::move(weights));
        }
    }

    /// Its value, in double.
    double value() const
    {
        double sum = 0;
        const std::vector<Tensor> outputs = m_example.outputs();
        for (std::size_t k = 0; k < outputs.size(); ++k) {
            const std::vector<float> y = outputs[k].values();
            for (std::size_t i = 0; i < y.size(); ++i)
                sum += m_weights[k][i] * static_cast<double>(y[i]);
        }
        return sum;
    }

    /// What single precision may put into its value: half a unit in the last place of each output, and as
    /// much again for how it came about.
    double rounding() const
    {
        double squares = 0;
        const std::vector<Tensor> outputs = m_example.outputs();
        for (std::size_t k = 0; k < outputs.size(); ++k) {
            const std::vector<float> y = outputs[k].values();
            for (std::size_t i = 0; i < y.size(); ++i)
                squares += std::pow(m_weights[k][i] * static_cast<double>(y[i]), 2);
        }
        return std::sqrt(squares) * std::numeric_limits<float>::epsilon();
    }

    /// Its gradients by the tape, one per tensor of the case.
    std::vector<Vector> gradients() const
    {
        Tape tape;
        for (const CheckedTensor& each : m_example.tensors)
            tape.watch(each.value);
        std::vector<std::pair<Tensor, Tensor>> seeds;
        {
            const TapeScope scope(&tape);
            const std::vector<Tensor> outputs = m_example.outputs();
            for (std::size_t k = 0; k < outputs.size(); ++k)
                seeds.emplace_back(
                    outputs[k], Tensor::from(outputs[k].shape(),
                                             std::vector<float>(m_weights[k].begin(), m_weights[k].end())));
        }
        tape.backward(seeds);
        std::vector<Vector> result;
        for (const CheckedTensor& each : m_example.tensors) {
            const std::vector<float> gradient = tape.grad(each.value).values();
            result.emplace_back(gradient.begin(), gradient.end());
        }
        return result;
    }

private:
    const GradientCase& m_example;
    std::vector<std::vector<double>> m_weights;
};

double dot(const Vector& a, const Vector& b)
{
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        sum += a[i] * b[i];
    return sum;
}

double norm(const Vector& a)
{
    return std::sqrt(dot(a, a));
}

/// A line through the values of a tensor.
class Line {
public:
    Line(const WeightedSum& sum, const Tensor& tensor, const Vector& direction)
        : m_sum(sum), m_tensor(tensor), m_start(tensor.values()), m_direction(direction)
    {
    }

    double at(double step)
    {
        float* values = m_tensor.data();
        for (std::size_t i = 0; i < m_start.size(); ++i)
            values[i] = static_cast<float>(static_cast<double>(m_start[i]) + step * m_direction[i]);
        const double value = m_sum.value();
        std::ranges::copy(m_start, values);
        return value;
    }

private:
    const WeightedSum& m_sum;
    Tensor m_tensor;
    std::vector<float> m_start;
    const Vector& m_direction;
};

struct Derivative {
    double value = 0;
    double uncertainty = infinite;
};

/// Keeps the value of the smallest uncertainty.
void improve(Derivative& best, double value, double uncertainty)
{
    if (uncertainty < best.uncertainty)
        best = {value, uncertainty};
}

/// Central differences, extrapolated to step 0 twice (Richardson, 1911); the level whose extrapolations agree
/// best (Ridders, 1982) is neither too coarse for the curvature nor too fine for the rounding. The difference
/// of the slopes to both sides, extrapolated likewise, is 0 but for a kink, which puts half of it into the
/// result.
Derivative derivative(Line line, double largestStep, double rounding)
{
    const double center = line.at(0);
    std::array<double, 3> plain{};  // of this level and those before it
    std::array<double, 2> once{};
    double bend = 0;
    Derivative best;
    double step = largestStep;
    for (int k = 0; k < levels; ++k, step /= 2) {
        const double up = line.at(step);
        const double down = line.at(-step);
        plain = {(up - down) / (2 * step), plain[0], plain[1]};
        const double before = std::exchange(bend, (up - 2 * center + down) / step);
        if (k == 0)
            continue;
        // Rounded values may agree by chance, but never better than their rounding allows.
        const double least = std::max(std::fabs(2 * bend - before) / 2, rounding / step);
        once = {(4 * plain[0] - plain[1]) / 3, once[0]};
        improve(best, once[0], std::max(std::fabs(once[0] - plain[0]), least));
        if (k == 1)
            continue;
        const double twice = (16 * once[0] - once[1]) / 15;
        improve(best, twice, std::max({std::fabs(twice - once[0]), std::fabs(twice - once[1]), least}));
    }
    return best;
}

/// The largest entry becomes 1.
Vector normalized(Vector direction)
{
    double largest = 0;
    for (const double value : direction)
        largest = std::max(largest, std::fabs(value));
    for (double& value : direction)
        value = largest > 0 ? value / largest : 0;
    return direction;
}

Vector masked(const Vector& gradient, double share, Rng& rng)
{
    Vector result = gradient;
    for (double& value : result)
        value = static_cast<double>(rng.uniform()) < share ? value : 0.0;
    return normalized(result);
}

Vector randomDirection(std::size_t size, Rng& rng)
{
    Vector result(size);
    std::ranges::generate(result, [&rng] { return rng.normal(); });
    return normalized(result);
}

Vector unit(std::size_t size, std::size_t at)
{
    Vector result(size, 0.0);
    result[at] = 1;
    return result;
}

/// Whether the tensor can be judged.
bool isDecided(const GradientMeasure& measure)
{
    return measure.isFlat || std::ranges::any_of(measure.slopes, [](const Slope& slope) {
               return slope.isDecisive && (slope.isAlong || slope.analytic == 0);
           });
}

/// The values of all tensors of a case, which come back at the end.
class StartValues {
public:
    explicit StartValues(const GradientCase& example) : m_example(example)
    {
        for (const CheckedTensor& each : example.tensors)
            m_values.push_back(each.value.values());
    }
    ~StartValues()
    {
        for (std::size_t i = 0; i < m_values.size(); ++i)
            std::ranges::copy(m_values[i], Tensor(m_example.tensors[i].value).data());
    }
    StartValues(const StartValues&) = delete;
    StartValues& operator=(const StartValues&) = delete;

    /// Somewhere near, where there may be no kink.
    void shift(Rng& rng) const
    {
        for (std::size_t i = 0; i < m_values.size(); ++i) {
            Tensor value = m_example.tensors[i].value;
            for (std::size_t j = 0; j < m_values[i].size(); ++j)
                value.data()[j] = m_values[i][j] * (0.95F + 0.1F * rng.uniform());
        }
    }

private:
    const GradientCase& m_example;
    std::vector<std::vector<float>> m_values;
};

/// Measures the derivatives of one tensor.
class TensorCheck {
public:
    TensorCheck(const WeightedSum& sum, const CheckedTensor& tensor, const Vector& gradient, Rng& rng)
        : m_sum(sum), m_tensor(tensor), m_gradient(gradient), m_rng(rng)
    {
        const std::vector<float> values = tensor.value.values();
        const Vector start(values.begin(), values.end());
        m_step = 0.5 * std::max(norm(start) / std::sqrt(static_cast<double>(start.size())), 0.1);
        m_rounding = sum.rounding();
        m_result = {.name = tensor.name, .shape = tensor.value.shape(), .slopes = {}};
    }

    GradientMeasure run()
    {
        const std::size_t size = m_gradient.size();
        if (norm(m_gradient) > 0) {
            along(normalized(m_gradient));
            for (int i = 0; i < 3 && size > 1; ++i)
                along(masked(m_gradient, 0.5, m_rng));
            // Fewer entries meet fewer kinks.
            for (int i = 0; i < 16 && !isDecided(m_result); ++i)
                along(masked(m_gradient, 0.15, m_rng));
        }
        across(randomDirection(size, m_rng));
        across(randomDirection(size, m_rng));
        for (std::size_t i = 0; i < std::min<std::size_t>(size, 4); ++i)
            across(unit(size, static_cast<std::size_t>(m_rng.below(size))));
        m_result.isFlat = isFlat();
        return m_result;
    }

private:
    void along(const Vector& direction)
    {
        if (norm(direction) > 0)
            add(direction, 0, true);
    }

    void across(const Vector& direction)
    {
        const double usual =
            norm(m_gradient) * norm(direction) / std::sqrt(static_cast<double>(m_gradient.size()));
        add(direction, usual, false);
    }

    void add(const Vector& direction, double usual, bool isAlong)
    {
        const Derivative numeric = derivative(Line(m_sum, m_tensor.value, direction), m_step, m_rounding);
        Slope slope{.analytic = dot(m_gradient, direction),
                    .numeric = numeric.value,
                    .uncertainty = numeric.uncertainty,
                    .isAlong = isAlong};
        slope.scale = std::max({std::fabs(slope.analytic), std::fabs(slope.numeric), usual});
        slope.isDecisive = std::isfinite(slope.numeric) &&
                           uncertaintyFactor * slope.uncertainty <= largestUncertainty * slope.scale;
        m_result.slopes.push_back(slope);
    }

    bool hasDecision() const
    {
        return std::ranges::any_of(m_result.slopes, [](const Slope& s) { return s.isAlong && s.isDecisive; });
    }

    /// Both gradients are what rounding leaves of nothing, seen against what the sum would change by if it
    /// were in proportion to the tensor.
    bool isFlat() const
    {
        const double usual = std::max(std::fabs(m_sum.value()), 1.0) / m_step;
        return std::ranges::all_of(m_result.slopes, [usual](const Slope& s) {
            return std::max(std::fabs(s.analytic), std::fabs(s.numeric)) <= 2e-5 * usual;
        });
    }

    const WeightedSum& m_sum;
    const CheckedTensor& m_tensor;
    const Vector& m_gradient;
    Rng& m_rng;
    double m_step = 0;
    double m_rounding = 0;
    GradientMeasure m_result;
};

}  // namespace

std::vector<GradientMeasure> measureGradients(const GradientCase& example, std::uint64_t seed)
{
    Rng rng(seed);
    const WeightedSum sum(example, rng);
    const StartValues start(example);
    std::vector<GradientMeasure> result(example.tensors.size());
    std::vector<bool> isDone(example.tensors.size(), false);
    for (int attempt = 0; attempt < 4 && std::ranges::count(isDone, false) > 0; ++attempt) {
        if (attempt > 0)
            start.shift(rng);
        const std::vector<Vector> gradients = sum.gradients();
        for (std::size_t i = 0; i < gradients.size(); ++i) {
            if (isDone[i])
                continue;
            result[i] = TensorCheck(sum, example.tensors[i], gradients[i], rng).run();
            isDone[i] = isDecided(result[i]);
        }
    }
    return result;
}

GradientVerdict judge(const GradientMeasure& measure, double factor)
{
    GradientVerdict verdict;
    if (measure.isFlat) {
        verdict.ok = true;
        return verdict;
    }
    bool agrees = true;
    for (const Slope& slope : measure.slopes) {
        if (!slope.isDecisive) {
            ++verdict.leftOut;
            continue;
        }
        ++verdict.checked;
        const double error = std::fabs(factor * slope.analytic - slope.numeric) / slope.scale;
        const double tolerance = floorTolerance + uncertaintyFactor * slope.uncertainty / slope.scale;
        agrees = agrees && error <= tolerance;
        if (verdict.checked == 1 || error - tolerance > verdict.error - verdict.tolerance) {
            verdict.error = error;
            verdict.tolerance = tolerance;
        }
    }
    verdict.ok = agrees && isDecided(measure);
    return verdict;
}

}  // namespace fc
