#include "worker/core_reporter.hpp"

#include "bridge/activity_codec.hpp"
#include "converter/exception_to_failure.hpp"

#include <exception>
#include <optional>
#include <utility>

namespace temporal::worker {
namespace {

// A report that cannot be written still has to be made: core holds the slot until then.
std::string encode_or_failure(
    const std::string& task_token, const activity::ActivityResult& result
) {
    try {
        return bridge::encode_activity_completion(task_token, result);
    } catch (const std::exception&) {
        const activity::Failed failed{exception_to_failure(std::current_exception())};
        return bridge::encode_activity_completion(task_token, failed);
    }
}

}  // namespace

CoreReporter::CoreReporter(std::shared_ptr<bridge::CoreWorker> core, Warn warn)
    : core_(std::move(core)), warn_(std::move(warn)) {}

void CoreReporter::complete(const std::string& task_token, activity::ActivityResult result) {
    core_->complete_activity(
        encode_or_failure(task_token, result),
        [warn = warn_](const std::optional<std::string>& error) {
            if (error) {
                warn("core refused the report of an activity: " + *error);
            }
        }
    );
}

void CoreReporter::heartbeat(const std::string& task_token, const Payloads& details) {
    try {
        core_->heartbeat(bridge::encode_activity_heartbeat(task_token, details));
    } catch (const std::exception& error) {
        // A lost heartbeat is no reason to fail the activity: the next one makes up for it.
        warn_(error.what());
    }
}

}  // namespace temporal::worker
