// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commands/command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>

#include "app/commands/output.h"
#include "engine/base/error.h"
#include "engine/params/params.h"

namespace fc::app {

namespace {

/// `--set a=1 b=2` -> `--set=a=1 --set=b=2`, so that a list never swallows the positional argument behind it.
std::vector<std::string> splitLists(const std::vector<std::string>& args)
{
    struct ListOption {
        std::string name;
        char mark;  // what a further value must contain
    };
    static const std::array<ListOption, 3> lists = {{{"--set", '='}, {"--map", '='}, {"--feature", '('}}};

    std::vector<std::string> out;
    for (size_t i = 0; i < args.size(); ++i) {
        const auto list = std::ranges::find(lists, args[i], &ListOption::name);
        if (list == lists.end() || i + 1 == args.size()) {
            out.push_back(args[i]);
            continue;
        }
        out.push_back(list->name + "=" + args[++i]);
        while (i + 1 < args.size() && !args[i + 1].starts_with('-') &&
               args[i + 1].find(list->mark) != std::string::npos)
            out.push_back(list->name + "=" + args[++i]);
    }
    return out;
}

std::vector<std::string> optionNames(const CLI::App& app)
{
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options())
        for (const std::string& name : option->get_lnames())
            names.push_back("--" + name);
    for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
        names.push_back(sub->get_name());
        for (const std::string& name : optionNames(*sub))
            names.push_back(name);
    }
    return names;
}

UsageError usageError(const CLI::App& app, const Command& command, const CLI::ParseError& error)
{
    if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
        const std::vector<std::string> extras = app.remaining(true);
        const std::string extra = extras.empty() ? std::string() : extras.front();
        const std::string word = extra.substr(0, extra.find('='));
        const std::string near = nearest(word, optionNames(app));
        if (!near.empty()) {
            return UsageError(
                Message(TR("commands", "\"%1\" does not belong to \"forecastle %2\". The nearest is \"%3\"."),
                        escaped(word), command.name, near));
        }
        return UsageError(Message(
            TR("commands",
               "\"%1\" does not belong to \"forecastle %2\". \"forecastle %2 --help\" lists what does."),
            escaped(word), command.name));
    }
    return UsageError(
        Message(TR("commands", "\"forecastle %1\": %2. \"forecastle %1 --help\" shows how to write it."),
                command.name, escaped(error.what())));
}

}  // namespace

const std::vector<Command>& commands()
{
    static const std::vector<Command> all = {
        {"init", "Make an empty workspace.", declareInit},
        {"demo", "Import, train and forecast on built-in sample data.", declareDemo},
        {"import", "Read files into a workspace, or check what an import would do.", declareImport},
        {"series", "List, show, export or delete series.", declareSeries},
        {"explore", "Distribution, dependence, stationarity, season and information of a series.",
         declareExplore},
        {"features", "The feature catalogue, feature values, and the look-ahead audit.", declareFeatures},
        {"recipes", "List, show, save or delete recipes.", declareRecipes},
        {"models", "The models and their parameters.", declareModels},
        {"train", "Train one run.", declareTrain},
        {"resume", "Continue a run from a checkpoint.", declareResume},
        {"reproduce", "Train a run again from its record and compare bit for bit.", declareReproduce},
        {"forecast", "Forecast from the end of the data.", declareForecast},
        {"evaluate", "Score a run's weights beside the naive baselines.", declareEvaluate},
        {"runs", "List, show, compare, tag, note, export or delete runs.", declareRuns},
        {"checkpoints", "List, export, inspect or delete checkpoints.", declareCheckpoints},
        {"bench", "Speed of one training step and of one forecast on this machine.", declareBench},
        {"gradcheck", "Compare gradients with differences, for a model or for everything.", declareGradcheck},
        {"workspace", "Check a workspace: integrity, orphan rows, checksums.", declareWorkspace},
    };
    return all;
}

const Command* findCommand(std::string_view name)
{
    const auto it =
        std::ranges::find(commands(), name, [](const Command& each) { return std::string_view(each.name); });
    return it == commands().end() ? nullptr : &*it;
}

void refuseCommand(const std::string& name)
{
    std::vector<std::string> names;
    for (const Command& command : commands())
        names.push_back(command.name);
    const std::string near = nearest(name, names);
    if (near.empty()) {
        throw UsageError(
            Message(TR("commands", "There is no command \"%1\". \"forecastle --help\" lists all of them."),
                    escaped(name)));
    }
    throw UsageError(
        Message(TR("commands", "There is no command \"%1\". The nearest is \"%2\"."), escaped(name), near));
}

int runCommand(const Command& command, const std::vector<std::string>& args)
{
    CLI::App app(command.help, "forecastle " + command.name);
    const Action action = command.declare(app);
    std::vector<std::string> reversed = splitLists(args);
    std::ranges::reverse(reversed);
    try {
        app.parse(reversed);
    } catch (const CLI::CallForHelp&) {
        print(app.help());
        return 0;
    } catch (const CLI::ParseError& error) {
        throw usageError(app, command, error);
    }
    return action();
}

std::string helpText()
{
    std::string text =
        "Forecastle: a workbench for training time-series forecasting models.\n\n"
        "  forecastle                     open the workbench\n"
        "  forecastle FILE.forecastle     open that workspace\n"
        "  forecastle --demo              open the workbench on sample data and train\n"
        "  forecastle COMMAND [options]   work without a display\n"
        "  forecastle --version\n\nCommands:\n";
    for (const Command& command : commands())
        text += "  " + command.name + std::string(14 - command.name.size(), ' ') + command.help + "\n";
    return text + "\n\"forecastle COMMAND --help\" shows the options of one.\n";
}

}  // namespace fc::app
