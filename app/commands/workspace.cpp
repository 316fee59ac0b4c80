// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/commands/command.h"
#include "app/commands/output.h"
#include "engine/base/atomic_file.h"
#include "engine/base/error.h"
#include "engine/store/store.h"

namespace fc::app {

namespace {

int check(const std::string& path, bool json)
{
    const std::vector<StoreProblem> problems = Store::open(path, Store::Mode::ReadOnly).checkIntegrity();
    if (json) {
        nlohmann::ordered_json found = nlohmann::ordered_json::array();
        for (const StoreProblem& problem : problems)
            found.push_back({{"where", problem.where}, {"text", problem.text}});
        printJson({{"workspace", path}, {"sound", problems.empty()}, {"problems", found}});
    } else if (problems.empty()) {
        print(displayPath(path) + " is sound.\n");
    } else {
        for (const StoreProblem& problem : problems)
            print(escaped(problem.where) + ": " + escaped(problem.text) + "\n");
    }
    if (problems.empty())
        return 0;
    throw Error(Message(
        TR("commands", "%1 has %2 faults. Copy what is whole with the export commands before using it."),
        displayPath(path), problems.size()));
}

}  // namespace

Action declareWorkspace(CLI::App& app)
{
    struct Options {
        std::string path;
        bool json = false;
    };
    const auto options = std::make_shared<Options>();
    app.add_flag("--json", options->json, "Print one JSON document.");
    app.require_subcommand(1)->fallthrough();
    app.add_subcommand("check", "Integrity, orphan rows, checksums of every blob.")
        ->fallthrough()
        ->add_option("file", options->path, "The workspace.")
        ->required();
    return [options] { return check(options->path, options->json); };
}

}  // namespace fc::app
