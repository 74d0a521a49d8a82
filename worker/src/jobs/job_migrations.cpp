#include "jobs/job_migrations.hpp"

#include <array>

namespace inference {
namespace {

// Text is of any length and not indexed but for the id, which Temporal limits: PostgreSQL refuses an index entry of 3 KB.

constexpr std::array<std::string_view, 1> kSqlite{R"sql(
CREATE TABLE inference_jobs (
    job_id              TEXT PRIMARY KEY,
    run_id              TEXT NOT NULL,
    first_run_id        TEXT NOT NULL,
    workflow_type       TEXT NOT NULL,
    queue               TEXT NOT NULL,
    state               TEXT NOT NULL,
    stage               TEXT NOT NULL,
    progress            REAL NOT NULL,
    items_total         INTEGER,
    items_succeeded     INTEGER,
    items_failed        INTEGER,
    items_canceled      INTEGER,
    attempt             INTEGER NOT NULL,
    retries_transient   INTEGER NOT NULL,
    retries_timeout     INTEGER NOT NULL,
    retries_oom         INTEGER NOT NULL,
    retries_worker_lost INTEGER NOT NULL,
    model               TEXT NOT NULL,
    priority            TEXT NOT NULL,
    created_at          TEXT NOT NULL,
    started_at          TEXT,
    updated_at          TEXT NOT NULL,
    finished_at         TEXT,
    error_class         TEXT,
    error_code          TEXT,
    error_message       TEXT,
    next_attempt_at     TEXT,
    run_began_at        TEXT NOT NULL,
    sequence            INTEGER NOT NULL,
    recorded            INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX inference_jobs_created ON inference_jobs (created_at);
CREATE INDEX inference_jobs_finished ON inference_jobs (finished_at);
CREATE TABLE inference_job_marks (name TEXT PRIMARY KEY, moved_to TEXT NOT NULL);
)sql"};

constexpr std::array<std::string_view, 1> kPostgres{R"sql(
CREATE TABLE inference_jobs (
    job_id              text PRIMARY KEY,
    run_id              text NOT NULL,
    first_run_id        text NOT NULL,
    workflow_type       text NOT NULL,
    queue               text NOT NULL,
    state               text NOT NULL,
    stage               text NOT NULL,
    progress            double precision NOT NULL,
    items_total         bigint,
    items_succeeded     bigint,
    items_failed        bigint,
    items_canceled      bigint,
    attempt             bigint NOT NULL,
    retries_transient   bigint NOT NULL,
    retries_timeout     bigint NOT NULL,
    retries_oom         bigint NOT NULL,
    retries_worker_lost bigint NOT NULL,
    model               text NOT NULL,
    priority            text NOT NULL,
    created_at          timestamptz NOT NULL,
    started_at          timestamptz,
    updated_at          timestamptz NOT NULL,
    finished_at         timestamptz,
    error_class         text,
    error_code          text,
    error_message       text,
    next_attempt_at     timestamptz,
    run_began_at        timestamptz NOT NULL,
    sequence            bigint NOT NULL,
    recorded            boolean NOT NULL
);
CREATE INDEX inference_jobs_created ON inference_jobs (created_at);
CREATE INDEX inference_jobs_finished ON inference_jobs (finished_at);
CREATE TABLE inference_job_marks (name text PRIMARY KEY, moved_to timestamptz NOT NULL);
)sql"};

}  // namespace

std::span<const std::string_view> sqlite_migrations() noexcept {
    return kSqlite;
}

std::span<const std::string_view> postgres_migrations() noexcept {
    return kPostgres;
}

}  // namespace inference
