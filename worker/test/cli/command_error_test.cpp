#include "cli/command_error.hpp"

#include "temporal/error.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace inference::cli {
namespace {

using temporal::ConnectError;
using temporal::RpcCode;
using temporal::RpcError;

TEST(CommandError, EveryKindOfErrorHasTheExitCodeOfTheContract) {
    EXPECT_EQ(exit_code_of(CommandError(ExitCode::kTimedOut, "")), ExitCode::kTimedOut);
    EXPECT_EQ(exit_code_of(temporal::WorkflowNotFound("")), ExitCode::kNotFound);
    EXPECT_EQ(
        exit_code_of(ConnectError(ConnectError::Kind::kUnreachable, "")), ExitCode::kCannotConnect
    );
    EXPECT_EQ(exit_code_of(ConnectError(ConnectError::Kind::kTls, "")), ExitCode::kCannotConnect);
    EXPECT_EQ(
        exit_code_of(ConnectError(ConnectError::Kind::kInvalidOptions, "")),
        ExitCode::kBadConfiguration
    );
    EXPECT_EQ(exit_code_of(RpcError(RpcCode::kUnavailable, "")), ExitCode::kCannotConnect);
    EXPECT_EQ(exit_code_of(RpcError(RpcCode::kPermissionDenied, "")), ExitCode::kCannotConnect);
    EXPECT_EQ(exit_code_of(RpcError(RpcCode::kInvalidArgument, "")), ExitCode::kUsage);
    EXPECT_EQ(exit_code_of(RpcError(RpcCode::kInternal, "")), ExitCode::kJobFailed);
    EXPECT_EQ(exit_code_of(std::runtime_error("")), ExitCode::kJobFailed);
}

TEST(CommandError, ANamespaceThatIsNotThereIsNoMissingJob) {
    EXPECT_EQ(exit_code_of(RpcError(RpcCode::kNotFound, "")), ExitCode::kCannotConnect);
}

TEST(ExitCode, OfASignalIs128AndItsNumber) {
    EXPECT_EQ(static_cast<int>(stopped_by(2)), 130);
    EXPECT_EQ(static_cast<int>(stopped_by(15)), 143);
}

}  // namespace
}  // namespace inference::cli
