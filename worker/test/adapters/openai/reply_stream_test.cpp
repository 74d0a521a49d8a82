#include "adapters/openai/reply_stream.hpp"

#include <gtest/gtest.h>

#include <string>

namespace inference {
namespace {

using namespace std::chrono_literals;

constexpr ReplyStream::Time kStart{1h};

const std::string kRole = "data: {\"choices\":[{\"index\":0,\"delta\":{}}]}\n\n";
const std::string kEnd =
    "data: "
    "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hi\"},\"finish_reason\":\"stop\"}]}\n\n";
const std::string kDone = "data: [DONE]\n\n";

ReplyStream stream(std::size_t max_event_bytes = 1 << 20) {
    return {
        max_event_bytes, StreamAnswer(*find_task_api(Task::kChat), 1), ProgressMeter(kStart, {})
    };
}

TEST(ReplyStream, IsUrgentFromItsFirstEventOn) {
    ReplyStream reply = stream();

    EXPECT_EQ(reply.take(": alive\n\ndata: {", kStart), Taken::kPatiently);
    EXPECT_EQ(reply.take("}\n\n", kStart), Taken::kUrgently);
    EXPECT_EQ(reply.take(": alive\n\n", kStart), Taken::kUrgently);
}

TEST(ReplyStream, BecomesAnAnswerAndKnowsWhenItsFirstTokenCame) {
    ReplyStream reply = stream();
    reply.take(kRole, kStart + 10ms);
    EXPECT_FALSE(reply.has_output());
    reply.take(kEnd, kStart + 30ms);
    EXPECT_TRUE(reply.has_output());
    EXPECT_FALSE(reply.is_done());
    reply.take(kDone, kStart + 50ms);

    EXPECT_TRUE(reply.is_done());
    EXPECT_EQ(reply.time_to_first_token(), 30ms);
    EXPECT_TRUE(std::holds_alternative<nlohmann::json>(reply.finish()));
}

TEST(ReplyStream, WithAnEventAboveTheLimitIsTooLarge) {
    ReplyStream reply = stream(100);
    EXPECT_EQ(reply.take(kEnd, kStart), Taken::kUrgently);
    EXPECT_EQ(reply.take("data: " + std::string(100, 'x'), kStart), Taken::kRefused);

    const auto answer = reply.finish();

    const auto& signal = std::get<TransportSignal>(std::get<Signal>(answer));
    EXPECT_EQ(signal.fault, TransportFault::kTooLarge);
    EXPECT_TRUE(signal.sent);
    EXPECT_TRUE(signal.partial);
}

TEST(ReplyStream, IsWholeWhateverComesAfterItsEnd) {
    ReplyStream reply = stream(100);
    reply.take(kEnd + kDone, kStart);
    EXPECT_EQ(reply.take(std::string(200, 'x'), kStart), Taken::kUrgently);

    EXPECT_TRUE(std::holds_alternative<nlohmann::json>(reply.finish()));
}

}  // namespace
}  // namespace inference
