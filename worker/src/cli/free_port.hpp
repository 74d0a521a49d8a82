/// @file cli/free_port.hpp
/// @brief A port of the loopback interface that nobody listens on.
#pragma once

#include <cstdint>

namespace inference::cli {

/// The wanted port if it is free, else one that the system picks. Somebody may still take it before it is used.
///
/// Errors: std::system_error if there is none.
std::uint16_t free_port(std::uint16_t wanted);

/// Whether nobody listens on it.
bool is_free(std::uint16_t port);

}  // namespace inference::cli
