// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/kernels/kernels_classes.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

namespace fc::kernels {

namespace {

std::int64_t classOf(const ClassRows& r, std::int64_t row)
{
    return r.classes ? static_cast<std::int64_t>(r.classes[row]) : -1;
}

bool isIgnored(const ClassRows& r, std::int64_t row)
{
    return r.classes && classOf(r, row) == r.ignored;
}

using Values = Eigen::Array<float, Eigen::Dynamic, 1>;

/// One row of logits and what is wanted of it.
class Row {
public:
    Row(const ClassRows& rows, std::int64_t row)
        : m_rows(rows),
          m_first((row / rows.inner) * rows.K * rows.inner + row % rows.inner),
          m_class(classOf(rows, row))
    {
        double sum = 0;
        if (rows.inner == 1) {
            m_largest = logits().maxCoeff();
            sum = sumOfExp();
        } else {
            m_largest = rows.logits[m_first];
            for (std::int64_t c = 1; c < rows.K; ++c)
                m_largest = std::max(m_largest, rows.logits[at(c)]);
            for (std::int64_t c = 0; c < rows.K; ++c)
                sum += std::exp(static_cast<double>(rows.logits[at(c)]) - static_cast<double>(m_largest));
        }
        m_logSum = std::log(sum);
    }

    std::int64_t at(std::int64_t c) const { return m_first + c * m_rows.inner; }
    double logProbability(std::int64_t c) const
    {
        return static_cast<double>(m_rows.logits[at(c)]) - static_cast<double>(m_largest) - m_logSum;
    }
    /// factor * softmax of the row into `slopes`.
    void softmax(double factor, float* slopes) const
    {
        if (m_rows.inner == 1) {
            Eigen::Map<Values>(slopes + m_first, m_rows.K) =
                static_cast<float>(factor) * ((logits() - m_largest) - static_cast<float>(m_logSum)).exp();
            return;
        }
        for (std::int64_t c = 0; c < m_rows.K; ++c)
            slopes[at(c)] = static_cast<float>(factor * std::exp(logProbability(c)));
    }
    /// weight_c q_c
    double wanted(std::int64_t c) const
    {
        const double weight = m_rows.classWeights ? static_cast<double>(m_rows.classWeights[c]) : 1.0;
        const double given = m_rows.probabilities ? static_cast<double>(m_rows.probabilities[at(c)])
                                                  : static_cast<double>(c == m_class);
        return weight * ((1 - m_rows.smoothing) * given + m_rows.smoothing / static_cast<double>(m_rows.K));
    }
    std::int64_t itsClass() const { return m_class; }
    /// Whether only its own class is wanted.
    bool isPlain() const { return m_rows.classes && m_rows.smoothing == 0.0; }

private:
    Eigen::Map<const Values> logits() const { return {m_rows.logits + m_first, m_rows.K}; }

    /// Of a row in one piece: a block of exponentials at a time, added up in eight lanes.
    double sumOfExp() const
    {
        constexpr std::int64_t block = 256, lanes = 8;
        Eigen::Array<float, Eigen::Dynamic, 1, 0, block, 1> grown;
        double sums[lanes] = {};
        for (std::int64_t begin = 0; begin < m_rows.K; begin += block) {
            const std::int64_t n = std::min(block, m_rows.K - begin);
            grown = (logits().segment(begin, n) - m_largest).exp();
            std::int64_t c = 0;
            for (; c + lanes <= n; c += lanes)
                for (std::int64_t lane = 0; lane < lanes; ++lane)
                    sums[lane] += static_cast<double>(grown[c + lane]);
            for (; c < n; ++c)
                sums[0] += static_cast<double>(grown[c]);
        }
        double sum = 0;
        for (const double each : sums)
            sum += each;
        return sum;
    }

