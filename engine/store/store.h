// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"
#include "engine/data/series.h"
#include "engine/data/series_source.h"
#include "engine/data/series_sink.h"
#include "engine/store/records.h"

struct sqlite3;

namespace fc {

/// A workspace: one SQLite file (WAL, foreign keys on, synchronous FULL), used by the thread that made the
/// object. Writers take turns through BEGIN IMMEDIATE with a busy time-out; readers never wait for a writer.
/// Every writing method is one transaction unless it runs inside `transaction`.
///
/// Every method throws Error in words when the file cannot be used: missing, a folder, not a workspace, from
/// a newer version (the file is left byte for byte), damaged, read-only, disk full, locked for longer than
/// the time-out.
class Store {
public:
    enum class Mode { ReadOnly, ReadWrite };
    enum class Detail { Summary, Full };

    /// Makes an empty workspace. Throws Error when the file exists.
    static Store create(const std::filesystem::path& path);
    /// Opens one, migrating an older schema in one transaction after a backup beside it (NAME.backup-vN).
    /// Opening read-write marks runs whose process is gone as interrupted.
    static Store open(const std::filesystem::path& path, Mode mode = Mode::ReadWrite);
    static Store openOrCreate(const std::filesystem::path& path);

    Store(Store&&) noexcept;
    Store& operator=(Store&&) noexcept;
    ~Store();

    const std::filesystem::path& path() const;

    /// Runs `body` in one write transaction; rolls back when it throws.
    void transaction(const std::function<void()>& body);

    // Series. Values are kept in column chunks of 4096 doubles.
    /// Adds a series under record.name; hash, rows, columns, time zone and the two flags are taken from the
    /// values. Throws Error when the name is taken. Returns its id.
    std::int64_t addSeries(const Series& series, const SeriesRecord& record);
    /// The same for series that are never in memory as a whole: `give` hands them over, `describe` makes the
    /// record of each. All in one transaction; what either throws takes everything back. Returns the records.
    std::vector<SeriesRecord> addSeries(const std::function<SeriesRecord(const SeriesShape&)>& describe,
                                        const std::function<void(SeriesSink&)>& give);
    std::vector<SeriesRecord> seriesList() const;
    /// Throws UsageError naming the nearest when there is none of that name.
    SeriesRecord seriesRecord(const std::string& name) const;
    /// Throws Error when the values do not match their hash.
    Series loadSeries(const std::string& name) const;
    /// The same in pieces, for a series that may be larger than the memory; must not outlive the store. Reads
    /// it once to throw Error when the values do not match their hash.
    std::unique_ptr<SeriesSource> seriesSource(const std::string& name) const;
    /// With its earlier versions.
    void deleteSeries(const std::string& name);
    /// Adds the series under the name of one that is there, which becomes its earlier version. Returns its id.
    std::int64_t replaceSeries(const Series& series, const SeriesRecord& record);
    /// JSON of what made the series.
    void setLineage(std::int64_t seriesId, const std::string& lineage);
    /// Earlier versions, newest first; each can be loaded by its name and reads as a series of the current name.
    std::vector<SeriesRecord> seriesVersions(const std::string& name) const;
    /// The name under which the version with that hash can be loaded: `name` itself unless only an earlier one
    /// has it.
    std::string seriesVersion(const std::string& name, const std::string& hash) const;
    /// Deletes the current version; the newest earlier one takes its place. Throws Error when there is none.
    void restoreSeries(const std::string& name);
    /// Runs that were trained on it keep finding it. Throws Error when `newName` is taken.
    void renameSeries(const std::string& name, const std::string& newName);
    /// The import recipe last used for a file with this header, if any.
    std::optional<std::string> importRecipeFor(const std::string& headerKey) const;
    void rememberImportRecipe(const std::string& headerKey, const std::string& recipeJson);
    void forgetImportRecipe(const std::string& headerKey);

    // Recipes: feature lists and their scaler and split, by name, as JSON.
    void saveRecipe(const std::string& name, const std::string& json);
    std::vector<std::pair<std::string, std::string>> recipes() const;
    /// Both throw UsageError naming the nearest when there is none of that name.
    std::string recipe(const std::string& name) const;
    void deleteRecipe(const std::string& name);

