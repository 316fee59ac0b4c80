// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <string>

namespace CLI {
class App;
}

namespace fc::app {

/// Adds check, one subcommand for each transform, and undo to the command `series`. The chosen one becomes
/// `*action`.
void declareTransforms(CLI::App& app, const std::shared_ptr<std::string>& workspace,
                       const std::shared_ptr<bool>& json,
                       const std::shared_ptr<std::function<int()>>& action);

}  // namespace fc::app
