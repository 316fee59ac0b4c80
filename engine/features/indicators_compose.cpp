// SPDX-License-Identifier: GPL-3.0-or-later
// Features made of others: on longer bars, and by a formula that a person writes.
#include <algorithm>
#include <cctype>

#include "engine/data/formula.h"
#include "engine/features/bound_feature.h"
#include "engine/features/indicators.h"
#include "engine/features/time_frame.h"

namespace fc {

namespace {

/// How the values of a column become the one of a longer bar; missing ones are passed over.
enum class Merge { First, Highest, Lowest, Sum, Last, Mean };

class MergedValue {
public:
    explicit MergedValue(Merge merge) : m_merge(merge) {}

    void clear()
    {
        m_value = missing;
        m_count = 0;
    }
    void add(double x)
    {
        if (std::isnan(x))
            return;
        const bool isFirst = m_count++ == 0;
        if (isFirst || m_merge == Merge::Last)
            m_value = x;
        else if (m_merge == Merge::Highest)
            m_value = std::max(m_value, x);
        else if (m_merge == Merge::Lowest)
            m_value = std::min(m_value, x);
        else if (m_merge != Merge::First)
            m_value += x;
    }
    double value() const { return m_merge == Merge::Mean ? m_value / static_cast<double>(m_count) : m_value; }

private:
    Merge m_merge;
    double m_value = missing;
    std::int64_t m_count = 0;
};

struct LongerBarsParams {
    std::string rule = "4h";
    std::string feature = "rsi(period=14)";
    std::string others = "last";

    void describe(ParamVisitor& v)
    {
        v.field(rule, {.id = "rule",
                       .label = TR("engine", "Time frame"),
                       .help = TR("engine",
                                  "Length of the longer bars: a number and s, min, h, d, w, month, quarter, "
                                  "year or rows, such as 4h; in UTC, weeks from Monday.")});
        v.field(feature,
                {.id = "feature",
                 .label = TR("engine", "Feature"),
                 .help = TR("engine", "What is computed on the longer bars, such as rsi(period=14).")});
        v.field(others,
                {.id = "others",
                 .label = TR("engine", "Other columns"),
                 .help = TR("engine",
                            "How a column that is no price and no volume becomes one value of a longer "
                            "bar. Open, high, low, close and volume keep their meaning."),
                 .choices = {"last", "mean", "sum", "min", "max"}});
    }
};

/// The columns without prices made of several: those are made again of the longer bars.
std::vector<std::string> plainInputs(const Feature& feature)
{
    std::vector<std::string> plain;
    const auto add = [&plain](const std::string& name) {
        if (std::ranges::find(plain, name) == plain.end())
            plain.push_back(name);
    };
    for (const std::string& input : feature.inputs()) {
        const std::vector<std::string> roles = averagedRoles(input);
        for (const std::string& role : roles)
            add(role);
        if (roles.empty())
            add(input);
    }
    return plain;
}

Merge mergeOf(const Column& column, const std::string& others)
{
    std::string role = column.role.empty() ? column.name : column.role;
    std::ranges::transform(role, role.begin(), [](unsigned char c) { return std::tolower(c); });
    if (role == "open")
        return Merge::First;
    if (role == "high" || (role != "low" && role != "close" && role != "volume" && others == "max"))
        return Merge::Highest;
    if (role == "low" || (role != "close" && role != "volume" && others == "min"))
        return Merge::Lowest;
    if (role == "volume" || (role != "close" && others == "sum"))
        return Merge::Sum;
    return role != "close" && others == "mean" ? Merge::Mean : Merge::Last;
}

/// Fills longer bars and runs a feature over those that are complete.
class LongerBarsState : public FeatureState {
public:
    LongerBarsState(const Feature& feature, const FeatureSpec& spec, const TimeFrame& frame,
                    const std::string& others, const Series& layout)
        : m_frame(frame), m_values(feature.outputs().size(), missing)
    {
        Series bars;
        bars.name = layout.name;
        bars.hasClock = layout.hasClock;
        for (const std::string& input : plainInputs(feature)) {
            const Column& column = inputColumn(layout, spec.id, input);
            bars.columns.push_back({input, column.role, {}});
            m_bar.emplace_back(mergeOf(column, others));
        }
        m_feature = std::make_unique<BoundFeature>(feature, spec.id, bars);
    }

    void run(std::size_t rows, const Timestamp* times, const double* const* inputs,
             double* const* outputs) override
    {
        for (std::size_t t = 0; t < rows; ++t) {
            const std::int64_t bar = m_frame.barOf(times[t], m_row++);
            if (m_isOpen && bar != m_number)
                completeBar();
            if (!m_isOpen) {
                m_isOpen = true;
                m_number = bar;
                m_start = times[t];
            }
            for (std::size_t i = 0; i < m_bar.size(); ++i)
                m_bar[i].add(inputs[i][t]);
            for (std::size_t i = 0; i < m_values.size(); ++i)
                outputs[i][t] = m_values[i];
        }
    }

private:
    void completeBar()
    {
        std::vector<double> row;
        for (MergedValue& merged : m_bar) {
            row.push_back(merged.value());
            merged.clear();
        }
        std::vector<const double*> columns;
        for (const double& value : row)
            columns.push_back(&value);
        std::vector<double*> outputs;
        for (double& value : m_values)
            outputs.push_back(&value);
        m_feature->run(1, &m_start, columns.data(), outputs.data());
        m_isOpen = false;
    }

