// SPDX-License-Identifier: GPL-3.0-or-later
// What the files of the catalogue share. An indicator is a small struct: its parameters with their defaults,
// describe(), inputs(), outputs(), warmUp(), start(), which makes its state ready for the first row, and
// push(), which takes one row and gives its outputs. Batch, chunks and single rows all run the same loop over
// push(), so they cannot differ. It is one entry in the list at the end of its file.
#pragma once

#include <array>
#include <cmath>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/features/feature.h"
#include "engine/features/window.h"

namespace fc {

/// What push() takes, in the order of inputs(), or gives, in the order of outputs(): `double` for one value,
/// Row<n> for several. Terms of time take a Timestamp; outputs whose number depends on the parameters go to a
/// span, which holds those of the row before.
template <std::size_t N>
using Row = std::array<double, N>;

inline constexpr Row<2> missing2 = {missing, missing};
inline constexpr Row<3> missing3 = {missing, missing, missing};

/// The types in the signature of a push().
template <typename Signature>
struct PushOf;
template <typename F, typename Out, typename In>
struct PushOf<Out (F::*)(In)> {
    using Input = std::remove_cvref_t<In>;
    using Output = Out;
};
template <typename F, typename In>
struct PushOf<void (F::*)(In, std::span<double>)> {
    using Input = std::remove_cvref_t<In>;
    using Output = void;
};

/// F at work: the loop over its push().
template <typename F>
class StateOf : public FeatureState {
public:
    explicit StateOf(const F& feature) : m_feature(feature) { m_feature.start(); }

    void run(std::size_t rows, const Timestamp* times, const double* const* inputs,
             double* const* outputs) override
    {
        // A local copy may live in registers; the member may not, for all the compiler knows `outputs` could
        // point into it.
        F feature = std::move(m_feature);
        for (std::size_t t = 0; t < rows; ++t)
            step(feature, t, times, inputs, outputs);
        m_feature = std::move(feature);
    }

private:
    using Input = typename PushOf<decltype(&F::push)>::Input;
    using Output = typename PushOf<decltype(&F::push)>::Output;

    static Input inputAt(std::size_t t, const Timestamp* times, const double* const* inputs)
    {
        if constexpr (std::is_same_v<Input, Timestamp>) {
            return times[t];
        } else if constexpr (std::is_same_v<Input, double>) {
            return inputs[0][t];
        } else {
            Input row;
            for (std::size_t i = 0; i < row.size(); ++i)
                row[i] = inputs[i][t];
            return row;
        }
    }

    void step(F& feature, std::size_t t, const Timestamp* times, const double* const* inputs,
              double* const* outputs)
    {
        const Input input = inputAt(t, times, inputs);
        if constexpr (std::is_void_v<Output>) {
            feature.push(input, m_outputs);
            for (std::size_t i = 0; i < m_outputs.size(); ++i)
                outputs[i][t] = m_outputs[i];
        } else if constexpr (std::is_same_v<Output, double>) {
            outputs[0][t] = feature.push(input);
        } else {
            const Output row = feature.push(input);
            for (std::size_t i = 0; i < row.size(); ++i)
                outputs[i][t] = row[i];
        }
    }

    F m_feature;
    std::vector<double> m_outputs = std::vector<double>(m_feature.outputs().size());
};

/// F as the catalogue hands it out.
template <typename F>
class FeatureOf : public Feature {
public:
    explicit FeatureOf(F feature) : m_feature(std::move(feature)) {}

