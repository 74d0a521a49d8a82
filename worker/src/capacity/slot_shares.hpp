/// @file capacity/slot_shares.hpp
/// @brief Which queue gets the next slot: shares of a pool, by the time that slots are held.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace inference {

enum class PermitId : std::uint64_t {};

/// Whether a queue's floor may be used by others while it has no work.
enum class Lending { kAllowed, kStrict };

/// Shares slots between queues, task by task.
///
/// A poller asks, and holds a permit from then on; when its poll brings a task, the permit becomes a slot in use. A poll that takes
/// several times as long as those that brought tasks is one of an empty queue, which may last a minute: its permit does not count
/// against the slots any more. So no queue is ever without a poll, and each can have one task more at work than there are slots.
///
/// Each queue has a floor, floor(slots × share), at least 1. A queue below its floor gets the next slot that comes free. The other
/// slots go, one at a time, to the waiting queue that is furthest behind its share of *slot time*; so do floors whose queues
/// have no work, unless Lending::kStrict. A queue that was without work claims nothing for that time.
///
/// Shape: queues are numbers from 0, in the order of their weights.
/// Range: weights are not negative; a queue of weight 0 has no floor and gets what nobody else wants.
/// Threads: one at a time.
///
///     SlotShares shares({50, 35, 15}, 10, Lending::kAllowed);
///     shares.ask(0);
///     for (const SlotShares::Grant& grant : shares.grant(now)) { ... }
class SlotShares {
public:
    using Time = std::chrono::steady_clock::time_point;
    using Seconds = std::chrono::duration<double>;

    /// How long a poll counts before any has brought a task, and the least.
    static constexpr std::chrono::milliseconds kFirstPollTime{250};
    static constexpr std::chrono::milliseconds kLeastPollTime{20};
    static constexpr std::chrono::seconds kRecent{60};

    struct Grant {
        std::size_t queue;
        PermitId permit;
    };

    SlotShares(const std::vector<double>& weights, std::size_t slots, Lending lending);

    /// A poller of the queue wants a permit; it comes with grant().
    void ask(std::size_t queue);
    /// One that asked wants none any more.
    void withdraw(std::size_t queue);

    /// The permits that are due. To be called after every other call, and at next_look().
    std::vector<Grant> grant(Time now);

    /// A permit at once and for a task that is there already, or none.
    std::optional<PermitId> try_take(std::size_t queue, Time now);

    /// The permit has brought a task.
    void begin(PermitId permit, Time now);
    /// The permit is given back, whether it was used or not. An unknown one is let pass.
    void end(PermitId permit, Time now);

    /// When the next permit stops to count; nullopt: none will.
    [[nodiscard]] std::optional<Time> next_look() const;

    /// Divides anew, between the same queues. Slots in use go on; where they are too many, none is given until enough have ended.
    void divide(const std::vector<double>& weights, std::size_t slots, Lending lending);

    struct Use {
        double share;  ///< Asked for, of 1.
        std::size_t floor;
        std::size_t used;
        std::size_t lent;  ///< Of `used`, what is above the floor.
        std::size_t waiting;  ///< Pollers without a permit.
        std::size_t owed;  ///< Of `lent`, what queues below their floors wait for now.
        Seconds slot_time;  ///< Since the start.
        double recent_share;  ///< Had, of the slot time of all; what is kRecent old weighs a third.
    };
    [[nodiscard]] std::vector<Use> use(Time now);
    [[nodiscard]] std::size_t slots() const noexcept { return slots_; }
    [[nodiscard]] std::size_t queues() const noexcept { return queues_.size(); }

private:
    struct Permit {
        std::size_t queue;
        Time since;
        bool is_poll;
        std::optional<Time> counts_until;  ///< Unset: it does not count, for it is spare or in use.
        bool in_use = false;
    };
    struct Queue {
        double share = 0;
        std::size_t floor = 0;
        std::size_t asking = 0;
        std::size_t used = 0;
        std::size_t expected = 0;  ///< Permits that count and are not in use.
        std::size_t polling = 0;  ///< Permits for polls that are not in use.
        bool is_empty = false;  ///< As far as its last poll told.
        bool was_active = false;
        Seconds poll_time = kFirstPollTime;
        Seconds slot_time{0};
        Seconds recent_time{0};
        Seconds lead{0};  ///< Slot time by weight, and what was forfeited without work.
    };

    using Place = std::pair<bool, Seconds>;

    [[nodiscard]] bool can_poll(const Queue& queue) const;
    [[nodiscard]] bool has_work(const Queue& queue) const;
    [[nodiscard]] bool is_active(const Queue& queue) const;
    [[nodiscard]] std::size_t below_floor(const Queue& queue) const;
    [[nodiscard]] std::size_t owed(const Queue& queue) const;
    [[nodiscard]] std::size_t taken() const;
    [[nodiscard]] std::size_t kept_for_others(const Queue& queue) const;
    [[nodiscard]] bool may_take(const Queue& queue) const;
    [[nodiscard]] Place place(const Queue& queue) const;
    [[nodiscard]] Queue* next_in_turn();
    static void learn_poll_time(Queue& queue, Seconds took);
    void pass_time(Time now);
    void let_polls_grow_old(Time now);
    void forfeit_idle_time();
    PermitId issue(const Permit& permit);
    std::size_t number(const Queue& queue) const;

    std::vector<Queue> queues_;
    std::size_t slots_;
    Lending lending_;
    std::map<PermitId, Permit> permits_;
    std::uint64_t last_permit_ = 0;
    std::optional<Time> now_;
};

}  // namespace inference
