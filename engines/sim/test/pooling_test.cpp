#include "text_answer.hpp"
#include "text_request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace engine_sim {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const TextModels kModels{.names = {"sim"}, .max_model_len = 10, .embedding_dimensions = 4};

json answer(TextEndpoint endpoint, const json& body) {
    const auto call = read_text_call(endpoint, body, kModels);
    EXPECT_TRUE(call) << call.error().body;
    return call ? answer_of(*call, "7", 100) : json();
}

json error(TextEndpoint endpoint, const json& body) {
    const auto call = read_text_call(endpoint, body, kModels);
    EXPECT_FALSE(call);
    return call ? json() : json::parse(call.error().body)["error"];
}

TEST(Score, ComparesOneTextWithManyOrEachWithItsOwn) {
    const json many =
        answer(TextEndpoint::kScore, {{"text_1", "a b"}, {"text_2", {"a b", "a c", "x"}}});
    EXPECT_EQ(many["id"], "score-7");
    EXPECT_EQ(many["object"], "list");
    EXPECT_EQ(many["usage"]["prompt_tokens"], 11);
    ASSERT_EQ(many["data"].size(), 3U);
    EXPECT_EQ(many["data"][2]["index"], 2);
    EXPECT_EQ(many["data"][2]["object"], "score");
    EXPECT_NEAR(many["data"][0]["score"].get<double>(), 1, 1e-6);
    EXPECT_NEAR(many["data"][1]["score"].get<double>(), 0.5, 1e-6);
    EXPECT_NEAR(many["data"][2]["score"].get<double>(), 0, 1e-6);

    const json each =
        answer(TextEndpoint::kScore, {{"queries", {"a", "b"}}, {"documents", {"x", "b"}}});
    EXPECT_NEAR(each["data"][0]["score"].get<double>(), 0, 1e-6);
    EXPECT_NEAR(each["data"][1]["score"].get<double>(), 1, 1e-6);
}

TEST(Score, RefusesWhatDoesNotPairUp) {
    const auto message = [](const json& one, const json& other) {
        return error(TextEndpoint::kScore, {{"text_1", one}, {"text_2", other}})["message"]
            .get<std::string>();
    };
    EXPECT_EQ(message({"a", "b"}, {"c"}), "Input lengths must be either 1:1, 1:N or N:N");
    EXPECT_EQ(message(json::array(), "c"), "At least one text element must be given");
    EXPECT_EQ(message("a", json::array()), "At least one text_pair element must be given");
    EXPECT_THAT(message("1 2 3 4 5 6", "1 2 3 4 5"), HasSubstr("maximum context length is 10"));
    EXPECT_EQ(error(TextEndpoint::kScore, {{"text_1", "a"}})["param"], "body.text_2");
    EXPECT_EQ(
        error(TextEndpoint::kScore, {{"text_1", "a"}, {"text_2", 5}})["param"], "body.text_2"
    );
}

TEST(Rerank, PutsTheBestFirstAndKeepsTheirPlaces) {
    const json body = {{"query", "a b"}, {"documents", {"x", "a", "a b"}}, {"top_n", 2}};

    const json ranked = answer(TextEndpoint::kRerank, body);

    ASSERT_EQ(ranked["results"].size(), 2U);
    EXPECT_EQ(ranked["results"][0]["index"], 2);
    EXPECT_EQ(ranked["results"][0]["document"]["text"], "a b");
    EXPECT_EQ(ranked["results"][1]["index"], 1);
    EXPECT_GT(ranked["results"][0]["relevance_score"], ranked["results"][1]["relevance_score"]);
    EXPECT_EQ(ranked["usage"], (json{{"prompt_tokens", 10}, {"total_tokens", 10}}));
    EXPECT_EQ(
        answer(TextEndpoint::kRerank, {{"query", "a"}, {"documents", "b"}})["results"].size(), 1U
    );
}

TEST(Rerank, RefusesWrongFields) {
    EXPECT_EQ(error(TextEndpoint::kRerank, {{"documents", "a"}})["param"], "body.query");
    EXPECT_EQ(error(TextEndpoint::kRerank, {{"query", "a"}})["param"], "body.documents");
    const json body = {{"query", "a"}, {"documents", {"b"}}, {"top_n", "2"}};
    EXPECT_EQ(error(TextEndpoint::kRerank, body)["param"], "body.top_n");
}

TEST(Classify, GivesALabelAndProbabilitiesThatAddUpToOne) {
    const json classes = answer(TextEndpoint::kClassify, {{"input", {"a b c", "d"}}});

    ASSERT_EQ(classes["data"].size(), 2U);
    const json item = classes["data"][0];
    EXPECT_EQ(item["num_classes"], 2);
    const auto probabilities = item["probs"].get<std::vector<double>>();
    EXPECT_NEAR(probabilities[0] + probabilities[1], 1, 1e-6);
    EXPECT_EQ(item["label"], probabilities[0] >= probabilities[1] ? "LABEL_0" : "LABEL_1");
    EXPECT_EQ(classes["id"], "classify-7");
}

TEST(Pooling, GivesAVectorForEachTokenOrForTheText) {
    const json tokens = answer(TextEndpoint::kPooling, {{"input", "a b c"}});
    EXPECT_EQ(tokens["data"][0]["object"], "pooling");
    EXPECT_EQ(tokens["data"][0]["data"].size(), 3U);
    EXPECT_EQ(tokens["data"][0]["data"][0].size(), 4U);

    const json text = answer(TextEndpoint::kPooling, {{"input", "a b c"}, {"task", "embed"}});
    EXPECT_EQ(text["data"][0]["data"].size(), 4U);
    EXPECT_TRUE(text["data"][0]["data"][0].is_number());

    const json base64 =
        answer(TextEndpoint::kPooling, {{"input", "a"}, {"encoding_format", "base64"}});
    EXPECT_EQ(base64["data"][0]["data"].get<std::string>().size(), 24U);

    EXPECT_EQ(
        error(TextEndpoint::kPooling, {{"input", "a"}, {"task", "nope"}})["param"], "body.task"
    );
}

}  // namespace
}  // namespace engine_sim
