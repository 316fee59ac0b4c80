// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/init.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace fc {

namespace {

/// Each value from `draw(rng)`.
template <typename Draw>
Init drawn(Draw draw)
{
    return [draw](Tensor& weight, Rng& rng) {
        float* values = weight.data();
        for (std::int64_t i = 0; i < weight.count(); ++i)
            values[i] = static_cast<float>(draw(rng));
    };
}

/// Even in ±bound.
Init evenWithin(double bound)
{
    return drawn([bound](Rng& rng) { return bound * (2.0 * rng.uniform() - 1.0); });
}

/// Columns of a tall matrix, each a vector of its own.
using Columns = std::vector<std::vector<double>>;

double dot(const std::vector<double>& a, const std::vector<double>& b)
{
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        sum += a[i] * b[i];
    return sum;
}

/// Gram & Schmidt, run twice over each column: once loses orthogonality with the condition of the matrix,
/// twice is enough (Giraud, Langou & Rozloznik, 2005). The diagonal of R comes out positive, which is the
/// sign wanted.
void orthonormalize(Columns& columns)
{
    for (std::size_t j = 0; j < columns.size(); ++j) {
        for (int pass = 0; pass < 2; ++pass) {
            for (std::size_t k = 0; k < j; ++k) {
                const double part = dot(columns[j], columns[k]);
                for (std::size_t i = 0; i < columns[j].size(); ++i)
                    columns[j][i] -= part * columns[k][i];
            }
        }
        const double norm = std::sqrt(dot(columns[j], columns[j]));
        for (double& value : columns[j])
            value /= norm;
    }
}

}  // namespace

Init constantInit(float value)
{
    return [value](Tensor& weight, Rng&) { std::fill_n(weight.data(), weight.count(), value); };
}

Init identityInit()
{
    return [](Tensor& weight, Rng&) {
        if (weight.rank() != 2)
            throw Error(Message(TR("engine", "An identity needs a weight of two axes, not of the shape %1."),
                                print(weight.shape())));
        std::fill_n(weight.data(), weight.count(), 0.0F);
        const std::int64_t columns = weight.size(1);
        for (std::int64_t i = 0; i < std::min(weight.size(0), columns); ++i)
            weight.data()[i * columns + i] = 1.0F;
    };
}

Init uniformInit(double low, double high)
{
    return drawn([low, high](Rng& rng) { return low + (high - low) * rng.uniform(); });
}

Init normalInit(double deviation)
{
    return drawn([deviation](Rng& rng) { return deviation * rng.normal(); });
}

Init truncatedNormalInit(double deviation)
{
    return drawn([deviation](Rng& rng) {
        double z = rng.normal();
        while (std::fabs(z) > 2.0)
            z = rng.normal();
        return deviation * z;
    });
}

Init uniformFanIn(std::int64_t fanIn)
{
    return evenWithin(1.0 / std::sqrt(static_cast<double>(fanIn)));
}

Init xavierUniform(std::int64_t fanIn, std::int64_t fanOut, double gain)
{
    return evenWithin(gain * std::sqrt(6.0 / static_cast<double>(fanIn + fanOut)));
}

Init xavierNormal(std::int64_t fanIn, std::int64_t fanOut, double gain)
{
    return normalInit(gain * std::sqrt(2.0 / static_cast<double>(fanIn + fanOut)));
}

Init heNormal(std::int64_t fanIn)
{
    return normalInit(std::sqrt(2.0 / static_cast<double>(fanIn)));
}

Init heUniform(std::int64_t fanIn)
{
    return evenWithin(std::sqrt(6.0 / static_cast<double>(fanIn)));
}

Init orthogonalInit(double gain)
{
    return [gain](Tensor& weight, Rng& rng) {
        if (weight.rank() < 2)
            throw Error(Message(
                TR("engine", "An orthogonal start needs a weight of two axes or more, not of the shape %1."),
                print(weight.shape())));
        const auto rows = static_cast<std::size_t>(weight.size(0));
        const std::size_t columns = static_cast<std::size_t>(weight.count()) / rows;
        const bool isTall = rows >= columns;
        Columns basis(std::min(rows, columns), std::vector<double>(std::max(rows, columns)));
        for (std::vector<double>& column : basis)
            std::ranges::generate(column, [&rng] { return rng.normal(); });
        orthonormalize(basis);
        for (std::size_t i = 0; i < rows; ++i) {
            for (std::size_t j = 0; j < columns; ++j)
                weight.data()[i * columns + j] =
                    static_cast<float>(gain * (isTall ? basis[j][i] : basis[i][j]));
        }
    };
}

}  // namespace fc
