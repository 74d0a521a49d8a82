#include "resilience/breaker.hpp"

#include <algorithm>

namespace inference {

Breaker::State Breaker::state(TimePoint now) const noexcept {
    if (!opened_at_) {
        return State::kClosed;
    }
    return now < *opened_at_ + options_.recovery_timeout ? State::kOpen : State::kHalfOpen;
}

bool Breaker::lets_through(TimePoint now) const noexcept {
    switch (state(now)) {
        case State::kClosed: return true;
        case State::kOpen: return false;
        case State::kHalfOpen: break;
    }
    return probes_under_way_ + probes_succeeded_ < std::max(options_.probes, 1);
}

std::optional<Breaker::TimePoint> Breaker::reopens(TimePoint now) const noexcept {
    if (lets_through(now)) {
        return now;
    }
    return state(now) == State::kOpen ? std::optional(*opened_at_ + options_.recovery_timeout)
                                      : std::nullopt;
}

void Breaker::started(TimePoint now) noexcept {
    probes_under_way_ += state(now) == State::kHalfOpen ? 1 : 0;
}

void Breaker::succeeded(TimePoint now) noexcept {
    failures_in_a_row_ = 0;
    ++slice_at(now).calls;
    if (state(now) != State::kHalfOpen) {
        return;  // Of before it opened: late news of a better time.
    }
    probes_under_way_ = std::max(probes_under_way_ - 1, 0);
    ++probes_succeeded_;
    if (probes_succeeded_ >= options_.probes) {
        close();
    }
}

void Breaker::failed(TimePoint now) noexcept {
    ++failures_in_a_row_;
    Slice& slice = slice_at(now);
    ++slice.calls;
    ++slice.failures;
    const State before = state(now);
    if (before == State::kHalfOpen || (before == State::kClosed && too_many_failures(now))) {
        trip(now);
    }
}

void Breaker::dropped(TimePoint now) noexcept {
    if (state(now) == State::kHalfOpen) {
        probes_under_way_ = std::max(probes_under_way_ - 1, 0);
    }
}

void Breaker::trip(TimePoint now) noexcept {
    opened_at_ = now;
    probes_under_way_ = 0;
    probes_succeeded_ = 0;
}

void Breaker::close() noexcept {
    opened_at_.reset();
    slices_ = {};
    probes_under_way_ = 0;
    probes_succeeded_ = 0;
}

std::int64_t Breaker::slice_number(TimePoint now) const noexcept {
    const auto length = std::max<TimePoint::duration>(
        options_.evaluation_window / static_cast<std::int64_t>(kSlices), std::chrono::nanoseconds{1}
    );
    return now.time_since_epoch() / length;
}

Breaker::Slice& Breaker::slice_at(TimePoint now) noexcept {
    const std::int64_t number = slice_number(now);
    Slice& slice = slices_[static_cast<std::size_t>(number) % kSlices];
    if (slice.number != number) {
        slice = {.number = number};
    }
    return slice;
}

bool Breaker::too_many_failures(TimePoint now) const noexcept {
    if (failures_in_a_row_ >= options_.consecutive_failures) {
        return true;
    }
    const std::int64_t oldest = slice_number(now) - static_cast<std::int64_t>(kSlices);
    int calls = 0;
    int failures = 0;
    for (const Slice& slice : slices_) {
        if (slice.number > oldest) {
            calls += slice.calls;
            failures += slice.failures;
        }
    }
    return calls >= options_.minimum_calls &&
           static_cast<double>(failures) >= options_.error_threshold * calls;
}

}  // namespace inference
