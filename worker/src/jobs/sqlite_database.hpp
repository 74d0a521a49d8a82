/// @file jobs/sqlite_database.hpp
/// @brief A database that is one file on this machine.
#pragma once

#include "jobs/sql_database.hpp"

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct sqlite3;

namespace inference {

/// Programs on one machine share the file; writers wait for each other, at most 10 s. A file that was replaced or removed while it
/// was open is opened anew.
class SqliteDatabase final : public SqlDatabase {
public:
    /// @param creates Whether a file that is not there is made.
    SqliteDatabase(std::filesystem::path file, bool creates);
    ~SqliteDatabase() override;

    bool open() override;
    void close() noexcept override;
    SqlResult run(const std::string& sql, std::span<const SqlValue> parameters) override;
    void run_script(const std::string& sql) override;
    void begin() override { run_script("BEGIN IMMEDIATE"); }
    void lock_schema() override {}  // Its transactions have the only pen.
    bool has_table(const std::string& name) override;
    [[nodiscard]] std::span<const std::string_view> migrations() const noexcept override;
    void give_up() noexcept override {}
    [[nodiscard]] std::string name() const override { return "sqlite:" + file_.string(); }

private:
    struct Close {
        void operator()(sqlite3* connection) const noexcept;
    };

    [[nodiscard]] bool is_still_there() const noexcept;
    void remember_file() noexcept;
    [[noreturn]] void fail(int code);

    const std::filesystem::path file_;
    const bool creates_;
    std::unique_ptr<sqlite3, Close> connection_;
    dev_t device_ = 0;  // Of the file that is open.
    ino_t inode_ = 0;
};

}  // namespace inference
