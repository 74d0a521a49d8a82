/// @file events/event.hpp
/// @brief What watchers of a job are told while it runs.
#pragma once

#include "contracts/timestamp.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace inference {

enum class EventType {
    kStage,  ///< A step has begun: {"stage"}.
    kProgress,  ///< A try's text is whole: {"pieces"}. A chunk of a batch: {"first","succeeded","failed","remaining"}.
    kToken,  ///< Text of a choice, to be appended: {"index","text"}, and "gap": true where some before it is missing.
    kReset,  ///< A new try has begun: what the tries before gave is void. {}.
    kEnd,  ///< The job has ended, and nothing follows: {"state","attempts","usage"}, of a batch also "counts".
};

/// Wire names: "stage", "progress", "token", "reset", "end".
std::string_view to_string(EventType type) noexcept;
std::optional<EventType> event_type_from(std::string_view name) noexcept;

/// One of them. Live only: Temporal holds what a job's state and result are.
struct Event {
    std::string job_id;
    std::string run_id = {};  ///< Of the workflow: an id that is used again is another run.
    /// The try of infer, as `attempt` of the job's status counts them: 0 before the first and for all of a batch. What
    /// comes of a lower one than was seen is void: a worker that was taken for lost may still write.
    std::int64_t epoch = 0;
    std::int64_t seq =
        0;  ///< Of what its step has told in this epoch, from 1; a number that is missing was dropped.
    EventType type = EventType::kStage;
    Timestamp time{};
    nlohmann::json data = nlohmann::json::object();

    bool operator==(const Event&) const = default;
};

/// {"job_id","run_id","epoch","seq","type","ts","data"}.
void to_json(nlohmann::json& json, const Event& event);

/// Errors: nullopt for what is no event; a member that is unknown is none.
std::optional<Event> event_from(const nlohmann::json& json);

}  // namespace inference
