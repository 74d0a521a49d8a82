/// @file resilience/breaker.hpp
/// @brief Whether an endpoint is worth a call, by how its last calls ended: a pure state machine.
#pragma once

#include "resilience/breaker_options.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace inference {

/// A circuit breaker: closed it lets calls through, open it lets none, half open a few probes.
///
/// | state | becomes | when |
/// |---|---|---|
/// | closed | open | `consecutive_failures` in a row, or `error_threshold` of at least `minimum_calls` in the window |
/// | open | half open | `recovery_timeout` has passed |
/// | half open | closed | all `probes` have succeeded |
/// | half open | open | one of them failed |
///
/// Every call that was let through is ended by exactly one of succeeded(), failed() and dropped(). Time is an argument
/// and never goes backwards.
class Breaker {
public:
    using TimePoint = std::chrono::steady_clock::time_point;
    enum class State { kClosed, kOpen, kHalfOpen };

    explicit Breaker(const BreakerOptions& options) noexcept : options_(options) {}

    [[nodiscard]] State state(TimePoint now) const noexcept;
    /// Whether a call may begin.
    [[nodiscard]] bool lets_through(TimePoint now) const noexcept;
    /// When a call may begin that may not now; nullopt where that hangs on the probes under way.
    [[nodiscard]] std::optional<TimePoint> reopens(TimePoint now) const noexcept;

    void started(TimePoint now) noexcept;
    void succeeded(TimePoint now) noexcept;
    void failed(TimePoint now) noexcept;
    /// The call says nothing about the endpoint: it was cancelled, or its request was at fault.
    void dropped(TimePoint now) noexcept;
    /// The endpoint is known to be broken: opens at once.
    void trip(TimePoint now) noexcept;

private:
    /// The calls of one slice of the window.
    struct Slice {
        std::int64_t number = -1;  // since the clock's beginning
        int calls = 0;
        int failures = 0;
    };

    Slice& slice_at(TimePoint now) noexcept;
    [[nodiscard]] std::int64_t slice_number(TimePoint now) const noexcept;
    [[nodiscard]] bool too_many_failures(TimePoint now) const noexcept;
    void close() noexcept;

    static constexpr std::size_t kSlices = 12;

    BreakerOptions options_;
    std::array<Slice, kSlices> slices_{};
    int failures_in_a_row_ = 0;
    std::optional<TimePoint> opened_at_;
    int probes_under_way_ = 0;
    int probes_succeeded_ = 0;
};

}  // namespace inference
