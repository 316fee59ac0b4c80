// SPDX-License-Identifier: GPL-3.0-or-later
// The one program: the workbench without a command, one job without a display with one.
#include <exception>
#include <filesystem>
#include <new>

#include "app/commands/command.h"
#include "app/commands/output.h"
#include "app/desktop.h"
#include "engine/base/error.h"
#include "engine/runs/services.h"

namespace {

using namespace fc;

constexpr int failed = 1;
constexpr int wrongUsage = 2;

/// `args` without the program's name.
int run(int& argc, char** argv, const std::vector<std::string>& args)
{
    const std::string first = args.empty() ? std::string() : args.front();
    if (first == "--help" || first == "-h") {
        app::print(app::helpText());
        return 0;
    }
    if (first == "--version") {
        app::print("forecastle " + programVersion() + "\n");
        return 0;
    }
    if (const app::Command* command = app::findCommand(first))
        return app::runCommand(*command, {args.begin() + 1, args.end()});

    DesktopOptions options;
    for (const std::string& argument : args) {
        const std::filesystem::path path(argument);
        if (argument == "--demo")
            options.demo = true;
        else if (options.workspace.empty() && !argument.starts_with('-') &&
                 (path.extension() == ".forecastle" || std::filesystem::exists(path)))
            options.workspace = path;
        else if (argument.starts_with('-'))
            throw UsageError(
                Message(TR("commands",
                           "There is no option \"%1\"; without a command there are --demo, --help and "
                           "--version."),
                        app::escaped(argument)));
        else
            app::refuseCommand(argument);
    }
    return runDesktop(argc, argv, options);
}

}  // namespace

int main(int argc, char** argv)
{
    try {
        return run(argc, argv, {argv + 1, argv + argc});
    } catch (const UsageError& error) {
        app::say(app::escaped(error.what()));
        return wrongUsage;
    } catch (const Error& error) {
        app::say(app::escaped(error.what()));
        return failed;
    } catch (const std::bad_alloc&) {
        app::say("There is not enough memory for this. Choose a smaller batch, model or file.");
        return failed;
    } catch (const std::exception& error) {
        app::say(
            "The program met a fault of its own and stopped; what was stored before is whole. Its name is "
            "\"" +
            app::escaped(error.what()) + "\".");
        return failed;
    }
}
