// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "engine/store/database.h"
#include "engine/store/owner.h"
#include "engine/store/store.h"

namespace fc {

/// What an open workspace holds on to.
struct Store::Connection {
    Connection(const std::filesystem::path& path, Database::Access access, Mode openedAs)
        : database(path, access), mode(openedAs), self(thisProcess())
    {
    }

    Database database;
    Mode mode;
    Owner self;
    int depth = 0;  ///< nested calls of `transaction`
};

/// Throws Error when no run has this id: it was deleted while something still worked on it.
void requireRun(const Database& database, std::int64_t runId);

/// Chooses the best checkpoint of a run anew when the one marked so is gone: the lowest validation loss.
void electBest(const Database& database, std::int64_t runId);

}  // namespace fc
