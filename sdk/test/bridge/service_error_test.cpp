#include "bridge/service_error.hpp"

#include "google/rpc/status.pb.h"
#include "temporal/api/errordetails/v1/message.pb.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace temporal::bridge {
namespace {

using testing::HasSubstr;
namespace details = api::errordetails::v1;

template <class Detail>
RpcError error_with(RpcCode code, const Detail& detail) {
    google::rpc::Status status;
    status.add_details()->PackFrom(detail);
    return {code, "the server's words", status.SerializeAsString()};
}

TEST(ServiceError, AStartThatIsRefusedNamesTheRunThatIsThere) {
    details::WorkflowExecutionAlreadyStartedFailure detail;
    detail.set_run_id("run-1");
    try {
        throw_start_error(error_with(RpcCode::kAlreadyExists, detail), "job-1");
    } catch (const WorkflowAlreadyStarted& error) {
        EXPECT_EQ(error.workflow_id(), "job-1");
        EXPECT_EQ(error.run_id(), "run-1");
        EXPECT_THAT(error.what(), HasSubstr("the server's words"));
    }
}

TEST(ServiceError, AnotherThingThatExistsAlreadyIsNoWorkflow) {
    EXPECT_THROW(
        {
            try {
                throw_start_error(RpcError(RpcCode::kAlreadyExists, "something else", ""), "job-1");
            } catch (const WorkflowAlreadyStarted&) {
                FAIL() << "it was taken for a workflow";
            }
        },
        RpcError
    );
}

TEST(ServiceError, AWorkflowThatIsNotFoundIsNamed) {
    try {
        throw_workflow_error(RpcError(RpcCode::kNotFound, "no such workflow", ""), "job-1");
    } catch (const WorkflowNotFound& error) {
        EXPECT_THAT(error.what(), HasSubstr("'job-1'"));
    }
}

TEST(ServiceError, AMissingNamespaceIsNotAMissingWorkflow) {
    try {
        throw_workflow_error(
            error_with(RpcCode::kNotFound, details::NamespaceNotFoundFailure()), "job-1"
        );
    } catch (const WorkflowNotFound&) {
        FAIL() << "it was taken for a workflow";
    } catch (const RpcError& error) {
        EXPECT_EQ(error.code(), RpcCode::kNotFound);
    }
}

TEST(ServiceError, AFailedQueryIsOne) {
    EXPECT_THROW(
        throw_query_error(
            error_with(RpcCode::kInvalidArgument, details::QueryFailedFailure()), "job-1", "status"
        ),
        QueryFailed
    );
}

TEST(ServiceError, AQueryThatNoWorkerAnswersSaysWhatToCheck) {
    for (const RpcCode code : {RpcCode::kDeadlineExceeded, RpcCode::kFailedPrecondition}) {
        try {
            throw_query_error(RpcError(code, "too late", ""), "job-1", "status");
        } catch (const RpcError& error) {
            EXPECT_EQ(error.code(), code);
            EXPECT_THAT(error.what(), HasSubstr("query 'status' of workflow 'job-1'"));
            EXPECT_THAT(error.what(), HasSubstr("check that one serves the task queue"));
        }
    }
    EXPECT_THROW(
        throw_query_error(RpcError(RpcCode::kNotFound, "gone", ""), "job-1", "status"),
        WorkflowNotFound
    );
}

TEST(ServiceError, DetailsThatAreNoStatusAreIgnored) {
    EXPECT_THROW(
        throw_workflow_error(RpcError(RpcCode::kNotFound, "gone", "\xff\xff"), "job-1"),
        WorkflowNotFound
    );
}

}  // namespace
}  // namespace temporal::bridge
