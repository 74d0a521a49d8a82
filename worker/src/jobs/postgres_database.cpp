#include "jobs/postgres_database.hpp"

#include "jobs/job_migrations.hpp"
#include "jobs/job_store.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <utility>
#include <variant>

namespace inference {
namespace {

constexpr std::chrono::seconds kAnswerTimeout{10};
/// How long it takes to see that nobody wants the answer any more.
constexpr std::chrono::milliseconds kGlance{100};
// Any number that nobody else takes: what migrates a job store holds it.
constexpr char kLockSchema[] = "SELECT pg_advisory_xact_lock(4928301774650231)";

struct FreeOptions {
    void operator()(PQconninfoOption* options) const noexcept { PQconninfoFree(options); }
};

/// What the URL says, by keyword; empty for what is no URL. Of libpq's complaint nothing is kept, for it quotes the URL.
std::map<std::string, std::string> parts_of(const std::string& url) {
    char* complaint = nullptr;
    const std::unique_ptr<PQconninfoOption, FreeOptions> options(
        PQconninfoParse(url.c_str(), &complaint)
    );
    PQfreemem(complaint);
    std::map<std::string, std::string> parts;
    for (const auto* option = options.get(); option != nullptr && option->keyword != nullptr;
         ++option) {
        if (option->val != nullptr) {
            parts[option->keyword] = option->val;
        }
    }
    return parts;
}

/// libpq's text form; null for NULL.
struct ToText {
    std::optional<std::string> operator()(std::nullptr_t /*null*/) const { return std::nullopt; }
    std::optional<std::string> operator()(std::int64_t number) const {
        return std::to_string(number);
    }
    std::optional<std::string> operator()(double number) const {
        std::array<char, 32> digits{};
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
        return std::string(digits.data(), end.ptr);
    }
    std::optional<std::string> operator()(const std::string& text) const { return text; }
};

/// "2026-11-24 10:31:00.123+00", as a session in UTC writes times, in ISO 8601.
std::string to_iso(std::string text) {
    constexpr std::string_view kUtc = "+00";
    constexpr std::size_t kDate = 10;
    if (text.size() > kDate && text.ends_with(kUtc)) {
        text[kDate] = 'T';
        text.replace(text.size() - kUtc.size(), kUtc.size(), "Z");
    }
    return text;
}

SqlResult read(const PGresult* result) {
    constexpr Oid kTimeType = 1184;  // timestamptz, in every PostgreSQL
    SqlResult read;
    for (int line = 0; line < PQntuples(result); ++line) {
        SqlRow row;
        for (int column = 0; column < PQnfields(result); ++column) {
            if (PQgetisnull(result, line, column) != 0) {
                row.emplace_back();
                continue;
            }
            std::string text = PQgetvalue(result, line, column);
            row.emplace_back(
                PQftype(result, column) == kTimeType ? to_iso(std::move(text)) : std::move(text)
            );
        }
        read.rows.push_back(std::move(row));
    }
    read.changes = std::atoll(PQcmdTuples(const_cast<PGresult*>(result)));
    return read;
}

/// Whether PostgreSQL refuses the values and not the work: it would refuse them again.
bool is_refusal(std::string_view sqlstate) {
    return sqlstate.starts_with("22") || sqlstate.starts_with("23") || sqlstate.starts_with("54");
}

std::string trimmed(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) {
        text.pop_back();
    }
    return text;
}

std::string without(const std::string& secret, std::string text) {
    for (std::size_t at = text.find(secret); !secret.empty() && at != std::string::npos;
         at = text.find(secret, at)) {
        text.replace(at, secret.size(), "***");
        at += 3;
    }
    return text;
}

}  // namespace

PostgresDatabase::PostgresDatabase(std::string url) : url_(std::move(url)) {
    const auto parts = parts_of(url_);
    if (parts.empty()) {
        throw JobStoreError(
            "the job store's URL cannot be read; it takes "
            "postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with %-escapes for what is no letter "
            "or "
            "digit"
        );
    }
    const auto part = [&parts](const std::string& keyword) {
        const auto found = parts.find(keyword);
        return found == parts.end() ? std::string() : found->second;
    };
    password_ = part("password");
    name_ = "postgresql://" + part("host");
    name_ += part("port").empty() ? "" : ":" + part("port");
    name_ += "/" + part("dbname");
}

PostgresDatabase::~PostgresDatabase() = default;

void PostgresDatabase::Finish::operator()(pg_conn* connection) const noexcept {
    PQfinish(connection);
}

void PostgresDatabase::Clear::operator()(pg_result* result) const noexcept {
    PQclear(result);
}

