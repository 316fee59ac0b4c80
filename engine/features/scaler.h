// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <limits>
#include <span>
#include <string>
#include <vector>

namespace fc {

/// What a value goes through before center and scale. All are strictly rising, so that quantiles keep their
/// order and go through the inverse exactly.
///   Log          ln x
///   BoxCox       ((x / unit)^shape - 1) / shape, ln(x / unit) for shape 0 (Box & Cox, 1964)
///   YeoJohnson   Box-Cox of 1 + x, mirrored below 0 with 2 - shape (Yeo & Johnson, 2000)
///   Asinh        asinh((x - origin) / unit) (Uniejewski, Weron & Ziel, 2018)
enum class Warp { None, Log, BoxCox, YeoJohnson, Asinh };

/// x -> (warped(x) - center) / scale and back. A differenced column holds the change of warped(x) from row to
/// row in place of warped(x).
struct ColumnScale {
    double center = 0;
    double scale = 1;  ///< never 0: a constant column gets 1
    Warp warp = Warp::None;
    double origin = 0;
    double unit = 1;
    double shape = 1;
    /// Some shapes bound warped(x); a number beyond the bound, which only a forecast can be, comes back as
    /// this size.
    double highest = std::numeric_limits<double>::infinity();
    bool differenced = false;

    /// True when the model's unit is a multiple of the series' and a shift.
    bool isAffine() const { return warp == Warp::None && !differenced; }

    double warped(double x) const { return warp == Warp::None ? x : warpedBy(x); }
    double unwarped(double g) const { return warp == Warp::None ? g : unwarpedBy(g); }
    /// Warped values, or their changes, to the model's unit and back.
    double normalized(double g) const { return (g - center) / scale; }
    double denormalized(double z) const { return z * scale + center; }

    /// Of a column that is not differenced. inverse() is finite for every finite number.
    double forward(double x) const { return normalized(warped(x)); }
    double inverse(double z) const { return unwarped(denormalized(z)); }

    /// A whole column to the model's unit: out[i * stride] for values[i]. `before` is the value of the row
    /// before the first; only a differenced column needs it.
    void forward(std::span<const double> values, double before, float* out, std::size_t stride) const;
    /// The other way: values[i] for scaled[i * stride], from `before` on.
    void inverse(const float* scaled, std::size_t stride, double before, std::span<double> values) const;

    bool operator==(const ColumnScale&) const = default;

private:
    double warpedBy(double x) const;
    double unwarpedBy(double g) const;
};

/// Every scaler a recipe may name.
std::vector<std::string> scalerNames();

/// `kind`, by the values of the training part only, missing ones left out; without any the scale is that of
/// none.
///   none, standard (mean, population standard deviation), minmax (to [0, 1]), robust (median, inter-quartile
///   range, quantiles by linear interpolation), max_abs (by the largest absolute value)
///   log, box_cox, yeo_johnson: standard after the warp, lambda by maximum likelihood
///   asinh: median and 1.4826 times the median absolute deviation
///   difference, log_difference: standard of the changes of x, of ln x, from row to row
///   revin, revin_last, window_standard, window_robust: standard; what they do to each window is the model's
///   side of it
/// Throws UsageError for an unknown kind, and as checkScalable() does.
ColumnScale fitScale(const std::string& kind, std::span<const double> values);

/// The scaler of the features beside targets with `kind`: standard where the targets' asks for values above 0
/// or stands for changes, else the same.
std::string featureScaler(const std::string& kind);

/// True when a row means nothing without the row before it.
bool looksAtRowBefore(const std::string& kind);

/// Throws UsageError naming the column, the first value and its row (from 1; `firstRow` more than its index)
/// when `kind` cannot have it: log, log_difference and box_cox take values above 0 alone.
void checkScalable(const std::string& kind, const std::string& column, std::span<const double> values,
                   std::int64_t firstRow = 1);

}  // namespace fc
