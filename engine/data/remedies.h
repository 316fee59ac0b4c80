// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/base/message.h"
#include "engine/data/series.h"

namespace fc {

/// Code of a finding -> what is done about it.
using Remedies = std::map<std::string, std::string>;

/// What can be done about a finding of that kind, "keep" first: drop_rows, set_missing, clip (into low ..
/// high; a negative volume becomes 0), swap (high and low), forward (the value before). Empty for an unknown
/// code.
std::vector<std::string> remediesFor(const std::string& code);

/// Throws UsageError naming the code, or the remedies that its code has.
void checkRemedies(const Remedies& remedies);

/// Applies them in the order in which findFaults lists the codes, each to what the ones before left, and says
/// for each how many cells or rows it changed. Throws UsageError as checkRemedies does.
std::vector<Message> applyRemedies(Series& series, const Remedies& remedies);

}  // namespace fc
