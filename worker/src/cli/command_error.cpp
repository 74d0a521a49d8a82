#include "cli/command_error.hpp"

#include "temporal/error.hpp"

namespace inference::cli {
namespace {

ExitCode exit_code_of_rpc(temporal::RpcCode code) noexcept {
    switch (code) {
        case temporal::RpcCode::kInvalidArgument:
        case temporal::RpcCode::kOutOfRange: return ExitCode::kUsage;
        case temporal::RpcCode::kNotFound:
        case temporal::RpcCode::kPermissionDenied:
        case temporal::RpcCode::kUnauthenticated:
        case temporal::RpcCode::kUnavailable:
        case temporal::RpcCode::kDeadlineExceeded:
        case temporal::RpcCode::kResourceExhausted: return ExitCode::kCannotConnect;
        default: return ExitCode::kJobFailed;
    }
}

}  // namespace

ExitCode exit_code_of(const std::exception& error) noexcept {
    if (const auto* command = dynamic_cast<const CommandError*>(&error)) {
        return command->code();
    }
    if (dynamic_cast<const temporal::WorkflowNotFound*>(&error) != nullptr) {
        return ExitCode::kNotFound;
    }
    if (const auto* connect = dynamic_cast<const temporal::ConnectError*>(&error)) {
        const bool options = connect->kind() == temporal::ConnectError::Kind::kInvalidOptions;
        return options ? ExitCode::kBadConfiguration : ExitCode::kCannotConnect;
    }
    if (const auto* rpc = dynamic_cast<const temporal::RpcError*>(&error)) {
        return exit_code_of_rpc(rpc->code());
    }
    return ExitCode::kJobFailed;
}

}  // namespace inference::cli
