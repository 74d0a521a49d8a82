#include "bridge/peek_run_id.hpp"

#include "temporal/sdk/core/workflow_activation/workflow_activation.pb.h"

#include <gtest/gtest.h>

#include <string>

namespace temporal::bridge {
namespace {

TEST(PeekRunId, FindsTheRunOfAnActivation) {
    coresdk::workflow_activation::WorkflowActivation activation;
    activation.set_run_id("0192-run");
    activation.mutable_timestamp()->set_seconds(1);
    activation.add_jobs()->mutable_fire_timer()->set_seq(1);

    EXPECT_EQ(peek_run_id(activation.SerializeAsString()), "0192-run");
}

TEST(PeekRunId, IsEmptyWhereThereIsNone) {
    coresdk::workflow_activation::WorkflowActivation activation;
    activation.add_jobs()->mutable_fire_timer()->set_seq(1);

    EXPECT_EQ(peek_run_id(activation.SerializeAsString()), "");
    EXPECT_EQ(peek_run_id(""), "");
    EXPECT_EQ(peek_run_id("\x0a"), "");
}

}  // namespace
}  // namespace temporal::bridge
