/// @file config/host_port.hpp
/// @brief Whether a text is an address that can be connected to or listened on.
#pragma once

#include <string_view>

namespace inference {

/// "127.0.0.1:9464", "localhost:7233", "[::1]:7233". Range: ports from `least_port` to 65535.
bool is_host_port(std::string_view text, int least_port = 1) noexcept;

}  // namespace inference
