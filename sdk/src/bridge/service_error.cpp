#include "bridge/service_error.hpp"

#include "google/rpc/status.pb.h"
#include "temporal/api/errordetails/v1/message.pb.h"

#include <optional>
#include <string>

namespace temporal::bridge {
namespace {

namespace details = api::errordetails::v1;

/// The first detail of that type.
template <class Detail>
std::optional<Detail> find_detail(const RpcError& error) {
    google::rpc::Status status;
    if (!status.ParseFromString(error.details())) {
        return std::nullopt;
    }
    for (const auto& any : status.details()) {
        Detail detail;
        if (any.UnpackTo(&detail)) {
            return detail;
        }
    }
    return std::nullopt;
}

std::string about(std::string_view workflow_id, const RpcError& error) {
    return "workflow '" + std::string(workflow_id) + "': " + error.what();
}

}  // namespace

void throw_start_error(const RpcError& error, std::string_view workflow_id) {
    if (error.code() == RpcCode::kAlreadyExists) {
        if (const auto detail =
                find_detail<details::WorkflowExecutionAlreadyStartedFailure>(error)) {
            throw WorkflowAlreadyStarted(
                std::string(workflow_id), detail->run_id(), about(workflow_id, error)
            );
        }
    }
    throw RpcError(error.code(), about(workflow_id, error), error.details());
}

void throw_workflow_error(const RpcError& error, std::string_view workflow_id) {
    // A missing namespace is NOT_FOUND too, and says so by its detail.
    if (error.code() == RpcCode::kNotFound &&
        !find_detail<details::NamespaceNotFoundFailure>(error)) {
        throw WorkflowNotFound(about(workflow_id, error));
    }
    throw RpcError(error.code(), about(workflow_id, error), error.details());
}

void throw_query_error(const RpcError& error, std::string_view workflow_id, std::string_view name) {
    const std::string message = "query '" + std::string(name) + "' of " + about(workflow_id, error);
    if (find_detail<details::QueryFailedFailure>(error)) {
        throw QueryFailed(message);
    }
    if (error.code() == RpcCode::kDeadlineExceeded ||
        error.code() == RpcCode::kFailedPrecondition) {
        throw RpcError(
            error.code(),
            message + "; queries are answered by a worker: check that one serves the task queue",
            error.details()
        );
    }
    throw_workflow_error(error, workflow_id);
}

}  // namespace temporal::bridge
