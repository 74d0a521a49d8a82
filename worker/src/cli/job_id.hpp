/// @file cli/job_id.hpp
/// @brief Ids for jobs that came without one.
#pragma once

#include "contracts/timestamp.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace inference::cli {

using UuidRandom = std::array<std::uint8_t, 10>;

/// A UUID version 7 (RFC 9562): the time first, so that ids sort by age.
std::string uuid_v7(Timestamp time, const UuidRandom& random);

/// PREFIX and a UUIDv7 of now.
///
/// Errors: std::system_error if the system has no randomness to give.
std::string new_job_id(std::string_view prefix);

}  // namespace inference::cli
