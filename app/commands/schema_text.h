// SPDX-License-Identifier: GPL-3.0-or-later
// What commands say about the settings of a model, a feature, and whatever else has some.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "engine/params/params.h"

namespace fc::app {

/// One object per setting: name, type, default, minimum, maximum, choices, unit, label, help, when.
nlohmann::ordered_json parametersJson(const Schema& schema);

/// "1 to 8 rows", "at least 1", "mean|sum".
std::string rangeText(const Param& param);
/// The help, with long lists of choices and the condition under which the setting counts.
std::string meaning(const ParamSpec& spec);
/// A table with one line per setting.
std::string schemaText(const Schema& schema);

}  // namespace fc::app
