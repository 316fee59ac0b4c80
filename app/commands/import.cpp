// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <unistd.h>

#include "app/commands/command.h"
#include "app/commands/output.h"
#include "app/commands/settings.h"
#include "engine/base/atomic_file.h"
#include "engine/io/import_concat.h"
#include "engine/runs/import_file.h"
#include "engine/runs/services.h"

namespace fc::app {

namespace {

using Json = nlohmann::ordered_json;

struct Options {
    std::vector<std::string> paths;  ///< the workspace first, unless `check`
    std::string name;
    std::vector<std::string> map;
    std::string delimiter;
    std::string decimal;
    std::string headerLine;
    std::string dateFormat;
    std::string timeZone;
    std::string onDuplicate;
    std::string onRepeatedHour;
    std::string onSkippedHour;
    std::vector<std::string> remedies;
    std::vector<std::string> types;
    std::string missing;
    std::string calendar;
    std::string encoding;
    std::string member;
    std::string sheet;
    std::string table;
    bool concat = false;
    bool check = false;
    bool json = false;
};

char delimiterOf(const std::string& text)
{
    static const std::map<std::string, char> names = {{"comma", ','}, {"semicolon", ';'}, {"tab", '\t'},
                                                      {"\\t", '\t'},  {"space", ' '},     {"pipe", '|'}};
    if (const auto it = names.find(text); it != names.end())
        return it->second;
    if (text.size() == 1)
        return text.front();
    throw UsageError(
        Message(TR("commands",
                   "--delimiter is \"%1\"; it must be one character, or comma, semicolon, tab, space "
                   "or pipe."),
                escaped(text)));
}

/// "left=right"; `sentence` is for what is no such pair.
std::pair<std::string, std::string> pairOf(const std::string& text, const char* sentence)
{
    const size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
        throw UsageError(Message(sentence, escaped(text)));
    return {text.substr(0, equals), text.substr(equals + 1)};
}

ImportOptions importOptions(const Options& options)
{
    ImportOptions import;
    if (!options.name.empty())
        import.name = options.name;
    if (!options.delimiter.empty())
        import.delimiter = delimiterOf(options.delimiter);
    if (!options.decimal.empty()) {
        if (options.decimal != "." && options.decimal != ",")
            throw UsageError(Message(TR("commands", "--decimal is \"%1\"; it must be \".\" or \",\"."),
                                     escaped(options.decimal)));
        import.decimal = options.decimal.front();
    }
    if (!options.headerLine.empty())
        import.headerLine = wholeNumber("--header-line", options.headerLine, 0);
    const auto take = [](const std::string& text, std::optional<std::string>& into) {
        if (!text.empty())
            into = text;
    };
    take(options.dateFormat, import.dateFormat);
    take(options.timeZone, import.timeZone);
    take(options.onDuplicate, import.onDuplicate);
    take(options.encoding, import.encoding);
    take(options.member, import.member);
    take(options.sheet, import.sheet);
    take(options.table, import.table);
    take(options.onRepeatedHour, import.onRepeatedHour);
    take(options.onSkippedHour, import.onSkippedHour);
    take(options.missing, import.missing);
    take(options.calendar, import.calendar);
    for (const std::string& each : options.map) {
        const auto [role, column] =
            pairOf(each, TR("commands", "\"%1\" is not a mapping; write --map role=column."));
        import.roles[role] = column;
    }
    for (const std::string& each : options.types)
        import.types.insert(
            pairOf(each, TR("commands", "\"%1\" is no type of a column; write --type column=number.")));
    for (const std::string& each : options.remedies)
        import.remedies.insert(
            pairOf(each, TR("commands", "\"%1\" is no remedy; write --remedy finding=action.")));
    return import;
}

/// Shows how far a long import is, on a terminal only.
ImportControl showProgress(const std::string& verb)
{
    if (isatty(STDERR_FILENO) == 0)
        return {};
    return {.cancel = nullptr, .progress = [verb, shown = -1](double share) mutable {
                const int percent = static_cast<int>(100 * share);
                if (percent != shown)
                    std::cerr << "\r\033[K"
                              << (percent < 100 ? verb + " " + std::to_string(percent) + "%" : "")
                              << std::flush;
                shown = percent;
            }};
}

std::string messageText(const std::string& file, const ImportMessage& message)
{
    std::string text = displayPath(file);
    if (message.line)
        text += ":" + std::to_string(*message.line);
    if (message.column)
        text += ", column " + escaped(*message.column);
    return text + ": " + (message.isError ? "" : "warning: ") + escaped(message.text.english());
}

/// Every error is said; of many warnings the first few.
void sayMessages(const std::string& file, const ImportResult& result)
{
    constexpr size_t shownWarnings = 20;
    size_t warnings = 0;
    for (const ImportMessage& message : result.messages) {
        if (message.isError || ++warnings <= shownWarnings)
            say(messageText(file, message));
    }
    if (warnings > shownWarnings)
        say(displayPath(file) + ": " + std::to_string(warnings - shownWarnings) +
            " more warnings; --json lists them.");
}

/// What is worth a look, with what can be done about it; empty when there is nothing.
std::string findingsText(const ImportResult& result)
{
    TextTable table({"finding", "column", "count", "lines", "remedies"});
    bool any = false;
    for (const std::vector<Finding>& findings : result.findings) {
        for (const Finding& finding : findings) {
            std::string lines;
            for (const std::int64_t line : finding.lines)
                lines += (lines.empty() ? "" : " ") + std::to_string(line);
            std::string remedies;
            for (const std::string& remedy : finding.remedies)
                remedies += (remedies.empty() ? "" : " ") + remedy;
            table.add({finding.code, finding.column, std::to_string(finding.count), lines, remedies});
            any = true;
        }
    }
    return any ? "\n" + table.text() : "";
}

int check(const Options& options)
{
    if (options.paths.size() != 1)
        throw UsageError(
            Message(TR("commands", "import --check takes one file and no workspace; there are %1 names."),
                    options.paths.size()));
    const std::string& file = options.paths.front();
    const StagedImport staged = stageFile(file, importOptions(options), showProgress("reading"));
    const ImportResult& result = staged.result();
    if (options.json) {
        print(importDocument(result, true) + "\n");
        return 0;
    }
    sayMessages(file, result);
    TextTable table({"verdict", verdictName(result.verdict)});
    table.add({"rows", std::to_string(result.rows())});
    for (const ImportColumn& column : result.preview.columns)
        table.add({column.name, column.role.empty() ? "" : column.role});
    print(table.text() + findingsText(result));
    return 0;
}

struct ReadFile {
    std::string path;
    StagedImport staged;

