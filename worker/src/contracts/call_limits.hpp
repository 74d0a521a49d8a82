/// @file contracts/call_limits.hpp
/// @brief How long infer may take and wait, written into the history so that a changed configuration cannot break a replay.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <cstdint>

namespace inference {

class FieldReader;

/// Wire: "timeout_ms", "ready_timeout_ms", "heartbeat_timeout_ms", "batch_limit".
struct CallLimits {
    std::chrono::milliseconds timeout{280'000};  ///< Of one engine call.
    std::chrono::milliseconds ready_timeout{600'000
    };  ///< How long the job waits for a ready endpoint; 0: not at all.
    std::chrono::milliseconds heartbeat_timeout{10'000
    };  ///< Silence after which the worker counts as lost.
    std::int64_t batch_limit = 0;  ///< The most items in one call; 0: no limit is known.

    bool operator==(const CallLimits&) const = default;
};

void read_fields(FieldReader& fields, CallLimits& limits);
void to_json(nlohmann::json& json, const CallLimits& limits);
/// Errors: throws std::invalid_argument.
void from_json(const nlohmann::json& json, CallLimits& limits);

}  // namespace inference
