/// @file capacity/hand_over.hpp
/// @brief Which of the long tasks gives its slot away when a queue is owed one.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <mutex>

namespace inference {

/// A task of minutes asks now and then whether it is to go. As many go as slots are owed, and no more: those that are on their way
/// count.
///
/// Threads: any.
/// @code
///   HandOver::Turn turn(hand_over, queue);
///   while (work_is_left && !turn.is_to_go()) { ... }
/// @endcode
class HandOver {
public:
    /// @param owed How many slots a queue has that others wait for.
    explicit HandOver(std::function<std::size_t(std::size_t queue)> owed)
        : owed_(std::move(owed)) {}

    /// One task's. Destroy: its slot is given back.
    class Turn {
    public:
        Turn(HandOver& hand_over, std::size_t queue) : hand_over_(hand_over), queue_(queue) {}
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;
        ~Turn();

        /// Once true, it stays.
        [[nodiscard]] bool is_to_go();

    private:
        HandOver& hand_over_;
        std::size_t queue_;
        bool goes_ = false;
    };

private:
    const std::function<std::size_t(std::size_t)> owed_;
    std::mutex mutex_;
    std::map<std::size_t, std::size_t> going_;  // Of each queue.
};

}  // namespace inference
