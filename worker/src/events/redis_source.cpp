#include "events/redis_source.hpp"

#include "events/redis_stream.hpp"

#include <hiredis.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace inference {
namespace {

using std::chrono::milliseconds;
using Refused = tl::unexpected<std::string>;

constexpr milliseconds kPatience{2'000};
constexpr char kMostAtOnce[] = "1000";

/// [[key, [entry, ...]]], or nothing where none came in time.
std::vector<StoredEvent> events_of(const redisReply& reply, const std::string& job_id) {
    std::vector<StoredEvent> events;
    if (reply.type != REDIS_REPLY_ARRAY || reply.elements == 0 ||
        reply.element[0]->type != REDIS_REPLY_ARRAY || reply.element[0]->elements != 2) {
        return events;
    }
    const redisReply& entries = *reply.element[0]->element[1];
    for (std::size_t at = 0; at < entries.elements; ++at) {
        if (auto event = event_in(*entries.element[at], job_id)) {
            events.push_back(*std::move(event));
        }
    }
    return events;
}

}  // namespace

EventSource::Events RedisSource::read(
    const std::string& job_id,
    const std::string& after,
    Deadline deadline,
    const std::stop_token& stop
) {
    // So long that it is rarely asked in vain, and short enough for a server that is gone to be noticed.
    constexpr milliseconds kLongestWait{2'000};
    while (true) {
        const auto left =
            std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
        Events events =
            read_once(job_id, after, std::clamp(left, milliseconds{1}, kLongestWait), stop);
        if (stop.stop_requested()) {
            return events ? std::move(events) : Events();
        }
        if (!events || !events->empty() || std::chrono::steady_clock::now() >= deadline) {
            return events;
        }
    }
}

EventSource::Events RedisSource::read_once(
    const std::string& job_id,
    const std::string& after,
    milliseconds wait,
    const std::stop_token& stop
) {
    if (!connection_) {
        auto opened = RedisConnection::open(address_, kPatience);
        if (!opened) {
            return Refused(opened.error());
        }
        connection_ = *std::move(opened);
    }
    if (auto set = connection_->set_patience(wait + kPatience); !set) {
        connection_.reset();
        return Refused(set.error());
    }
    auto replies = [&] {
        const std::stop_callback on_stop(stop, [socket = connection_->descriptor()] {
            shutdown(socket, SHUT_RD);  // What is written next must not end in SIGPIPE.
        });
        return connection_->ask(
            {{"XREAD",
              "COUNT",
              kMostAtOnce,
              "BLOCK",
              std::to_string(wait.count()),
              "STREAMS",
              stream_key(job_id),
              after.empty() ? "0" : after}}
        );
    }();
    if (!replies) {
        connection_.reset();
        return Refused(replies.error());
    }
    return events_of(*replies->front(), job_id);
}

}  // namespace inference
