#include "contracts/priority.hpp"

#include "contracts/name_table.hpp"
#include "contracts/names.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace inference {
namespace {

constexpr NameTable<Priority, 3> kNames{{
    {Priority::kHigh, "high"},
    {Priority::kNormal, "normal"},
    {Priority::kLow, "low"},
}};

constexpr NameTable<Priority, 3> kQueues{{
    {Priority::kHigh, names::kQueueHigh},
    {Priority::kNormal, names::kQueueNormal},
    {Priority::kLow, names::kQueueLow},
}};

}  // namespace

std::string_view to_string(Priority priority) noexcept {
    return name_in(kNames, priority);
}

std::optional<Priority> priority_from(std::string_view name) noexcept {
    return value_in(kNames, name);
}

std::string priority_names() {
    return names_in(kNames);
}

std::string_view queue_of(Priority priority) noexcept {
    return name_in(kQueues, priority);
}

std::optional<Priority> priority_of_queue(std::string_view queue) noexcept {
    return value_in(kQueues, queue);
}

int engine_priority(Priority priority) noexcept {
    switch (priority) {
        case Priority::kHigh: return 0;
        case Priority::kNormal: return 10;
        case Priority::kLow: return 20;
    }
    return 10;
}

}  // namespace inference
