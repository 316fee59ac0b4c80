// SPDX-License-Identifier: GPL-3.0-or-later
// Fourier transforms along the last axis, as products with the matrix of the transform: for the lengths of a
// forecasting window (tens to some hundreds) one product over all rows is faster than a transform of each.
#pragma once

#include "engine/tensor/tensor.h"

namespace fc {

/// Who carries the factor: the inverse transform (1/n), or both (1/sqrt(n)).
enum class FourierNorm { Backward, Ortho };

/// Half spectrum, bins 0 to n / 2.
struct Spectrum {
    Tensor re;  ///< [..., n / 2 + 1]
    Tensor im;
};
/// X_k = sum over t of x_t exp(-2 pi i k t / n) for x [..., n].
Spectrum rfft(const Tensor& x, FourierNorm norm = FourierNorm::Backward);
/// The real sequence [..., n] of a half spectrum; the imaginary parts of bin 0 and, for even n, of bin n / 2
/// do not count. Throws Error when the spectrum does not have n / 2 + 1 bins.
Tensor irfft(const Spectrum& spectrum, std::int64_t n, FourierNorm norm = FourierNorm::Backward);

/// y[tau] = sum over t of a[(t + tau) mod n] b[t] along the last axis.
Tensor circularCorrelation(const Tensor& a, const Tensor& b);
/// y[t] = sum over j <= t of kernel[j] u[t - j] along the last axis; both have one length there.
Tensor causalConvolution(const Tensor& u, const Tensor& kernel);

}  // namespace fc
