#include "cli/next_step.hpp"

#include "contracts/error.hpp"

namespace inference::cli {
namespace {

std::string after(ErrorCode code) {
    switch (code) {
        case ErrorCode::kModelNotFound:
            return "inference-worker models lists the configured models; submit it again with one "
                   "of them";
        case ErrorCode::kValidation:
        case ErrorCode::kUnsupported: return "change the request, and submit it again";
        case ErrorCode::kContextLength:
            return "shorten the input or max_tokens, and submit it again";
        case ErrorCode::kAuth:
            return "give the workers the engine's key (api_key_env of the model)";
        case ErrorCode::kPoison:
            return "the engine dies of this input; leave it out, or report it to its makers";
        case ErrorCode::kWorkerLost: return "see in the workers' logs why they end";
        case ErrorCode::kConnection:
        case ErrorCode::kEngine5xx:
        case ErrorCode::kEngineNotReady:
        case ErrorCode::kCircuitOpen:
            return "inference-worker doctor says which engine does not serve; then submit it again";
        case ErrorCode::kRateLimited:
            return "lower the model's max_concurrency, or add endpoints; then submit it again";
        case ErrorCode::kEngineTimeout:
            return "raise the model's timeout, or ask for less; then submit it again";
        case ErrorCode::kDeadline: return "raise deadline_ms or the priority, and submit it again";
        case ErrorCode::kEngineOom: return "make the request smaller, and submit it again";
        case ErrorCode::kStorage: return "make room where files.dir lies; then submit it again";
    }
    return {};
}

bool has_items_left(const JobStatus& status) {
    return status.counts && status.counts->total > status.counts->succeeded;
}

}  // namespace

std::string next_step(const JobStatus& status) {
    switch (status.state) {
        case JobState::kQueued:
            return "it waits for a worker; inference-worker queues shows who serves its queue";
        case JobState::kRunning:
        case JobState::kCompleted: return {};
        case JobState::kCompletedWithErrors:
        case JobState::kCanceled:
        case JobState::kFailed: break;
    }
    if (has_items_left(status)) {
        return "inference-worker retry-failed " + status.job_id + " runs the items that are left";
    }
    return status.state == JobState::kFailed && status.error ? after(status.error->code) : "";
}

}  // namespace inference::cli
