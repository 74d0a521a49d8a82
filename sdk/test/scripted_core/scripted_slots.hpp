/// @file scripted_core/scripted_slots.hpp
/// @brief The script's side of a slot supplier: asks for permits as a worker would.
#pragma once

#include "temporal_core.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

namespace temporal::scripted {

/// Threads: use from any thread. What waits, waits on a condition, for at most `kPatience`.
class ScriptedSlots {
public:
    static constexpr std::chrono::seconds kPatience{20};

    explicit ScriptedSlots(tcore_slot_supplier supplier) : supplier_(supplier) {}
    ~ScriptedSlots();
    ScriptedSlots(const ScriptedSlots&) = delete;
    ScriptedSlots& operator=(const ScriptedSlots&) = delete;

    /// Asks for a permit: the number of the reservation.
    std::uint64_t reserve();
    /// The permit that the reservation got; nothing if none comes in time.
    std::optional<std::uint64_t> permit_of(std::uint64_t reservation);
    [[nodiscard]] bool is_granted(std::uint64_t reservation) const;
    void withdraw(std::uint64_t reservation);
    std::uint64_t try_reserve();
    void mark_used(std::uint64_t permit);
    void release(std::uint64_t permit);

    /// For the C function.
    bool grant(std::uint64_t reservation, std::uint64_t permit);

private:
    const tcore_slot_supplier supplier_;
    mutable std::mutex mutex_;
    std::condition_variable granted_;
    std::map<std::uint64_t, std::optional<std::uint64_t>> reservations_;
    std::uint64_t last_reservation_ = 0;
};

}  // namespace temporal::scripted
