/// @file contracts/priority.hpp
/// @brief How urgent a job is: it decides the queue, and the place in the engine's own queue.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace inference {

enum class Priority { kHigh, kNormal, kLow };

/// Most urgent first: the order in which they are listed and served everywhere.
inline constexpr std::array kPriorities{Priority::kHigh, Priority::kNormal, Priority::kLow};

/// Wire names: "high", "normal", "low".
std::string_view to_string(Priority priority) noexcept;
std::optional<Priority> priority_from(std::string_view name) noexcept;
/// All names in a list for people.
std::string priority_names();

/// "inference-high", "inference-normal", "inference-low".
std::string_view queue_of(Priority priority) noexcept;
/// The priority that a job has by its queue alone; nullopt for a queue that is none of ours.
std::optional<Priority> priority_of_queue(std::string_view queue) noexcept;

/// What engines with priority scheduling take, lower is sooner: 0, 10, 20.
int engine_priority(Priority priority) noexcept;

}  // namespace inference
