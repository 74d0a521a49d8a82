/// @file support/outcome_box.hpp
/// @brief Waits for a completion and counts how often it fires.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>

namespace inference::testing {

/// Far above what anything here takes: a test that waits so long has failed.
inline constexpr std::chrono::seconds kPatience{20};

/// Threads: any. Completions may outlive the box.
template <class Outcome>
class OutcomeBox {
public:
    std::function<void(Outcome)> completion() const {
        return [state = state_](Outcome outcome) {
            const std::lock_guard lock(state->mutex);
            ++state->count;
            state->outcome = std::move(outcome);
            state->changed.notify_all();
        };
    }

    /// Errors: throws if nothing comes.
    Outcome wait() const {
        std::unique_lock lock(state_->mutex);
        if (!state_->changed.wait_for(lock, kPatience, [this] {
                return state_->outcome.has_value();
            })) {
            throw std::runtime_error("the completion did not fire");
        }
        return *state_->outcome;
    }

    int count() const {
        const std::lock_guard lock(state_->mutex);
        return state_->count;
    }

private:
    struct State {
        std::mutex mutex;
        std::condition_variable changed;
        std::optional<Outcome> outcome;
        int count = 0;
    };
    std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace inference::testing
