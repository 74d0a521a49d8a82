#include "resilience/retry_state.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

namespace inference {
namespace {

/// No endpoint took the request, so trying again repeats nothing.
bool nothing_was_sent(const Error& error) {
    return error.error_class == ErrorClass::kTransient && !error.sent;
}

std::string seconds(std::chrono::milliseconds time) {
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time).count()) + " s";
}

}  // namespace

RetryState::RetryState(std::chrono::milliseconds ready_timeout, RetryNumbers numbers)
    : ready_timeout_(ready_timeout), numbers_(numbers) {}

RetryDecision RetryState::decide(const TryFailure& failure, Timestamp now, double uniform) {
    const auto* error = std::get_if<Error>(&failure);
    if (error == nullptr) {
        return worker_lost();
    }
    if (nothing_was_sent(*error) && ready_timeout_ > std::chrono::milliseconds::zero()) {
        return not_ready(*error, now, uniform);
    }
    not_ready_since_.reset();
    not_ready_looks_ = 0;
    return counted(*error, uniform);
}

RetryDecision RetryState::worker_lost() {
    if (retries_.worker_lost < numbers_.worker_lost_retries) {
        ++retries_.worker_lost;
        // The heartbeat timeout has already spaced the tries.
        return TryAgain{};
    }
    return GiveUp{Error{
        .error_class = ErrorClass::kFatal,
        .code = ErrorCode::kWorkerLost,
        .message =
            "the worker was lost during infer " + std::to_string(retries_.worker_lost + 1) +
            " times; look for crashes or memory limits on the workers, then submit the job again",
    }};
}

RetryDecision RetryState::not_ready(const Error& error, Timestamp now, double uniform) {
    if (!not_ready_since_) {
        not_ready_since_ = now;
    }
    const Timestamp gives_up_at = *not_ready_since_ + ready_timeout_;
    if (now >= gives_up_at) {
        Error final_error = error;
        final_error.code = ErrorCode::kEngineNotReady;
        final_error.message = "no endpoint was ready for " + seconds(ready_timeout_) +
                              " (ready_timeout); last: " + error.message;
        return GiveUp{std::move(final_error)};
    }
    ++not_ready_looks_;
    const auto delay = backoff(not_ready_looks_, numbers_.longest_ready_delay, uniform);
    // One last look right at the end of the time.
    return TryAgain{.delay = std::min(delay, gives_up_at - now), .waits_until = gives_up_at};
}

RetryDecision RetryState::counted(const Error& error, double uniform) {
    int* count = nullptr;
    int tries = 0;
    switch (error.error_class) {
        case ErrorClass::kFatal: return GiveUp{error};
        case ErrorClass::kTransient:
            count = &retries_.transient;
            tries = numbers_.transient_tries;
            break;
        case ErrorClass::kTimeout:
            count = &retries_.timeout;
            tries = numbers_.timeout_tries;
            break;
        case ErrorClass::kOutOfMemory:
            count = &retries_.oom;
            tries = numbers_.oom_tries;
            break;
    }
    if (*count + 1 >= tries) {
        return GiveUp{error};
    }
    ++*count;
    if (error.retry_after) {
        return TryAgain{.delay = std::min(*error.retry_after, numbers_.longest_retry_after)};
    }
    const int failures = retries_.transient + retries_.timeout + retries_.oom;
    return TryAgain{.delay = backoff(failures, numbers_.longest_delay, uniform)};
}

std::chrono::milliseconds RetryState::backoff(
    int failures, std::chrono::milliseconds longest, double uniform
) const {
    const double grown = static_cast<double>(numbers_.first_delay.count()) *
                         std::pow(numbers_.coefficient, failures - 1);
    const double bounded = std::min(grown, static_cast<double>(longest.count()));
    const double spread = 1.0 - numbers_.jitter + 2.0 * numbers_.jitter * uniform;
    return std::chrono::milliseconds{
        static_cast<std::int64_t>(std::min(bounded * spread, static_cast<double>(longest.count())))
    };
}

}  // namespace inference