bool PostgresDatabase::open() {
    if (connection_) {
        return false;
    }
    if (has_given_up_) {
        fail("this program is about to end");
    }
    // What stands in the URL comes later and so wins.
    const std::array<const char*, 6> keywords{
        "connect_timeout",
        "tcp_user_timeout",
        "application_name",
        "client_encoding",
        "dbname",
        nullptr
    };
    const std::array<const char*, 6> values{
        "3", "10000", "inference-worker", "UTF8", url_.c_str(), nullptr
    };
    connection_.reset(PQconnectdbParams(keywords.data(), values.data(), /*expand_dbname=*/1));
    if (PQstatus(connection_.get()) != CONNECTION_OK) {
        fail(PQerrorMessage(connection_.get()));
    }
    PQsetnonblocking(connection_.get(), 1);
    PQsetNoticeProcessor(connection_.get(), [](void*, const char*) {}, nullptr);
    run_script("SET TIME ZONE 'UTC'; SET datestyle TO ISO; SET lock_timeout TO '8s'");
    return true;
}

void PostgresDatabase::close() noexcept {
    connection_.reset();
}

SqlResult PostgresDatabase::run(const std::string& sql, std::span<const SqlValue> parameters) {
    std::vector<std::optional<std::string>> texts;
    std::vector<const char*> values;
    texts.reserve(parameters.size());
    for (const SqlValue& parameter : parameters) {
        texts.push_back(std::visit(ToText{}, parameter));
        values.push_back(texts.back() ? texts.back()->c_str() : nullptr);
    }
    const int sent = PQsendQueryParams(
        connection_.get(),
        sql.c_str(),
        static_cast<int>(values.size()),
        nullptr,
        values.data(),
        nullptr,
        nullptr,
        0
    );
    if (sent == 0) {
        fail(PQerrorMessage(connection_.get()));
    }
    const Result result = await();
    require_done(result.get());
    return read(result.get());
}

void PostgresDatabase::run_script(const std::string& sql) {
    if (PQsendQuery(connection_.get(), sql.c_str()) == 0) {
        fail(PQerrorMessage(connection_.get()));
    }
    require_done(await().get());
}

void PostgresDatabase::lock_schema() {
    run_script(kLockSchema);
}

bool PostgresDatabase::has_table(const std::string& name) {
    const std::array<SqlValue, 1> parameters{name};
    return run("SELECT to_regclass($1)", parameters).rows.at(0).at(0).has_value();
}

std::span<const std::string_view> PostgresDatabase::migrations() const noexcept {
    return postgres_migrations();
}

PostgresDatabase::Result PostgresDatabase::await() {
    const Deadline deadline = std::chrono::steady_clock::now() + kAnswerTimeout;
    flush(deadline);
    Result kept;
    for (;;) {
        while (PQisBusy(connection_.get()) != 0) {
            wait(POLLIN, deadline);
            if (PQconsumeInput(connection_.get()) == 0) {
                fail(PQerrorMessage(connection_.get()));
            }
        }
        Result next(PQgetResult(connection_.get()));
        if (!next) {
            return kept;
        }
        if (!kept || PQresultStatus(kept.get()) != PGRES_FATAL_ERROR) {
            kept = std::move(next);
        }
    }
}

void PostgresDatabase::flush(Deadline deadline) {
    for (int left = PQflush(connection_.get()); left != 0; left = PQflush(connection_.get())) {
        if (left < 0) {
            fail(PQerrorMessage(connection_.get()));
        }
        wait(POLLIN | POLLOUT, deadline);
        if (PQconsumeInput(connection_.get()) == 0) {
            fail(PQerrorMessage(connection_.get()));
        }
    }
}

void PostgresDatabase::wait(short events, Deadline deadline) {
    for (;;) {
        if (has_given_up_) {
            fail("this program is about to end");
        }
        pollfd socket{.fd = PQsocket(connection_.get()), .events = events, .revents = 0};
        const int ready = poll(&socket, 1, static_cast<int>(kGlance.count()));
        if (ready > 0) {
            return;
        }
        if (ready < 0 && errno != EINTR) {
            fail("its connection cannot be waited for");
        }
        if (std::chrono::steady_clock::now() >= deadline) {
            fail("no answer within " + std::to_string(kAnswerTimeout.count()) + " s");
        }
    }
}

void PostgresDatabase::require_done(const pg_result* result) {
    const ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
        return;
    }
    // The primary message alone: the details quote values.
    const char* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char* sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (sqlstate != nullptr && is_refusal(sqlstate)) {
        throw JobRefused("the job store " + name_ + " refuses a row: SQLSTATE " + sqlstate);
    }
    fail(message != nullptr ? message : PQerrorMessage(connection_.get()));
}

void PostgresDatabase::fail(std::string cause) {
    const std::string said = without(password_, trimmed(std::move(cause)));
    close();
    throw JobStoreError(
        "the job store " + name_ + " does not work: " + said +
        "; look whether PostgreSQL runs there and lets the user of jobs.store in"
    );
}

}  // namespace inference
