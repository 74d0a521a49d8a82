#include "events/redis_stream.hpp"

#include "contracts/json_text.hpp"

#include <hiredis.h>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace inference {
namespace {

constexpr char kMostEntries[] = "10000";
constexpr char kKeptAfterEnd[] = "3600";
constexpr char kKeptWithoutEnd[] = "86400";

std::string_view text_of(const redisReply& reply) {
    return {reply.str, reply.len};
}

std::int64_t number_of(std::string_view text) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

/// Into the JSON form, so that one reader judges both channels' events.
void add_field(nlohmann::json& json, std::string_view name, std::string_view value) {
    const std::string key(name);
    if (key == "epoch" || key == "seq") {
        json[key] = number_of(value);
    } else if (key == "data") {
        json[key] = parse_json_text(value).value_or(nullptr);
    } else {
        json[key] = value;
    }
}

}  // namespace

std::string stream_key(const std::string& job_id) {
    return "stream:" + job_id;
}

RedisConnection::Command append_command(const Event& event) {
    return {
        "XADD",
        stream_key(event.job_id),
        "MAXLEN",
        "~",
        kMostEntries,
        "*",
        "run_id",
        event.run_id,
        "epoch",
        std::to_string(event.epoch),
        "seq",
        std::to_string(event.seq),
        "type",
        std::string(to_string(event.type)),
        "ts",
        to_iso8601(event.time),
        "data",
        event.data.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)
    };
}

std::optional<RedisConnection::Command> expire_command(const Event& event) {
    const bool is_end = event.type == EventType::kEnd;
    if (!is_end && event.type != EventType::kStage) {
        return std::nullopt;
    }
    return RedisConnection::Command{
        "EXPIRE", stream_key(event.job_id), is_end ? kKeptAfterEnd : kKeptWithoutEnd
    };
}

std::optional<StoredEvent> event_in(const redisReply& entry, const std::string& job_id) {
    if (entry.type != REDIS_REPLY_ARRAY || entry.elements != 2 ||
        entry.element[0]->type != REDIS_REPLY_STRING ||
        entry.element[1]->type != REDIS_REPLY_ARRAY) {
        return std::nullopt;
    }
    nlohmann::json json{{"job_id", job_id}};
    const redisReply& fields = *entry.element[1];
    for (std::size_t at = 0; at + 1 < fields.elements; at += 2) {
        add_field(json, text_of(*fields.element[at]), text_of(*fields.element[at + 1]));
    }
    auto event = event_from(json);
    if (!event) {
        return std::nullopt;
    }
    return StoredEvent{.id = std::string(text_of(*entry.element[0])), .event = *std::move(event)};
}

}  // namespace inference
