// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/store.h"

#include <array>
#include <cstdio>
#include <ctime>

#include "engine/base/atomic_file.h"
#include "engine/store/connection.h"
#include "engine/store/open_workspace.h"

namespace fc {

namespace fs = std::filesystem;

Store Store::create(const fs::path& path)
{
    if (!makeWorkspace(path))
        throw Error(
            Message(TR("engine", "\"%1\" is already there. Choose another name."), displayPath(path)));
    return open(path);
}

Store Store::open(const fs::path& path, Mode mode)
{
    const fs::path file = workspaceFile(path);
    inspectFile(file);
    const bool readOnly = mode == Mode::ReadOnly;
    if (!readOnly)
        requireWritable(file);
    auto connection = std::make_unique<Connection>(
        file, readOnly ? readingAccess(file) : Database::Access::ReadWrite, mode);
    settle(connection->database, readOnly);
    Store store(std::move(connection));
    if (!readOnly)
        store.markInterrupted();
    return store;
}

Store Store::openOrCreate(const fs::path& path)
{
    std::error_code none;
    if (!fs::exists(path, none))
        makeWorkspace(path);
    return open(path);
}

Store::Store(std::unique_ptr<Connection> connection) : m_connection(std::move(connection)) {}
Store::Store(Store&&) noexcept = default;

Store& Store::operator=(Store&& other) noexcept
{
    std::swap(m_connection, other.m_connection);
    return *this;
}

Store::~Store()
{
    if (!m_connection || m_connection->mode == Mode::ReadOnly)
        return;
    // The file alone is the whole workspace as soon as the last one closes it; others at work are not waited
    // for.
    sqlite3* handle = m_connection->database.handle();
    sqlite3_busy_timeout(handle, 0);
    sqlite3_wal_checkpoint_v2(handle, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
}

const fs::path& Store::path() const
{
    return m_connection->database.path();
}

void Store::transaction(const std::function<void()>& body)
{
    Connection& connection = *m_connection;
    const Database& database = connection.database;
    if (connection.mode == Mode::ReadOnly)
        throw Error(
            Message(TR("engine", "The workspace \"%1\" was opened for reading only."), displayPath(path())));
    const bool outermost = connection.depth == 0;
    if (!outermost && !database.inTransaction())
        throw Error(Message(
            TR("engine", "The change of the workspace \"%1\" was taken back because a part of it failed."),
            displayPath(path())));
    database.execute(outermost ? "BEGIN IMMEDIATE" : "SAVEPOINT inner");
    ++connection.depth;
    try {
        body();
        database.execute(outermost ? "COMMIT" : "RELEASE inner");
        --connection.depth;
    } catch (...) {
        --connection.depth;
        // Some failures, a full disk among them, have rolled everything back already.
        if (database.inTransaction())
            sqlite3_exec(database.handle(), outermost ? "ROLLBACK" : "ROLLBACK TO inner; RELEASE inner",
                         nullptr, nullptr, nullptr);
        throw;
    }
}

std::int64_t Store::dataVersion() const
{
    return m_connection->database.number("PRAGMA data_version");
}

std::string nowIso()
{
    std::timespec now{};
    std::timespec_get(&now, TIME_UTC);
    std::tm utc{};
    ::gmtime_r(&now.tv_sec, &utc);
    std::array<char, 40> text{};
    const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &utc);
    std::snprintf(text.data() + length, text.size() - length, ".%03ldZ", now.tv_nsec / 1000000);
    return text.data();
}

}  // namespace fc
