// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/autograd/ops_fourier.h"

#include <cmath>
#include <numbers>

#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_matmul.h"
#include "engine/autograd/ops_shape.h"

namespace fc {

namespace {

/// factor cos(2 pi k t / n) and factor sin(2 pi k t / n).
struct Waves {
    Tensor cosine;
    Tensor sine;
};

Waves wavesOf(std::int64_t n, double factor)
{
    const std::int64_t bins = n / 2 + 1;
    Waves waves{Tensor::empty({n, bins}), Tensor::empty({n, bins})};
    // One period of each, read at k t mod n: exact for all, and n sines instead of n^2.
    Tensor cosine = Tensor::empty({n});
    Tensor sine = Tensor::empty({n});
    for (std::int64_t j = 0; j < n; ++j) {
        const double angle = 2.0 * std::numbers::pi * static_cast<double>(j) / static_cast<double>(n);
        cosine.data()[j] = static_cast<float>(factor * std::cos(angle));
        sine.data()[j] = static_cast<float>(factor * std::sin(angle));
    }
    for (std::int64_t t = 0; t < n; ++t) {
        for (std::int64_t k = 0; k < bins; ++k) {
            const std::int64_t at = t * k % n;
            waves.cosine.data()[t * bins + k] = cosine.data()[at];
            waves.sine.data()[t * bins + k] = sine.data()[at];
        }
    }
    return waves;
}

/// How often each bin counts in the whole spectrum; 0 for imaginary parts that must vanish.
Tensor timesInWhole(std::int64_t n, float atEnds)
{
    Tensor times = Tensor::full({n / 2 + 1}, 2.0F);
    times.data()[0] = atEnds;
    if (n % 2 == 0)
        times.data()[n / 2] = atEnds;
    return times;
}

void needSameLength(const char* operation, const Tensor& a, const Tensor& b)
{
    if (a.rank() == 0 || b.rank() == 0 || a.size(-1) != b.size(-1))
        throw Error(Message(TR("engine",
                               "The operation %1 needs one length along the last axis, but the shapes are %2 "
                               "and %3."),
                            operation, print(a.shape()), print(b.shape())));
}

}  // namespace

Spectrum rfft(const Tensor& x, FourierNorm norm)
{
    if (x.rank() == 0 || x.size(-1) == 0)
        throw Error(
            Message(TR("engine", "The operation rfft has no values in the shape %1."), print(x.shape())));
    const std::int64_t n = x.size(-1);
    const Waves waves =
        wavesOf(n, norm == FourierNorm::Ortho ? 1.0 / std::sqrt(static_cast<double>(n)) : 1.0);
    return {matmul(x, waves.cosine), neg(matmul(x, waves.sine))};
}

Tensor irfft(const Spectrum& spectrum, std::int64_t n, FourierNorm norm)
{
    if (n < 1 || spectrum.re.rank() == 0 || spectrum.re.size(-1) != n / 2 + 1 ||
        !(spectrum.re.shape() == spectrum.im.shape()))
        throw Error(Message(TR("engine", "The operation irfft cannot make %1 values of spectra %2 and %3."),
                            n, print(spectrum.re.shape()), print(spectrum.im.shape())));
    const auto count = static_cast<double>(n);
    const Waves waves = wavesOf(n, norm == FourierNorm::Ortho ? 1.0 / std::sqrt(count) : 1.0 / count);
    const Tensor re = mul(spectrum.re, timesInWhole(n, 1.0F));
    const Tensor im = mul(spectrum.im, timesInWhole(n, 0.0F));
    return sub(matmul(re, transpose(waves.cosine)), matmul(im, transpose(waves.sine)));
}

Tensor circularCorrelation(const Tensor& a, const Tensor& b)
{
    needSameLength("circularCorrelation", a, b);
    const Spectrum A = rfft(a);
    const Spectrum B = rfft(b);
    return irfft({A.re * B.re + A.im * B.im, A.im * B.re - A.re * B.im}, a.size(-1));
}

Tensor causalConvolution(const Tensor& u, const Tensor& kernel)
{
    needSameLength("causalConvolution", u, kernel);
    const std::int64_t n = u.size(-1);
    const Spectrum U = rfft(pad(u, -1, {.after = n}));
    const Spectrum K = rfft(pad(kernel, -1, {.after = n}));
    const Tensor both = irfft({U.re * K.re - U.im * K.im, U.re * K.im + U.im * K.re}, 2 * n);
    return slice(both, -1, 0, n);
}

}  // namespace fc
