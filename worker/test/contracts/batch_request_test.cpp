#include "contracts/batch_request.hpp"

#include "contracts/arbitrary_json.hpp"
#include "contracts/error.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace inference {
namespace {

using nlohmann::json;

// Every field, as a client sends it.
constexpr char kDocumented[] =
    R"({"model":"llama-3-8b", "items_ref":"file:///srv/in.jsonl", "parameters":{"max_tokens":5}, "chunk_size":64,
 "max_parallel_chunks":2, "failure_policy":"fail_fast", "max_failed_ratio":0.25, "skip_invalid":true,
 "output_ref":"file:///srv/out.jsonl", "error_ref":"file:///srv/err.jsonl", "priority":"high", "job_id":"batch-1",
 "client_id":"c-1"})";

Result<BatchRequest> parsed(const char* text) {
    return parse_batch_request(json::parse(text));
}

std::string message_for(const char* text) {
    const auto request = parsed(text);
    EXPECT_FALSE(request) << text;
    if (request) {
        return {};
    }
    EXPECT_EQ(request.error().error_class, ErrorClass::kFatal);
    EXPECT_EQ(request.error().code, ErrorCode::kValidation);
    return request.error().message;
}

TEST(FailurePolicy, HasItsName) {
    EXPECT_EQ(to_string(FailurePolicy::kContinue), "continue");
    EXPECT_EQ(to_string(FailurePolicy::kFailFast), "fail_fast");
    EXPECT_EQ(failure_policy_from("continue"), FailurePolicy::kContinue);
    EXPECT_EQ(failure_policy_from("fail_fast"), FailurePolicy::kFailFast);
    EXPECT_EQ(failure_policy_from("FAIL_FAST"), std::nullopt);
    EXPECT_EQ(failure_policy_names(), "continue, fail_fast");
}

TEST(BatchRequest, OfTheDocumentationComesBackAsItIs) {
    const json documented = json::parse(kDocumented);
    const auto request = parse_batch_request(documented);

    ASSERT_TRUE(request) << request.error().message;
    EXPECT_EQ(json(*request), documented);
    EXPECT_EQ(documented.get<BatchRequest>(), *request);
}

TEST(BatchRequest, ReadsEveryField) {
    const auto request = parsed(kDocumented);

    ASSERT_TRUE(request) << request.error().message;
    EXPECT_EQ(request->model, "llama-3-8b");
    EXPECT_TRUE(request->items.is_null());
    EXPECT_EQ(request->items_ref, "file:///srv/in.jsonl");
    EXPECT_EQ(request->parameters, (json{{"max_tokens", 5}}));
    EXPECT_EQ(request->chunk_size, 64);
    EXPECT_EQ(request->max_parallel_chunks, 2);
    EXPECT_EQ(request->failure_policy, FailurePolicy::kFailFast);
    EXPECT_EQ(request->max_failed_ratio, 0.25);
    EXPECT_TRUE(request->skip_invalid);
    EXPECT_EQ(request->output_ref, "file:///srv/out.jsonl");
    EXPECT_EQ(request->error_ref, "file:///srv/err.jsonl");
    EXPECT_EQ(request->priority, Priority::kHigh);
    EXPECT_EQ(request->job_id, "batch-1");
    EXPECT_EQ(request->client_id, "c-1");
}

TEST(BatchRequest, NeedsOnlyItems) {
    const auto request = parsed(R"({"items":[{"custom_id":"a"}]})");

    ASSERT_TRUE(request) << request.error().message;
    EXPECT_EQ(request->items, json::parse(R"([{"custom_id":"a"}])"));
    EXPECT_EQ(request->model, std::nullopt);
    EXPECT_EQ(request->items_ref, std::nullopt);
    EXPECT_EQ(request->parameters, json::object());
    EXPECT_EQ(request->chunk_size, 256);
    EXPECT_EQ(request->max_parallel_chunks, 4);
    EXPECT_EQ(request->failure_policy, FailurePolicy::kContinue);
    EXPECT_EQ(request->max_failed_ratio, std::nullopt);
    EXPECT_FALSE(request->skip_invalid);
    EXPECT_EQ(request->output_ref, std::nullopt);
    EXPECT_EQ(request->error_ref, std::nullopt);
    EXPECT_EQ(request->priority, std::nullopt);
    EXPECT_EQ(request->job_id, std::nullopt);
    EXPECT_EQ(request->client_id, std::nullopt);
    EXPECT_EQ(json(*request).get<BatchRequest>(), *request);
}

TEST(BatchRequest, NeedsOnlyAReference) {
    const auto request = parsed(R"({"items_ref":"file:///a"})");
    ASSERT_TRUE(request) << request.error().message;
    EXPECT_TRUE(request->items.is_null());
    EXPECT_EQ(json(*request).get<BatchRequest>(), *request);
    EXPECT_FALSE(json(*request).contains("items"));
}

TEST(BatchRequest, TakesNullForAbsentAndIgnoresUnknownFields) {
    const auto request = parsed(
        R"({"model":null,"items":[1],"items_ref":null,"parameters":null,"chunk_size":null,"max_parallel_chunks":null,
        "failure_policy":null,"max_failed_ratio":null,"skip_invalid":null,"output_ref":null,"error_ref":null,
        "priority":null,"job_id":null,"client_id":null,"novelty":[1]})"
    );
    ASSERT_TRUE(request) << request.error().message;
    EXPECT_EQ(*request, *parsed(R"({"items":[1]})"));
}

