#include "cli/job_failure.hpp"

#include "cli/batch_text.hpp"
#include "cli/table.hpp"
#include "contracts/json_field.hpp"
#include "temporal/converter.hpp"

#include <string_view>
#include <utility>

namespace inference::cli {
namespace {

/// The first of the details, if it is an object; else null.
nlohmann::json first_object(const temporal::Payloads& details) {
    if (details.empty()) {
        return nullptr;
    }
    try {
        auto first = temporal::from_payload<nlohmann::json>(details.front());
        return first.is_object() ? first : nlohmann::json();
    } catch (const temporal::ConversionError&) {
        return nullptr;  // Of a workflow that is none of ours.
    }
}

nlohmann::json details_of(const temporal::Failure& failure) {
    if (const auto* application = dynamic_cast<const temporal::ApplicationFailure*>(&failure)) {
        return first_object(application->details());
    }
    return nullptr;
}

/// A failed batch tells it beside why it failed, a cancelled one has nothing else to tell.
std::optional<BatchResponse> batch_in(
    const temporal::Failure& failure, const nlohmann::json& details
) {
    const auto* canceled = dynamic_cast<const temporal::CanceledFailure*>(&failure);
    const nlohmann::json told = canceled != nullptr ? first_object(canceled->details()) : details;
    const nlohmann::json* batch = field(told, "batch");
    return batch_response_in(batch != nullptr ? *batch : told);
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
    nlohmann::json details = details_of(failure);
    auto batch = batch_in(failure, details);
    return {
        .state = temporal::is_canceled(failure) ? JobState::kCanceled : JobState::kFailed,
        .message = message_of(failure),
        .details = std::move(details),
        .batch = std::move(batch)
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
    if (failure.batch && failure.state == JobState::kCanceled) {
        return *failure.batch;
    }
    nlohmann::json report{{"job_id", job_id}, {"status", to_string(failure.state)}};
    if (failure.details.is_object()) {
        report["error"] = failure.details;
    } else if (failure.state != JobState::kCanceled) {
        report["error"] = {{"message", failure.message}};
    }
    return report;
}

}  // namespace inference::cli
