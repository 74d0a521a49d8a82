#include "temporal/cancellation_scope.hpp"

#include <algorithm>

namespace temporal::detail {

void Scope::cancel(const std::string& reason) {
    if (canceled_) {
        return;
    }
    canceled_ = true;
    reason_ = reason.empty() ? "canceled" : reason;
    for (const auto& weak : std::exchange(operations_, {})) {
        if (const auto operation = weak.lock()) {
            operation->cancel();
        }
    }
    for (const auto& weak : std::exchange(children_, {})) {
        if (const auto child = weak.lock()) {
            child->cancel(reason_);
        }
    }
}

void Scope::add(const OperationPtr& operation) {
    // Forgets the resolved ones whenever the list would have to grow, so that a long run stays small.
    if (operations_.size() == operations_.capacity()) {
        std::erase_if(operations_, [](const auto& weak) {
            const auto known = weak.lock();
            return !known || known->resolved();
        });
        if (operations_.size() * 2 > operations_.capacity()) {
            operations_.reserve(operations_.size() * 2 + 8);
        }
    }
    operations_.push_back(operation);
}

std::shared_ptr<Scope> Scope::make_child() {
    auto child = std::make_shared<Scope>();
    if (canceled_) {
        child->cancel(reason_);
    } else {
        std::erase_if(children_, [](const auto& weak) { return weak.expired(); });
        children_.push_back(child);
    }
    return child;
}

}  // namespace temporal::detail
