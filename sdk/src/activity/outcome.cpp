#include "activity/outcome.hpp"

#include "converter/exception_to_failure.hpp"

#include <memory>
#include <string>
#include <utility>

namespace temporal::activity {
namespace {

FailurePtr application_failure(std::string message, std::string type, FailurePtr cause = nullptr) {
    return std::make_shared<const ApplicationFailure>(
        std::move(message),
        ApplicationFailure::Options{.type = std::move(type), .cause = std::move(cause)}
    );
}

}  // namespace

ActivityResult stopped(CancelReason reason, const CanceledFailure& failure) {
    // Other SDKs report these two types, and the server knows them.
    if (reason == CancelReason::kPaused) {
        return Failed{application_failure("activity paused", "ActivityPause")};
    }
    if (reason == CancelReason::kReset) {
        return Failed{application_failure("activity reset", "ActivityReset")};
    }
    return Canceled{failure.clone()};
}

ActivityResult result_of(
    const std::exception_ptr& error, std::optional<CancelReason> cancel_reason
) {
    FailurePtr failure = exception_to_failure(error);
    const auto* canceled = dynamic_cast<const CanceledFailure*>(failure.get());
    if (canceled == nullptr) {
        return Failed{std::move(failure)};
    }
    if (cancel_reason) {
        return stopped(*cancel_reason, *canceled);
    }
    std::string message =
        "the activity threw CanceledFailure although nobody cancelled it: " + canceled->message();
    return Failed{application_failure(std::move(message), "CanceledFailure", std::move(failure))};
}

FailurePtr dropped_completion(std::string_view activity_type) {
    return application_failure(
        "activity '" + std::string(activity_type) +
            "' dropped its completion without completing, failing or cancelling it",
        "DroppedCompletion"
    );
}

FailurePtr unknown_activity(
    std::string_view activity_type,
    std::string_view task_queue,
    const std::vector<std::string_view>& registered
) {
    std::string message = "activity type '" + std::string(activity_type) +
                          "' is not registered at this worker of queue '" +
                          std::string(task_queue) + "'; it has:";
    for (const std::string_view name : registered) {
        message.append(" ").append(name);
    }
    if (registered.empty()) {
        message += " none";
    }
    return application_failure(std::move(message), "NotFoundError");
}

}  // namespace temporal::activity