    const ImportResult& result() const { return staged.result(); }
};

std::string worstVerdict(const std::vector<ReadFile>& files)
{
    ImportVerdict worst = ImportVerdict::Accept;
    for (const ReadFile& file : files)
        worst = std::max(worst, file.result().verdict);
    return verdictName(worst);
}

/// One document for all files; a message names its file.
Json document(const std::vector<ReadFile>& files)
{
    Json all = {{"verdict", worstVerdict(files)},
                {"rows", 0},
                {"columns", Json::array()},
                {"messages", Json::array()},
                {"series", Json::array()}};
    for (const ReadFile& file : files) {
        const Json one = Json::parse(importDocument(file.result(), false));
        all["rows"] = all["rows"].get<std::int64_t>() + one["rows"].get<std::int64_t>();
        for (const Json& column : one["columns"]) {
            if (std::ranges::find(all["columns"], column) == all["columns"].end())
                all["columns"].push_back(column);
        }
        for (Json message : one["messages"]) {
            message["file"] = file.path;
            all["messages"].push_back(message);
        }
        for (const Json& series : one["series"])
            all["series"].push_back(series);
    }
    return all;
}

void refuseRejected(const std::vector<ReadFile>& files)
{
    for (const ReadFile& file : files) {
        if (file.result().verdict != ImportVerdict::Reject)
            continue;
        const auto error = std::ranges::find(file.result().messages, true, &ImportMessage::isError);
        throw Error(Message(
            TR("commands", "Nothing was imported, because %1 was refused: %2"), displayPath(file.path),
            error == file.result().messages.end() ? std::string() : escaped(error->text.english())));
    }
}

void store(const std::string& workspace, const std::vector<ReadFile>& files)
{
    std::vector<StagedFile> all;
    for (const ReadFile& file : files)
        all.push_back({file.staged, std::filesystem::path(file.path).filename().string(), ""});
    storeStaged(workspace, all, showProgress("storing"));
}

/// All files as one; as they are when one was refused.
std::vector<ReadFile> joined(std::vector<ReadFile> files, const ImportOptions& options)
{
    std::vector<ImportPart> parts;
    for (ReadFile& file : files) {
        if (file.result().verdict == ImportVerdict::Reject)
            return files;
        if (file.result().ends)
            throw Error(Message(TR("commands", "%1 is too large to be joined to other files. Import it alone."),
                                displayPath(file.path)));
        parts.push_back({std::filesystem::path(file.path).filename().string(), file.result()});
    }
    const std::size_t shown = std::accumulate(
        parts.begin(), parts.end(), std::size_t(0),
        [](std::size_t sum, const ImportPart& part) { return sum + part.result.messages.size(); });
    ReadFile all{files.front().path, StagedImport(concatenated(std::move(parts), options))};
    ImportResult news;
    news.messages.assign(all.result().messages.begin() + static_cast<std::ptrdiff_t>(shown),
                         all.result().messages.end());
    sayMessages(all.path, news);
    return {all};
}

int importFiles(const Options& options)
{
    if (options.paths.size() < 2)
        throw UsageError(Message(
            TR("commands", "import needs a workspace and at least one file; --check needs a file only.")));
    const std::vector<std::string> paths(options.paths.begin() + 1, options.paths.end());
    if (!options.name.empty() && paths.size() > 1 && !options.concat)
        throw UsageError(
            Message(TR("commands",
                       "--name names one series, and there are %1 files; import them one by one, or "
                       "join them with --concat, or leave --name out."),
                    paths.size()));
    // A workspace that cannot be used is found before a long file is read.
    Store::open(options.paths.front());

    std::vector<ReadFile> files;
    for (const std::string& path : paths) {
        // Values of a large file wait beside the workspace, where there must be room for them anyway.
        files.push_back({path, stageFile(path, importOptions(options), showProgress("reading"),
                                         std::filesystem::absolute(options.paths.front()).parent_path())});
        sayMessages(path, files.back().result());
    }
    if (options.concat)
        files = joined(std::move(files), importOptions(options));
    const bool accepted = std::ranges::none_of(
        files, [](const ReadFile& file) { return file.result().verdict == ImportVerdict::Reject; });
    if (accepted)
        store(options.paths.front(), files);
    if (options.json)
        printJson(document(files));
    refuseRejected(files);
    if (!options.json) {
        TextTable table({"series", "rows", "file"});
        for (const ReadFile& file : files)
            for (const SeriesShape& series : file.staged.shapes())
                table.add({series.name, std::to_string(series.rows), file.path});
        print(table.text());
    }
    return 0;
}

}  // namespace

Action declareImport(CLI::App& app)
{
    const auto options = std::make_shared<Options>();
    app.add_option("paths", options->paths, "The workspace, then the files; with --check only a file.")
        ->required();
    app.add_flag("--check", options->check, "Report what an import would do; stores nothing.");
    app.add_option("--name", options->name, "Name of the series; the file's name by default.")
        ->type_name("NAME");
    app.add_option("--map", options->map,
                   "What a column is, as role=column: time, clock, open, high, low, close, volume, id; may "
                   "be repeated.")
        ->type_name("ROLE=COLUMN")
        ->allow_extra_args(false);
    app.add_option("--delimiter", options->delimiter, "One character, or comma, semicolon, tab, space, pipe.")
        ->type_name("C");
    app.add_option("--decimal", options->decimal, "The decimal mark: . or ,")->type_name("C");
    app.add_option("--header-line", options->headerLine, "Line of the column names; 0 for none.")
        ->type_name("N");
    app.add_option("--date-format", options->dateFormat,
                   "ymd, dmy, mdy, epoch_s, epoch_ms, epoch_us, epoch_ns, index, or a pattern of %Y %m %d %H "
                   "%M %S %f %b %y "
                   "%I %p %j %z.")
        ->type_name("F");
    app.add_option("--time-zone", options->timeZone, "Of stamps without an offset, such as Europe/Berlin.")
        ->type_name("Z");
    app.add_option("--on-duplicate", options->onDuplicate, "Rows with the same stamp: first, last or error.")
        ->type_name("RULE");
    app.add_option("--on-repeated-hour", options->onRepeatedHour,
                   "Stamps that the clock shows twice: order (by the row before), earlier or later.")
        ->type_name("RULE");
    app.add_option("--on-skipped-hour", options->onSkippedHour, "Stamps that it never shows: error or shift.")
        ->type_name("RULE");
    app.add_option("--type", options->types,
                   "What a column holds: number, text, or ignore to leave it out; may be repeated.")
        ->type_name("COLUMN=TYPE")
        ->allow_extra_args(false);
    app.add_option(
           "--remedy", options->remedies,
           "What is done about a finding, such as spike=set_missing; --check lists both; may be repeated.")
        ->type_name("FINDING=ACTION")
        ->allow_extra_args(false);
    app.add_option("--missing", options->missing,
                   "Missing stamps and values: keep, gaps, forward, linear, nearest, mean or drop.")
        ->type_name("RULE");
    app.add_option("--calendar", options->calendar,
                   "When stamps are due: auto, by_row, 24/7, business_days, or sessions such as \"mon-fri "
                   "09:30-16:00\".")
        ->type_name("CALENDAR");
    app.add_option("--encoding", options->encoding,
                   "Of text: utf-8, utf-16le, utf-16be, windows-1252 or latin-1.")
        ->type_name("E");
    app.add_option("--member", options->member, "File inside a zip archive.")->type_name("NAME");
    app.add_option("--sheet", options->sheet, "Sheet of a spreadsheet.")->type_name("NAME");
    app.add_option("--table", options->table, "Table of an SQLite file, or key of a JSON array.")
        ->type_name("NAME");
    app.add_flag("--concat", options->concat, "Join all files into one series, by time.");
    app.add_flag("--json", options->json, "Print one JSON document.");
    return [options] { return options->check ? check(*options) : importFiles(*options); };
}

}  // namespace fc::app
