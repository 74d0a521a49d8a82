#include "temporal/completion.hpp"

#include "activity/running_activity.hpp"

#include <utility>

namespace temporal::detail {

std::exception_ptr as_exception(const Failure& failure) noexcept {
    try {
        failure.raise();
    } catch (...) {
        return std::current_exception();
    }
    return {};  // Never reached: g++ 12 does not see that a virtual function does not return.
}

AnyCompletion::AnyCompletion(std::shared_ptr<activity::RunningActivity> running) noexcept
    : running_(std::move(running)) {}

AnyCompletion& AnyCompletion::operator=(AnyCompletion&& other) noexcept {
    if (this != &other) {
        drop();
        running_ = std::move(other.running_);
    }
    return *this;
}

AnyCompletion::~AnyCompletion() {
    drop();
}

void AnyCompletion::drop() noexcept {
    if (running_) {
        std::exchange(running_, nullptr)->drop();
    }
}

bool AnyCompletion::complete(Payload result) const {
    return running_ && running_->complete(std::move(result));
}

bool AnyCompletion::fail(const std::exception_ptr& error) const {
    return running_ && running_->fail(error);
}

}  // namespace temporal::detail
