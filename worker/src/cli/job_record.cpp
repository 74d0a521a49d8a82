#include "cli/job_record.hpp"

#include "cli/batch_record.hpp"
#include "cli/event_fields.hpp"
#include "contracts/batch_request.hpp"
#include "contracts/batch_response.hpp"
#include "contracts/error.hpp"
#include "contracts/failure_details.hpp"
#include "contracts/infer_request.hpp"
#include "contracts/json_field.hpp"
#include "contracts/names.hpp"
#include "contracts/priority.hpp"

#include <nlohmann/json.hpp>

#include <charconv>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

namespace inference::cli {
namespace {

constexpr double kStages = 3;

/// Moves a status forward, event by event.
class Record {
public:
    explicit Record(const std::string& job_id) { job_.status.job_id = job_id; }

    void apply(const nlohmann::json& event) {
        const std::string type = text_at(event, "/eventType");
        if (const auto handler = handlers().find(type); handler != handlers().end()) {
            (this->*handler->second)(event);
        }
    }

    [[nodiscard]] const RecordedJob& job() const noexcept { return job_; }

private:
    using Handler = void (Record::*)(const nlohmann::json&);

    static const std::map<std::string, Handler, std::less<>>& handlers() {
        static const std::map<std::string, Handler, std::less<>> kHandlers{
            {"EVENT_TYPE_WORKFLOW_EXECUTION_STARTED", &Record::on_started},
            {"EVENT_TYPE_WORKFLOW_TASK_STARTED", &Record::on_task_started},
            {"EVENT_TYPE_WORKFLOW_TASK_COMPLETED", &Record::on_task_completed},
            {"EVENT_TYPE_MARKER_RECORDED", &Record::on_marker},
            {"EVENT_TYPE_ACTIVITY_TASK_SCHEDULED", &Record::on_step_scheduled},
            {"EVENT_TYPE_ACTIVITY_TASK_FAILED", &Record::on_step_failed},
            {"EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT", &Record::on_step_timed_out},
            {"EVENT_TYPE_TIMER_STARTED", &Record::on_timer},
            {"EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED", &Record::on_completed},
            {"EVENT_TYPE_WORKFLOW_EXECUTION_FAILED", &Record::on_failed},
            {"EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT", &Record::on_closed_from_outside},
            {"EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED", &Record::on_closed_from_outside},
            {"EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED", &Record::on_canceled},
        };
        return kHandlers;
    }

    void on_started(const nlohmann::json& event) {
        const std::string attributes = "/workflowExecutionStartedEventAttributes";
        status_.updated_at = time_at(event, "/eventTime").value_or(status_.updated_at);
        job_.began = status_.updated_at;
        job_.first_run_id = text_at(event, attributes + "/firstExecutionRunId");
        const std::string queue = text_at(event, attributes + "/taskQueue/name");
        status_.priority = priority_of_queue(queue).value_or(status_.priority);
        const auto request = payload_at(event, attributes + "/input/payloads/0");
        if (auto parsed = parse_infer_request(request)) {
            status_.model = parsed->model;
            status_.priority = parsed->priority.value_or(status_.priority);
        } else if (auto batch = parse_batch_request(request)) {
            status_.model = batch->model.value_or("");
            status_.priority = batch->priority.value_or(status_.priority);
        }
    }

    void on_task_started(const nlohmann::json& event) {
        task_began_ = time_at(event, "/eventTime").value_or(task_began_);
        task_events_ = event_id_of(event);
    }

    /// The workflow's clock stands still during a task, at the time at which this began.
    void on_task_completed(const nlohmann::json& /*event*/) {
        status_.state = JobState::kRunning;
        status_.updated_at = task_began_;
        job_.started_at = job_.started_at.value_or(task_began_);
        job_.sequence = task_events_;
    }

    /// Of a step that is a local activity there is nothing but a marker, at its end.
    void on_marker(const nlohmann::json& event) {
        const auto local_step =
            payload_at(event, "/markerRecordedEventAttributes/details/data/payloads/0");
        if (local_step.is_object() &&
            local_step.value("activity_type", "") == names::kPostprocess) {
            enter(Stage::kPostprocess);
        }
    }

    void on_step_scheduled(const nlohmann::json& event) {
        const auto step =
            stage_from(text_at(event, "/activityTaskScheduledEventAttributes/activityType/name"));
        if (!step) {
            return;
        }
        steps_[text_at(event, "/eventId")] = *step;
        enter(*step);
        status_.attempt += *step == Stage::kInfer ? 1 : 0;
        count_retry();
    }

    void on_step_failed(const nlohmann::json& event) {
        const std::string attributes = "/activityTaskFailedEventAttributes";
        if (!is_infer(event, attributes)) {
            return;
        }
        const auto details =
            payload_at(event, attributes + "/failure/applicationFailureInfo/details/payloads/0");
        try {
            failed_of(details.get<Error>());
        } catch (const std::exception&) {
            // Of a fault of the worker itself, which the workflow's failure will explain.
        }
    }

    void on_step_timed_out(const nlohmann::json& event) {
        const std::string attributes = "/activityTaskTimedOutEventAttributes";
        if (!is_infer(event, attributes)) {
            return;
        }
        const std::string timeout =
            text_at(event, attributes + "/failure/timeoutFailureInfo/timeoutType");
        if (timeout == "TIMEOUT_TYPE_HEARTBEAT") {
            failed_of(
                {.error_class = ErrorClass::kTransient,
                 .code = ErrorCode::kWorkerLost,
                 .message = "the worker that ran infer was lost",
                 .sent = true}
            );
        } else {
            failed_of(
                {.error_class = ErrorClass::kTimeout,
                 .code = ErrorCode::kEngineTimeout,
                 .message = "infer did not end within its start-to-close timeout",
                 .sent = true}
            );
        }
    }

