// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/database.h"

#include <cerrno>
#include <limits>
#include <system_error>

#include "engine/base/atomic_file.h"

namespace fc {

namespace {

/// A path as an SQLite URI: a name may hold ?, # and %.
std::string immutableUri(const std::filesystem::path& path)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string uri = "file:";
    for (const char c : path.string()) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '%' || c == '?' || c == '#' || byte < 0x20) {
            uri += '%';
            uri += digits[byte >> 4];
            uri += digits[byte & 15];
        } else {
            uri += c;
        }
    }
    return uri + "?immutable=1";
}

int openFlags(Database::Access access)
{
    switch (access) {
        case Database::Access::Create:
            return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
        case Database::Access::ReadWrite:
            return SQLITE_OPEN_READWRITE;
        case Database::Access::ReadOnly:
            return SQLITE_OPEN_READONLY;
        case Database::Access::Immutable:
            break;
    }
    return SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
}

Error diskFull(const std::string& name)
{
    return Error(Message(
        TR("engine",
           "The disk that holds the workspace \"%1\" is full; this change was not stored. Free some space "
           "and try again."),
        name));
}

/// What a result code of SQLite means to a person. `systemError` is the errno behind it, or 0.
Error errorInWords(int code, const std::string& detail, int systemError, const std::string& name)
{
    const std::string reason = systemError != 0 ? std::generic_category().message(systemError) : detail;
    switch (code & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return Error(Message(TR("engine",
                                    "Another program is writing to the workspace \"%1\" and did not finish "
                                    "within %2 seconds. Try "
                                    "again when it is done."),
                                 name, busyTimeoutMs / 1000));
        case SQLITE_FULL:
            return diskFull(name);
        case SQLITE_IOERR:
            if (systemError == ENOSPC || systemError == EDQUOT)
                return diskFull(name);
            return Error(Message(TR("engine",
                                    "The workspace \"%1\" could not be read or written (%2); this change was "
                                    "not stored. Check the "
                                    "disk and try again."),
                                 name, reason));
        case SQLITE_READONLY:
        case SQLITE_PERM:
            return Error(Message(
                TR("engine", "The workspace \"%1\" is read-only. Copy it to a folder you can write to."),
                name));
        case SQLITE_CORRUPT:
            return Error(
                Message(TR("engine",
                           "The workspace \"%1\" is damaged (%2). Keep a copy of the file and check it with "
                           "\"forecastle workspace check\"."),
                        name, detail));
        case SQLITE_NOTADB:
            return Error(
                Message(TR("engine", "\"%1\" is not a workspace of Forecastle. Choose another file."), name));
        case SQLITE_CANTOPEN:
            return Error(Message(TR("engine",
                                    "The workspace \"%1\" cannot be opened (%2). Check the rights of the "
                                    "file and its folder."),
                                 name, reason));
        case SQLITE_NOMEM:
            return Error(Message(
                TR("engine",
                   "There is not enough memory to work with the workspace \"%1\". Close other programs."),
                name));
        default:
            return Error(Message(
                TR("engine", "The workspace \"%1\" refused the change: %2. Nothing of it was stored."), name,
                detail));
    }
}

}  // namespace

Database::Database(const std::filesystem::path& path, Access access) : m_path(path)
{
    const std::string name = access == Access::Immutable ? immutableUri(path) : path.string();
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(name.c_str(), &handle, openFlags(access) | SQLITE_OPEN_NOMUTEX, nullptr);
    m_handle.reset(handle);
    if (code != SQLITE_OK)
        fail(code);
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, busyTimeoutMs);
}

void Database::execute(const char* sql) const
{
    const int code = sqlite3_exec(handle(), sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK)
        fail(code);
}

std::int64_t Database::number(const char* sql) const
{
    Statement statement(*this, sql);
    return statement.step() ? statement.integer(0) : 0;
}

void Database::fail(int code) const
{
    const int system = m_handle ? sqlite3_system_errno(handle()) : 0;
    const std::string detail = m_handle ? sqlite3_errmsg(handle()) : sqlite3_errstr(code);
    throw errorInWords(code, detail, system, displayPath(m_path));
}

sqlite3_stmt* Statement::prepare(std::string_view sql) const
{
    sqlite3_stmt* handle = nullptr;
    check(
        sqlite3_prepare_v2(m_database.handle(), sql.data(), static_cast<int>(sql.size()), &handle, nullptr));
    return handle;
}

bool Statement::step()
{
    const int code = sqlite3_step(m_handle.get());
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        m_database.fail(code);
    return code == SQLITE_ROW;
}

void Statement::run()
{
    while (step()) {
    }
    check(sqlite3_reset(m_handle.get()));
}

double Statement::real(int column) const
{
    return isNull(column) ? std::numeric_limits<double>::quiet_NaN()
                          : sqlite3_column_double(m_handle.get(), column);
}

std::string_view Statement::view(int column) const
{
    const void* bytes = sqlite3_column_blob(m_handle.get(), column);
    const int size = sqlite3_column_bytes(m_handle.get(), column);
    return bytes ? std::string_view(static_cast<const char*>(bytes), static_cast<std::size_t>(size))
                 : std::string_view();
}

ReadTransaction::ReadTransaction(const Database& database)
    : m_database(database), m_ours(!database.inTransaction())
{
    if (m_ours)
        m_database.execute("BEGIN");
}

ReadTransaction::~ReadTransaction()
{
    if (m_ours && m_database.inTransaction())
        sqlite3_exec(m_database.handle(), "COMMIT", nullptr, nullptr, nullptr);
}

}  // namespace fc
