#include "jobs/job_columns.hpp"

#include "contracts/error.hpp"
#include "contracts/priority.hpp"
#include "jobs/job_store.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <system_error>

namespace inference {
namespace {

SqlValue text(std::string_view value) {
    std::string kept(value);
    std::erase(kept, '\0');
    return kept;
}

SqlValue time(std::optional<Timestamp> value) {
    return value ? SqlValue(to_iso8601(*value)) : SqlValue(nullptr);
}

SqlValue number(std::int64_t value) {
    return value;
}

/// Takes the columns of one row in their order.
class ColumnReader {
public:
    explicit ColumnReader(const SqlRow& columns) : columns_(columns) {
        if (columns.size() != kJobColumns.size()) {
            throw JobStoreError("a row of the job store has another number of columns");
        }
    }

    std::string text() { return take().value_or(""); }

    template <class Number>
    Number number() {
        return require(maybe_number<Number>());
    }

    template <class Number>
    std::optional<Number> maybe_number() {
        const auto value = take();
        if (!value) {
            return std::nullopt;
        }
        Number parsed{};
        const auto end = value->data() + value->size();
        if (std::from_chars(value->data(), end, parsed).ec != std::errc()) {
            complain();
        }
        return parsed;
    }

    bool truth() {
        const std::string value = text();
        return value == "1" || value == "t";
    }

    Timestamp time() { return require(maybe_time()); }

    std::optional<Timestamp> maybe_time() {
        const auto value = take();
        return value ? std::optional(require(timestamp_from(*value))) : std::nullopt;
    }

    /// @param from Gives the enumerator of a name.
    template <class From>
    auto name(From from) {
        return require(from(text()));
    }

    template <class From>
    auto maybe_name(From from) {
        const auto value = take();
        return value ? std::optional(require(from(*value))) : std::nullopt;
    }

private:
    const std::optional<std::string>& take() { return columns_[next_++]; }

    template <class Value>
    Value require(std::optional<Value> value) {
        if (!value) {
            complain();
        }
        return *std::move(value);
    }

    [[noreturn]] void complain() const {
        throw JobStoreError(
            "column " + std::string(kJobColumns[next_ - 1]) +
            " of the job store holds what this program does not know; a newer one may have written "
            "it"
        );
    }

    const SqlRow& columns_;
    std::size_t next_ = 0;
};

std::optional<ItemCounts> read_counts(ColumnReader& columns) {
    const auto total = columns.maybe_number<std::int64_t>();
    const auto succeeded = columns.maybe_number<std::int64_t>();
    const auto failed = columns.maybe_number<std::int64_t>();
    const auto canceled = columns.maybe_number<std::int64_t>();
    if (!total) {
        return std::nullopt;
    }
    return ItemCounts{
        .total = *total,
        .succeeded = succeeded.value_or(0),
        .failed = failed.value_or(0),
        .canceled = canceled.value_or(0)
    };
}

std::optional<JobError> read_error(ColumnReader& columns) {
    const auto error_class = columns.maybe_name(error_class_from);
    const auto code = columns.maybe_name(error_code_from);
    const std::string message = columns.text();
    const auto next_attempt_at = columns.maybe_time();
    if (!error_class || !code) {
        return std::nullopt;
    }
    return JobError{
        .code = *code,
        .error_class = *error_class,
        .message = message,
        .next_attempt_at = next_attempt_at
    };
}

}  // namespace

std::vector<SqlValue> to_columns(const JobRow& row) {
    const JobStatus& status = row.status;
    const auto& counts = status.counts;
    const auto& error = status.error;
    const auto of_counts = [&counts](std::int64_t ItemCounts::* count) {
        return counts ? number((*counts).*count) : SqlValue(nullptr);
    };
    return {
        text(status.job_id),
        text(row.run.run_id),
        text(row.run.first_run_id),
        text(row.run.workflow_type),
        text(row.run.queue),
        text(to_string(status.state)),
        text(to_string(status.stage)),
        status.progress,
        of_counts(&ItemCounts::total),
        of_counts(&ItemCounts::succeeded),
        of_counts(&ItemCounts::failed),
        of_counts(&ItemCounts::canceled),
        number(status.attempt),
        number(status.retries.transient),
        number(status.retries.timeout),
        number(status.retries.oom),
        number(status.retries.worker_lost),
        text(status.model),
        text(to_string(status.priority)),
        time(row.created_at),
        time(row.started_at),
        time(status.updated_at),
        time(finished_at(row)),
        error ? text(to_string(error->error_class)) : SqlValue(nullptr),
        error ? text(to_string(error->code)) : SqlValue(nullptr),
        error ? text(error->message) : SqlValue(nullptr),
        error ? time(error->next_attempt_at) : SqlValue(nullptr),
        time(row.run.began),
        number(row.sequence),
        number(row.is_recorded ? 1 : 0)
    };
}

JobRow from_columns(const SqlRow& columns) {
    ColumnReader reader(columns);
    JobRow row;
    JobStatus& status = row.status;
    status.job_id = reader.text();
    row.run.run_id = reader.text();
    row.run.first_run_id = reader.text();
    row.run.workflow_type = reader.text();
    row.run.queue = reader.text();
    status.state = reader.name(job_state_from);
    status.stage = reader.name(stage_from);
    status.progress = reader.number<double>();
    status.counts = read_counts(reader);
    status.attempt = reader.number<int>();
    status.retries.transient = reader.number<int>();
    status.retries.timeout = reader.number<int>();
    status.retries.oom = reader.number<int>();
    status.retries.worker_lost = reader.number<int>();
    status.model = reader.text();
    status.priority = reader.name(priority_from);
    row.created_at = reader.time();
    row.started_at = reader.maybe_time();
    status.updated_at = reader.time();
    reader.maybe_time();  // finished_at, which follows from the state.
    status.error = read_error(reader);
    row.run.began = reader.time();
    row.sequence = reader.number<std::int64_t>();
    row.is_recorded = reader.truth();
    return row;
}

}  // namespace inference
