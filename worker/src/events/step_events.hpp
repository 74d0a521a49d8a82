/// @file events/step_events.hpp
/// @brief What one run of a step tells the watchers of its job.
#pragma once

#include "contracts/job_status.hpp"
#include "events/event_sink.hpp"

#include <nlohmann/json.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace inference {

/// Threads: any, one at a time for texts.
/// Errors:  none: what cannot be told is not.
/// Destroy: nothing more comes of the step.
class StepEvents {
public:
    /// @param epoch As Event has it.
    StepEvents(
        std::shared_ptr<EventSink> sink, std::string job_id, std::string run_id, std::int64_t epoch
    );
    StepEvents(const StepEvents&) = delete;
    StepEvents& operator=(const StepEvents&) = delete;
    ~StepEvents();

    void stage(Stage stage) noexcept;
    /// What tries before this one told is void.
    void reset() noexcept;
    void text(std::size_t choice, std::string_view text) noexcept;
    /// If there was any text, it is whole.
    void text_is_whole() noexcept;
    void progress(nlohmann::json data) noexcept;

private:
    void publish(EventType type, nlohmann::json data) noexcept;

    const std::shared_ptr<EventSink> sink_;
    const std::string job_id_;
    const std::string run_id_;
    const std::int64_t epoch_;
    std::atomic<std::int64_t> pieces_{0};
};

}  // namespace inference
