#include "jobs/sqlite_database.hpp"

#include "jobs/job_migrations.hpp"
#include "jobs/job_store.hpp"

#include <sqlite3.h>
#include <sys/stat.h>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>

namespace inference {
namespace {

constexpr int kBusyMilliseconds = 10'000;

struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

/// Binds one parameter; gives SQLite's code.
struct Bind {
    sqlite3_stmt* statement;
    int place;

    int operator()(std::nullptr_t /*null*/) const { return sqlite3_bind_null(statement, place); }
    int operator()(std::int64_t number) const {
        return sqlite3_bind_int64(statement, place, number);
    }
    int operator()(double number) const { return sqlite3_bind_double(statement, place, number); }
    int operator()(const std::string& text) const {
        // The statement is done before the text goes.
        return sqlite3_bind_text64(
            statement, place, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8
        );
    }
};

std::optional<std::string> column(sqlite3_stmt* statement, int place) {
    switch (sqlite3_column_type(statement, place)) {
        case SQLITE_NULL: return std::nullopt;
        case SQLITE_FLOAT: {
            // As text SQLite would round it to 15 digits.
            std::array<char, 32> digits{};
            const auto end = std::to_chars(
                digits.data(),
                digits.data() + digits.size(),
                sqlite3_column_double(statement, place)
            );
            return std::string(digits.data(), end.ptr);
        }
        default: break;
    }
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, place));
    return std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, place)));
}

std::string next_step(int code) {
    switch (code & 0xff) {
        case SQLITE_FULL: return "; make room on its disk";
        case SQLITE_READONLY:
        case SQLITE_PERM: return "; let the worker's user write the file and its folder";
        case SQLITE_CANTOPEN: return "; its folder must be there, and open to the worker's user";
        case SQLITE_BUSY: return "; another program keeps it locked";
        case SQLITE_NOTADB:
        case SQLITE_CORRUPT:
            return "; move the file away, and 'inference-worker jobs rebuild' makes a new one";
        default: return {};
    }
}

}  // namespace

SqliteDatabase::SqliteDatabase(std::filesystem::path file, bool creates)
    : file_(std::move(file)), creates_(creates) {}

SqliteDatabase::~SqliteDatabase() = default;

void SqliteDatabase::Close::operator()(sqlite3* connection) const noexcept {
    sqlite3_close_v2(connection);
}

bool SqliteDatabase::open() {
    if (connection_ && is_still_there()) {
        return false;
    }
    close();
    if (!creates_ && !std::filesystem::exists(file_)) {
        throw JobStoreError(
            "the job store " + name() +
            " is not there; a worker makes it, or 'inference-worker jobs rebuild'"
        );
    }
    sqlite3* opened = nullptr;
    const int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (creates_ ? SQLITE_OPEN_CREATE : 0);
    const int code = sqlite3_open_v2(file_.c_str(), &opened, flags, nullptr);
    connection_.reset(opened);
    if (code != SQLITE_OK) {
        fail(code);
    }
    sqlite3_extended_result_codes(opened, 1);
    sqlite3_busy_timeout(opened, kBusyMilliseconds);
    // What a power cut takes of a projection, Temporal still has.
    run_script("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    remember_file();
    return true;
}

void SqliteDatabase::close() noexcept {
    connection_.reset();
}

SqlResult SqliteDatabase::run(const std::string& sql, std::span<const SqlValue> parameters) {
    sqlite3_stmt* prepared = nullptr;
    const int code = sqlite3_prepare_v2(
        connection_.get(), sql.data(), static_cast<int>(sql.size()), &prepared, nullptr
    );
    Statement statement(prepared);
    if (code != SQLITE_OK) {
        statement.reset();
        fail(code);
    }
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        std::visit(Bind{prepared, static_cast<int>(i) + 1}, parameters[i]);
    }
    SqlResult result;
    int step = sqlite3_step(prepared);
    for (; step == SQLITE_ROW; step = sqlite3_step(prepared)) {
        SqlRow row;
        for (int place = 0; place < sqlite3_column_count(prepared); ++place) {
            row.push_back(column(prepared, place));
        }
        result.rows.push_back(std::move(row));
    }
    if (step != SQLITE_DONE) {
        statement.reset();
        fail(step);
    }
    result.changes = sqlite3_changes64(connection_.get());
    return result;
}

void SqliteDatabase::run_script(const std::string& sql) {
    const int code = sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) {
        fail(code);
    }
}

bool SqliteDatabase::has_table(const std::string& name) {
    const std::array<SqlValue, 1> parameters{name};
    return !run("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1", parameters)
                .rows.empty();
}

std::span<const std::string_view> SqliteDatabase::migrations() const noexcept {
    return sqlite_migrations();
}

bool SqliteDatabase::is_still_there() const noexcept {
    struct stat found{};
    return stat(file_.c_str(), &found) == 0 && found.st_dev == device_ && found.st_ino == inode_;
}

void SqliteDatabase::remember_file() noexcept {
    struct stat found{};
    if (stat(file_.c_str(), &found) == 0) {
        device_ = found.st_dev;
        inode_ = found.st_ino;
    }
}

void SqliteDatabase::fail(int code) {
    // SQLite's own words for a code hold no values, unlike those for the last error of a connection.
    std::string message = "the job store " + name() + " does not work: " + sqlite3_errstr(code);
    close();
    throw JobStoreError(message + next_step(code));
}

}  // namespace inference
