#include "stages/postprocess.hpp"

#include "contracts/engine_call.hpp"
#include "contracts/error.hpp"
#include "contracts/inferred.hpp"
#include "contracts/reply_shape.hpp"
#include "contracts/token_usage.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <optional>

namespace inference {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

Inferred inferred(const ReplyShape& shape, const char* body) {
    Inferred inferred;
    inferred.reply.body = json::parse(body);
    inferred.reply.endpoint = "http://h/v1";
    inferred.shape = shape;
    inferred.model = "llama";
    inferred.served_model = "llama-small";
    inferred.fallback = true;
    inferred.timings = {.preprocess = 3ms, .infer = 40ms, .time_to_first_token = 10ms};
    inferred.metadata = {{"user", "u1"}};
    return inferred;
}

TEST(Postprocess, MakesTheResponse) {
    const auto response = postprocess(
        inferred(
            {Task::kChat, 1, false},
            R"({"id":"chatcmpl-1","choices":[{"index":0,"message":{"content":"Hello"},"finish_reason":"stop"}],
            "usage":{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12}})"
        ),
        "inf-1"
    );

    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(
        json(*response),
        json::parse(
            R"({"job_id":"inf-1","status":"completed","model":"llama","served_model":"llama-small",
        "fallback":true,"output":{"content":"Hello"},"content":"Hello",
        "usage":{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12},"finish_reason":"stop","truncated":false,
        "timings":{"preprocess_ms":3,"infer_ms":40,"ttft_ms":10,"postprocess_ms":0,"total_ms":0},
        "attempts":{"infer":0,"transient":0,"timeout":0,"oom":0,"worker_lost":0},"metadata":{"user":"u1"}})"
        )
    );
}

TEST(Postprocess, MakesTheResponseOfATensorModelWithZeroUsage) {
    const auto response = postprocess(
        inferred(
            {Task::kTensors, 0, true},
            R"({"outputs":[{"name":"y","datatype":"INT64","shape":[1],"data":[7]}]})"
        ),
        "inf-1"
    );

    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(
        response->output,
        json::parse(R"({"outputs":[{"name":"y","datatype":"INT64","shape":[1],"data":[7]}]})")
    );
    EXPECT_EQ(response->usage, TokenUsage{});
    EXPECT_EQ(response->content, std::nullopt);
    EXPECT_FALSE(json(*response).contains("finish_reason"));
}

TEST(Postprocess, RefusesAnAnswerThatIsNone) {
    const auto response =
        postprocess(inferred({Task::kChat, 1, false}, R"({"choices":[]})"), "inf-1");

    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().error_class, ErrorClass::kFatal);
    EXPECT_EQ(response.error().endpoint, "http://h/v1");
}

}  // namespace
}  // namespace inference
