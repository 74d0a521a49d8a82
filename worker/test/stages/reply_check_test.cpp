#include "stages/reply_check.hpp"

#include "contracts/arbitrary_json.hpp"
#include "contracts/engine_call.hpp"
#include "contracts/error.hpp"
#include "contracts/reply_shape.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace inference {
namespace {

using nlohmann::json;

std::optional<Error> checked(const ReplyShape& shape, const json& body) {
    return check_reply(EngineReply{.body = body, .endpoint = "http://h/v1"}, shape);
}

std::string breach(const std::string& what) {
    return "the engine's answer breaks its protocol: " + what +
           ". Check that the model's 'engine' in the configuration is what answers at the endpoint";
}

TEST(ReplyCheck, TakesAGoodAnswerToEachTask) {
    struct Row {
        ReplyShape shape;
        const char* body;
    };
    const Row rows[] = {
        {{Task::kChat, 1, false},
         R"({"choices":[{"index":0,"message":{"role":"assistant","content":"x"},"finish_reason":"stop"}]})"
        },
        {{Task::kChat, 1, false},
         R"({"choices":[{"message":{"content":null,"tool_calls":[{}]},"finish_reason":"tool_calls"}]})"
        },
        {{Task::kChat, 2, true},
         R"({"choices":[{"index":1,"message":{"content":"b"},"finish_reason":"length"},
                                                {"index":0,"message":{"content":"a"},"finish_reason":"stop"}]})"
        },
        {{Task::kCompletion, 1, false},
         R"({"choices":[{"index":0,"text":"","finish_reason":"stop"}]})"},
        {{Task::kCompletion, 1, false},
         R"({"choices":[{"index":0,"text":"echo","finish_reason":"length"}],"usage":{"completion_tokens":0}})"
        },
        {{Task::kEmbed, 1, true}, R"({"data":[{"index":0,"embedding":[0.1,0.2]}]})"},
        {{Task::kEmbed, 1, true}, R"({"data":[{"index":0,"embedding":"AAAA"}]})"},
        {{Task::kScore, 1, true}, R"({"data":[{"index":0,"score":0.5}]})"},
        {{Task::kClassify, 1, true},
         R"({"data":[{"index":0,"label":null,"probs":[0.1,0.9],"num_classes":2}]})"},
        {{Task::kPooling, 1, true}, R"({"data":[{"index":0,"data":[[0.1]]}]})"},
        {{Task::kRerank, 2, true},
         R"({"results":[{"index":4,"relevance_score":0.9},{"index":0,"relevance_score":0.1}]})"},
        {{Task::kTensors, 0, true},
         R"({"outputs":[{"name":"y","datatype":"FP32","shape":[1,2],"data":[0.5,"NaN"]}]})"},
        {{Task::kTensors, 0, true}, R"({"outputs":[]})"},
    };
    for (const Row& row : rows) {
        const auto error = checked(row.shape, json::parse(row.body));
        EXPECT_FALSE(error) << row.body << ": " << error->message;
    }
}

