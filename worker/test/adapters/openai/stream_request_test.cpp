#include "adapters/openai/stream_request.hpp"

#include <gtest/gtest.h>

namespace inference {
namespace {

using nlohmann::json;

bool streams(Task task, const char* request) {
    return can_stream(*find_task_api(task), json::parse(request));
}

TEST(StreamRequest, IsForChatsAndCompletionsOnly) {
    EXPECT_TRUE(streams(Task::kChat, "{}"));
    EXPECT_TRUE(streams(Task::kCompletion, "{}"));
    for (const Task task :
         {Task::kEmbed, Task::kScore, Task::kRerank, Task::kClassify, Task::kPooling}) {
        EXPECT_FALSE(streams(task, "{}"));
    }
}

TEST(StreamRequest, IsNotForWhatEnginesDoNotStream) {
    for (const char* request :
         {R"({"use_beam_search":true})",
          R"({"prompt_logprobs":0})",
          R"({"prompt_logprobs":5,"echo":true})",
          R"({"echo":true,"logprobs":1})",
          R"({"best_of":2})",
          R"({"best_of":3,"n":2})"}) {
        EXPECT_FALSE(streams(Task::kCompletion, request)) << request;
    }
    for (const char* request :
         {R"({"use_beam_search":false,"prompt_logprobs":null,"echo":true})",
          R"({"echo":false,"logprobs":1})",
          R"({"best_of":2,"n":2})",
          R"({"n":3})",
          R"({"best_of":"many"})"}) {
        EXPECT_TRUE(streams(Task::kCompletion, request)) << request;
    }
}

TEST(StreamRequest, AsksForTheUsageToo) {
    json request{{"model", "m"}};

    ask_for_stream(request);

    EXPECT_EQ(
        request,
        json::parse(R"({"model":"m","stream":true,"stream_options":{"include_usage":true}})")
    );
}

HttpAnswer answer(int status, std::string body) {
    return {.status = status, .headers = {}, .body = std::move(body)};
}

TEST(StreamRefusal, IsKnownByItsFieldOrItsWords) {
    for (const char* body :
         {R"({"error":{"message":"Your organization must be verified to stream this model.","param":"stream","code":"unsupported_value"}})",
          R"({"error":{"message":"no","param":"stream_options","code":400}})",
          R"({"object":"error","message":"no","param":"stream","code":400})",
          R"({"error":{"message":"`prompt_logprobs` are not available when `stream=True`.","code":400}})",
          R"({"error":"Streaming is not supported for this graph"})",
          R"({"object":"error","message":"stream_options: Extra inputs are not permitted","code":400})",
          "this model does not support streaming"}) {
        EXPECT_TRUE(refuses_to_stream(answer(400, body))) << body;
    }
}

TEST(StreamRefusal, IsNoOtherFailure) {
    const std::string body = R"({"error":"streaming is not supported"})";
    EXPECT_FALSE(refuses_to_stream(
        answer(400, R"({"error":{"message":"temperature","param":"temperature"}})")
    ));
    EXPECT_FALSE(refuses_to_stream(answer(400, R"({"error":"stream"})")));
    EXPECT_FALSE(refuses_to_stream(answer(400, "")));
    EXPECT_FALSE(refuses_to_stream(answer(400, "[1]")));
    for (const int status : {200, 401, 404, 429, 500, 503}) {
        EXPECT_FALSE(refuses_to_stream(answer(status, body))) << status;
    }
    for (const int status : {400, 405, 422, 501}) {
        EXPECT_TRUE(refuses_to_stream(answer(status, body))) << status;
    }
}

}  // namespace
}  // namespace inference
