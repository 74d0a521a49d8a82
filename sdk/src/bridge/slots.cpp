#include "bridge/slots.hpp"

#include "bridge/core_thread.hpp"

#include <utility>

namespace temporal::bridge {
namespace {

/// Owned by core until `on_end`.
struct User {
    std::shared_ptr<SlotSupplier> supplier;
    // Weak, for the handle keeps core's side alive, which keeps this.
    std::weak_ptr<Slots> slots;
};

User& user_of(void* user) {
    return *static_cast<User*>(user);
}

// As all callbacks of core, noexcept: an exception in one would leave who waits for the permit hanging.

void on_reserve(void* user, std::uint64_t number) noexcept {
    const CoreThreadScope scope;
    user_of(user).supplier->reserve(SlotReservation(user_of(user).slots, number));
}

void on_withdraw(void* user, std::uint64_t number) noexcept {
    const CoreThreadScope scope;
    user_of(user).supplier->withdraw(SlotReservation(user_of(user).slots, number));
}

std::uint64_t on_try_reserve(void* user) noexcept {
    const CoreThreadScope scope;
    const auto permit = user_of(user).supplier->try_reserve();
    return permit ? static_cast<std::uint64_t>(*permit) : 0;
}

void on_mark_used(void* user, std::uint64_t permit) noexcept {
    const CoreThreadScope scope;
    user_of(user).supplier->mark_used(SlotPermit{permit});
}

void on_release(void* user, std::uint64_t permit) noexcept {
    const CoreThreadScope scope;
    user_of(user).supplier->release(SlotPermit{permit});
}

void on_end(void* user) noexcept {
    const CoreThreadScope scope;
    const std::unique_ptr<User> owned(static_cast<User*>(user));
}

}  // namespace

std::shared_ptr<Slots> Slots::make(std::shared_ptr<SlotSupplier> supplier) {
    std::shared_ptr<Slots> slots(new Slots());
    auto user = std::make_unique<User>(User{std::move(supplier), slots});
    slots->handle_.reset(tcore_slots_new({
        .user = user.release(),
        .reserve = &on_reserve,
        .withdraw = &on_withdraw,
        .try_reserve = &on_try_reserve,
        .mark_used = &on_mark_used,
        .release = &on_release,
        .end = &on_end,
    }));
    return slots;
}

bool Slots::grant(std::uint64_t reservation, SlotPermit permit) {
    return tcore_slots_grant(handle_.get(), reservation, static_cast<std::uint64_t>(permit));
}

}  // namespace temporal::bridge

namespace temporal {

bool SlotReservation::grant(SlotPermit permit) const {
    const auto slots = slots_.lock();
    return slots != nullptr && slots->grant(number_, permit);
}

}  // namespace temporal
