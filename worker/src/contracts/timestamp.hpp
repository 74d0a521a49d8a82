/// @file contracts/timestamp.hpp
/// @brief A moment on the wire: ISO 8601 in UTC.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace inference {

/// Where it comes from is the caller's business: nothing here reads a clock.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

/// "2026-11-24T10:31:00.123Z". Range: the years 0 to 9999.
std::string to_iso8601(Timestamp time);

/// Takes what to_iso8601 writes, and any number of digits of the second, also none.
///
/// Errors: nullopt for everything else, also for a date that no calendar has.
std::optional<Timestamp> timestamp_from(std::string_view text);

}  // namespace inference
