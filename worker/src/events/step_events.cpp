#include "events/step_events.hpp"

#include <chrono>
#include <exception>
#include <utility>

namespace inference {

StepEvents::StepEvents(
    std::shared_ptr<EventSink> sink, std::string job_id, std::string run_id, std::int64_t epoch
)
    : sink_(std::move(sink)),
      job_id_(std::move(job_id)),
      run_id_(std::move(run_id)),
      epoch_(epoch) {}

StepEvents::~StepEvents() {
    sink_->close(job_id_, epoch_);
}

void StepEvents::stage(Stage stage) noexcept {
    publish(EventType::kStage, {{"stage", to_string(stage)}});
}

void StepEvents::reset() noexcept {
    publish(EventType::kReset, nlohmann::json::object());
}

void StepEvents::text(std::size_t choice, std::string_view text) noexcept {
    ++pieces_;
    publish(EventType::kToken, {{"index", choice}, {"text", text}});
}

void StepEvents::text_is_whole() noexcept {
    if (pieces_ > 0) {
        publish(EventType::kProgress, {{"pieces", pieces_.load()}});
    }
}

void StepEvents::progress(nlohmann::json data) noexcept {
    publish(EventType::kProgress, std::move(data));
}

void StepEvents::publish(EventType type, nlohmann::json data) noexcept {
    try {
        sink_->publish({
            .job_id = job_id_,
            .run_id = run_id_,
            .epoch = epoch_,
            .seq = 0,  // The sink counts.
            .type = type,
            .time = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()),
            .data = std::move(data),
        });
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): there is no memory left.
    }
}

}  // namespace inference
