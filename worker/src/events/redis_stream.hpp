/// @file events/redis_stream.hpp
/// @brief The form of a job's events in Redis.
#pragma once

#include "events/event.hpp"
#include "events/event_source.hpp"
#include "events/redis_connection.hpp"

#include <optional>
#include <string>

namespace inference {

/// "stream:JOB".
std::string stream_key(const std::string& job_id);

/// Appends the event, to about ten thousand at most.
///
/// Shape: fields `run_id`, `epoch`, `seq`, `type`, `ts`, and `data` as JSON.
RedisConnection::Command append_command(const Event& event);

/// When the stream goes: an hour after the end, a day after the last stage otherwise; nullopt for what comes often.
std::optional<RedisConnection::Command> expire_command(const Event& event);

/// Errors: nullopt for an entry that is no event.
std::optional<StoredEvent> event_in(const redisReply& entry, const std::string& job_id);

}  // namespace inference
