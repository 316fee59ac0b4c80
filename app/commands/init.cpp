// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/commands/command.h"
#include "app/commands/output.h"
#include "engine/base/atomic_file.h"
#include "engine/store/store.h"

namespace fc::app {

Action declareInit(CLI::App& app)
{
    struct Options {
        std::string workspace;
        bool json = false;
    };
    const auto options = std::make_shared<Options>();
    app.add_option("workspace", options->workspace, "The file to make, *.forecastle.")->required();
    app.add_flag("--json", options->json, "Print one JSON document.");
    return [options] {
        const Store store = Store::create(options->workspace);
        if (options->json)
            printJson({{"workspace", store.path().string()}});
        else
            print("Made the empty workspace " + displayPath(store.path()) + ".\n");
        return 0;
    };
}

}  // namespace fc::app
