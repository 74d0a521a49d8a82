/// @file bridge/connect_error.hpp
/// @brief Core's refusal of a connection in words that say what to do. Pure.
#pragma once

#include "temporal/connect_options.hpp"
#include "temporal/error.hpp"

#include <string_view>

namespace temporal::bridge {

/// `error_json` is {"kind","message"} as core reports it; anything else is taken as the message.
[[nodiscard]] ConnectError connect_error(
    const ConnectOptions& options, std::string_view error_json
);

}  // namespace temporal::bridge
