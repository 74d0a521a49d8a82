#include "testing/explain_nondeterminism.hpp"

#include <algorithm>
#include <array>
#include <regex>
#include <string_view>
#include <utility>

namespace temporal::testing {
namespace {

using Names = std::pair<std::string_view, std::string_view>;

std::string quoted_activity(const std::string& type) {
    return "activity '" + type + "'";
}

template <std::size_t Size>
std::string find_or(const std::array<Names, Size>& names, std::string_view key, std::string other) {
    const auto found = std::ranges::find(names, key, &Names::first);
    return found == names.end() ? std::move(other) : std::string(found->second);
}

// What the history has, by its event.
std::string expected_of(const std::string& event_type, const std::string& activity_type) {
    static constexpr std::array<Names, 10> kNames{{
        {"ActivityTaskScheduled", "an activity"},
        {"ActivityTaskCancelRequested", "the cancellation of an activity"},
        {"TimerStarted", "a timer"},
        {"TimerCanceled", "the cancellation of a timer"},
        {"WorkflowExecutionCompleted", "the workflow's completion"},
        {"WorkflowExecutionFailed", "the workflow's failure"},
        {"WorkflowExecutionCanceled", "the workflow's cancellation"},
        {"WorkflowExecutionContinuedAsNew", "continue-as-new"},
        {"UpsertWorkflowSearchAttributes", "an upsert of search attributes"},
        {"WorkflowPropertiesModified", "an upsert of the memo"},
    }};
    return activity_type.empty() ? find_or(kNames, event_type, event_type)
                                 : quoted_activity(activity_type);
}

// What the code asks for, by core's name of the state machine that stands for it.
std::string found_of(const std::string& machine) {
    static constexpr std::array<Names, 8> kNames{{
        {"Activity", "an activity"},
        {"Timer", "a timer"},
        {"Complete workflow", "the workflow's completion"},
        {"Fail workflow", "the workflow's failure"},
        {"Cancel workflow", "the workflow's cancellation"},
        {"Continue as new workflow", "continue-as-new"},
        {"UpsertWorkflowSearchAttributes", "an upsert of search attributes"},
        {"ModifyWorkflowProperties", "an upsert of the memo"},
    }};
    return find_or(kNames, machine, machine);
}

const RecordedEvent* event_with(std::span<const RecordedEvent> events, std::int64_t id) {
    const auto found = std::ranges::find(events, id, &RecordedEvent::id);
    return found == events.end() ? nullptr : &*found;
}

void set_event(ReplayFailure& failure, const RecordedEvent& event) {
    failure.event_id = event.id;
    failure.event_type = event.type;
    failure.expected = expected_of(event.type, event.activity_type);
}

// "HistoryEvent(id: 5, TimerStarted)": nearly all of core's messages end with it.
bool read_event(
    const std::string& core_message, std::span<const RecordedEvent> events, ReplayFailure& failure
) {
    static const std::regex pattern(R"(HistoryEvent\(id: (\d+), (\w+)\))");
    std::smatch match;
    if (!std::regex_search(core_message, match, pattern)) {
        return false;
    }
    const std::int64_t id = std::stoll(match[1]);
    const RecordedEvent* event = event_with(events, id);
    set_event(failure, event != nullptr ? *event : RecordedEvent{id, match[2], {}});
    static const std::regex machine(R"((?:^|: )([A-Z][\w ]*?) ?[Mm]achine does not handle)");
    failure.found =
        std::regex_search(core_message, match, machine) ? found_of(match[1]) : "nothing";
    return true;
}

// The one message without its event, which is the first of that kind after what was replayed.
bool read_activity_type(
    const std::string& core_message,
    std::span<const RecordedEvent> events,
    std::int64_t history_length,
    ReplayFailure& failure
) {
    static const std::regex pattern(
        "Activity (type|id) of scheduled event '(.*)' "
        "does not match activity (?:type|id) of activity command '(.*)'"
    );
    std::smatch match;
    if (!std::regex_search(core_message, match, pattern)) {
        return false;
    }
    const bool is_type = match[1] == "type";
    const std::string recorded = match[2];
    failure.expected =
        is_type ? quoted_activity(recorded) : "an activity with id '" + recorded + "'";
    failure.found =
        is_type ? quoted_activity(match[3]) : "an activity with id '" + std::string(match[3]) + "'";
    const auto event = std::ranges::find_if(events, [&](const RecordedEvent& candidate) {
        return candidate.id > history_length && candidate.type == "ActivityTaskScheduled" &&
               (!is_type || candidate.activity_type == recorded);
    });
    if (event != events.end()) {
        failure.event_id = event->id;
        failure.event_type = event->type;
    }
    return true;
}

std::string sentence(const ReplayFailure& failure) {
    std::string place = "somewhere in the history";
    if (failure.event_id) {
        place = "at event " + std::to_string(*failure.event_id) + " (" + failure.event_type + ")";
    }
    return "the code no longer fits the history: " + place + " the history has " +
           failure.expected + ", but the code asks for " + failure.found;
}

}  // namespace

ReplayFailure explain_nondeterminism(
    const std::string& core_message,
    std::span<const RecordedEvent> events,
    std::int64_t history_length
) {
    ReplayFailure failure{.message = core_message, .core_message = core_message};
    if (read_activity_type(core_message, events, history_length, failure) ||
        read_event(core_message, events, failure)) {
        failure.message = sentence(failure);
    }
    return failure;
}

}  // namespace temporal::testing
