#include "contracts/batch_response.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <optional>
#include <stdexcept>

namespace inference {
namespace {

using nlohmann::json;

constexpr char kWithFiles[] =
    R"({"job_id":"batch-1","status":"completed_with_errors",
 "counts":{"total":4,"succeeded":2,"failed":1,"canceled":1},
 "usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3},
 "output_ref":"file:///srv/out.jsonl","error_ref":"file:///srv/err.jsonl"})";

TEST(BatchResponse, WithFilesComesBackAsItIs) {
    const json wire = json::parse(kWithFiles);
    const auto response = wire.get<BatchResponse>();

    EXPECT_EQ(json(response), wire);
    EXPECT_EQ(response.job_id, "batch-1");
    EXPECT_EQ(response.status, JobState::kCompletedWithErrors);
    EXPECT_EQ(
        response.counts, (ItemCounts{.total = 4, .succeeded = 2, .failed = 1, .canceled = 1})
    );
    EXPECT_EQ(
        response.usage, (TokenUsage{.prompt_tokens = 1, .completion_tokens = 2, .total_tokens = 3})
    );
    EXPECT_TRUE(response.results.is_null());
    EXPECT_EQ(response.output_ref, "file:///srv/out.jsonl");
    EXPECT_EQ(response.error_ref, "file:///srv/err.jsonl");
}

TEST(BatchResponse, WithResultsHasNoReferences) {
    BatchResponse response;
    response.job_id = "batch-1";
    response.results = json::parse(R"([{"id":"batch_req_1","error":null}])");
    const json wire = response;

    EXPECT_EQ(
        wire,
        json::parse(
            R"({"job_id":"batch-1","status":"completed",
        "counts":{"total":0,"succeeded":0,"failed":0,"canceled":0},
        "usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0},
        "results":[{"id":"batch_req_1","error":null}]})"
        )
    );
    EXPECT_EQ(wire.get<BatchResponse>(), response);
}

TEST(BatchResponse, WithNoResultsAtAllIsNotOneWithout) {
    BatchResponse response;
    response.results = json::array();
    EXPECT_TRUE(json(response).at("results").is_array());
    EXPECT_EQ(json(response).get<BatchResponse>(), response);
}

TEST(BatchResponse, OfAnotherWorkerIsReadWithDefaultsForWhatItLacks) {
    const auto response =
        json::parse(R"({"job_id":"j","counts":null,"later_field":1})").get<BatchResponse>();
    EXPECT_EQ(response.job_id, "j");
    EXPECT_EQ(response.counts, ItemCounts{});
    EXPECT_EQ(response.output_ref, std::nullopt);
}

TEST(BatchResponse, IsNotReadFromWhatIsNone) {
    for (const char* const wrong : {
             "[]",
             "null",
             R"({"job_id":1})",
             R"({"status":"done"})",
             R"({"counts":{"total":-1}})",
             R"({"usage":7})",
             R"({"output_ref":{}})",
             R"({"error_ref":1})",
         }) {
        EXPECT_THROW(json::parse(wrong).get<BatchResponse>(), std::invalid_argument) << wrong;
    }
}

}  // namespace
}  // namespace inference
