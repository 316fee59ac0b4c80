// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <complex>
#include <cstddef>
#include <span>
#include <vector>

namespace fc {

/// Spectrum of the last `window` values of a signal, a power of two, computed once every `hop` values under a
/// Hann window: O(window log window) for each hop. A missing value empties the window.
class Spectrum {
public:
    Spectrum() = default;
    Spectrum(int window, int hop);

    /// True when there is a new spectrum.
    bool push(double x);
    /// Whether there has been one since the last missing value.
    bool isKnown() const { return m_isKnown; }
    /// Amplitudes of the waves with 0 .. window / 2 turns in the window: a sine of amplitude 1 gives 1.
    std::span<const double> amplitudes() const { return m_amplitudes; }

private:
    void transform();
    void transformWork();

    std::size_t m_size = 0;
    std::size_t m_hop = 1;
    std::size_t m_wait = 0;  ///< values until the next spectrum
    std::size_t m_at = 0;
    bool m_isKnown = false;
    std::vector<double> m_values;  ///< a ring, oldest at m_at
    std::vector<double> m_bell;    ///< Hann window, scaled
    std::vector<std::size_t> m_places;
    std::vector<std::complex<double>> m_turns;
    std::vector<std::complex<double>> m_work;
    std::vector<double> m_amplitudes;
};

}  // namespace fc
