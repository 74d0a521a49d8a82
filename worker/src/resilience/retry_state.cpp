#include "resilience/retry_state.hpp"

#include "resilience/backoff.hpp"
#include "resilience/poison.hpp"

#include <algorithm>
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

RetryDecision RetryState::decide(
    const TryFailure& failure, std::int64_t items, Timestamp now, double uniform
) {
    const auto* error = std::get_if<Error>(&failure);
    if (error == nullptr) {
        return worker_lost();
    }
    if (nothing_was_sent(*error) && ready_timeout_ > std::chrono::milliseconds::zero()) {
        return not_ready(*error, now, uniform);
    }
    not_ready_since_.reset();
    not_ready_looks_ = 0;
    const std::int64_t divisible = error->indivisible ? 1 : items;
    switch (error->error_class) {
        case ErrorClass::kFatal: break;
        case ErrorClass::kTransient:
            return error->engine_died
                       ? engine_died(*error, divisible, uniform)
                       : counted(*error, retries_.transient, numbers_.transient_tries, uniform);
        case ErrorClass::kTimeout:
            return counted(*error, retries_.timeout, numbers_.timeout_tries, uniform);
        case ErrorClass::kOutOfMemory: return out_of_memory(*error, divisible, uniform);
    }
    return GiveUp{*error};
}

void RetryState::succeeded() noexcept {
    deaths_of_one_ = 0;
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
    // Who knows when it is worth another look says so, as an open circuit does.
    const auto delay = error.retry_after.value_or(
        backoff(numbers_, not_ready_looks_, numbers_.longest_ready_delay, uniform)
    );
    // One last look right at the end of the time.
    return TryAgain{
        .delay = std::min(delay, gives_up_at - now), .waits_until = gives_up_at, .batch_limit = {}
    };
}

RetryDecision RetryState::engine_died(const Error& error, std::int64_t items, double uniform) {
    ++deaths_;
    deaths_of_one_ += items <= 1 ? 1 : 0;
    if (deaths_of_one_ >= numbers_.engine_deaths) {
        return GiveUp{poison(error, deaths_of_one_)};
    }
    if (deaths_ < numbers_.engine_deaths) {
        return counted(error, retries_.transient, numbers_.transient_tries, uniform);
    }
    // Engines that run out of memory seldom live to say so. A single item's own budget is that of its deaths.
    if (items <= 1) {
        ++retries_.oom;
        return again_after(error, uniform);
    }
    return out_of_memory(error, items, uniform);
}

RetryDecision RetryState::out_of_memory(const Error& error, std::int64_t items, double uniform) {
    if (items <= 1) {
        ++oom_of_one_;
        if (oom_of_one_ >= numbers_.oom_tries) {
            return GiveUp{error};
        }
    }
    ++retries_.oom;
    TryAgain again = again_after(error, uniform);
    if (items > 1) {
        const std::int64_t half = items / 2;
        const std::int64_t told = error.batch_limit.value_or(half);
        again.batch_limit = told >= 1 && told < items ? told : half;
    }
    return again;
}

RetryDecision RetryState::counted(const Error& error, int& count, int tries, double uniform) {
    if (count + 1 >= tries) {
        return GiveUp{error};
    }
    ++count;
    return again_after(error, uniform);
}

TryAgain RetryState::again_after(const Error& error, double uniform) const {
    TryAgain again;
    if (error.retry_after) {
        again.delay = std::min(*error.retry_after, numbers_.longest_retry_after);
    } else {
        const int failures = retries_.transient + retries_.timeout + retries_.oom;
        again.delay = backoff(numbers_, failures, numbers_.longest_delay, uniform);
    }
    return again;
}

}  // namespace inference
