#include "jobs/sql_job_store.hpp"

#include "jobs/job_columns.hpp"
#include "jobs/job_migrations.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <map>
#include <utility>

namespace inference {
namespace {

/// Rows in one statement. Both databases take ten times as many parameters.
constexpr std::size_t kRowsAtOnce = 64;
/// Ids in one question.
constexpr std::size_t kIdsAtOnce = 500;

// What jobs/job_row.cpp says of two rows, in SQL.
constexpr char kReplaces[] = R"sql(
CASE
    WHEN excluded.run_id <> held.run_id AND excluded.run_began_at = held.run_began_at
        THEN held.finished_at IS NOT NULL OR excluded.recorded
    WHEN excluded.run_id <> held.run_id THEN excluded.run_began_at > held.run_began_at
    WHEN held.recorded THEN FALSE
    WHEN excluded.recorded THEN TRUE
    WHEN held.finished_at IS NOT NULL THEN FALSE
    ELSE excluded.finished_at IS NOT NULL OR excluded.sequence >= held.sequence
END)sql";

/// The earlier of the two in the runs of one job.
std::string earlier(const std::string& column) {
    return "CASE WHEN excluded.first_run_id = held.first_run_id AND held." + column +
           " IS NOT NULL AND (excluded." + column + " IS NULL OR held." + column + " < excluded." +
           column + ") THEN held." + column + " ELSE excluded." + column + " END";
}

std::string column_names() {
    std::string names;
    for (const std::string_view column : kJobColumns) {
        names += names.empty() ? "" : ", ";
        names += column;
    }
    return names;
}

/// "$1, $2, $3"
std::string parameters(std::size_t first, std::size_t count) {
    std::string list;
    for (std::size_t i = first; i < first + count; ++i) {
        list += (list.empty() ? "$" : ", $") + std::to_string(i);
    }
    return list;
}

std::string upsert_of(std::size_t rows) {
    std::string sql =
        "INSERT INTO " + std::string(kJobsTable) + " AS held (" + column_names() + ") VALUES ";
    for (std::size_t row = 0; row < rows; ++row) {
        sql += (row == 0 ? "(" : ", (") +
               parameters(row * kJobColumns.size() + 1, kJobColumns.size()) + ")";
    }
    sql += " ON CONFLICT (job_id) DO UPDATE SET ";
    for (const std::string_view column : kJobColumns) {
        if (column == "job_id") {
            continue;
        }
        const std::string name(column);
        sql += column == kJobColumns[1] ? "" : ", ";
        sql += name + " = ";
        sql +=
            column == "created_at" || column == "started_at" ? earlier(name) : "excluded." + name;
    }
    return sql + " WHERE " + kReplaces;
}

/// One row of each job, the one that stays. In the order of the ids: two workers that write the same jobs never wait for each
/// other in a circle.
std::map<std::string, JobRow> by_job(std::span<const JobRow> rows) {
    std::map<std::string, JobRow> jobs;
    for (const JobRow& row : rows) {
        const auto [held, is_new] = jobs.try_emplace(row.status.job_id, row);
        if (!is_new && replaces(row, held->second)) {
            held->second = merged(row, held->second);
        }
    }
    return jobs;
}

/// A condition for each part of a filter that says something.
class Conditions {
public:
    void add(const std::string& column, const char* compares, SqlValue value) {
        begin();
        values_.push_back(std::move(value));
        sql_ += column + " " + compares + " $" + std::to_string(values_.size());
    }

    void add_one_of(const std::string& column, std::vector<SqlValue> values) {
        begin();
        sql_ += column + " IN (" + parameters(values_.size() + 1, values.size()) + ")";
        std::ranges::move(values, std::back_inserter(values_));
    }

    [[nodiscard]] const std::string& sql() const noexcept { return sql_; }
    [[nodiscard]] std::vector<SqlValue>& values() noexcept { return values_; }

private:
    void begin() { sql_ += sql_.empty() ? " WHERE " : " AND "; }

