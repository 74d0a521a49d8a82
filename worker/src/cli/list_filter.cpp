#include "cli/list_filter.hpp"

#include "cli/command_error.hpp"
#include "cli/submit_request.hpp"
#include "cli/suggestion.hpp"
#include "config/duration.hpp"
#include "contracts/describe.hpp"
#include "contracts/names.hpp"
#include "temporal/converter.hpp"

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace inference::cli {
namespace {

constexpr std::array kStates{
    JobState::kQueued,
    JobState::kRunning,
    JobState::kCompleted,
    JobState::kCompletedWithErrors,
    JobState::kFailed,
    JobState::kCanceled
};

std::optional<JobState> read_state(const std::string& name) {
    if (name.empty()) {
        return std::nullopt;
    }
    const auto state = job_state_from(name);
    if (!state) {
        std::vector<std::string> names;
        for (const JobState each : kStates) {
            names.emplace_back(to_string(each));
        }
        throw CommandError(
            ExitCode::kUsage,
            "--state is " + shown(name) + "; it takes one of " + job_state_names() +
                suggestion(name, names)
        );
    }
    return state;
}

/// As parse_duration(), and in days.
std::optional<std::chrono::milliseconds> age_from(std::string_view text) {
    constexpr std::int64_t kHoursOfADay = 24;
    if (!text.ends_with('d')) {
        return parse_duration(text);
    }
    const auto days = parse_duration(std::string(text.substr(0, text.size() - 1)) + "h");
    return days ? std::optional(*days * kHoursOfADay) : std::nullopt;
}

std::optional<Timestamp> read_since(const std::string& text, Timestamp now) {
    if (text.empty()) {
        return std::nullopt;
    }
    if (const auto age = age_from(text)) {
        return now - *age;
    }
    if (const auto time = timestamp_from(text)) {
        return time;
    }
    if (const auto midnight = timestamp_from(text + "T00:00:00Z")) {
        return midnight;
    }
    throw CommandError(
        ExitCode::kUsage,
        "--since is " + shown(text) +
            "; it takes a time ago such as 30m, 2h or 7d, or a time in UTC such as 2026-11-24 or "
            "2026-11-24T10:31:00Z"
    );
}

/// Queued and running are one to the server, and so are the two ways to complete.
std::string state_query(std::optional<JobState> state) {
    if (!state) {
        // The next run goes on with the job.
        return "ExecutionStatus != 'ContinuedAsNew'";
    }
    switch (*state) {
        case JobState::kQueued:
        case JobState::kRunning: return "CloseTime IS NULL";
        case JobState::kCompleted:
        case JobState::kCompletedWithErrors: return "ExecutionStatus = 'Completed'";
        case JobState::kCanceled: return "ExecutionStatus = 'Canceled'";
        case JobState::kFailed: break;
    }
    return "ExecutionStatus IN ('Failed', 'Terminated', 'TimedOut')";
}

std::string type_query(std::optional<JobState> state) {
    const std::string batch = "'" + std::string(names::kBatchWorkflow) + "'";
    return state == JobState::kCompletedWithErrors
               ? "WorkflowType = " + batch
               : "WorkflowType IN ('" + std::string(names::kInferenceWorkflow) + "', " + batch +
                     ")";
}

/// Empty where there is none, or not of ours.
std::string text_in(const temporal::PayloadMap& memo, const char* key) {
    const auto found = memo.find(key);
    try {
        return found == memo.end() ? std::string()
                                   : temporal::from_payload<std::string>(found->second);
    } catch (const temporal::ConversionError&) {
        return {};
    }
}

}  // namespace

ListFilter read_list_filter(const ListArguments& arguments, Timestamp now) {
    return {
        .state = read_state(arguments.state),
        .model = arguments.model.empty() ? std::nullopt : std::optional(arguments.model),
        .priority = read_priority(arguments.priority),
        .since = read_since(arguments.since, now)
    };
}

std::string list_query(const ListFilter& filter) {
    std::string query = type_query(filter.state) + " AND " + state_query(filter.state);
    if (filter.since) {
        query += " AND StartTime >= '" + to_iso8601(*filter.since) + "'";
    }
    return query;
}

bool may_match(const ListFilter& filter, const temporal::PayloadMap& memo) {
    const std::string model = text_in(memo, "model");
    const std::string priority = text_in(memo, "priority");
    return (!filter.model || model.empty() || model == *filter.model) &&
           (!filter.priority || priority.empty() || priority == to_string(*filter.priority));
}

bool matches(const ListFilter& filter, const JobStatus& status) {
    return (!filter.state || status.state == *filter.state) &&
           (!filter.model || status.model == *filter.model) &&
           (!filter.priority || status.priority == *filter.priority);
}

}  // namespace inference::cli
