// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/commands/command.h"
#include "app/commands/output.h"
#include "app/commands/settings.h"
#include "engine/base/atomic_file.h"
#include "engine/base/sha256.h"
#include "engine/io/safetensors.h"
#include "engine/runs/services.h"
#include "engine/store/store.h"
#include "engine/tensor/mapped_file.h"

namespace fc::app {

namespace {

using Json = nlohmann::ordered_json;

/// Larger files are no checkpoints of models that train on a desktop.
constexpr std::uintmax_t checkpointLimit = std::uintmax_t{8} << 30;

struct Options {
    std::string workspace;
    std::string run;
    std::string id;
    std::string out;
    std::string file;
    std::string into;
    bool json = false;
};

Store openStore(const Options& options, Store::Mode mode)
{
    if (options.workspace.empty()) {
        throw UsageError(
            Message(TR("commands",
                       "The workspace is missing; write \"forecastle checkpoints WORKSPACE …\". Only "
                       "inspect needs none.")));
    }
    return Store::open(options.workspace, mode);
}

std::string markOf(const CheckpointRecord& record)
{
    return record.best && record.last ? "best, last" : record.best ? "best" : record.last ? "last" : "";
}

int list(const Options& options)
{
    const Store store = openStore(options, Store::Mode::ReadOnly);
    const RunRecord run = store.run(options.run);
    Json documents = Json::array();
    TextTable table({"id", "step", "epoch", "training loss", "validation loss", "bytes", "mark", "created"});
    for (const CheckpointRecord& record : store.checkpoints(run.id)) {
        documents.push_back(
            {{"id", record.id},
             {"run", run.name},
             {"step", record.step},
             {"epoch", record.epoch},
             {"train_loss", record.trainLoss},
             {"validation_loss", record.validationLoss ? Json(*record.validationLoss) : Json()},
             {"best", record.best},
             {"last", record.last},
             {"bytes", record.bytes},
             {"sha256", record.sha256},
             {"created", record.created}});
        table.add({std::to_string(record.id), std::to_string(record.step), std::to_string(record.epoch),
                   shortNumber(record.trainLoss),
                   record.validationLoss ? shortNumber(*record.validationLoss) : "-",
                   std::to_string(record.bytes), markOf(record), record.created});
    }
    if (options.json)
        printJson(documents);
    else
        print(documents.empty() ? "Run " + escaped(run.name) + " has no checkpoint yet.\n" : table.text());
    return 0;
}

int exportCheckpoint(const Options& options)
{
    const Store store = openStore(options, Store::Mode::ReadOnly);
    const std::string bytes = store.checkpointBytes(wholeNumber("ID", options.id, 1));
    writeFile(options.out, bytes);
    if (options.json)
        printJson({{"file", options.out}, {"bytes", bytes.size()}, {"sha256", sha256(bytes)}});
    else
        print("Wrote " + std::to_string(bytes.size()) + " bytes to " + displayPath(options.out) + ".\n");
    return 0;
}

int importFile(const Options& options)
{
    openStore(options, Store::Mode::ReadOnly);
    const bool weightsAlone = !options.into.empty();
    const RunRecord run =
        weightsAlone
            ? importWeights(options.workspace, options.file, options.into, options.run)
            : importCheckpoint(options.workspace, readFile(options.file, checkpointLimit), options.run);
    if (options.json)
        printJson(Json::parse(runJson(run)));
    else if (weightsAlone)
        print("Imported the weights into the model of run " + escaped(options.into) + " as run " +
              escaped(run.name) + ".\n");
    else
        print("Imported the checkpoint of step " + std::to_string(run.steps) + " as run " +
              escaped(run.name) + ".\n");
    return 0;
}

int remove(const Options& options)
{
    Store store = openStore(options, Store::Mode::ReadWrite);
    const CheckpointRecord record = store.checkpoint(wholeNumber("ID", options.id, 1));
    store.deleteCheckpoint(record.id);
    if (options.json)
        printJson({{"deleted", record.id}});
    else
        print("Deleted checkpoint " + std::to_string(record.id) + " of step " + std::to_string(record.step) +
              ".\n");
    return 0;
}

/// What `inspect` found. A file that cannot be read at all is a verdict too.
struct Inspection {
    std::optional<MappedFile> bytes;  ///< the tensors of `file` point into it
    SafetensorsFile file;
    std::vector<CheckpointProblem> problems;
    std::string digest;
};

Inspection inspectFile(const std::string& path)
{
    Inspection inspection;
    try {
        inspection.bytes.emplace(path);
    } catch (const Error& error) {
        inspection.problems.push_back({"unreadable_file", {}, error.message().english(), error.message()});
        return inspection;
    }
    inspection.problems = inspectSafetensors(inspection.bytes->bytes(), inspection.file);
    if (inspection.problems.empty())
        inspection.digest = sha256(inspection.bytes->bytes());
    return inspection;
}

Json inspectionJson(const Inspection& inspection)
{
    const bool sound = inspection.problems.empty();
    Json tensors = Json::array();
    Json metadata = Json::object();
    if (sound) {
        for (const StoredTensor& tensor : inspection.file.tensors)
            tensors.push_back({{"name", tensor.name}, {"dtype", tensor.dtype}, {"shape", tensor.shape}});
        for (const auto& [key, value] : inspection.file.metadata)
            metadata[key] = value;
    }
    Json messages = Json::array();
    for (const CheckpointProblem& problem : inspection.problems) {
        messages.push_back({{"severity", "error"},
                            {"line", nullptr},
                            {"column", problem.tensor.empty() ? Json() : Json(problem.tensor)},
                            {"code", problem.code},
                            {"text", problem.text}});
    }
    return {{"verdict", sound ? "accept" : "reject"},
            {"rows", tensors.size()},
            {"tensors", tensors},
            {"metadata", metadata},
            {"messages", messages},
            {"digest", sound ? Json(inspection.digest) : Json()}};
}

int inspect(const Options& options)
{
    const Inspection inspection = inspectFile(options.file);
    if (options.json) {
        printJson(inspectionJson(inspection));
        return 0;
    }
    for (const CheckpointProblem& problem : inspection.problems)
        print("refused: " + escaped(problem.text) + "\n");
    if (!inspection.problems.empty())
        return 0;
    TextTable table({"tensor", "type", "shape"});
    for (const StoredTensor& tensor : inspection.file.tensors) {
        std::string shape;
        for (const std::int64_t size : tensor.shape)
            shape += (shape.empty() ? "" : " x ") + std::to_string(size);
        table.add({tensor.name, tensor.dtype, shape});
    }
    print(displayPath(options.file) + " is sound: " + std::to_string(inspection.file.tensors.size()) +
          " tensors.\n" + table.text());
    return 0;
}

}  // namespace

Action declareCheckpoints(CLI::App& app)
{
    const auto options = std::make_shared<Options>();
    const auto action = std::make_shared<int (*)(const Options&)>(list);
    app.add_option("workspace", options->workspace, "The workspace; not needed by inspect.");
    app.add_flag("--json", options->json, "Print one JSON document.");
    app.require_subcommand(1)->fallthrough();

    const auto add = [&](const char* name, const char* help, int (*run)(const Options&)) {
        CLI::App* sub = app.add_subcommand(name, help)->fallthrough();
        sub->callback([action, run] { *action = run; });
        return sub;
    };
    add("list", "The checkpoints of a run.", list)
        ->add_option("run", options->run, "Name or number of the run.")
        ->required();
    CLI::App* out = add("export", "Write a checkpoint as a .safetensors file.", exportCheckpoint);
    out->add_option("id", options->id, "Number of the checkpoint.")->required();
    out->add_option("--out", options->out, "The file to write.")->required()->type_name("FILE");
    CLI::App* in =
        add("import", "Make a run of an exported checkpoint, whose series must be here, or of weights.",
            importFile);
    in->add_option("file", options->file, "The .safetensors file.")->required();
    in->add_option("--name", options->run, "Name of the run; MODEL-NNN by default.")->type_name("R");
    in->add_option("--into", options->into,
                   "Take the weights alone, from any program, into the model and settings of this run.")
        ->type_name("RUN");
    add("delete", "Delete a checkpoint.", remove)
        ->add_option("id", options->id, "Number of the checkpoint.")
        ->required();
    add("inspect", "Check any safetensors file; needs no workspace.", inspect)
        ->add_option("file", options->file, "The file.")
        ->required();
    return [options, action] { return (*action)(*options); };
}

}  // namespace fc::app