    std::vector<std::string> inputs() const override { return m_feature.inputs(); }
    std::vector<std::string> outputs() const override { return m_feature.outputs(); }
    int warmUp() const override { return m_feature.warmUp(); }
    std::unique_ptr<FeatureState> start(const Series& layout) const override
    {
        if constexpr (requires { m_feature.checkSeries(layout); })
            m_feature.checkSeries(layout);
        return std::make_unique<StateOf<F>>(m_feature);
    }

private:
    F m_feature;
};

/// The entry of F: what only the struct knows is added to the description. A struct with check() is asked
/// when its parameters do not fit each other; it throws UsageError. checkSeries(layout) throws Error when the
/// feature cannot work on a series.
template <typename F>
FeatureEntry featureOf(FeatureEntry description)
{
    description.schema = schemaOf<F>();
    description.make = [](const ParamValues& values) -> std::unique_ptr<Feature> {
        F feature = paramsFrom<F>(values);
        if constexpr (requires { feature.check(); })
            feature.check();
        return std::make_unique<FeatureOf<F>>(std::move(feature));
    };
    return description;
}

/// Number of rows a window looks back, from `min` to `max`.
void periodField(ParamVisitor& v, int& period, int min = 1, int max = 10000);
/// Another number of rows, from `min` to 10,000.
void rowsField(ParamVisitor& v, int& rows, const std::string& id, const std::string& label,
               const std::string& help, int min = 1);
/// Which column an indicator reads.
void columnField(ParamVisitor& v, std::string& column);

/// An indicator of the last `period` rows of one column.
struct ColumnIndicator {
    int period;
    std::string column = "close";

    explicit ColumnIndicator(int defaultPeriod, int least = 1, int most = 10000)
        : period(defaultPeriod), m_least(least), m_most(most)
    {
    }
    void describe(ParamVisitor& v)
    {
        periodField(v, period, m_least, m_most);
        columnField(v, column);
    }
    std::vector<std::string> inputs() const { return {column}; }

private:
    int m_least;
    int m_most;
};

/// An indicator of the last `period` bars: open, high, low, close, volume.
struct BarIndicator {
    int period;

    explicit BarIndicator(int defaultPeriod, int least = 1) : period(defaultPeriod), m_least(least) {}
    void describe(ParamVisitor& v) { periodField(v, period, m_least); }

private:
    int m_least;
};

/// An indicator of bars without a period.
struct PlainIndicator {
    void describe(ParamVisitor&) {}
    int warmUp() const { return 0; }
};

/// ln(x / y); missing where either is not above 0, as spreads and some futures can be.
inline double logRatio(double x, double y)
{
    return x > 0 && y > 0 ? std::log(x / y) : missing;
}

/// part / whole for a whole that is never below 0; `otherwise` where it is 0, missing where either is.
inline double shareOf(double part, double whole, double otherwise)
{
    if (std::isnan(part + whole))
        return missing;
    return whole > 0 ? part / whole : otherwise;
}

/// max(high, close[t-1]) - min(low, close[t-1]) (Wilder 1978).
class TrueRange {
public:
    double next(double high, double low, double close)
    {
        const double before = m_close.next(close);
        return std::isnan(before + high + low) ? missing : std::max(high, before) - std::min(low, before);
    }

private:
    Previous m_close;
};

std::vector<FeatureEntry> returnFeatures();
std::vector<FeatureEntry> trendFeatures();
std::vector<FeatureEntry> adaptiveFeatures();
std::vector<FeatureEntry> momentumFeatures();
std::vector<FeatureEntry> swingFeatures();
std::vector<FeatureEntry> oscillatorFeatures();
std::vector<FeatureEntry> directionFeatures();
std::vector<FeatureEntry> channelFeatures();
std::vector<FeatureEntry> stopFeatures();
std::vector<FeatureEntry> volatilityFeatures();
std::vector<FeatureEntry> rangeFeatures();
std::vector<FeatureEntry> volumeFeatures();
std::vector<FeatureEntry> statisticsFeatures();
std::vector<FeatureEntry> orderFeatures();
std::vector<FeatureEntry> candleFeatures();
std::vector<FeatureEntry> timeFeatures();
std::vector<FeatureEntry> spectralFeatures();
std::vector<FeatureEntry> composeFeatures();

}  // namespace fc
