#include "contracts/infer_response.hpp"

#include "contracts/token_usage.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <stdexcept>

namespace inference {
namespace {

using nlohmann::json;

// The documented response, with the dots filled in.
constexpr char kDocumented[] =
    R"({"job_id":"inf-1", "status":"completed", "model":"digits", "served_model":"digits", "fallback":false,
 "output":{"content":"text"}, "content":"text, for chat and completion", "usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0},
 "finish_reason":"stop", "truncated":false, "timings":{"preprocess_ms":0,"infer_ms":0,"ttft_ms":0,"postprocess_ms":0,"total_ms":0},
 "attempts":{"infer":1,"transient":0,"timeout":0,"oom":0,"worker_lost":0}, "metadata":{}})";

TEST(InferResponse, OfTheDocumentationComesBackAsItIs) {
    const json documented = json::parse(kDocumented);
    EXPECT_EQ(json(documented.get<InferResponse>()), documented);
}

TEST(InferResponse, OfTensorsHasNeitherContentNorFinishReason) {
    InferResponse response;
    response.output = {{"outputs", json::array()}};
    const json wire = response;

    EXPECT_FALSE(wire.contains("content"));
    EXPECT_FALSE(wire.contains("finish_reason"));
    EXPECT_EQ(wire.at("status"), "completed");
    EXPECT_EQ(wire.at("usage"), json(TokenUsage{}));
    EXPECT_EQ(wire.get<InferResponse>(), response);
}

TEST(InferResponse, OfAnotherWorkerIsReadWithDefaultsForWhatItLacks) {
    const auto response =
        json::parse(R"({"job_id":"j","usage":null,"later_field":1})").get<InferResponse>();
    EXPECT_EQ(response.job_id, "j");
    EXPECT_EQ(response.usage, TokenUsage{});
    EXPECT_THROW(
        json::parse(R"({"usage":{"total_tokens":"x"}})").get<InferResponse>(), std::invalid_argument
    );
}

}  // namespace
}  // namespace inference
