#include "temporal/detail/operation.hpp"

#include <utility>

namespace temporal::detail {

void Operation::resolve(Outcome outcome) {
    if (outcome_) {
        return;
    }
    outcome_ = std::move(outcome);
    ask_cancel_ = nullptr;
    for (const std::coroutine_handle<> waiter : std::exchange(waiters_, {})) {
        scheduler_->enqueue(waiter);
    }
}

void Operation::cancel() {
    // Taken out first, so that it is asked at most once.
    if (const auto ask = std::exchange(ask_cancel_, nullptr)) {
        ask();
    }
}

const Payload& Operation::get() const {
    if (const auto* failure = std::get_if<FailurePtr>(&*outcome_)) {
        (*failure)->raise();
    }
    return std::get<Payload>(*outcome_);
}

}  // namespace temporal::detail
