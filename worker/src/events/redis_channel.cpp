#include "events/redis_channel.hpp"

#include "events/redis_stream.hpp"

#include <hiredis.h>

#include <algorithm>

namespace inference {
namespace {

using std::chrono::milliseconds;
using Refused = tl::unexpected<std::string>;

constexpr milliseconds kPatience{1'000};
constexpr milliseconds kFirstPause{100};
constexpr milliseconds kLongestPause{5'000};

}  // namespace

tl::expected<void, std::string> RedisChannel::write(const std::vector<Event>& events) {
    if (auto connected = connect(); !connected) {
        return connected;
    }
    std::vector<RedisConnection::Command> commands;
    for (const Event& event : events) {
        commands.push_back(append_command(event));
        if (auto expire = expire_command(event)) {
            commands.push_back(*std::move(expire));
        }
    }
    const auto replies = connection_->ask(commands);
    if (!replies) {
        failed(replies.error());
        return Refused(replies.error());
    }
    pause_ = milliseconds{0};
    return {};
}

tl::expected<void, std::string> RedisChannel::connect() {
    if (connection_) {
        return {};
    }
    if (Clock::now() < next_try_) {
        return Refused(why_);
    }
    auto opened = RedisConnection::open(address_, kPatience);
    if (!opened) {
        failed(opened.error());
        return Refused(opened.error());
    }
    connection_ = *std::move(opened);
    return {};
}

void RedisChannel::failed(const std::string& why) {
    connection_.reset();
    why_ = why;
    pause_ = std::clamp(pause_ * 2, kFirstPause, kLongestPause);
    next_try_ = Clock::now() + pause_;
}

}  // namespace inference
