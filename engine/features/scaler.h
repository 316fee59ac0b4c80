// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>
#include <vector>

namespace fc {

/// x -> (x - center) / scale and back.
struct ColumnScale {
    double center = 0;
    double scale = 1;  ///< never 0: a constant column gets 1

    double forward(double x) const { return (x - center) / scale; }
    double inverse(double z) const { return z * scale + center; }
    bool operator==(const ColumnScale&) const = default;
};

/// Every scaler a recipe may name: none, standard, minmax, robust, revin, revin_last.
std::vector<std::string> scalerNames();

/// `kind`: none; standard (mean, population standard deviation); minmax (to [0, 1]); robust (median,
/// inter-quartile range, quantiles by linear interpolation); revin and revin_last as standard, because what
/// they do to each window is the model's side of it. `values` are those of the training part only; missing
/// ones are left out, and without any the scale is that of none. Throws UsageError for an unknown kind.
ColumnScale fitScale(const std::string& kind, std::span<const double> values);

}  // namespace fc