TEST(BatchRequest, DoesNotLookIntoItsItems) {
    EXPECT_TRUE(parsed(R"({"items":[7,null,"x",{}]})"));
}

TEST(BatchRequest, TakesTheBoundsThemselves) {
    for (const char* const text : {
             R"({"items":[1],"chunk_size":1,"max_parallel_chunks":1,"max_failed_ratio":0})",
             R"({"items":[1],"chunk_size":10000,"max_parallel_chunks":100,"max_failed_ratio":1})",
             R"({"items":[1],"max_failed_ratio":1.0})",
         }) {
        EXPECT_TRUE(parsed(text)) << text;
    }
}

TEST(BatchRequest, IsRefusedWithTheFieldAndWhatItTakes) {
    struct Row {
        const char* request;
        const char* message;
    };
    const Row rows[] = {
        {R"("hello")",
         "the request is a string; it takes an object with at least 'items' or 'items_ref'"},
        {"null", "the request is null; it takes an object with at least 'items' or 'items_ref'"},
        {"{}", "field 'items' is missing, and so is 'items_ref'; give one of the two"},
        {R"({"items":null})", "field 'items' is missing, and so is 'items_ref'; give one of the two"
        },
        {R"({"items":[1],"items_ref":"file:///a"})",
         "field 'items' stands beside 'items_ref'; give one of the two"},
        {R"({"items":{}})", "field 'items' is an object; it takes an array of items"},
        {R"({"items":"a","items_ref":"file:///a"})",
         "field 'items' is a string; it takes an array of items"},
        {R"({"items":[]})", "field 'items' is empty; it takes at least one item"},
        {R"({"items_ref":7})", "field 'items_ref' is a number; it takes a string"},
        {R"({"items":[1],"model":7})", "field 'model' is a number; it takes a string"},
        {R"({"items":[1],"parameters":[]})",
         "field 'parameters' is an empty list; it takes an object"},
        {R"({"items":[1],"chunk_size":0})",
         "field 'chunk_size' is 0; it takes a whole number from 1 to 10000"},
        {R"({"items":[1],"chunk_size":10001})",
         "field 'chunk_size' is 10001; it takes a whole number from 1 to 10000"},
        {R"({"items":[1],"chunk_size":-1})",
         "field 'chunk_size' is a negative number; it takes a whole number from 0 to "
         "9223372036854775807"},
        {R"({"items":[1],"max_parallel_chunks":0})",
         "field 'max_parallel_chunks' is 0; it takes a whole number from 1 to 100"},
        {R"({"items":[1],"max_parallel_chunks":101})",
         "field 'max_parallel_chunks' is 101; it takes a whole number from 1 to 100"},
        {R"({"items":[1],"failure_policy":"stop"})",
         "field 'failure_policy': 'stop' is not one of continue, fail_fast"},
        {R"({"items":[1],"max_failed_ratio":1.01})",
         "field 'max_failed_ratio' is out of range; it takes a number from 0 to 1"},
        {R"({"items":[1],"max_failed_ratio":-0.1})",
         "field 'max_failed_ratio' is out of range; it takes a number from 0 to 1"},
        {R"({"items":[1],"max_failed_ratio":"half"})",
         "field 'max_failed_ratio' is a string; it takes a number"},
        {R"({"items":[1],"skip_invalid":"yes"})",
         "field 'skip_invalid' is a string; it takes true or false"},
        {R"({"items":[1],"output_ref":1})", "field 'output_ref' is a number; it takes a string"},
        {R"({"items":[1],"error_ref":1})", "field 'error_ref' is a number; it takes a string"},
        {R"({"items":[1],"priority":"urgent"})",
         "field 'priority': 'urgent' is not one of high, normal, low"},
        {R"({"items":[1],"job_id":5})", "field 'job_id' is a number; it takes a string"},
        {R"({"items":[1],"client_id":5})", "field 'client_id' is a number; it takes a string"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(message_for(row.request), row.message);
    }
}

TEST(BatchRequest, ThrowsTheSameMessageWhereTypedDecodingIsAsked) {
    try {
        json::parse(R"({"items":[]})").get<BatchRequest>();
        FAIL() << "did not throw";
    } catch (const std::invalid_argument& error) {
        EXPECT_STREQ(error.what(), "field 'items' is empty; it takes at least one item");
    }
}

const std::vector<std::string> kKeys{
    "model",
    "items",
    "items_ref",
    "parameters",
    "chunk_size",
    "max_parallel_chunks",
    "failure_policy",
    "max_failed_ratio",
    "skip_invalid",
    "output_ref",
    "error_ref",
    "priority",
    "job_id",
    "client_id"
};

RC_GTEST_PROP(BatchRequest, IsParsedOrRefusedWhateverComesAndNothingIsQuoted, ()) {
    const auto request = parse_batch_request(*testing::arbitrary_json(kKeys));
    if (request) {
        RC_ASSERT(json(*request).get<BatchRequest>() == *request);
    } else {
        RC_ASSERT(request.error().error_class == ErrorClass::kFatal);
        RC_ASSERT(!request.error().message.empty());
        RC_ASSERT(request.error().message.find(testing::kCanary) == std::string::npos);
    }
}

}  // namespace
}  // namespace inference
