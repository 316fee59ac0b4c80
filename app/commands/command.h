// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace fc::app {

/// Does the work after the options were read; returns the exit status.
using Action = std::function<int()>;

/// One command of the program: its own file, one line in commands().
struct Command {
    std::string name;
    std::string help;
    Action (*declare)(CLI::App& app) = nullptr;  ///< adds its options to `app`
};

/// In the order of the help text.
const std::vector<Command>& commands();

/// The command of that name, or nullptr.
const Command* findCommand(std::string_view name);

/// Throws UsageError naming the nearest command.
[[noreturn]] void refuseCommand(const std::string& name);

/// Reads `args` (those after the command's name) and runs the command. Throws UsageError when they do not
/// fit.
int runCommand(const Command& command, const std::vector<std::string>& args);

/// The text of --help without a command.
std::string helpText();

Action declareInit(CLI::App& app);
Action declareDemo(CLI::App& app);
Action declareImport(CLI::App& app);
Action declareSeries(CLI::App& app);
Action declareExplore(CLI::App& app);
Action declareFeatures(CLI::App& app);
Action declareRecipes(CLI::App& app);
Action declareModels(CLI::App& app);
Action declareTrain(CLI::App& app);
Action declareResume(CLI::App& app);
Action declareReproduce(CLI::App& app);
Action declareForecast(CLI::App& app);
Action declareEvaluate(CLI::App& app);
Action declareRuns(CLI::App& app);
Action declareCheckpoints(CLI::App& app);
Action declareBench(CLI::App& app);
Action declareGradcheck(CLI::App& app);
Action declareWorkspace(CLI::App& app);

}  // namespace fc::app
