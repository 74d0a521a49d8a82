#include "failure/application_failure.hpp"

#include "contracts/failure_details.hpp"
#include "temporal/converter.hpp"

#include <exception>
#include <optional>
#include <utility>

namespace inference {
namespace {

/// What core reports for an activity that agreed to stop because its worker shut down.
constexpr std::string_view kWorkerShutdown = "WorkerShutdown";

std::optional<Error> classified(const temporal::Failure& failure) {
    const auto* application = dynamic_cast<const temporal::ApplicationFailure*>(&failure);
    if (application == nullptr || !error_class_from(application->type()) ||
        application->details().empty()) {
        return std::nullopt;
    }
    try {
        return temporal::from_payload<Error>(application->details().front());
    } catch (const std::exception&) {
        return std::nullopt;  // Some other activity's details under the same type name.
    }
}

const temporal::Failure& cause_of(const temporal::ActivityFailure& failure) {
    return failure.cause() ? *failure.cause() : static_cast<const temporal::Failure&>(failure);
}

bool worker_was_lost(const temporal::Failure& cause) {
    if (const auto* timeout = dynamic_cast<const temporal::TimeoutFailure*>(&cause)) {
        return timeout->type() == temporal::TimeoutType::kHeartbeat;
    }
    const auto* application = dynamic_cast<const temporal::ApplicationFailure*>(&cause);
    return application != nullptr && application->type() == kWorkerShutdown;
}

}  // namespace

temporal::ApplicationFailure to_activity_failure(const Error& error) {
    return {
        error.message,
        {.type = std::string(to_string(error.error_class)),
         .non_retryable = error.error_class == ErrorClass::kFatal,
         .details = temporal::to_payloads(error)}
    };
}

temporal::ApplicationFailure to_job_failure(
    const Error& error, std::string model, int attempt, nlohmann::json batch
) {
    FailureDetails details = failure_details(error, std::move(model), attempt);
    details.batch = std::move(batch);
    return {
        error.message,
        {.type = std::string(to_string(error.error_class)),
         .non_retryable = error.error_class == ErrorClass::kFatal,
         .details = temporal::to_payloads(details)}
    };
}

TryFailure to_try_failure(const temporal::ActivityFailure& failure) {
    const temporal::Failure& cause = cause_of(failure);
    if (auto error = classified(cause)) {
        return *std::move(error);
    }
    if (worker_was_lost(cause)) {
        return WorkerLost{};
    }
    if (dynamic_cast<const temporal::TimeoutFailure*>(&cause) != nullptr) {
        return Error{
            .error_class = ErrorClass::kTimeout,
            .code = ErrorCode::kEngineTimeout,
            .message =
                "infer did not end within its start-to-close timeout; look at the worker that ran "
                "it, or raise the "
                "model's timeout",
            .sent = true,
        };
    }
    return to_step_error(failure, "infer");
}

Error to_step_error(const temporal::ActivityFailure& failure, const std::string& step) {
    const temporal::Failure& cause = cause_of(failure);
    if (auto error = classified(cause)) {
        return *std::move(error);
    }
    if (worker_was_lost(cause) ||
        dynamic_cast<const temporal::TimeoutFailure*>(&cause) != nullptr) {
        return Error{
            .error_class = ErrorClass::kTimeout,
            .code = ErrorCode::kWorkerLost,
            .message =
                step + " did not end in time in any of its tries; look at the load of the workers",
        };
    }
    const auto* application = dynamic_cast<const temporal::ApplicationFailure*>(&cause);
    const std::string type = application != nullptr ? application->type() : std::string();
    // The message of a foreign exception may quote the request, so only its type is told.
    return fatal(
        ErrorCode::kWorkerLost,
        step + " failed inside the worker" + (type.empty() ? std::string() : " with " + type) +
            "; this is a fault of the worker: look at its log and report it"
    );
}

}  // namespace inference
