/// @file temporal/slot_supplier.hpp
/// @brief Decides, task by task, when a worker may take another one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace temporal {

namespace bridge {
class Slots;
}

/// The supplier's own name for a slot that it has given.
///
/// Range: not 0.
enum class SlotPermit : std::uint64_t {};

/// Somebody in a worker who waits for a permit.
///
/// Threads: any.
class SlotReservation {
public:
    SlotReservation(std::weak_ptr<bridge::Slots> slots, std::uint64_t number)
        : slots_(std::move(slots)), number_(number) {}

    /// Answers it; once. False if nobody waits for it any more: then the permit was not given, and will not be released.
    [[nodiscard]] bool grant(SlotPermit permit) const;

    [[nodiscard]] bool operator==(const SlotReservation& other) const noexcept {
        const bool same_worker =
            !slots_.owner_before(other.slots_) && !other.slots_.owner_before(slots_);
        return same_worker && number_ == other.number_;
    }

private:
    std::weak_ptr<bridge::Slots> slots_;
    std::uint64_t number_;
};

/// Hands out the slots of a worker, instead of a fixed number of them. Several workers of a process can so share what it has.
///
/// A worker asks for a permit before it polls. The permit is in use once the poll has brought a task; a poll of an empty queue
/// holds one for as long as a minute. Without a permit nothing is polled, so who gives none for long keeps tasks waiting.
///
/// Threads: every member is called from any of core's threads, several at once; they must neither block nor throw.
/// Destroy: by the last worker that uses it.
/// @code
///   class OneAtATime final : public temporal::SlotSupplier {
///       void reserve(temporal::SlotReservation reservation) override;   // grant() it, now or later
///       ...
///   };
///   temporal::Worker worker(client, {.task_queue = "q", .activity_slots = std::make_shared<OneAtATime>()});
/// @endcode
class SlotSupplier {
public:
    virtual ~SlotSupplier() = default;

    /// Somebody waits for a permit: to be granted at any time, also at once.
    virtual void reserve(SlotReservation reservation) = 0;
    /// Nobody waits any more; not told of one that has been granted.
    virtual void withdraw(const SlotReservation& reservation) = 0;
    /// A permit for a task that is there already, or none.
    virtual std::optional<SlotPermit> try_reserve() = 0;
    /// The permit has got its task.
    virtual void mark_used(SlotPermit permit) = 0;
    /// The permit is given back, whether it was used or not.
    virtual void release(SlotPermit permit) = 0;

protected:
    SlotSupplier() = default;
    SlotSupplier(const SlotSupplier&) = default;
    SlotSupplier& operator=(const SlotSupplier&) = default;
};

}  // namespace temporal
