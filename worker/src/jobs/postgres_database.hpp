/// @file jobs/postgres_database.hpp
/// @brief A PostgreSQL server, which workers on several machines share.
#pragma once

#include "jobs/sql_database.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct pg_conn;
struct pg_result;

namespace inference {

/// Takes what libpq takes: postgresql://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=...; what it does not say, the PG... variables do.
///
/// A server that does not answer is given up after 3 s when it connects (`connect_timeout` in the URL says otherwise) and 10 s
/// after that.
class PostgresDatabase final : public SqlDatabase {
public:
    /// Asks nobody.
    ///
    /// Errors: JobStoreError for what is no such URL.
    explicit PostgresDatabase(std::string url);
    ~PostgresDatabase() override;

    bool open() override;
    void close() noexcept override;
    SqlResult run(const std::string& sql, std::span<const SqlValue> parameters) override;
    void run_script(const std::string& sql) override;
    void begin() override { run_script("BEGIN"); }
    void lock_schema() override;
    bool has_table(const std::string& name) override;
    [[nodiscard]] std::span<const std::string_view> migrations() const noexcept override;
    void give_up() noexcept override { has_given_up_ = true; }
    [[nodiscard]] std::string name() const override { return name_; }

private:
    struct Finish {
        void operator()(pg_conn* connection) const noexcept;
    };
    struct Clear {
        void operator()(pg_result* result) const noexcept;
    };
    using Result = std::unique_ptr<pg_result, Clear>;
    using Deadline = std::chrono::steady_clock::time_point;

    /// The result of what was sent: the first that failed, else the last.
    Result await();
    void flush(Deadline deadline);
    void wait(short events, Deadline deadline);
    void require_done(const pg_result* result);
    [[noreturn]] void fail(std::string cause);

    const std::string url_;
    std::string name_;
    std::string password_;  // To be kept out of what libpq says.
    std::atomic<bool> has_given_up_ = false;
    std::unique_ptr<pg_conn, Finish> connection_;
};

}  // namespace inference
