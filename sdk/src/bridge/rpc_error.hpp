/// @file bridge/rpc_error.hpp
/// @brief A call's bad end as an exception. Pure.
#pragma once

#include "bridge/rpc.hpp"
#include "temporal/error.hpp"

#include <string_view>

namespace temporal::bridge {

/// Throws RpcError, whose message names the method, the cause and gRPC's name of the code.
[[noreturn]] void throw_rpc_error(std::string_view method, const RpcOutcome& outcome);

/// gRPC's name of a code: "NOT_FOUND".
[[nodiscard]] std::string_view to_string(RpcCode code) noexcept;

}  // namespace temporal::bridge
