/// @file bridge/uuid.hpp
/// @brief Ids that make a call idempotent.
#pragma once

#include <string>

namespace temporal::bridge {

/// A random UUID (version 4).
///
/// Threads: any.
[[nodiscard]] std::string random_uuid();

}  // namespace temporal::bridge
