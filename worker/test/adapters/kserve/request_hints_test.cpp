#include "adapters/kserve/request_hints.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inference {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::SizeIs;

ModelDescription with_levels(std::uint64_t levels) {
    ModelDescription model;
    model.priority_levels = levels;
    return model;
}

ModelDescription with_sequences() {
    ModelDescription model;
    model.keeps_sequences = true;
    return model;
}

ModelDescription with_timeout() {
    ModelDescription model;
    model.takes_timeout = true;
    return model;
}

kserve::ModelInferRequest hinted(
    const RequestHints& hints, const ModelDescription& model, kserve::ModelInferRequest request = {}
) {
    const auto problem = add_hints(hints, model, "digits", request);
    EXPECT_FALSE(problem) << problem->message;
    return request;
}

std::uint64_t level(int priority, std::uint64_t levels) {
    return hinted({.priority = priority}, with_levels(levels))
        .parameters()
        .at("priority")
        .uint64_param();
}

std::string refusal(const kserve::ModelInferRequest& request) {
    kserve::ModelInferRequest copy = request;
    const auto problem = add_hints({}, with_sequences(), "digits", copy);
    return problem ? problem->message : "none";
}

TEST(RequestHints, AreNoneForAModelThatUsesNone) {
    EXPECT_THAT(hinted({.priority = 20, .time_left = 5s}, {}).parameters(), SizeIs(0));
}

TEST(RequestHints, CountOurPrioritiesFromOneUpToTheModelsLowestLevel) {
    EXPECT_EQ(level(0, 3), 1U);
    EXPECT_EQ(level(10, 3), 2U);
    EXPECT_EQ(level(20, 3), 3U);
    EXPECT_EQ(level(20, 2), 2U);
    EXPECT_EQ(level(20, 9), 3U);
}

TEST(RequestHints, LeaveTheClientsOwnPriorityAndTimeout) {
    kserve::ModelInferRequest own;
    (*own.mutable_parameters())["priority"].set_uint64_param(7);
    (*own.mutable_parameters())["timeout"].set_int64_param(9);
    ModelDescription model = with_levels(3);
    model.takes_timeout = true;

    const auto request = hinted({.priority = 20, .time_left = 5s}, model, own);

    EXPECT_EQ(request.parameters().at("priority").uint64_param(), 7U);
    EXPECT_EQ(request.parameters().at("timeout").int64_param(), 9);
}

TEST(RequestHints, GiveTheTimeThatIsLeftInMicroseconds) {
    const auto timeout = [](std::chrono::microseconds left) {
        return hinted({.time_left = left}, with_timeout()).parameters().at("timeout").int64_param();
    };

    EXPECT_EQ(timeout(2500ms), 2'500'000);
    EXPECT_EQ(timeout(-3s), 1);
}

TEST(RequestHints, MakeAWholeSequenceOfARequestWithoutOne) {
    const auto request = hinted({.new_sequence_id = 4711}, with_sequences());

    EXPECT_EQ(request.parameters().at("sequence_id").int64_param(), 4711);
    EXPECT_TRUE(request.parameters().at("sequence_start").bool_param());
    EXPECT_TRUE(request.parameters().at("sequence_end").bool_param());
}

TEST(RequestHints, LeaveTheClientsOwnSequence) {
    kserve::ModelInferRequest own;
    (*own.mutable_parameters())["sequence_id"].set_string_param("chat-1");
    (*own.mutable_parameters())["sequence_start"].set_bool_param(true);

    const auto request = hinted({.new_sequence_id = 4711}, with_sequences(), own);

    EXPECT_EQ(request.parameters().at("sequence_id").string_param(), "chat-1");
    EXPECT_THAT(request.parameters(), SizeIs(2));
}

TEST(RequestHints, RefuseASequenceThatTheServerWouldMisreadAndSayWhatToSend) {
    kserve::ModelInferRequest no_id;
    (*no_id.mutable_parameters())["sequence_end"].set_bool_param(false);
    kserve::ModelInferRequest zero;
    (*zero.mutable_parameters())["sequence_id"].set_int64_param(0);
    kserve::ModelInferRequest not_whole;
    (*not_whole.mutable_parameters())["sequence_id"].set_double_param(1.5);
    kserve::ModelInferRequest not_boolean;
    (*not_boolean.mutable_parameters())["sequence_id"].set_int64_param(1);
    (*not_boolean.mutable_parameters())["sequence_start"].set_int64_param(1);

    EXPECT_THAT(refusal(no_id), HasSubstr("but no 'sequence_id'; send the id"));
    EXPECT_THAT(refusal(zero), HasSubstr("send a whole number above 0 or a text"));
    EXPECT_THAT(refusal(not_whole), HasSubstr("send a whole number above 0 or a text"));
    EXPECT_THAT(refusal(not_boolean), HasSubstr("send true or false"));
    EXPECT_THAT(refusal(not_boolean), HasSubstr("model 'digits': the request has"));
}

}  // namespace
}  // namespace inference
