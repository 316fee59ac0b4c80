// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "engine/features/dataset.h"
#include "engine/store/store.h"

namespace fc {

/// The series that a request or a run names: one name, or several separated by commas. Throws UsageError when
/// one is not there, with the nearest, or is listed twice.
std::vector<std::string> seriesInList(const Store& store, const std::string& list);

/// Whether a series is so large, more than 100 MB, that its dataset is kept on disk.
bool isKeptOnDisk(const SeriesRecord& series);

/// The dataset of a list of series. One series of more than 100 MB is kept on
/// disk. Throws as makeDataset and Store::loadSeries.
Dataset loadDataset(const Store& store, const std::string& list, const Recipe& recipe,
                    const FittedScales* fitted = nullptr);

/// The hash of one series; of several, the digest over theirs in the order of the list.
std::string hashOfAll(const Store& store, const std::vector<std::string>& names);

}  // namespace fc
