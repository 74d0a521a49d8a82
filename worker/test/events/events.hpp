/// @file events/events.hpp
/// @brief Events for tests, short to write.
#pragma once

#include "events/event.hpp"
#include "events/event_channel.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace inference {

inline Event event(
    EventType type,
    std::int64_t epoch = 1,
    std::int64_t seq = 0,
    nlohmann::json data = nlohmann::json::object(),
    std::string job_id = "job"
) {
    return {
        .job_id = std::move(job_id),
        .run_id = "run",
        .epoch = epoch,
        .seq = seq,
        .type = type,
        .time = Timestamp(std::chrono::milliseconds(1'700'000'000'123)),
        .data = std::move(data)
    };
}

inline Event token(
    const std::string& text,
    std::int64_t epoch = 1,
    std::int64_t seq = 0,
    std::string job_id = "job"
) {
    return event(EventType::kToken, epoch, seq, {{"index", 0}, {"text", text}}, std::move(job_id));
}

inline void write(EventChannel& channel, const std::vector<Event>& events) {
    const auto written = channel.write(events);
    EXPECT_TRUE(written.has_value()) << written.error();
}

}  // namespace inference
