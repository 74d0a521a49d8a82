#include "contracts/infer_request.hpp"

#include "contracts/arbitrary_json.hpp"
#include "contracts/error.hpp"
#include "contracts/priority.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace inference {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

// The documented request, with a priority picked and the dots filled in.
constexpr char kDocumented[] =
    R"({"model":"digits", "input":{"inputs":[]}, "parameters":{}, "priority":"high", "stream":false,
 "job_id":"inf-1", "client_id":"c-1", "pipeline_id":"p-1", "traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
 "deadline_ms":0, "allow_fallback":true, "metadata":{}})";

std::string message_for(const char* text) {
    const auto parsed = parse_infer_request(json::parse(text));
    EXPECT_FALSE(parsed) << text;
    if (parsed) {
        return {};
    }
    EXPECT_EQ(parsed.error().error_class, ErrorClass::kFatal);
    EXPECT_EQ(parsed.error().code, ErrorCode::kValidation);
    return parsed.error().message;
}

TEST(InferRequest, OfTheDocumentationComesBackAsItIs) {
    const json documented = json::parse(kDocumented);
    const auto parsed = parse_infer_request(documented);

    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(json(*parsed), documented);
    EXPECT_EQ(documented.get<InferRequest>(), *parsed);
}

TEST(InferRequest, NeedsOnlyAModelAndAnInput) {
    const auto parsed =
        parse_infer_request(json::parse(R"({"model":"digits","input":{"prompt":"x"}})"));

    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->model, "digits");
    EXPECT_EQ(parsed->input, (json{{"prompt", "x"}}));
    EXPECT_EQ(parsed->parameters, json::object());
    EXPECT_EQ(parsed->priority, std::nullopt);
    EXPECT_FALSE(parsed->stream);
    EXPECT_EQ(parsed->job_id, std::nullopt);
    EXPECT_EQ(parsed->deadline, 0ms);
    EXPECT_TRUE(parsed->allow_fallback);
    EXPECT_EQ(parsed->metadata, json::object());
}

TEST(InferRequest, TakesNullForAbsentAndIgnoresUnknownFields) {
    const auto parsed = parse_infer_request(json::parse(
        R"({"model":"digits","input":{"prompt":"x"},"parameters":null,
        "priority":null,"stream":null,"job_id":null,"deadline_ms":null,"allow_fallback":null,"metadata":null,"novelty":[1]})"
    ));

    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(
        *parsed, *parse_infer_request(json::parse(R"({"model":"digits","input":{"prompt":"x"}})"))
    );
}

TEST(InferRequest, ReadsEveryField) {
    const auto parsed = parse_infer_request(
        json::parse(R"({"model":"m","input":{"prompt":"x"},"parameters":{"max_tokens":5},
        "priority":"low","stream":true,"client_id":"c","pipeline_id":"p","deadline_ms":1500,"allow_fallback":false,
        "metadata":{"k":[1]}})")
    );

    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->parameters, (json{{"max_tokens", 5}}));
    EXPECT_EQ(parsed->priority, Priority::kLow);
    EXPECT_TRUE(parsed->stream);
    EXPECT_EQ(parsed->client_id, "c");
    EXPECT_EQ(parsed->pipeline_id, "p");
    EXPECT_EQ(parsed->deadline, 1500ms);
    EXPECT_FALSE(parsed->allow_fallback);
    EXPECT_EQ(parsed->metadata, (json{{"k", {1}}}));
}

