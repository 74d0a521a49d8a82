/// @file events/redis_channel.hpp
/// @brief Events as entries of Redis streams, one stream a job.
#pragma once

#include "events/channel_address.hpp"
#include "events/event_channel.hpp"
#include "events/redis_connection.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace inference {

/// Writes what comes together in one round trip. Gives a server a second to answer; one that did not is left alone for a while, which
/// doubles up to five seconds: what comes meanwhile is lost.
class RedisChannel final : public EventChannel {
public:
    explicit RedisChannel(RedisAddress address) : address_(std::move(address)) {}

    tl::expected<void, std::string> write(const std::vector<Event>& events) override;

private:
    using Clock = std::chrono::steady_clock;

    tl::expected<void, std::string> connect();
    void failed(const std::string& why);

    const RedisAddress address_;
    std::optional<RedisConnection> connection_;
    std::string why_;  // it failed last
    Clock::time_point next_try_{};
    std::chrono::milliseconds pause_{0};
};

}  // namespace inference
