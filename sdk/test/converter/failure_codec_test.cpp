#include "converter/failure_codec.hpp"

#include "temporal/converter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <typeinfo>
#include <vector>

namespace temporal::proto {
namespace {

using std::chrono::milliseconds;

FailurePtr cause() {
    return std::make_shared<const ApplicationFailure>(
        "root", ApplicationFailure::Options{.type = "Root"}
    );
}

Payloads details() {
    return to_payloads(std::string("detail"), 7);
}

/// Once over the wire and back.
FailurePtr travelled(const Failure& failure) {
    api::failure::v1::Failure message;
    encode_failure(failure, message);
    api::failure::v1::Failure received;
    received.ParseFromString(message.SerializeAsString());
    return take_failure(received);
}

std::string wire_form(const Failure& failure) {
    api::failure::v1::Failure message;
    encode_failure(failure, message);
    return message.DebugString();
}

/// One of every type, each with all that it can hold.
std::vector<FailurePtr> one_of_each() {
    return {
        std::make_shared<const ApplicationFailure>(
            "refused",
            ApplicationFailure::Options{
                .type = "PaymentRefused",
                .non_retryable = true,
                .details = details(),
                .next_retry_delay = milliseconds{1500},
                .cause = cause(),
            }
        ),
        std::make_shared<const CanceledFailure>("stop", details(), cause()),
        std::make_shared<const TimeoutFailure>("late", TimeoutType::kHeartbeat, details(), cause()),
        std::make_shared<const TerminatedFailure>("killed", cause()),
        std::make_shared<const ServerFailure>("broken", true, cause()),
        std::make_shared<const UnknownFailure>("something", cause()),
        std::make_shared<const ActivityFailure>(
            "activity error",
            ActivityFailure::Info{
                .activity_type = "infer",
                .activity_id = "5",
                .identity = "worker-1",
                .scheduled_event_id = 5,
                .started_event_id = 6,
                .retry_state = RetryState::kMaximumAttemptsReached,
            },
            cause()
        ),
        std::make_shared<const ChildWorkflowFailure>(
            "child error",
            ChildWorkflowFailure::Info{
                .namespace_name = "default",
                .workflow_id = "child",
                .run_id = "run",
                .workflow_type = "Child",
                .initiated_event_id = 9,
                .started_event_id = 10,
                .retry_state = RetryState::kTimeout,
            },
            cause()
        ),
    };
}

TEST(FailureCodec, EveryTypeComesBackWithAllItHolds) {
    for (const FailurePtr& failure : one_of_each()) {
        const FailurePtr back = travelled(*failure);

        const Failure& sent = *failure;
        const Failure& received = *back;
        EXPECT_EQ(typeid(received), typeid(sent)) << failure->what();
        EXPECT_STREQ(back->what(), failure->what());
        ASSERT_NE(back->cause(), nullptr) << failure->what();
        EXPECT_EQ(back->cause()->message(), "root");
        // Everything else: what was read writes the same message again.
        EXPECT_EQ(wire_form(*back), wire_form(*failure));
    }
}

TEST(FailureCodec, TheFieldsOfEachTypeAreOnTheWire) {
    const std::vector<std::pair<std::size_t, std::vector<std::string>>> expected = {
        {0,
         {"application_failure_info",
          "PaymentRefused",
          "non_retryable: true",
          "seconds: 1",
          "nanos: 500000000"}},
        {1, {"canceled_failure_info", "detail"}},
        {2, {"timeout_failure_info", "TIMEOUT_TYPE_HEARTBEAT", "last_heartbeat_details"}},
        {3, {"terminated_failure_info"}},
        {4, {"server_failure_info", "non_retryable: true"}},
        {6, {"activity_failure_info", "infer", "worker-1", "RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED"}},
        {7, {"child_workflow_execution_failure_info", "Child", "RETRY_STATE_TIMEOUT"}},
    };
    const std::vector<FailurePtr> failures = one_of_each();
    for (const auto& [index, fragments] : expected) {
        for (const std::string& fragment : fragments) {
            EXPECT_THAT(wire_form(*failures[index]), testing::HasSubstr(fragment));
        }
    }
}

TEST(FailureCodec, ChainsOfCausesStayInOrder) {
    FailurePtr chain = std::make_shared<const ServerFailure>("0", false);
    for (int depth = 1; depth < 20; ++depth) {
        chain = std::make_shared<const ActivityFailure>(
            std::to_string(depth), ActivityFailure::Info{}, chain
        );
    }

    const FailurePtr back = travelled(*chain);

    int depth = 19;
    for (const Failure* link = back.get(); link != nullptr; link = link->cause().get()) {
        EXPECT_EQ(link->message(), std::to_string(depth--));
    }
    EXPECT_EQ(depth, -1);
}

TEST(FailureCodec, FailuresMadeHereSayThatTheyAreOfThisSdk) {
    EXPECT_EQ(travelled(CanceledFailure())->source(), "CppSDK");
}

TEST(FailureCodec, FailuresOfOtherSdksKeepTheirOrigin) {
    api::failure::v1::Failure message;
    message.set_source("PythonSDK");
    message.set_stack_trace("  File \"activity.py\"");
    message.mutable_application_failure_info()->set_type("ValueError");

    const FailurePtr failure = travelled(*take_failure(message));

    EXPECT_EQ(failure->source(), "PythonSDK");
    EXPECT_EQ(failure->stack_trace(), "  File \"activity.py\"");
}

TEST(FailureCodec, KindsThatWeDoNotKnowKeepTheirMessageAndCause) {
    api::failure::v1::Failure message;
    message.set_message("handler failed");
    message.mutable_nexus_handler_failure_info()->set_type("BAD_REQUEST");
    message.mutable_cause()->set_message("why");
    message.mutable_encoded_attributes()->set_data("encrypted");

    const FailurePtr failure = take_failure(message);

    EXPECT_NE(dynamic_cast<const UnknownFailure*>(failure.get()), nullptr);
    EXPECT_STREQ(failure->what(), "handler failed");
    EXPECT_EQ(failure->cause()->message(), "why");
}

TEST(FailureCodec, EnumeratorsOfANewerServerAreUnspecified) {
    api::failure::v1::Failure timeout;
    timeout.mutable_timeout_failure_info()->set_timeout_type(
        static_cast<api::enums::v1::TimeoutType>(77)
    );
    api::failure::v1::Failure activity;
    activity.mutable_activity_failure_info()->set_retry_state(
        static_cast<api::enums::v1::RetryState>(77)
    );

    EXPECT_EQ(
        dynamic_cast<const TimeoutFailure&>(*take_failure(timeout)).type(),
        TimeoutType::kUnspecified
    );
    EXPECT_EQ(
        dynamic_cast<const ActivityFailure&>(*take_failure(activity)).info().retry_state,
        RetryState::kUnspecified
    );
}

}  // namespace
}  // namespace temporal::proto
