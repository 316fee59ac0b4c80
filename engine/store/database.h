// SPDX-License-Identifier: GPL-3.0-or-later
// The C interface of SQLite as two resources: a connection and a prepared statement.
#pragma once

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <sqlite3.h>
#include <string>
#include <string_view>

#include "engine/base/error.h"

namespace fc {

inline constexpr int busyTimeoutMs = 5000;

/// One connection. Every failure is thrown as Error in words that name the file.
class Database {
public:
    enum class Access {
        Create,     ///< reads and writes, and makes the file when there is none
        ReadWrite,  ///< reads and writes an existing file
        ReadOnly,   ///< reads; SQLite may still need its two side files
        Immutable,  ///< reads the file as it lies there: takes no locks, makes no side files, does not see a
                    ///< journal
    };

    Database(const std::filesystem::path& path, Access access);

    sqlite3* handle() const { return m_handle.get(); }
    const std::filesystem::path& path() const { return m_path; }

    /// Runs one or more statements without parameters and without results.
    void execute(const char* sql) const;
    /// The first column of the first row of a PRAGMA or SELECT; 0 when there is no row.
    std::int64_t number(const char* sql) const;
    /// Rows changed by the statement before.
    std::int64_t changes() const { return sqlite3_changes64(handle()); }
    std::int64_t lastId() const { return sqlite3_last_insert_rowid(handle()); }
    bool inTransaction() const { return sqlite3_get_autocommit(handle()) == 0; }
    /// Throws what SQLite's result code means.
    [[noreturn]] void fail(int code) const;

private:
    struct Close {
        void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
    };
    std::filesystem::path m_path;
    std::unique_ptr<sqlite3, Close> m_handle;
};

/// Bytes to be stored as a BLOB; must outlive the statement's steps.
struct Blob {
    std::string_view bytes;
};

/// A prepared statement with its parameters ?1, ?2 … bound in order. NaN is stored as NULL and read back as
/// NaN.
class Statement {
public:
    template <typename... Args>
    Statement(const Database& database, std::string_view sql, const Args&... args)
        : m_database(database), m_handle(prepare(sql))
    {
        bindAll(args...);
    }

    /// Advances to the next row; false at the end.
    bool step();
    /// Steps to the end and makes the statement ready for another `bindAll`.
    void run();
    template <typename... Args>
    void run(const Args&... args)
    {
        bindAll(args...);
        run();
    }

    bool isNull(int column) const { return sqlite3_column_type(m_handle.get(), column) == SQLITE_NULL; }
    std::int64_t integer(int column) const { return sqlite3_column_int64(m_handle.get(), column); }
    double real(int column) const;
    std::string text(int column) const { return std::string(view(column)); }
    /// Text or blob; valid until the next step.
    std::string_view view(int column) const;

private:
    struct Finalize {
        void operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }
    };

    sqlite3_stmt* prepare(std::string_view sql) const;
    template <typename... Args>
    void bindAll(const Args&... args)
    {
        int index = 0;
        (check(bind(++index, args)), ...);
    }
    void check(int code) const
    {
        if (code != SQLITE_OK)
            m_database.fail(code);
    }
    int bind(int index, std::integral auto value)
    {
        return sqlite3_bind_int64(m_handle.get(), index, static_cast<std::int64_t>(value));
    }
    int bind(int index, double value) { return sqlite3_bind_double(m_handle.get(), index, value); }
    int bind(int index, std::string_view text)
    {
        return sqlite3_bind_text64(m_handle.get(), index, text.data() ? text.data() : "", text.size(),
                                   SQLITE_TRANSIENT, SQLITE_UTF8);
    }
    int bind(int index, const Blob& blob)
    {
        return sqlite3_bind_blob64(m_handle.get(), index, blob.bytes.data() ? blob.bytes.data() : "",
                                   blob.bytes.size(), SQLITE_STATIC);
    }
    template <typename T>
    int bind(int index, const std::optional<T>& value)
    {
        return value ? bind(index, *value) : sqlite3_bind_null(m_handle.get(), index);
    }

    const Database& m_database;
    std::unique_ptr<sqlite3_stmt, Finalize> m_handle;
};

/// All reads within its life see the same state of the workspace; nothing new inside another transaction.
class ReadTransaction {
public:
    explicit ReadTransaction(const Database& database);
    ~ReadTransaction();
    ReadTransaction(const ReadTransaction&) = delete;
    ReadTransaction& operator=(const ReadTransaction&) = delete;

private:
    const Database& m_database;
    bool m_ours;
};

}  // namespace fc
