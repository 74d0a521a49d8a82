#include "testing/recorded_event.hpp"

#include "temporal/error.hpp"

#include <nlohmann/json.hpp>

#include <cctype>
#include <string_view>

namespace temporal::testing {
namespace {

using nlohmann::json;

void require_start(const json& first) {
    const json started = first.value("workflowExecutionStartedEventAttributes", json::object());
    const bool replayable =
        !started.value("originalExecutionRunId", "").empty() &&
        !started.value("workflowType", json::object()).value("name", "").empty();
    if (!replayable) {
        throw Error(
            "the history cannot be replayed: its first event is no WorkflowExecutionStarted with a "
            "workflow type and a run id"
        );
    }
}

RecordedEvent to_event(const json& event) {
    const json scheduled = event.value("activityTaskScheduledEventAttributes", json::object());
    return {// protobuf writes 64-bit numbers as strings.
            .id = std::stoll(event.value("eventId", "0")),
            .type = short_event_type(event.value("eventType", "")),
            .activity_type = scheduled.value("activityType", json::object()).value("name", "")
    };
}

}  // namespace

std::string short_event_type(std::string_view name) {
    constexpr std::string_view kPrefix = "EVENT_TYPE_";
    if (name.starts_with(kPrefix)) {
        name.remove_prefix(kPrefix.size());
    }
    std::string words;
    bool starts_word = true;
    for (const char letter : name) {
        if (letter == '_') {
            starts_word = true;
            continue;
        }
        const auto code = static_cast<unsigned char>(letter);
        words += static_cast<char>(starts_word ? std::toupper(code) : std::tolower(code));
        starts_word = false;
    }
    return words;
}

std::vector<RecordedEvent> recorded_events(const History& history) {
    const json document = json::parse(history.to_json());
    const json& events = document.at("events");
    require_start(events.at(0));
    std::vector<RecordedEvent> recorded;
    recorded.reserve(events.size());
    for (const json& event : events) {
        recorded.push_back(to_event(event));
    }
    return recorded;
}

}  // namespace temporal::testing
