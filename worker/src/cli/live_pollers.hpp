/// @file cli/live_pollers.hpp
/// @brief How many workers serve a queue now.
#pragma once

#include "temporal/server_info.hpp"

#include <chrono>
#include <cstddef>

namespace inference::cli {

/// The server remembers a poller for minutes after its end; one that lives asks again within one.
std::size_t live_pollers(
    const temporal::TaskQueueDescription& queue, std::chrono::system_clock::time_point now
);

}  // namespace inference::cli