    void on_timer(const nlohmann::json& event) {
        if (!failed_) {
            return;  // The job's deadline.
        }
        const auto now = time_at(event, "/eventTime");
        const auto delay = duration_at(event, "/timerStartedEventAttributes/startToFireTimeout");
        if (now && delay) {
            status_.error->next_attempt_at = *now + *delay;
        }
        if (const auto summary = payload_at(event, "/userMetadata/summary");
            waits_for_an_engine(*failed_) && summary.is_string()) {
            status_.error->message = summary.get<std::string>() + ": " + failed_->message;
        }
        count_retry();
    }

    void on_completed(const nlohmann::json& event) {
        status_.error.reset();
        status_.progress = 1;
        status_.state = JobState::kCompleted;
        read_batch(payload_at(event, "/workflowExecutionCompletedEventAttributes/result/payloads/0")
        );
    }

    void on_failed(const nlohmann::json& event) {
        status_.state = JobState::kFailed;
        const auto details = payload_at(
            event,
            "/workflowExecutionFailedEventAttributes/failure/applicationFailureInfo/details/"
            "payloads/0"
        );
        try {
            const auto failure = details.get<FailureDetails>();
            status_.error = JobError{
                .code = failure.code, .error_class = failure.error_class, .message = failure.message
            };
            status_.attempt = failure.attempt;
            read_batch(failure.batch);
        } catch (const std::exception&) {
            // No failure of ours: the state says enough.
        }
    }

    void on_closed_from_outside(const nlohmann::json& event) {
        status_.state = JobState::kFailed;
        status_.updated_at = time_at(event, "/eventTime").value_or(status_.updated_at);
        drop_next_attempt();
    }

    void on_canceled(const nlohmann::json& event) {
        status_.state = JobState::kCanceled;
        status_.error.reset();
        read_batch(payload_at(event, "/workflowExecutionCanceledEventAttributes/details/payloads/0")
        );
    }

    void enter(Stage stage) {
        if (stage != status_.stage) {
            status_.error.reset();
        }
        status_.stage = stage;
        status_.progress = static_cast<double>(stage) / kStages;
    }

    /// What a batch says as it ends, whichever way; an answer of another workflow has no counts.
    void read_batch(const nlohmann::json& response) {
        if (!response.is_object() || !response.contains("counts")) {
            return;
        }
        try {
            const auto batch = response.get<BatchResponse>();
            status_.state = batch.status;
            status_.stage = Stage::kPostprocess;
            status_.counts = batch.counts;
        } catch (const std::exception&) {
            // Of a newer version: the state says enough.
        }
    }

    static std::int64_t event_id_of(const nlohmann::json& event) {
        const std::string text = text_at(event, "/eventId");
        std::int64_t id = 0;
        std::from_chars(text.data(), text.data() + text.size(), id);
        return id;
    }

    [[nodiscard]] bool is_infer(const nlohmann::json& event, const std::string& attributes) const {
        const auto step = steps_.find(text_at(event, attributes + "/scheduledEventId"));
        return step != steps_.end() && step->second == Stage::kInfer;
    }

    void failed_of(const Error& error) {
        failed_ = error;
        status_.error = JobError{
            .code = error.code, .error_class = error.error_class, .message = error.message
        };
        if (waits_for_an_engine(error)) {
            status_.error->code = ErrorCode::kEngineNotReady;
            status_.error->message = "waiting for a ready endpoint: " + error.message;
        }
    }

    static bool waits_for_an_engine(const Error& error) {
        return error.error_class == ErrorClass::kTransient && !error.sent;
    }

    /// Another try follows the failure, so that it counts as a retry; but not the waiting for an engine that is not ready.
    void count_retry() {
        if (!failed_) {
            return;
        }
        RetryCounts& retries = status_.retries;
        if (failed_->code == ErrorCode::kWorkerLost) {
            ++retries.worker_lost;
        } else if (failed_->error_class == ErrorClass::kTimeout) {
            ++retries.timeout;
        } else if (failed_->error_class == ErrorClass::kOutOfMemory) {
            ++retries.oom;
        } else if (!waits_for_an_engine(*failed_)) {
            ++retries.transient;
        }
        failed_.reset();
    }

    void drop_next_attempt() {
        if (status_.error) {
            status_.error->next_attempt_at.reset();
        }
    }

    RecordedJob job_;
    JobStatus& status_ = job_.status;
    Timestamp task_began_{};  // Of the latest workflow task, done or not.
    std::int64_t task_events_ = 0;
    std::map<std::string, Stage> steps_;  ///< By the id of the event that scheduled them.
    std::optional<Error> failed_;  ///< Of infer, not yet followed by another try.
};

}  // namespace

RecordedJob job_from_history(const nlohmann::json& history, const std::string& job_id) {
    Record record(job_id);
    const nlohmann::json* events = field(history, "events");
    if (events == nullptr || !events->is_array() || events->empty()) {
        return record.job();
    }
    for (const nlohmann::json& event : *events) {
        record.apply(event);
    }
    RecordedJob job = record.job();
    const std::string type =
        text_at(events->front(), "/workflowExecutionStartedEventAttributes/workflowType/name");
    if (type == names::kBatchWorkflow) {
        // Its time is that of the workflow's own clock.
        const auto updated_at = job.status.updated_at;
        job.status = batch_status_from_history(history, job_id);
        job.status.updated_at = updated_at;
    }
    return job;
}

JobStatus status_from_history(const nlohmann::json& history, const std::string& job_id) {
    return job_from_history(history, job_id).status;
}

}  // namespace inference::cli