TEST(InferRequest, IsRefusedWithTheFieldAndWhatItTakes) {
    struct Row {
        const char* request;
        const char* message;
    };
    const Row rows[] = {
        {R"("hello")",
         "the request is a string; it takes an object with at least 'model' and 'input'"},
        {R"([])",
         "the request is an empty list; it takes an object with at least 'model' and 'input'"},
        {R"(null)", "the request is null; it takes an object with at least 'model' and 'input'"},
        {R"({"input":{}})", "field 'model' is missing"},
        {R"({"model":7,"input":{}})", "field 'model' is a number; it takes a string"},
        {R"({"model":"","input":{}})",
         "field 'model' is empty; it takes the name of a model of the registry"},
        {R"({"model":"m"})", "field 'input' is missing"},
        {R"({"model":"m","input":"x"})", "field 'input' is a string; it takes an object"},
        {R"({"model":"m","input":{},"parameters":[1]})",
         "field 'parameters' is a list; it takes an object"},
        {R"({"model":"m","input":{},"metadata":"x"})",
         "field 'metadata' is a string; it takes an object"},
        {R"({"model":"m","input":{},"priority":"urgent"})",
         "field 'priority': 'urgent' is not one of high, normal, low"},
        {R"({"model":"m","input":{},"priority":1})",
         "field 'priority' is a number; it takes a string"},
        {R"({"model":"m","input":{},"stream":"yes"})",
         "field 'stream' is a string; it takes true or false"},
        {R"({"model":"m","input":{},"job_id":5})", "field 'job_id' is a number; it takes a string"},
        {R"({"model":"m","input":{},"deadline_ms":-1})",
         "field 'deadline_ms' is a negative number; it takes a whole number from 0 to 315619200000 "
         "(ten years)"},
        {R"({"model":"m","input":{},"deadline_ms":1e3})",
         "field 'deadline_ms' is a floating-point number; it takes a whole number from 0 to "
         "315619200000 (ten years)"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(message_for(row.request), row.message);
    }
}

TEST(InferRequest, IsRefusedWithoutQuotingWhatMayBeAPrompt) {
    const std::string message =
        message_for(R"({"model":"m","input":{},"priority":"Tell me a story"})");
    EXPECT_EQ(message, "field 'priority': a string of 15 bytes is not one of high, normal, low");
}

TEST(InferRequest, ThrowsTheSameMessageWhereTypedDecodingIsAsked) {
    try {
        json::parse(R"({"model":"m"})").get<InferRequest>();
        FAIL() << "did not throw";
    } catch (const std::invalid_argument& error) {
        EXPECT_STREQ(error.what(), "field 'input' is missing");
    }
}

const std::vector<std::string> kKeys{
    "model",
    "input",
    "parameters",
    "priority",
    "stream",
    "job_id",
    "client_id",
    "pipeline_id",
    "traceparent",
    "deadline_ms",
    "allow_fallback",
    "metadata",
    "prompt"
};

RC_GTEST_PROP(InferRequest, IsParsedOrRefusedWhateverComesAndNothingIsQuoted, ()) {
    const json any = *testing::arbitrary_json(kKeys);
    const auto parsed = parse_infer_request(any);
    if (!parsed) {
        RC_ASSERT(parsed.error().error_class == ErrorClass::kFatal);
        RC_ASSERT(!parsed.error().message.empty());
        RC_ASSERT(parsed.error().message.find(testing::kCanary) == std::string::npos);
    }
}

RC_GTEST_PROP(InferRequest, ComesBackAsItWas, ()) {
    InferRequest request;
    request.model = "m";
    request.input = *testing::arbitrary_object(kKeys, testing::arbitrary_json(kKeys, 1));
    request.parameters = *testing::arbitrary_object(kKeys, testing::arbitrary_json(kKeys, 1));
    request.priority =
        *rc::gen::element<std::optional<Priority>>(std::nullopt, Priority::kHigh, Priority::kLow);
    request.stream = *rc::gen::arbitrary<bool>();
    request.client_id = *rc::gen::element<std::optional<std::string>>(std::nullopt, "c");
    request.deadline = std::chrono::milliseconds(*rc::gen::inRange(0, 1'000'000));
    request.allow_fallback = *rc::gen::arbitrary<bool>();
    const auto parsed = parse_infer_request(json::parse(json(request).dump()));
    RC_ASSERT(parsed.has_value());
    RC_ASSERT(json(*parsed) == json(request));
}

}  // namespace
}  // namespace inference
