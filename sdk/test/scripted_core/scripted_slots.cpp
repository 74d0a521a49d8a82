#include "scripted_core/scripted_slots.hpp"

namespace temporal::scripted {

ScriptedSlots::~ScriptedSlots() {
    supplier_.end(supplier_.user);
}

std::uint64_t ScriptedSlots::reserve() {
    std::uint64_t reservation = 0;
    {
        const std::lock_guard lock(mutex_);
        reservation = ++last_reservation_;
        reservations_[reservation];
    }
    supplier_.reserve(supplier_.user, reservation);
    return reservation;
}

std::optional<std::uint64_t> ScriptedSlots::permit_of(std::uint64_t reservation) {
    std::unique_lock lock(mutex_);
    granted_.wait_for(lock, kPatience, [&] { return reservations_[reservation].has_value(); });
    return reservations_[reservation];
}

bool ScriptedSlots::is_granted(std::uint64_t reservation) const {
    const std::lock_guard lock(mutex_);
    return reservations_.at(reservation).has_value();
}

void ScriptedSlots::withdraw(std::uint64_t reservation) {
    {
        const std::lock_guard lock(mutex_);
        reservations_.erase(reservation);
    }
    supplier_.withdraw(supplier_.user, reservation);
}

std::uint64_t ScriptedSlots::try_reserve() {
    return supplier_.try_reserve(supplier_.user);
}

void ScriptedSlots::mark_used(std::uint64_t permit) {
    supplier_.mark_used(supplier_.user, permit);
}

void ScriptedSlots::release(std::uint64_t permit) {
    supplier_.release(supplier_.user, permit);
}

bool ScriptedSlots::grant(std::uint64_t reservation, std::uint64_t permit) {
    const std::lock_guard lock(mutex_);
    const auto waiting = reservations_.find(reservation);
    if (waiting == reservations_.end() || waiting->second) {
        return false;
    }
    waiting->second = permit;
    granted_.notify_all();
    return true;
}

}  // namespace temporal::scripted
