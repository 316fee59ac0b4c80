// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/open_workspace.h"

#include <cerrno>
#include <system_error>
#include <unistd.h>

#include "engine/base/atomic_file.h"
#include "engine/store/place_file.h"
#include "engine/store/schema.h"

namespace fc {

namespace fs = std::filesystem;

namespace {

fs::path folderOf(const fs::path& file)
{
    return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

/// True when a write-ahead log with content lies beside the file, so the file alone is not the newest state.
bool hasLog(const fs::path& file)
{
    std::error_code none;
    const std::uintmax_t size = fs::file_size(file.string() + "-wal", none);
    return !none && size > 0;
}

/// The version of the schema; throws Error when this program must not touch the file.
std::int64_t checkedVersion(const Database& database)
{
    const std::string name = displayPath(database.path());
    const std::int64_t application = database.number("PRAGMA application_id");
    if (application == 0 && database.number("PRAGMA page_count") == 0)
        throw Error(Message(
            TR("engine", "\"%1\" is empty, so it is not a workspace. Delete it and make a new workspace."),
            name));
    if (application != applicationId)
        throw Error(Message(TR("engine",
                               "\"%1\" is a database of another program, not a workspace of Forecastle. "
                               "Choose another file."),
                            name));
    const std::int64_t version = database.number("PRAGMA user_version");
    if (version > schemaVersion())
        throw Error(Message(TR("engine",
                               "The workspace \"%1\" was written by a newer Forecastle (format %2; this "
                               "program knows up to %3). "
                               "It was left as it is. Install the newer program."),
                            name, version, schemaVersion()));
    if (version < 0)
        throw Error(Message(
            TR("engine", "The workspace \"%1\" is damaged: it has the format %2. Keep a copy of the file."),
            name, version));
    return version;
}

/// Steps from the version found to the newest; inside a transaction.
void applyMigrations(const Database& database, std::int64_t version)
{
    for (std::int64_t n = version; n < schemaVersion(); ++n)
        database.execute(migrations()[static_cast<std::size_t>(n)]);
    database.execute(("PRAGMA application_id = " + std::to_string(applicationId)).c_str());
    database.execute(("PRAGMA user_version = " + std::to_string(schemaVersion())).c_str());
}

/// Copies the workspace to NAME.backup-vN through a connection of its own; the caller's lock keeps writers
/// out.
void backup(const fs::path& file, std::int64_t version)
{
    fs::path target = file;
    target += ".backup-v" + std::to_string(version);
    const fs::path temporary = temporaryBeside(target);
    try {
        const Database source(file, Database::Access::ReadWrite);
        Statement(source, "VACUUM INTO ?1", temporary.string()).run();
    } catch (...) {
        ::unlink(temporary.c_str());
        throw;
    }
    placeFile(temporary, target, IfThere::Replace);
}

void migrate(const Database& database)
{
    database.execute("BEGIN IMMEDIATE");
    try {
        // Another program may have been faster.
        const std::int64_t version = checkedVersion(database);
        if (version < schemaVersion()) {
            backup(database.path(), version);
            applyMigrations(database, version);
        }
        database.execute("COMMIT");
    } catch (...) {
        if (database.inTransaction())
            sqlite3_exec(database.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
        throw;
    }
}

void keepLogOnClose(const Database& database, bool keep)
{
    sqlite3_db_config(database.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0, nullptr);
}

}  // namespace

bool makeWorkspace(const fs::path& path)
{
    std::error_code none;
    const fs::path target = fs::absolute(path);
    if (!fs::is_directory(folderOf(target), none))
        throw Error(
            Message(TR("engine",
                       "Cannot make the workspace \"%1\": its folder does not exist. Make the folder first."),
                    displayPath(path)));
    if (fs::exists(fs::symlink_status(target, none)))
        return false;
    if (::access(folderOf(target).c_str(), W_OK) != 0)
        throw Error(Message(TR("engine", "Cannot make the workspace \"%1\": %2. Choose another folder."),
                            displayPath(path), std::generic_category().message(errno)));
    const fs::path temporary = temporaryBeside(target);
    try {
        const Database database(temporary, Database::Access::Create);
        // A chunk of values takes 32 KiB: pages of 4 KiB would cost a list of eight for each.
        database.execute(
            "PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; BEGIN "
            "IMMEDIATE");
        applyMigrations(database, 0);
        database.execute("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (const Error& error) {
        for (const char* side : {"", "-wal", "-shm", "-journal"})
            ::unlink((temporary.string() + side).c_str());
        throw Error(Message(TR("engine", "Cannot make the workspace \"%1\". %2"), displayPath(path),
                            std::string(error.what())));
    }
    return placeFile(temporary, target, IfThere::Keep);
}

fs::path workspaceFile(const fs::path& path)
{
    const std::string name = displayPath(path);
    std::error_code failure;
    const fs::file_status status = fs::status(path, failure);
    if (status.type() == fs::file_type::not_found)
        throw Error(
            Message(TR("engine",
                       "There is no workspace \"%1\". Check the name, or make it with \"forecastle init\"."),
                    name));
    if (status.type() == fs::file_type::directory)
        throw Error(Message(TR("engine", "\"%1\" is a folder. Choose a workspace file in it."), name));
    if (!failure && status.type() != fs::file_type::regular)
        throw Error(Message(TR("engine", "\"%1\" is not a regular file. Choose a workspace file."), name));
    // The file is asked, not opened: closing a second descriptor would drop the locks of other connections.
    if (failure || ::access(path.c_str(), R_OK) != 0)
        throw Error(Message(
            TR("engine",
               "The workspace \"%1\" cannot be read: %2. Check the rights of the file and its folder."),
            name, failure ? failure.message() : std::generic_category().message(errno)));
    return fs::canonical(path, failure);
}

Database::Access readingAccess(const fs::path& file)
{
    // One who could write can bring a log left by a crash into the file, and leaves no side files behind.
    if (::access(folderOf(file).c_str(), W_OK) == 0 && ::access(file.c_str(), W_OK) == 0)
        return Database::Access::ReadWrite;
    // Read-only media: without a log nobody is writing and the file is complete.
    return hasLog(file) ? Database::Access::ReadOnly : Database::Access::Immutable;
}

void requireWritable(const fs::path& file)
{
    if (::access(file.c_str(), W_OK) != 0)
        throw Error(
            Message(TR("engine", "The workspace \"%1\" is read-only. Copy it to a folder you can write to."),
                    displayPath(file)));
    if (::access(folderOf(file).c_str(), W_OK) != 0)
        throw Error(Message(TR("engine",
                               "The folder of the workspace \"%1\" is read-only. Copy the workspace to a "
                               "folder you can write to."),
                            displayPath(file)));
}

void inspectFile(const fs::path& file)
{
    if (!hasLog(file))
        checkedVersion(Database(file, Database::Access::Immutable));
}

void settle(Database& database, bool readOnly)
{
    // A newer workspace with a log beside it must not have that log moved into the file by this program.
    keepLogOnClose(database, true);
    const bool older = checkedVersion(database) < schemaVersion();
    const bool writable = sqlite3_db_readonly(database.handle(), "main") == 0;
    if (older && !writable)
        throw Error(Message(TR("engine",
                               "The workspace \"%1\" was written by an older Forecastle and is read-only. "
                               "Copy it to a folder you "
                               "can write to and open it there."),
                            displayPath(database.path())));
    keepLogOnClose(database, false);
    sqlite3_db_config(database.handle(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    database.execute(
        "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF; PRAGMA "
        "cell_size_check = ON");
    if (writable && !readOnly)
        database.execute("PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = 16777216");
    if (older) {
        migrate(database);
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }
    if (readOnly)
        database.execute("PRAGMA query_only = ON");
}

}  // namespace fc
