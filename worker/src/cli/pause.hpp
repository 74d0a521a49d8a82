/// @file cli/pause.hpp
/// @brief A wait that a stop token ends.
#pragma once

#include <chrono>
#include <stop_token>

namespace inference::cli {

/// False once `stop` fires.
bool pause(std::chrono::milliseconds time, const std::stop_token& stop);

}  // namespace inference::cli
