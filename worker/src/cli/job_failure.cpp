#include "cli/job_failure.hpp"

#include "cli/table.hpp"
#include "temporal/converter.hpp"

#include <string_view>
#include <utility>

namespace inference::cli {
namespace {

nlohmann::json details_of(const temporal::Failure& failure) {
    const auto* application = dynamic_cast<const temporal::ApplicationFailure*>(&failure);
    if (application == nullptr || application->details().empty()) {
        return nullptr;
    }
    try {
        auto details = temporal::from_payload<nlohmann::json>(application->details().front());
        return details.is_object() ? details : nlohmann::json();
    } catch (const temporal::ConversionError&) {
        return nullptr;  // Of a workflow that is none of ours.
    }
}

std::string message_of(const temporal::Failure& failure) {
    if (dynamic_cast<const temporal::TimeoutFailure*>(&failure) != nullptr) {
        return "it ran into the timeout that its client gave the workflow";
    }
    if (dynamic_cast<const temporal::TerminatedFailure*>(&failure) != nullptr) {
        return "it was terminated" +
               (failure.message().empty() ? std::string() : ": " + failure.message());
    }
    return failure.message();
}

std::string text_or_empty(const nlohmann::json& details, std::string_view key) {
    const auto found = details.is_object() ? details.find(key) : details.end();
    return found != details.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

JobFailure job_failure(const temporal::Failure& failure) {
    return {
        .state = temporal::is_canceled(failure) ? JobState::kCanceled : JobState::kFailed,
        .message = message_of(failure),
        .details = details_of(failure)
    };
}

std::string to_line(const JobFailure& failure, const std::string& job_id) {
    const std::string job = "job '" + job_id + "' ";
    if (failure.state == JobState::kCanceled) {
        return job + "was cancelled";
    }
    const std::string error_class = text_or_empty(failure.details, "class");
    const std::string code = text_or_empty(failure.details, "code");
    const std::string kind = code.empty() ? std::string() : " (" + error_class + " " + code + ")";
    return printable(job + "failed: " + failure.message + kind);
}

nlohmann::json to_report(const JobFailure& failure, const std::string& job_id) {
    nlohmann::json report{{"job_id", job_id}, {"status", to_string(failure.state)}};
    if (failure.details.is_object()) {
        report["error"] = failure.details;
    } else if (failure.state != JobState::kCanceled) {
        report["error"] = {{"message", failure.message}};
    }
    return report;
}

}  // namespace inference::cli
