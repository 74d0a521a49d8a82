#include "workflows/job_progress.hpp"

#include <utility>

namespace inference {
namespace {

constexpr double kStages = 3;

}  // namespace

void JobProgress::start(std::string job_id, Timestamp now) {
    status_.job_id = std::move(job_id);
    status_.state = JobState::kRunning;
    status_.updated_at = now;
}

void JobProgress::accepted(std::string model, Priority priority, Timestamp now) {
    status_.model = std::move(model);
    status_.priority = priority;
    status_.updated_at = now;
}

void JobProgress::continued(int tries) {
    status_.attempt = tries;
}

void JobProgress::entered(Stage stage, Timestamp now) {
    status_.stage = stage;
    status_.progress = static_cast<double>(stage) / kStages;
    status_.error.reset();
    status_.updated_at = now;
}

void JobProgress::tried(Timestamp now) {
    ++status_.attempt;
    status_.updated_at = now;
}

void JobProgress::will_retry(
    const Error& error, const RetryCounts& retries, Timestamp next_attempt_at, Timestamp now
) {
    status_.retries = retries;
    status_.error = JobError{
        .code = error.code,
        .error_class = error.error_class,
        .message = error.message,
        .next_attempt_at = next_attempt_at
    };
    status_.updated_at = now;
}

void JobProgress::counted(const ItemCounts& counts, Timestamp now) {
    const auto ended = static_cast<double>(counts.succeeded + counts.failed);
    status_.progress = counts.total > 0 ? ended / static_cast<double>(counts.total) : 0;
    status_.counts = counts;
    status_.updated_at = now;
}

void JobProgress::completed(Timestamp now, bool with_errors) {
    status_.progress = 1;
    status_.error.reset();
    end(with_errors ? JobState::kCompletedWithErrors : JobState::kCompleted, now);
}

void JobProgress::failed(const Error& error, Timestamp now) {
    status_.error = JobError{
        .code = error.code,
        .error_class = error.error_class,
        .message = error.message,
        .next_attempt_at = std::nullopt
    };
    end(JobState::kFailed, now);
}

void JobProgress::canceled(Timestamp now) {
    status_.error.reset();
    end(JobState::kCanceled, now);
}

void JobProgress::end(JobState state, Timestamp now) {
    status_.state = state;
    status_.updated_at = now;
}

}  // namespace inference
