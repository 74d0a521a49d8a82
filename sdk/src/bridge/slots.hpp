/// @file bridge/slots.hpp
/// @brief A slot supplier behind the C ABI.
#pragma once

#include "bridge/core_abi.hpp"
#include "temporal/slot_supplier.hpp"

#include <cstdint>
#include <memory>

namespace temporal::bridge {

using SlotsHandle = std::unique_ptr<tcore_slots, FreeWith<tcore_slots_free>>;

/// Core keeps the supplier alive until its last worker is gone.
///
/// Threads: any.
class Slots final : public std::enable_shared_from_this<Slots> {
public:
    static std::shared_ptr<Slots> make(std::shared_ptr<SlotSupplier> supplier);

    bool grant(std::uint64_t reservation, SlotPermit permit);
    [[nodiscard]] tcore_slots* handle() const noexcept { return handle_.get(); }

private:
    Slots() = default;

    SlotsHandle handle_;
};

}  // namespace temporal::bridge
