#include "grpc_code.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace engine_sim {

namespace {

// By number, from 0.
constexpr std::array<std::string_view, 17> kNames = {
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
};

}  // namespace

std::string_view to_string(grpc::StatusCode code) {
    return kNames.at(static_cast<std::size_t>(code));
}

std::optional<grpc::StatusCode> grpc_code_from(std::string_view name) {
    const auto found = std::ranges::find(kNames, name);
    if (found == kNames.end()) {
        return std::nullopt;
    }
    return static_cast<grpc::StatusCode>(found - kNames.begin());
}

}  // namespace engine_sim
