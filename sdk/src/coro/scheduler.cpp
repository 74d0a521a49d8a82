#include "temporal/detail/scheduler.hpp"

#include "temporal/cancellation_scope.hpp"

#include <algorithm>
#include <utility>

namespace temporal::detail {

bool ConditionWaiter::ready() const {
    return scope->canceled() || predicate();
}

void Scheduler::run() {
    do {
        run_ready();
    } while (wake_first_true_condition());
}

void Scheduler::run_ready() {
    while (next_ || !ready_.empty()) {
        std::coroutine_handle<> handle = std::exchange(next_, nullptr);
        if (!handle) {
            handle = ready_.front();
            ready_.pop_front();
        }
        handle.resume();
    }
}

bool Scheduler::wake_first_true_condition() {
    // Only the first: what it does may make the next one false again.
    const auto first =
        std::ranges::find_if(conditions_, [](const auto& waiter) { return waiter->ready(); });
    if (first == conditions_.end()) {
        return false;
    }
    enqueue((*first)->waiting);
    conditions_.erase(first);
    return true;
}

void Scheduler::clear() noexcept {
    next_ = nullptr;
    ready_.clear();
    conditions_.clear();
}

}  // namespace temporal::detail