    std::string sql_;
    std::vector<SqlValue> values_;
};

Conditions conditions_of(const JobFilter& filter) {
    Conditions conditions;
    if (!filter.states.empty()) {
        std::vector<SqlValue> names;
        for (const JobState state : filter.states) {
            names.emplace_back(std::string(to_string(state)));
        }
        conditions.add_one_of("state", std::move(names));
    }
    if (filter.model) {
        conditions.add("model", "=", *filter.model);
    }
    if (filter.priority) {
        conditions.add("priority", "=", std::string(to_string(*filter.priority)));
    }
    if (filter.since) {
        conditions.add("created_at", ">=", to_iso8601(*filter.since));
    }
    if (filter.until) {
        conditions.add("created_at", "<", to_iso8601(*filter.until));
    }
    if (filter.after) {
        conditions.add("job_id", ">", *filter.after);
    }
    return conditions;
}

const std::string& select_jobs() {
    static const std::string kSelect =
        "SELECT " + column_names() + " FROM " + std::string(kJobsTable);
    return kSelect;
}

}  // namespace

SqlJobStore::SqlJobStore(std::unique_ptr<SqlDatabase> database, JobStoreUse use)
    : database_(std::move(database)), use_(use) {}

int SqlJobStore::migrate() {
    is_ready_ = false;
    database_->open();
    if (use_ == JobStoreUse::kServe) {
        bring_up_to_date();
    }
    const int found = version();
    require_not_newer(found);
    is_ready_ = found == static_cast<int>(database_->migrations().size());
    return found;
}

void SqlJobStore::ready() {
    if (database_->open()) {
        is_ready_ = false;
    }
    if (is_ready_) {
        return;
    }
    const int found = migrate();
    if (is_ready_) {
        return;
    }
    throw JobStoreError(
        "the job store " + name() +
        (found == 0 ? " has no tables yet" : " is of an older version of this program") +
        "; a worker sees to that, or 'inference-worker jobs rebuild'"
    );
}

int SqlJobStore::version() {
    return database_->has_table(kSchemaTable) ? reached_version() : 0;
}

int SqlJobStore::reached_version() {
    const auto found =
        run("SELECT COALESCE(MAX(version), 0) FROM " + std::string(kSchemaTable), {});
    const std::string text = found.rows.at(0).at(0).value_or("0");
    int version = 0;
    std::from_chars(text.data(), text.data() + text.size(), version);
    return version;
}

void SqlJobStore::require_not_newer(int version) const {
    const auto known = database_->migrations().size();
    if (version > static_cast<int>(known)) {
        throw NewerJobStore(
            "the job store " + name() + " has version " + std::to_string(version) +
            " of its schema, and this program knows versions up to " + std::to_string(known) +
            "; use the newer inference-worker that made it, or another store"
        );
    }
}

void SqlJobStore::bring_up_to_date() {
    const auto scripts = database_->migrations();
    if (version() == static_cast<int>(scripts.size())) {
        return;
    }
    in_transaction(*database_, [&] {
        database_->lock_schema();
        // Another program may just have been here. Whether it was, PostgreSQL tells of a table that is named in a statement, and
        // not surely by its catalogue: of what was absent before, it has that in mind until the transaction ends.
        database_->run_script(
            "CREATE TABLE IF NOT EXISTS " + std::string(kSchemaTable) +
            " (version INTEGER PRIMARY KEY, applied_at " +
            "TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)"
        );
        int reached = reached_version();
        require_not_newer(reached);
        for (; reached < static_cast<int>(scripts.size()); ++reached) {
            database_->run_script(std::string(scripts[static_cast<std::size_t>(reached)]));
            database_->run_script(
                "INSERT INTO " + std::string(kSchemaTable) + " (version) VALUES (" +
                std::to_string(reached + 1) + ")"
            );
        }
    });
}

void SqlJobStore::try_to_write() {
    if (migrate() == 0) {
        return;
    }
    database_->begin();
    const std::array<SqlValue, 2> values{std::string("written to try"), to_iso8601({})};
    try {
        run("INSERT INTO " + std::string(kMarksTable) + " (name, moved_to) VALUES ($1, $2)",
            values);
        database_->run_script("ROLLBACK");
    } catch (...) {
        database_->close();
        throw;
    }
}

