#include "temporal/failure.hpp"

namespace temporal {

bool is_canceled(const Failure& failure) noexcept {
    if (dynamic_cast<const CanceledFailure*>(&failure) != nullptr) {
        return true;
    }
    const bool wraps_another = dynamic_cast<const ActivityFailure*>(&failure) != nullptr ||
                               dynamic_cast<const ChildWorkflowFailure*>(&failure) != nullptr;
    return wraps_another && failure.cause() != nullptr && is_canceled(*failure.cause());
}

const ApplicationFailure* find_application_failure(const Failure& failure) noexcept {
    for (const Failure* link = &failure; link != nullptr; link = link->cause().get()) {
        if (const auto* found = dynamic_cast<const ApplicationFailure*>(link)) {
            return found;
        }
    }
    return nullptr;
}

}  // namespace temporal
