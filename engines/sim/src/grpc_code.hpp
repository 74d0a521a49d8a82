/// @file grpc_code.hpp
/// @brief gRPC status codes by name.
#pragma once

#include <grpcpp/support/status.h>

#include <optional>
#include <string_view>

namespace engine_sim {

/// "OK", "NOT_FOUND", ...
std::string_view to_string(grpc::StatusCode code);
std::optional<grpc::StatusCode> grpc_code_from(std::string_view name);

}  // namespace engine_sim
