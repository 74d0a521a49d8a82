#include "bridge/activity_codec.hpp"

#include "temporal/converter.hpp"
#include "temporal/error.hpp"
#include "temporal/sdk/core/core_interface.pb.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace temporal::bridge {
namespace {

using namespace std::chrono_literals;
namespace task = coresdk::activity_task;

void set_payload(api::common::v1::Payload& message, const std::string& json) {
    (*message.mutable_metadata())["encoding"] = "json/plain";
    message.set_data(json);
}

TEST(ActivityCodec, ReadsAllOfAStart) {
    task::ActivityTask message;
    message.set_task_token("token");
    auto& start = *message.mutable_start();
    start.set_workflow_namespace("default");
    start.set_workflow_type("Chat");
    start.mutable_workflow_execution()->set_workflow_id("chat-1");
    start.mutable_workflow_execution()->set_run_id("run-1");
    start.set_activity_id("5");
    start.set_activity_type("infer");
    set_payload((*start.mutable_header_fields())["h"], "1");
    set_payload(*start.add_input(), "2");
    set_payload(*start.add_heartbeat_details(), "3");
    start.mutable_scheduled_time()->set_seconds(100);
    start.mutable_current_attempt_scheduled_time()->set_seconds(200);
    start.mutable_started_time()->set_seconds(300);
    start.set_attempt(2);
    start.mutable_schedule_to_close_timeout()->set_seconds(0);
    start.mutable_start_to_close_timeout()->set_seconds(60);
    start.mutable_heartbeat_timeout()->set_seconds(10);
    start.mutable_priority()->set_fairness_key("acme");
    start.set_is_local(true);

    const activity::ActivityTask decoded = decode_activity_task(message.SerializeAsString());

    EXPECT_EQ(decoded.task_token, "token");
    const auto& read = std::get<activity::StartActivity>(decoded.variant);
    EXPECT_EQ(read.workflow_namespace, "default");
    EXPECT_EQ(read.workflow_type, "Chat");
    EXPECT_EQ(read.workflow_id, "chat-1");
    EXPECT_EQ(read.workflow_run_id, "run-1");
    EXPECT_EQ(read.activity_id, "5");
    EXPECT_EQ(read.activity_type, "infer");
    EXPECT_EQ(read.headers.at("h"), to_payload(1));
    EXPECT_EQ(read.input, to_payloads(2));
    EXPECT_EQ(read.heartbeat_details, to_payloads(3));
    EXPECT_EQ(read.scheduled_time.time_since_epoch(), 100s);
    EXPECT_EQ(read.current_attempt_scheduled_time.time_since_epoch(), 200s);
    EXPECT_EQ(read.started_time.time_since_epoch(), 300s);
    EXPECT_EQ(read.attempt, 2U);
    EXPECT_EQ(read.schedule_to_close, std::nullopt);
    EXPECT_EQ(read.start_to_close, 60s);
    EXPECT_EQ(read.heartbeat_timeout, 10s);
    EXPECT_EQ(read.priority, (Priority{.fairness_key = "acme"}));
    EXPECT_TRUE(read.is_local);
}

TEST(ActivityCodec, ReadsEveryReasonToCancel) {
    const std::vector<std::pair<int, activity::CancelReason>> reasons = {
        {task::NOT_FOUND, activity::CancelReason::kNotFound},
        {task::CANCELLED, activity::CancelReason::kCanceled},
        {task::TIMED_OUT, activity::CancelReason::kTimedOut},
        {task::WORKER_SHUTDOWN, activity::CancelReason::kWorkerShutdown},
        {task::PAUSED, activity::CancelReason::kPaused},
        {task::RESET, activity::CancelReason::kReset},
        {77, activity::CancelReason::kCanceled},
    };
    for (const auto& [number, reason] : reasons) {
        task::ActivityTask message;
        message.mutable_cancel()->set_reason(static_cast<task::ActivityCancelReason>(number));

        const auto decoded = decode_activity_task(message.SerializeAsString());

        EXPECT_EQ(std::get<activity::CancelActivity>(decoded.variant).reason, reason) << number;
    }
}

TEST(ActivityCodec, WhatIsNoTaskIsAnError) {
    EXPECT_THROW(static_cast<void>(decode_activity_task("\xff\xff")), Error);
    EXPECT_THROW(static_cast<void>(decode_activity_task("")), Error);
}

coresdk::activity_result::ActivityExecutionResult written(const activity::ActivityResult& result) {
    coresdk::ActivityTaskCompletion message;
    message.ParseFromString(encode_activity_completion("token", result));
    EXPECT_EQ(message.task_token(), "token");
    return message.result();
}

TEST(ActivityCodec, WritesEveryEndOfAnActivity) {
    const auto failure = std::make_shared<const ApplicationFailure>("broken");
    const auto canceled = std::make_shared<const CanceledFailure>("stopped");

    EXPECT_EQ(written(activity::Completed{to_payload(7)}).completed().result().data(), "7");
    // Core wants a result also where there is none to speak of.
    EXPECT_TRUE(written(activity::Completed{}).completed().has_result());
    EXPECT_EQ(written(activity::Failed{failure}).failed().failure().message(), "broken");
    EXPECT_TRUE(
        written(activity::Canceled{canceled}).cancelled().failure().has_canceled_failure_info()
    );
    EXPECT_TRUE(written(activity::WillCompleteAsync{}).has_will_complete_async());
}

TEST(ActivityCodec, WritesAHeartbeatWithItsDetails) {
    coresdk::ActivityHeartbeat message;
    message.ParseFromString(encode_activity_heartbeat("token", to_payloads(1, 2)));

    EXPECT_EQ(message.task_token(), "token");
    ASSERT_EQ(message.details_size(), 2);
    EXPECT_EQ(message.details(1).data(), "2");
}

}  // namespace
}  // namespace temporal::bridge