    // Runs.
    /// Adds a run with the settings in `run`; an empty name becomes MODEL-NNN. This process becomes its
    /// owner.
    RunRecord addRun(RunRecord run);
    /// Makes this process the owner of a run that is not running elsewhere; throws Error when a live process
    /// has it.
    void claimRun(std::int64_t runId);
    /// All runs by number, without `intervals`. A summary also leaves out settings and environment, and holds
    /// of the metrics only those of the model on the test part: 10,000 runs in well under 200 ms.
    std::vector<RunRecord> runs(Detail detail = Detail::Full) const;
    /// By name, else by number. Throws UsageError naming the nearest when there is none. The state of a run
    /// whose process is gone reads as interrupted, here and in `runs`, even before anyone could store that.
    RunRecord run(const std::string& nameOrId) const;
    /// Keeps the times too: `started` at the first running, `ended` at an end. Queued, running and paused
    /// make this process the owner.
    void setRunState(std::int64_t runId, RunState state, const std::string& message = {});
    /// Everything but id, name, created, tags and note; empty `intervals` leave the stored ones as they are.
    void updateRun(const RunRecord& run);
    /// With all that belongs to it. Throws Error when another live process works on it.
    void deleteRun(std::int64_t runId);
    void renameRun(std::int64_t runId, const std::string& name);
    void addTag(std::int64_t runId, const std::string& tag);
    void removeTag(std::int64_t runId, const std::string& tag);
    void setNote(std::int64_t runId, const std::string& note);
    /// Marks running, paused or queued runs whose process is gone as interrupted; returns how many.
    int markInterrupted();

    // What a training leaves, in order of steps. A step written again replaces the one before. NaN is kept as
    // NaN.
    void appendSteps(std::int64_t runId, const std::vector<StepRecord>& steps);
    void appendValidation(std::int64_t runId, const ValidationRecord& validation);
    void appendLayers(std::int64_t runId, const std::vector<LayerRecord>& layers);
    void appendEvent(std::int64_t runId, const EventRecord& event);
    /// Steps with step > `after`; `limit` 0 = all.
    std::vector<StepRecord> steps(std::int64_t runId, std::int64_t after = 0, std::int64_t limit = 0) const;
    std::vector<ValidationRecord> validations(std::int64_t runId) const;
    /// By step, then by name.
    std::vector<LayerRecord> layers(std::int64_t runId) const;
    std::vector<EventRecord> events(std::int64_t runId) const;
    /// Forgets steps, validations, layer values and checkpoints after `step`, and the best of them: a resumed
    /// run writes them again. Events stay.
    void truncateRun(std::int64_t runId, std::int64_t step);

    // Checkpoints: the bytes of a safetensors file, split over rows of 1 MiB with a digest over all.
    /// Adds one, marks it as newest and, when `best`, as best; then deletes the oldest beyond `keep` (best
    /// and newest stay).
    std::int64_t addCheckpoint(const CheckpointRecord& record, std::string_view bytes, int keep);
    std::vector<CheckpointRecord> checkpoints(std::int64_t runId) const;
    CheckpointRecord checkpoint(std::int64_t id) const;
    /// Throws Error when the digest does not match.
    std::string checkpointBytes(std::int64_t id) const;
    /// When it was the best, the one with the lowest validation loss is the best from now on.
    void deleteCheckpoint(std::int64_t id);

    // Backtests and stored forecasts, as JSON documents of a run.
    void saveDocument(std::int64_t runId, const std::string& kind, const std::string& json);
    std::optional<std::string> document(std::int64_t runId, const std::string& kind) const;

    /// SQLite's own check, orphan rows, and the digest of every blob. Empty = sound.
    std::vector<StoreProblem> checkIntegrity() const;

    /// Changes whenever another connection has written (PRAGMA data_version).
    std::int64_t dataVersion() const;

private:
    struct Connection;
    explicit Store(std::unique_ptr<Connection> connection);
    std::unique_ptr<Connection> m_connection;
};

/// Now, ISO 8601 UTC with milliseconds.
std::string nowIso();

}  // namespace fc