    TimeFrame m_frame;
    std::unique_ptr<BoundFeature> m_feature;
    std::vector<MergedValue> m_bar;
    std::vector<double> m_values;  ///< of the last complete bar
    std::int64_t m_row = 0;
    std::int64_t m_number = 0;
    Timestamp m_start = 0;
    bool m_isOpen = false;
};

class LongerBars : public Feature {
public:
    explicit LongerBars(const LongerBarsParams& params)
        : m_rule(params.rule), m_others(params.others), m_frame(params.rule)
    {
        m_spec = parseFeature(params.feature);
        if (m_spec.id == "mtf")
            throw UsageError(Message(TR("engine", "The feature \"mtf\" does not stand within itself.")));
        m_feature = m_spec.make();
    }

    std::vector<std::string> inputs() const override { return plainInputs(*m_feature); }
    std::vector<std::string> outputs() const override
    {
        std::vector<std::string> names = m_feature->outputs();
        for (std::string& name : names)
            name += "_per_" + m_rule;
        return names;
    }
    int warmUp() const override { return (m_feature->warmUp() + 1) * m_frame.leastRows(); }
    int warmUpIn(const Series& series) const override
    {
        int complete = 0;
        for (std::size_t t = 1; t < series.rows(); ++t) {
            const auto row = static_cast<std::int64_t>(t);
            if (m_frame.barOf(series.times[t], row) != m_frame.barOf(series.times[t - 1], row - 1))
                ++complete;
            if (complete > m_feature->warmUp())
                return static_cast<int>(t);
        }
        return static_cast<int>(series.rows());
    }
    std::unique_ptr<FeatureState> start(const Series& layout) const override
    {
        if (!layout.hasClock && !m_frame.countsRows()) {
            throw Error(Message(TR("engine",
                                   "The rows of \"%1\" are only numbered: give the time frame of the feature "
                                   "\"mtf\" in rows, such as 4rows."),
                                layout.name));
        }
        return std::make_unique<LongerBarsState>(*m_feature, m_spec, m_frame, m_others, layout);
    }

private:
    std::string m_rule;
    std::string m_others;
    TimeFrame m_frame;
    FeatureSpec m_spec;
    std::unique_ptr<Feature> m_feature;
};

struct FormulaParams {
    std::string expression = "(close - lag(close, 1)) / mean(close, 20)";
    std::string name = "formula";

    void describe(ParamVisitor& v)
    {
        v.field(
            expression,
            {.id = "expression",
             .label = TR("engine", "Formula"),
             .help = TR("engine",
                        "Columns by name or role, numbers, + - * / ^, comparisons, if(c, a, b), functions "
                        "of a row such as log(x), and of the last rows such as lag(x, n) and mean(x, n).")});
        v.field(name, {.id = "name",
                       .label = TR("engine", "Name"),
                       .help = TR("engine", "Name of the column it makes.")});
    }
};

class FormulaState : public FeatureState {
public:
    explicit FormulaState(const Formula& formula) : m_rows(formula.start()), m_row(formula.variables().size())
    {
    }

    void run(std::size_t rows, const Timestamp*, const double* const* inputs, double* const* outputs) override
    {
        for (std::size_t t = 0; t < rows; ++t) {
            for (std::size_t i = 0; i < m_row.size(); ++i)
                m_row[i] = inputs[i][t];
            outputs[0][t] = m_rows->next(m_row);
        }
    }

private:
    std::unique_ptr<FormulaRows> m_rows;
    std::vector<double> m_row;
};

class FormulaFeature : public Feature {
public:
    explicit FormulaFeature(const FormulaParams& params) : m_formula(params.expression), m_name(params.name)
    {
        if (m_name.empty())
            throw UsageError(
                Message(TR("engine", "The feature \"formula\" has an empty name for its column.")));
    }

    std::vector<std::string> inputs() const override { return m_formula.variables(); }
    std::vector<std::string> outputs() const override { return {m_name}; }
    int warmUp() const override { return m_formula.warmUp(); }
    std::unique_ptr<FeatureState> start(const Series&) const override
    {
        return std::make_unique<FormulaState>(m_formula);
    }

private:
    Formula m_formula;
    std::string m_name;
};

/// An entry of a feature that is a class of its own.
template <typename F, typename Params>
FeatureEntry composed(FeatureEntry description)
{
    description.schema = schemaOf<Params>();
    description.make = [](const ParamValues& values) -> std::unique_ptr<Feature> {
        return std::make_unique<F>(paramsFrom<Params>(values));
    };
    return description;
}

}  // namespace

std::vector<FeatureEntry> composeFeatures()
{
    return {
        composed<LongerBars, LongerBarsParams>(
            {.id = "mtf",
             .label = TR("engine", "On longer bars"),
             .help =
                 TR("engine",
                    "Any feature, computed on longer bars that are complete: each row sees the value of the "
                    "last bar that ended before it. The warm-up counts longer bars."),
             .formula =
                 "feature(bars of the time frame) of the last bar before the one that holds row t; open = "
                 "first, high = max, low = min, close = last, volume = sum",
             .source = "Elder, Trading for a Living, 1993, triple screen",
             .unit = "as the feature"}),
        composed<FormulaFeature, FormulaParams>(
            {.id = "formula",
             .label = TR("engine", "Formula"),
             .help = TR("engine", "A column computed from others by a formula of your own."),
             .formula = "as written",
             .source = "yours",
             .unit = "as written"}),
    };
}

}  // namespace fc
