/// @file events/redis_source.hpp
/// @brief Reads what a RedisChannel writes, as it grows.
#pragma once

#include "events/channel_address.hpp"
#include "events/event_source.hpp"
#include "events/redis_connection.hpp"

#include <optional>
#include <string>
#include <utility>

namespace inference {

/// The id of an event is that of its entry.
class RedisSource final : public EventSource {
public:
    explicit RedisSource(RedisAddress address) : address_(std::move(address)) {}

    Events read(
        const std::string& job_id,
        const std::string& after,
        Deadline deadline,
        const std::stop_token& stop
    ) override;

private:
    Events read_once(
        const std::string& job_id,
        const std::string& after,
        std::chrono::milliseconds wait,
        const std::stop_token& stop
    );

    const RedisAddress address_;
    std::optional<RedisConnection> connection_;
};

}  // namespace inference
