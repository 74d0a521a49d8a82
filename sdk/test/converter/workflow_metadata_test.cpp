#include "converter/workflow_metadata.hpp"

#include "temporal/api/sdk/v1/workflow_metadata.pb.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

namespace temporal {
namespace {

using detail::HandlerInfo;
using detail::HandlerKind;
using testing::HasSubstr;

TEST(WorkflowMetadata, HasEveryHandlerByNameWithItsDescription) {
    constexpr std::array<HandlerInfo, 4> kHandlers{
        HandlerInfo{HandlerKind::kSignal, "stop", "Stops it."},
        HandlerInfo{HandlerKind::kSignal, "go", ""},
        HandlerInfo{HandlerKind::kQuery, "status", "How it stands."},
        HandlerInfo{HandlerKind::kUpdate, "limit", "Sets the limit."},
    };

    const Payload payload = metadata_payload("Job", kHandlers, "| a | b |");

    EXPECT_EQ(payload.encoding(), "json/protobuf");
    api::sdk::v1::WorkflowMetadata message;
    EXPECT_EQ(payload.metadata.at("messageType"), message.GetTypeName());
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(payload.data, &message).ok());
    api::sdk::v1::WorkflowMetadata expected;
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
        R"(
        definition {
            type: "Job"
            query_definitions { name: "__stack_trace" description: "What the workflow waits for." }
            query_definitions {
                name: "__temporal_workflow_metadata" description: "The handlers and the current details."
            }
            query_definitions { name: "status" description: "How it stands." }
            signal_definitions { name: "go" }
            signal_definitions { name: "stop" description: "Stops it." }
            update_definitions { name: "limit" description: "Sets the limit." }
        }
        current_details: "| a | b |")",
        &expected
    ));
    EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(message, expected))
        << message.DebugString();
}

TEST(WorkflowMetadata, DetailsThatAreNoUtf8AreShownAsFarAsTheyCanBe) {
    EXPECT_THAT(metadata_payload("Job", {}, "50 \xff").data, HasSubstr("50 \xef\xbf\xbd"));
}

}  // namespace
}  // namespace temporal
