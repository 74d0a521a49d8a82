#include "stages/accept_reply.hpp"

#include "contracts/engine_call.hpp"
#include "contracts/error.hpp"
#include "contracts/processed.hpp"
#include "contracts/text_filter.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <vector>

namespace inference {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

Processed processed() {
    Processed processed;
    processed.call.model = "llama";
    processed.shape = {Task::kCompletion, 1, false};
    processed.filters = {TextFilter::kStripWhitespace};
    processed.timings.preprocess = 3ms;
    processed.metadata = {{"user", "u1"}};
    return processed;
}

TEST(AcceptReply, CarriesOnWhatPostprocessNeeds) {
    const EngineReply reply{
        .body = json::parse(R"({"choices":[{"text":"x","finish_reason":"stop"}]})"),
        .endpoint = "http://h/v1",
        .latency = 40ms,
        .time_to_first_token = 10ms,
    };
    const auto inferred = accept_reply(processed(), reply);

    ASSERT_TRUE(inferred) << inferred.error().message;
    EXPECT_EQ(inferred->reply, reply);
    EXPECT_EQ(inferred->shape, (ReplyShape{Task::kCompletion, 1, false}));
    EXPECT_EQ(inferred->filters, std::vector{TextFilter::kStripWhitespace});
    EXPECT_EQ(inferred->model, "llama");
    EXPECT_EQ(inferred->served_model, "llama");
    EXPECT_FALSE(inferred->fallback);
    EXPECT_EQ(
        inferred->timings, (Timings{.preprocess = 3ms, .infer = 40ms, .time_to_first_token = 10ms})
    );
    EXPECT_EQ(inferred->metadata, (json{{"user", "u1"}}));
}

TEST(AcceptReply, RefusesAnAnswerThatBrokeOffWhileItCanStillBeTriedAgain) {
    const EngineReply reply{
        .body = json::parse(R"({"choices":[{"text":"x","finish_reason":"abort"}]})"),
        .endpoint = "e"
    };
    const auto inferred = accept_reply(processed(), reply);

    ASSERT_FALSE(inferred);
    EXPECT_EQ(inferred.error().error_class, ErrorClass::kTransient);
}

}  // namespace
}  // namespace inference
