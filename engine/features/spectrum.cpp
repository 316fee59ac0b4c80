// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/features/spectrum.h"

#include <cmath>
#include <numbers>

namespace fc {

Spectrum::Spectrum(int window, int hop)
    : m_size(static_cast<std::size_t>(window)),
      m_hop(static_cast<std::size_t>(hop)),
      m_wait(m_size),
      m_values(m_size),
      m_bell(m_size),
      m_places(m_size / 2),
      m_turns(m_size / 2),
      m_work(m_size / 2),
      m_amplitudes(m_size / 2 + 1)
{
    const double turn = 2.0 * std::numbers::pi / static_cast<double>(m_size);
    double sum = 0;
    for (std::size_t i = 0; i < m_size; ++i) {
        m_bell[i] = 0.5 - 0.5 * std::cos(turn * static_cast<double>(i));
        sum += m_bell[i];
    }
    for (double& weight : m_bell)
        weight *= 2.0 / sum;
    for (std::size_t i = 0; i < m_turns.size(); ++i)
        m_turns[i] = std::polar(1.0, -turn * static_cast<double>(i));
    for (std::size_t i = 0; i < m_places.size(); ++i) {  // places with their bits in reverse
        for (std::size_t bit = 1, mirrored = m_places.size() / 2; mirrored > 0; bit *= 2, mirrored /= 2)
            m_places[i] |= (i & bit) != 0 ? mirrored : 0;
    }
}

bool Spectrum::push(double x)
{
    if (std::isnan(x)) {
        m_wait = m_size;
        m_isKnown = false;
        return false;
    }
    m_values[m_at] = x;
    m_at = (m_at + 1) & (m_size - 1);
    if (--m_wait > 0)
        return false;
    m_wait = m_hop;
    m_isKnown = true;
    transform();
    return true;
}

void Spectrum::transform()
{
    // Two values make one complex number: half the numbers, which the symmetry of real signals tells apart
    // again. Differences to the first value: a large level would drown the waves in rounding.
    const std::size_t half = m_size / 2;
    const double level = m_values[m_at];
    const auto weighted = [&](std::size_t i) {
        return m_bell[i] * (m_values[(m_at + i) & (m_size - 1)] - level);
    };
    for (std::size_t i = 0; i < half; ++i)
        m_work[m_places[i]] = {weighted(2 * i), weighted(2 * i + 1)};
    transformWork();
    m_amplitudes[0] = std::abs((m_work[0].real() + m_work[0].imag()) / 2.0 + level);
    m_amplitudes[half] = std::abs(m_work[0].real() - m_work[0].imag()) / 2.0;
    for (std::size_t k = 1; k < half; ++k) {
        const std::complex<double> a = m_work[k];
        const std::complex<double> b = std::conj(m_work[half - k]);
        const std::complex<double> even = 0.5 * (a + b);
        const std::complex<double> odd(0.5 * (a.imag() - b.imag()), 0.5 * (b.real() - a.real()));
        const double real = even.real() + m_turns[k].real() * odd.real() - m_turns[k].imag() * odd.imag();
        const double imaginary =
            even.imag() + m_turns[k].real() * odd.imag() + m_turns[k].imag() * odd.real();
        m_amplitudes[k] = std::sqrt(real * real + imaginary * imaginary);
    }
}

void Spectrum::transformWork()
{
    // Cooley & Tukey, Mathematics of Computation 19, 1965.
    const std::size_t size = m_work.size();
    for (std::size_t half = 1; half < size; half *= 2) {
        const std::size_t stride = m_size / (2 * half);
        for (std::size_t block = 0; block < size; block += 2 * half) {
            for (std::size_t i = 0; i < half; ++i) {
                const std::complex<double> a = m_work[block + i];
                const std::complex<double> w = m_turns[i * stride];
                const std::complex<double> z = m_work[block + i + half];
                const std::complex<double> b(w.real() * z.real() - w.imag() * z.imag(),
                                             w.real() * z.imag() + w.imag() * z.real());
                m_work[block + i] = a + b;
                m_work[block + i + half] = a - b;
            }
        }
    }
}

}  // namespace fc
