// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "engine/params/params.h"

namespace CLI {
class App;
}

namespace fc::app {

/// Training settings as written on the command line.
struct SettingArguments {
    ParamValues base = {};         ///< under all others: those of a stored recipe
    std::string config;            ///< a JSON file, or empty
    std::vector<std::string> set;  ///< "key=value", over the file
    std::string seed;              ///< over both
    std::string threads;
};

/// Adds --set, --config, --seed and --threads.
void addSettings(CLI::App& app, SettingArguments& arguments);

/// The values by the types of `schema`, checked. A list in the file is read as its comma-separated text.
/// Throws UsageError naming the key, Error when the file cannot be read.
ParamValues readSettings(const Schema& schema, const SettingArguments& arguments);

/// Says on standard error which of the `given` settings have no effect beside the others: one line per choice
/// that leaves some without.
void sayUnused(const Schema& schema, const ParamValues& given);

/// The values of "key=value" texts. Throws UsageError.
ParamValues readSet(const Schema& schema, const std::vector<std::string>& set);

/// A whole number of at least `minimum` given for `option`. Throws UsageError.
std::int64_t wholeNumber(const std::string& option, const std::string& text, std::int64_t minimum);

}  // namespace fc::app