TEST(ReplyCheck, RefusesAnAnswerThatBreaksTheProtocol) {
    struct Row {
        ReplyShape shape;
        const char* body;
        const char* what;
    };
    const ReplyShape chat{Task::kChat, 1, false};
    const ReplyShape two{Task::kCompletion, 2, true};
    const ReplyShape embed{Task::kEmbed, 1, true};
    const ReplyShape tensors{Task::kTensors, 0, true};
    const Row rows[] = {
        {chat, "null", "'choices' is missing"},
        {chat, R"({"choices":"x"})", "'choices' is a string"},
        {chat, R"({"choices":[]})", "'choices' has 0 elements, the request asks for 1"},
        {chat, R"({"choices":["x"]})", "element 0 of 'choices' has no place of its own"},
        {chat,
         R"({"choices":[{"index":1,"message":{"content":"x"},"finish_reason":"stop"}]})",
         "element 0 of 'choices' has no place of its own"},
        {chat, R"({"choices":[{"finish_reason":"stop"}]})", "choice 0 has no text"},
        {chat,
         R"({"choices":[{"message":{"content":5},"finish_reason":"stop"}]})",
         "choice 0 has no text"},
        {chat,
         R"({"choices":[{"message":{"content":"x"},"finish_reason":5}]})",
         "finish_reason of choice 0 is a number"},
        {two,
         R"({"choices":[{"text":"a","finish_reason":"stop"}]})",
         "'choices' has 1 elements, the request asks for 2"},
        {two,
         R"({"choices":[{"index":1,"text":"a","finish_reason":"stop"},{"index":1,"text":"a","finish_reason":"stop"}]})",
         "element 1 of 'choices' has no place of its own"},
        {two,
         R"({"choices":[{"text":"a","finish_reason":"stop"},{"finish_reason":"stop"}]})",
         "choice 1 has no text"},
        {embed, R"({"data":[{"index":0}]})", "'embedding' of element 0 of 'data' is missing"},
        {embed,
         R"({"data":[{"index":0,"embedding":5}]})",
         "'embedding' of element 0 of 'data' is a number"},
        {embed, R"({"data":[]})", "'data' has 0 elements, the request asks for 1"},
        {{Task::kScore, 1, true},
         R"({"data":[{"score":"x"}]})",
         "'score' of element 0 of 'data' is a string"},
        {{Task::kClassify, 1, true},
         R"({"data":[{"label":"x"}]})",
         "'probs' of element 0 of 'data' is missing"},
        {{Task::kPooling, 1, true}, R"({"data":[{}]})", "'data' of element 0 of 'data' is missing"},
        {{Task::kRerank, 1, true},
         R"({"results":[]})",
         "'results' has 0 elements, the request asks for 1"},
        {{Task::kRerank, 1, true},
         R"({"results":[{"index":0}]})",
         "a result has no 'index' or no 'relevance_score'"},
        {{Task::kRerank, 1, true}, R"({"data":[]})", "'results' is missing"},
        {tensors, R"({"outputs":[{"name":"y"}]})", "an output has no 'name' or no 'datatype'"},
        {tensors,
         R"({"outputs":[{"name":"y","datatype":"FLOAT","shape":[1],"data":[1]}]})",
         "output 'y' has the unknown datatype 'FLOAT'"},
        {tensors,
         R"({"outputs":[{"name":"y","datatype":"FP32","data":[1]}]})",
         "output 'y' has no 'shape'"},
        {tensors,
         R"({"outputs":[{"name":"y","datatype":"FP32","shape":[2],"data":[1]}]})",
         "output 'y' has 2 elements by its shape, its data 1"},
        {tensors,
         R"({"outputs":[{"name":"y","datatype":"FP32","shape":[-1],"data":[1]}]})",
         "output 'y' has an impossible number of elements by its shape, its data 1"},
        {tensors,
         R"({"outputs":[{"name":"y","datatype":"FP32","shape":[1]}]})",
         "output 'y' has 1 elements by its shape, its data none"},
    };
    for (const Row& row : rows) {
        const auto error = checked(row.shape, json::parse(row.body));
        ASSERT_TRUE(error) << row.body;
        EXPECT_EQ(error->message, breach(row.what)) << row.body;
        EXPECT_EQ(error->error_class, ErrorClass::kFatal);
        EXPECT_EQ(error->code, ErrorCode::kEngine5xx);
        EXPECT_EQ(error->endpoint, "http://h/v1");
        EXPECT_TRUE(error->sent);
    }
}

TEST(ReplyCheck, LetsAnAnswerThatBrokeOffBeTriedAgain) {
    for (const auto* body :
         {R"({"choices":[{"message":{"content":"par"},"finish_reason":null}]})",
          R"({"choices":[{"message":{"content":"par"}}]})",
          R"({"choices":[{"message":{"content":""},"finish_reason":"abort"}]})",
          R"({"choices":[{"message":{"content":""},"finish_reason":"error"}]})"}) {
        const auto error = checked({Task::kChat, 1, false}, json::parse(body));
        ASSERT_TRUE(error) << body;
        EXPECT_EQ(error->error_class, ErrorClass::kTransient) << body;
        EXPECT_EQ(error->code, ErrorCode::kEngine5xx);
    }
}

TEST(ReplyCheck, TakesLengthWithNoTokenForAPromptThatLeavesNoRoom) {
    for (const auto* body :
         {R"({"choices":[{"message":{"content":""},"finish_reason":"length"}],"usage":{"completion_tokens":0}})",
          R"({"choices":[{"message":{"content":null},"finish_reason":"length"}],"usage":{"completion_tokens":0}})"
         }) {
        const auto error = checked({Task::kChat, 1, false}, json::parse(body));
        ASSERT_TRUE(error) << body;
        EXPECT_EQ(error->error_class, ErrorClass::kFatal);
        EXPECT_EQ(error->code, ErrorCode::kContextLength);
    }
    EXPECT_FALSE(checked(
        {Task::kChat, 1, false},
        json::parse(R"({"choices":[{"message":{"content":""},"finish_reason":"length"}]})")
    )) << "without a count nobody knows";
}

const std::vector<std::string> kKeys{
    "choices",
    "data",
    "results",
    "outputs",
    "usage",
    "index",
    "message",
    "content",
    "text",
    "finish_reason",
    "embedding",
    "score",
    "probs",
    "relevance_score",
    "name",
    "datatype",
    "shape",
    "completion_tokens"
};

RC_GTEST_PROP(ReplyCheck, AnswersWhateverComesAndQuotesNothing, ()) {
    const ReplyShape shape{
        .task = *rc::gen::element(
            Task::kChat,
            Task::kCompletion,
            Task::kEmbed,
            Task::kScore,
            Task::kClassify,
            Task::kPooling,
            Task::kRerank,
            Task::kTensors
        ),
        .answers = *rc::gen::inRange(0, 3),
        .is_list = true,
    };
    const auto error = checked(shape, *testing::arbitrary_json(kKeys));
    if (error) {
        RC_ASSERT(error->message.find(testing::kCanary) == std::string::npos);
    }
}

}  // namespace
}  // namespace inference
