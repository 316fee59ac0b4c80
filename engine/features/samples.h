// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/data/series.h"

namespace fc {

/// Names of the built-in sample series: "synthetic-crypto-1h" (8,000 hours of OHLCV, around the clock),
/// "synthetic-equity-1d" (2,500 business days of OHLCV), "synthetic-load-1h" (17,520 hours of one seasonal
/// non-market column).
std::vector<std::string> sampleNames();

/// A seeded synthetic series. The markets have regime changes, volatility clustering, heavy tails, volume
/// that follows volatility, and a weak pattern in the returns that can be learned: a daily or weekly cycle
/// and a pull back to a slow level. The load has daily, weekly and yearly seasons and a few regime changes.
/// Same name and seed: same bytes. Throws UsageError for an unknown name.
Series makeSample(const std::string& name, std::uint64_t seed = 1);

}  // namespace fc