    const ClassRows& m_rows;
    std::int64_t m_first;
    std::int64_t m_class;
    float m_largest = 0;
    double m_logSum = 0;  ///< log of the sum of exp(logit - largest)
};

/// -w (1 - p)^gamma log p and its slope with respect to log p.
struct Focal {
    double value;
    double slope;
};
Focal focal(double logP, double weight, double gamma)
{
    const double p = std::exp(logP);
    const double rest = -std::expm1(logP);
    const double strength = std::pow(rest, gamma);
    // d (1-p)^g / d log p = -g p (1-p)^(g-1); its product with log p vanishes as p -> 1 for g > 0.
    const double fading = rest > 0 ? gamma * p * strength / rest * logP : 0.0;
    return {-weight * strength * logP, -weight * (strength - fading)};
}

double focalRow(const ClassRows& r, const Row& row)
{
    const std::int64_t own = row.itsClass();
    const double weight = r.classWeights ? static_cast<double>(r.classWeights[own]) : 1.0;
    const Focal result = focal(row.logProbability(own), weight, r.gamma);
    if (r.slopes) {
        row.softmax(-r.scale * result.slope, r.slopes);
        r.slopes[row.at(own)] += static_cast<float>(r.scale * result.slope);
    }
    return result.value;
}

double entropyRow(const ClassRows& r, const Row& row)
{
    const std::int64_t first = row.isPlain() ? row.itsClass() : 0;
    const std::int64_t last = row.isPlain() ? first + 1 : r.K;
    double value = 0;
    double total = 0;
    for (std::int64_t c = first; c < last; ++c) {
        const double wanted = row.wanted(c);
        if (wanted != 0.0)
            value -= wanted * row.logProbability(c);
        total += wanted;
    }
    if (r.slopes) {
        row.softmax(total * r.scale, r.slopes);
        for (std::int64_t c = first; c < last; ++c)
            r.slopes[row.at(c)] -= static_cast<float>(r.scale * row.wanted(c));
    }
    return value;
}

}  // namespace

double crossEntropyRows(const ClassRows& r, std::int64_t begin, std::int64_t end)
{
    double sum = 0;
    for (std::int64_t i = begin; i < end; ++i) {
        double value = 0;
        if (isIgnored(r, i)) {
            const std::int64_t first = (i / r.inner) * r.K * r.inner + i % r.inner;
            for (std::int64_t c = 0; r.slopes && c < r.K; ++c)
                r.slopes[first + c * r.inner] = 0.0F;
        } else {
            const Row row(r, i);
            value = r.gamma != 0.0 ? focalRow(r, row) : entropyRow(r, row);
        }
        if (r.values)
            r.values[i] = static_cast<float>(value);
        sum += value;
    }
    return sum;
}

double countedRows(const ClassRows& r)
{
    const std::int64_t rows = r.outer * r.inner;
    if (!r.classes)
        return static_cast<double>(rows);
    double sum = 0;
    for (std::int64_t i = 0; i < rows; ++i) {
        if (!isIgnored(r, i))
            sum += r.classWeights ? static_cast<double>(r.classWeights[classOf(r, i)]) : 1.0;
    }
    return sum;
}

std::int64_t firstStrangeRow(const ClassRows& r)
{
    for (std::int64_t i = 0; r.classes && i < r.outer * r.inner; ++i) {
        const float value = r.classes[i];
        const bool known = value >= 0 && value < static_cast<float>(r.K) && std::floor(value) == value;
        if (!known && value != static_cast<float>(r.ignored))
            return i;
    }
    return -1;
}

double klDivergence(const DivergenceCells& c)
{
    double sum = 0;
    for (std::int64_t i = 0; i < c.n; ++i) {
        const auto given = static_cast<double>(c.target[i]);
        const double p = c.logTarget ? std::exp(given) : given;
        const double logP = c.logTarget ? given : std::log(given);
        const double value = p > 0 ? p * (logP - static_cast<double>(c.input[i])) : 0.0;
        sum += value;
        if (c.slopes)
            c.slopes[i] = static_cast<float>(-c.scale * p);
        if (c.values)
            c.values[i] = static_cast<float>(value);
    }
    return sum;
}

}  // namespace fc::kernels
