/// @file jobs/sql_database.hpp
/// @brief The little of a database that the job store needs, as SQLite and PostgreSQL both have it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace inference {

/// NULL, a number, or text.
using SqlValue = std::variant<std::nullptr_t, std::int64_t, double, std::string>;

/// The columns of a row as text; nullopt is NULL. Times are ISO 8601 in UTC.
using SqlRow = std::vector<std::optional<std::string>>;

struct SqlResult {
    std::vector<SqlRow> rows;
    std::int64_t changes = 0;  ///< How many rows were written or removed.
};

/// One connection, closed by a call that fails.
///
/// Shape:   parameters are $1, $2, ..., and appear first in that order, which both databases take.
/// Errors:  JobStoreError, with neither a password nor the value of a parameter in it.
/// Threads: one at a time, but for give_up().
class SqlDatabase {
public:
    SqlDatabase() = default;
    virtual ~SqlDatabase() = default;
    SqlDatabase(const SqlDatabase&) = delete;
    SqlDatabase& operator=(const SqlDatabase&) = delete;

    /// Connects where there is no connection, or one to what is no longer there. Gives whether it did.
    virtual bool open() = 0;
    virtual void close() noexcept = 0;
    virtual SqlResult run(const std::string& sql, std::span<const SqlValue> parameters) = 0;
    /// Any number of statements without parameters.
    virtual void run_script(const std::string& sql) = 0;
    /// Begins a transaction in which nobody else writes what it has read.
    virtual void begin() = 0;
    /// In a transaction: waits until no other program changes the schema, and keeps others from it.
    virtual void lock_schema() = 0;
    [[nodiscard]] virtual bool has_table(const std::string& name) = 0;
    /// What makes a schema of each version, from 1 on, out of the one before.
    [[nodiscard]] virtual std::span<const std::string_view> migrations() const noexcept = 0;
    /// As JobStore::give_up().
    virtual void give_up() noexcept = 0;
    /// For people.
    [[nodiscard]] virtual std::string name() const = 0;
};

/// Does all of `steps` or, if it throws, nothing of it.
///
/// Errors: what `steps` throws; those of the database.
void in_transaction(SqlDatabase& database, const std::function<void()>& steps);

}  // namespace inference
