#include "cli/batch_record.hpp"

#include "cli/batch_text.hpp"
#include "cli/event_fields.hpp"
#include "contracts/batch_request.hpp"
#include "contracts/batch_steps.hpp"
#include "contracts/failure_details.hpp"
#include "contracts/json_field.hpp"
#include "contracts/names.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <exception>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

namespace inference::cli {
namespace {

/// nullopt where it is nothing of ours.
template <class T>
std::optional<T> read_as(const nlohmann::json& value) {
    try {
        return value.get<T>();
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

/// Moves a status forward, event by event.
class BatchRecord {
public:
    explicit BatchRecord(const std::string& job_id) {
        status_.job_id = job_id;
        status_.priority = Priority::kLow;
    }

    void apply(const nlohmann::json& event) {
        if (const auto handler = handlers().find(text_at(event, "/eventType"));
            handler != handlers().end()) {
            (this->*handler->second)(event);
        }
        status_.updated_at = time_at(event, "/eventTime").value_or(status_.updated_at);
    }

    [[nodiscard]] const JobStatus& status() const noexcept { return status_; }

private:
    using Handler = void (BatchRecord::*)(const nlohmann::json&);

    static const std::map<std::string, Handler, std::less<>>& handlers() {
        static const std::map<std::string, Handler, std::less<>> kHandlers{
            {"EVENT_TYPE_WORKFLOW_EXECUTION_STARTED", &BatchRecord::on_started},
            {"EVENT_TYPE_WORKFLOW_TASK_COMPLETED", &BatchRecord::on_task_completed},
            {"EVENT_TYPE_ACTIVITY_TASK_SCHEDULED", &BatchRecord::on_step_scheduled},
            {"EVENT_TYPE_ACTIVITY_TASK_COMPLETED", &BatchRecord::on_step_completed},
            {"EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED", &BatchRecord::on_completed},
            {"EVENT_TYPE_WORKFLOW_EXECUTION_FAILED", &BatchRecord::on_failed},
            {"EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT", &BatchRecord::on_closed_from_outside},
            {"EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED", &BatchRecord::on_closed_from_outside},
            {"EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED", &BatchRecord::on_canceled},
        };
        return kHandlers;
    }

    void on_started(const nlohmann::json& event) {
        const std::string started = "/workflowExecutionStartedEventAttributes";
        const std::string queue = text_at(event, started + "/taskQueue/name");
        status_.priority = priority_of_queue(queue).value_or(status_.priority);
        if (const auto request =
                parse_batch_request(payload_at(event, started + "/input/payloads/0"))) {
            status_.model = request->model.value_or("");
            status_.priority = request->priority.value_or(status_.priority);
        }
        const auto state = read_as<BatchState>(payload_at(event, started + "/input/payloads/1"));
        if (!state) {
            return;
        }
        // A run that goes on with another's batch.
        status_.state = JobState::kRunning;
        status_.stage = Stage::kInfer;
        status_.model = state->outline.model;
        status_.attempt = state->chunks;
        counted(state->counts);
    }

    void on_task_completed(const nlohmann::json& /*event*/) { status_.state = JobState::kRunning; }

    void on_step_scheduled(const nlohmann::json& event) {
        const std::string scheduled = "/activityTaskScheduledEventAttributes";
        const std::string step = text_at(event, scheduled + "/activityType/name");
        const std::string id = text_at(event, "/eventId");
        if (step == names::kPreprocessBatch) {
            preparation_ = id;
        } else if (step == names::kInferBatch) {
            status_.stage = Stage::kInfer;
            ++status_.attempt;
            if (const auto task =
                    read_as<ChunkTask>(payload_at(event, scheduled + "/input/payloads/0"))) {
                chunks_[id] = task->first;
            }
        } else if (step == names::kPostprocessBatch) {
            status_.stage = Stage::kPostprocess;
        }
    }

    void on_step_completed(const nlohmann::json& event) {
        const std::string completed = "/activityTaskCompletedEventAttributes";
        const std::string id = text_at(event, completed + "/scheduledEventId");
        const nlohmann::json result = payload_at(event, completed + "/result/payloads/0");
        if (id == preparation_) {
            on_prepared(read_as<BatchOutline>(result));
        } else if (const auto chunk = chunks_.find(id); chunk != chunks_.end()) {
            on_chunk(chunk->second, read_as<ChunkReport>(result));
        }
    }

    void on_prepared(const std::optional<BatchOutline>& outline) {
        if (outline) {
            status_.stage = Stage::kInfer;
            status_.model = outline->model;
            counted({.total = outline->items});
        }
    }

    /// A report is of all that its chunk has done, also in the activities before this one.
    void on_chunk(std::int64_t first, const std::optional<ChunkReport>& report) {
        if (!report || !status_.counts) {
            return;
        }
        ItemCounts counts = *status_.counts;
        ChunkReport& before = reports_[first];
        counts.succeeded += report->succeeded - before.succeeded;
        counts.failed += report->failed - before.failed;
        before = *report;
        counted(counts);
    }

    void on_completed(const nlohmann::json& event) {
        status_.state = JobState::kCompleted;
        const auto response = batch_response_in(
            payload_at(event, "/workflowExecutionCompletedEventAttributes/result/payloads/0")
        );
        if (response) {
            status_.state = response->status;
            counted(response->counts);
        }
        status_.progress = 1;
    }

    void on_failed(const nlohmann::json& event) {
        status_.state = JobState::kFailed;
        const nlohmann::json details = payload_at(
            event,
            "/workflowExecutionFailedEventAttributes/failure/applicationFailureInfo/details/"
            "payloads/0"
        );
        const auto failure = read_as<FailureDetails>(details);
        if (!failure) {
            return;  // No failure of ours: the state says enough.
        }
        status_.error = JobError{
            .code = failure->code, .error_class = failure->error_class, .message = failure->message
        };
        on_response(batch_response_in(failure->batch));
    }

    void on_canceled(const nlohmann::json& event) {
        status_.state = JobState::kCanceled;
        on_response(batch_response_in(
            payload_at(event, "/workflowExecutionCanceledEventAttributes/details/payloads/0")
        ));
    }

    void on_closed_from_outside(const nlohmann::json& /*event*/) {
        status_.state = JobState::kFailed;
    }

    void on_response(const std::optional<BatchResponse>& response) {
        if (response) {
            counted(response->counts);
        }
    }

    void counted(const ItemCounts& counts) {
        const auto ended = static_cast<double>(counts.succeeded + counts.failed);
        status_.counts = counts;
        status_.progress = counts.total > 0 ? ended / static_cast<double>(counts.total) : 0;
    }

    JobStatus status_;
    std::string preparation_;  ///< The id of the event that scheduled it.
    std::map<std::string, std::int64_t> chunks_;  ///< Their first items, by such ids.
    std::map<std::int64_t, ChunkReport> reports_;  ///< The last of each chunk, by its first item.
};

}  // namespace

JobStatus batch_status_from_history(const nlohmann::json& history, const std::string& job_id) {
    BatchRecord record(job_id);
    const nlohmann::json* events = field(history, "events");
    if (events != nullptr && events->is_array()) {
        for (const nlohmann::json& event : *events) {
            record.apply(event);
        }
    }
    return record.status();
}

}  // namespace inference::cli
