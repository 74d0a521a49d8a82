/// @file resilience/retry_state.hpp
/// @brief Whether a failed try of infer is followed by another, and when: the retry table as a pure state machine.
#pragma once

#include "contracts/attempts.hpp"
#include "contracts/error.hpp"
#include "contracts/timestamp.hpp"
#include "resilience/retry_numbers.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <variant>

namespace inference {

/// The try's worker went away: no heartbeat, or it was shut down.
struct WorkerLost {};

using TryFailure = std::variant<Error, WorkerLost>;

/// Another try, after this delay.
struct TryAgain {
    std::chrono::milliseconds delay{0};
    std::optional<Timestamp>
        waits_until;  ///< Set while waiting for a ready endpoint: when the job gives up.
    std::optional<std::int64_t> batch_limit;  ///< Set: with at most so many items at once.
};

/// No other try; this is what the job fails with.
struct GiveUp {
    Error error;
};

using RetryDecision = std::variant<TryAgain, GiveUp>;

/// Budgets of one job's infer step.
///
/// Counts failures by class, so that one class never uses up another's tries:
/// | failure | then |
/// |---|---|
/// | Transient | backoff, final at the third |
/// | Timeout | backoff, final at the second |
/// | OOM of several items | backoff, with half of them, or as many as the engine says it takes |
/// | OOM of one item | backoff, final at the second |
/// | Fatal | final |
/// | the engine died, a second time in the job | as OOM; a second time under one item: Fatal POISON |
/// | worker lost | at once, ten times; then Fatal WORKER_LOST |
/// | nothing sent | wait for a ready endpoint, uncounted, for at most `ready_timeout`; then Transient ENGINE_NOT_READY |
///
/// Time and randomness are arguments. Replay: deterministic.
class RetryState {
public:
    explicit RetryState(std::chrono::milliseconds ready_timeout, RetryNumbers numbers = {});

    /// A try with so many items failed. `uniform` is a random number in [0, 1), for the jitter.
    [[nodiscard]] RetryDecision decide(
        const TryFailure& failure, std::int64_t items, Timestamp now, double uniform
    );

    /// These items are done, and the next try is about others.
    void succeeded() noexcept;

    /// Failures after which another try was made.
    [[nodiscard]] const RetryCounts& retries() const noexcept { return retries_; }

private:
    RetryDecision worker_lost();
    RetryDecision not_ready(const Error& error, Timestamp now, double uniform);
    RetryDecision engine_died(const Error& error, std::int64_t items, double uniform);
    RetryDecision out_of_memory(const Error& error, std::int64_t items, double uniform);
    RetryDecision counted(const Error& error, int& count, int tries, double uniform);
    [[nodiscard]] TryAgain again_after(const Error& error, double uniform) const;

    std::chrono::milliseconds ready_timeout_;
    RetryNumbers numbers_;
    RetryCounts retries_;
    int oom_of_one_ = 0;
    int deaths_ = 0;  // in the job
    int deaths_of_one_ = 0;  // under the single item that is tried now
    std::optional<Timestamp> not_ready_since_;
    int not_ready_looks_ = 0;
};

}  // namespace inference
