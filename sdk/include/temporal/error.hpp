/// @file temporal/error.hpp
/// @brief What goes wrong between this process and the server; unlike failures, these never travel.
#pragma once

#include "temporal/failure.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

namespace temporal {

/// The base of the SDK's own errors.
class Error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// No connection could be made. The message names the target, the cause and the next step.
class ConnectError : public Error {
public:
    enum class Kind { kInvalidOptions, kUnreachable, kTls, kAuth, kOther };
    ConnectError(Kind kind, const std::string& message) : Error(message), kind_(kind) {}
    [[nodiscard]] Kind kind() const noexcept { return kind_; }

private:
    Kind kind_;
};

/// gRPC status codes, by their standard numbers.
enum class RpcCode : std::int32_t {
    kOk = 0,
    kCancelled = 1,
    kUnknown = 2,
    kInvalidArgument = 3,
    kDeadlineExceeded = 4,
    kNotFound = 5,
    kAlreadyExists = 6,
    kPermissionDenied = 7,
    kResourceExhausted = 8,
    kFailedPrecondition = 9,
    kAborted = 10,
    kOutOfRange = 11,
    kUnimplemented = 12,
    kInternal = 13,
    kUnavailable = 14,
    kDataLoss = 15,
    kUnauthenticated = 16,
};

/// The server refused a call, or it could not be reached.
class RpcError : public Error {
public:
    RpcError(RpcCode code, const std::string& message, std::string details = {})
        : Error(message), code_(code), details_(std::move(details)) {}
    [[nodiscard]] RpcCode code() const noexcept { return code_; }
    /// Serialised google.rpc.Status, may be empty.
    [[nodiscard]] const std::string& details() const noexcept { return details_; }

private:
    RpcCode code_;
    std::string details_;
};

/// A workflow with this id exists and the policies forbid another.
class WorkflowAlreadyStarted : public RpcError {
public:
    WorkflowAlreadyStarted(std::string workflow_id, std::string run_id, const std::string& message)
        : RpcError(RpcCode::kAlreadyExists, message),
          workflow_id_(std::move(workflow_id)),
          run_id_(std::move(run_id)) {}
    [[nodiscard]] const std::string& workflow_id() const noexcept { return workflow_id_; }
    [[nodiscard]] const std::string& run_id() const noexcept { return run_id_; }

private:
    std::string workflow_id_;
    std::string run_id_;
};

/// No such workflow.
class WorkflowNotFound : public RpcError {
public:
    explicit WorkflowNotFound(const std::string& message) : RpcError(RpcCode::kNotFound, message) {}
};

/// The awaited workflow did not complete: it failed, was cancelled, terminated or timed out. `failure()` says why.
class WorkflowFailed : public Error {
public:
    WorkflowFailed(const std::string& message, FailurePtr failure)
        : Error(message), failure_(std::move(failure)) {}
    [[nodiscard]] const FailurePtr& failure() const noexcept { return failure_; }

private:
    FailurePtr failure_;
};

/// The update was refused, or its handler failed. `failure()` says why.
class UpdateFailed : public Error {
public:
    UpdateFailed(const std::string& message, FailurePtr failure)
        : Error(message), failure_(std::move(failure)) {}
    [[nodiscard]] const FailurePtr& failure() const noexcept { return failure_; }

private:
    FailurePtr failure_;
};

/// The query's handler failed, or no such query is registered.
class QueryFailed : public Error {
public:
    using Error::Error;
};

/// The query was refused because of the workflow's state.
class QueryRejected : public Error {
public:
    using Error::Error;
};

}  // namespace temporal
