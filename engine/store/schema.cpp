// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/schema.h"

namespace fc {

namespace {

constexpr const char* version1 = R"sql(
CREATE TABLE series(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE CHECK(name <> ''),
    hash TEXT NOT NULL,
    row_count INTEGER NOT NULL,
    first_time TEXT NOT NULL,
    last_time TEXT NOT NULL,
    frequency TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    has_clock INTEGER NOT NULL,
    synthetic INTEGER NOT NULL,
    source TEXT NOT NULL,
    import_recipe TEXT NOT NULL,
    created TEXT NOT NULL
);
CREATE TABLE series_columns(
    series_id INTEGER NOT NULL REFERENCES series(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY(series_id, position)
) WITHOUT ROWID;
CREATE TABLE series_chunks(
    series_id INTEGER NOT NULL REFERENCES series(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    chunk INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY(series_id, position, chunk)
);
CREATE TABLE import_recipes(
    header_key TEXT PRIMARY KEY NOT NULL,
    recipe TEXT NOT NULL,
    updated TEXT NOT NULL
);
CREATE TABLE recipes(
    name TEXT PRIMARY KEY NOT NULL CHECK(name <> ''),
    recipe TEXT NOT NULL,
    updated TEXT NOT NULL
);
CREATE TABLE runs(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE CHECK(name <> ''),
    created TEXT NOT NULL,
    started TEXT NOT NULL,
    ended TEXT NOT NULL,
    state TEXT NOT NULL
        CHECK(state IN ('queued', 'running', 'paused', 'finished', 'stopped', 'failed', 'interrupted')),
    message TEXT NOT NULL,
    series TEXT NOT NULL,
    series_hash TEXT NOT NULL,
    model TEXT NOT NULL,
    settings TEXT NOT NULL,
    environment TEXT NOT NULL,
    parameters INTEGER NOT NULL,
    seed INTEGER NOT NULL,
    steps INTEGER NOT NULL,
    total_steps INTEGER NOT NULL,
    epochs INTEGER NOT NULL,
    seconds REAL,
    best_step INTEGER,
    best_validation_loss REAL,
    weights_sha256 TEXT NOT NULL,
    note TEXT NOT NULL,
    owner_pid INTEGER NOT NULL,
    owner_started TEXT NOT NULL,
    owner_boot TEXT NOT NULL,
    owner_host TEXT NOT NULL
);
CREATE INDEX runs_active ON runs(state) WHERE state IN ('queued', 'running', 'paused');
CREATE TABLE run_metrics(
    run_id INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    source TEXT NOT NULL,
    part TEXT NOT NULL,
    metric TEXT NOT NULL,
    value REAL,
    PRIMARY KEY(run_id, source, part, metric)
) WITHOUT ROWID;
CREATE TABLE steps(
    run_id INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    loss REAL,
    learning_rate REAL,
    gradient_norm REAL,
    PRIMARY KEY(run_id, step)
) WITHOUT ROWID;
CREATE TABLE validations(
    run_id INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    train_loss REAL,
    validation_loss REAL,
    seconds REAL,
    PRIMARY KEY(run_id, step)
) WITHOUT ROWID;
CREATE TABLE events(
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    time TEXT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX events_of_run ON events(run_id);
CREATE TABLE checkpoints(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    created TEXT NOT NULL,
    train_loss REAL,
    validation_loss REAL,
    best INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL
);
CREATE INDEX checkpoints_of_run ON checkpoints(run_id);
CREATE TABLE checkpoint_chunks(
    checkpoint_id INTEGER NOT NULL REFERENCES checkpoints(id) ON DELETE CASCADE,
    chunk INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY(checkpoint_id, chunk)
);
CREATE TABLE tags(
    run_id INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    tag TEXT NOT NULL CHECK(tag <> ''),
    PRIMARY KEY(run_id, tag)
) WITHOUT ROWID;
CREATE TABLE documents(
    run_id INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    document TEXT NOT NULL,
    updated TEXT NOT NULL,
    PRIMARY KEY(run_id, kind)
);
)sql";

constexpr const char* version2 = R"sql(
CREATE TABLE layer_metrics(
    run_id INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    metric TEXT NOT NULL,
    value REAL,
    PRIMARY KEY(run_id, step, metric)
) WITHOUT ROWID;
)sql";

// An earlier version of a series keeps its row under a name that nobody types.
constexpr const char* version3 = R"sql(
ALTER TABLE series ADD COLUMN lineage TEXT NOT NULL DEFAULT '';
ALTER TABLE series ADD COLUMN version_of TEXT NOT NULL DEFAULT '';
CREATE INDEX series_versions ON series(version_of) WHERE version_of <> '';
)sql";

constexpr const char* all[] = {version1, version2, version3};

}  // namespace

std::span<const char* const> migrations()
{
    return all;
}

}  // namespace fc
