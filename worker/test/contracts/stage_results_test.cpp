#include "contracts/engine_call.hpp"
#include "contracts/inferred.hpp"
#include "contracts/processed.hpp"
#include "contracts/reply_shape.hpp"
#include "contracts/text_filter.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <stdexcept>

namespace inference {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

TEST(ReplyShape, SurvivesTheWire) {
    const ReplyShape shape{.task = Task::kRerank, .answers = 3, .is_list = true};
    EXPECT_EQ(json(shape).dump(), R"({"answers":3,"is_list":true,"task":"rerank"})");
    EXPECT_EQ(json(shape).get<ReplyShape>(), shape);
}

TEST(Processed, SurvivesTheWire) {
    Processed processed;
    processed.call.model = "llama-3-8b";
    processed.call.body = {{"prompt", "x"}};
    processed.shape = {.task = Task::kCompletion, .answers = 2, .is_list = true};
    processed.filters = {TextFilter::kStripReasoning, TextFilter::kStripWhitespace};
    processed.stream = true;
    processed.timings.preprocess = 3ms;
    processed.metadata = {{"user", "u1"}};
    EXPECT_FALSE(json(processed).contains("search_attributes")) << "most have none";
    processed.search_attributes = {JobAttribute::kModelName, JobAttribute::kErrorClass};
    EXPECT_EQ(json(processed)["search_attributes"], (json{"ModelName", "ErrorClass"}));

    EXPECT_EQ(json(processed).get<Processed>(), processed);
    EXPECT_EQ(json::parse(json(processed).dump()).get<Processed>(), processed);
}

TEST(Inferred, SurvivesTheWire) {
    Inferred inferred;
    inferred.reply.body = {{"outputs", json::array()}};
    inferred.reply.endpoint = "127.0.0.1:8001";
    inferred.shape = {.task = Task::kTensors, .answers = 0, .is_list = true};
    inferred.filters = {TextFilter::kStripWhitespace};
    inferred.model = "digits";
    inferred.served_model = "digits-small";
    inferred.fallback = true;
    inferred.timings.infer = 12ms;
    inferred.metadata = {{"user", "u1"}};

    EXPECT_EQ(json(inferred).get<Inferred>(), inferred);
    EXPECT_EQ(json::parse(json(inferred).dump()).get<Inferred>(), inferred);
}

TEST(StageResults, AreNotReadFromWhatIsNone) {
    EXPECT_THROW(json::object().get<Processed>(), std::invalid_argument);
    EXPECT_THROW(json::object().get<Inferred>(), std::invalid_argument);
    EXPECT_THROW(json::array().get<Inferred>(), std::invalid_argument);
    EXPECT_THROW(
        (json{{"call", json::object()}, {"filters", {"dream"}}}.get<Processed>()),
        std::invalid_argument
    );
}

}  // namespace
}  // namespace inference