void SqlJobStore::upsert(std::span<const JobRow> rows) {
    if (rows.empty()) {
        return;
    }
    ready();
    const auto jobs = by_job(rows);
    static const std::string kUpsertMany = upsert_of(kRowsAtOnce);
    in_transaction(*database_, [&] {
        std::size_t left = jobs.size();
        std::size_t count = 0;
        std::vector<SqlValue> values;
        for (const auto& [job_id, row] : jobs) {
            std::ranges::move(to_columns(row), std::back_inserter(values));
            if (++count == std::min(kRowsAtOnce, left)) {
                run(count == kRowsAtOnce ? kUpsertMany : upsert_of(count), values);
                left -= count;
                count = 0;
                values.clear();
            }
        }
    });
}

std::optional<JobRow> SqlJobStore::find(const std::string& job_id) {
    const std::array<std::string, 1> ids{job_id};
    auto found = find_all(ids);
    return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

std::vector<JobRow> SqlJobStore::find_all(std::span<const std::string> job_ids) {
    ready();
    std::vector<JobRow> found;
    while (!job_ids.empty()) {
        const auto some = job_ids.first(std::min(job_ids.size(), kIdsAtOnce));
        job_ids = job_ids.subspan(some.size());
        Conditions conditions;
        conditions.add_one_of("job_id", {some.begin(), some.end()});
        std::ranges::move(
            read(select_jobs() + conditions.sql(), conditions.values()), std::back_inserter(found)
        );
    }
    return found;
}

std::vector<JobRow> SqlJobStore::list(const JobFilter& filter) {
    ready();
    Conditions conditions = conditions_of(filter);
    std::string sql = select_jobs() + conditions.sql();
    sql += filter.after ? " ORDER BY job_id" : " ORDER BY created_at DESC, job_id";
    conditions.values().emplace_back(static_cast<std::int64_t>(filter.limit));
    sql += " LIMIT $" + std::to_string(conditions.values().size());
    return read(sql, conditions.values());
}

bool SqlJobStore::forget(const std::string& job_id, const std::string& run_id) {
    ready();
    const std::array<SqlValue, 2> values{job_id, run_id};
    return run("DELETE FROM " + std::string(kJobsTable) + " WHERE job_id = $1 AND run_id = $2",
               values)
               .changes > 0;
}

std::int64_t SqlJobStore::purge(Timestamp ended_before) {
    ready();
    const std::array<SqlValue, 1> values{to_iso8601(ended_before)};
    return run("DELETE FROM " + std::string(kJobsTable) + " WHERE finished_at < $1", values)
        .changes;
}

std::optional<Timestamp> SqlJobStore::mark(std::string_view name) {
    ready();
    const std::array<SqlValue, 1> values{std::string(name)};
    const auto found =
        run("SELECT moved_to FROM " + std::string(kMarksTable) + " WHERE name = $1", values);
    return found.rows.empty() ? std::nullopt
                              : timestamp_from(found.rows.front().at(0).value_or(""));
}

bool SqlJobStore::move_mark(std::string_view name, Timestamp from, Timestamp to) {
    ready();
    const std::array<SqlValue, 3> values{std::string(name), to_iso8601(to), to_iso8601(from)};
    return run("INSERT INTO " + std::string(kMarksTable) +
                   " AS held (name, moved_to) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET "
                   "moved_to = excluded.moved_to WHERE held.moved_to < $3",
               values)
               .changes > 0;
}

SqlResult SqlJobStore::run(const std::string& sql, std::span<const SqlValue> parameters) {
    return database_->run(sql, parameters);
}

std::vector<JobRow> SqlJobStore::read(
    const std::string& sql, std::span<const SqlValue> parameters
) {
    std::vector<JobRow> rows;
    for (const SqlRow& columns : run(sql, parameters).rows) {
        rows.push_back(from_columns(columns));
    }
    return rows;
}

}  // namespace inference
