#include "bridge/rpc_error.hpp"

#include <array>
#include <string>

namespace temporal::bridge {
namespace {

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

RpcCode code_of(std::int32_t number) {
    if (number == RpcOutcome::kRefused) {
        // The method's name or the request is not what core knows: a bug here, not of the server.
        return RpcCode::kInternal;
    }
    const bool is_known = number > 0 && static_cast<std::size_t>(number) < kNames.size();
    return is_known ? static_cast<RpcCode>(number) : RpcCode::kUnknown;
}

}  // namespace

std::string_view to_string(RpcCode code) noexcept {
    return kNames.at(static_cast<std::size_t>(code));
}

void throw_rpc_error(std::string_view method, const RpcOutcome& outcome) {
    const RpcCode code = code_of(outcome.code);
    std::string message(method);
    message += ": ";
    message += outcome.message.empty() ? "no reason given" : outcome.message;
    message += " (";
    message += to_string(code);
    message += ")";
    throw RpcError(code, message, outcome.details);
}

}  // namespace temporal::bridge
