// What the real vLLM was heard to answer, see engines/vllm/recording.py: every answer is taken, every refusal is known.
#include "adapters/classify/classify.hpp"
#include "adapters/openai/answer.hpp"
#include "adapters/openai/reply_stream.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <map>
#include <string>

namespace inference {
namespace {

using nlohmann::json;

json recorded() {
    std::ifstream file(RECORDED_VLLM);
    return json::parse(file);
}

const std::map<std::string, ErrorCode> kRefusals = {
    {"path_not_found", ErrorCode::kUnsupported},
    {"wrong_method", ErrorCode::kUnsupported},
    {"wrong_content_type", ErrorCode::kValidation},
    {"invalid_json", ErrorCode::kValidation},
    {"bad_request", ErrorCode::kValidation},
    {"missing_prompt", ErrorCode::kValidation},
    {"wrong_type", ErrorCode::kValidation},
    {"no_messages", ErrorCode::kValidation},
    {"message_without_role", ErrorCode::kValidation},
    {"unknown_part", ErrorCode::kValidation},
    {"empty_prompt", ErrorCode::kValidation},
    {"model_not_found", ErrorCode::kModelNotFound},
    {"context_length", ErrorCode::kContextLength},
    {"embeddings_context_length", ErrorCode::kContextLength},
    {"context_length_characters", ErrorCode::kContextLength},
    {"max_tokens_too_large", ErrorCode::kValidation},
    {"max_tokens_zero", ErrorCode::kValidation},
    {"bad_sampling", ErrorCode::kValidation},
    {"bad_top_p", ErrorCode::kValidation},
    {"bad_schema", ErrorCode::kValidation},
    {"unsupported_api", ErrorCode::kUnsupported},
    {"unsupported_api_of_a_pooler", ErrorCode::kUnsupported},
    {"score_lengths", ErrorCode::kValidation},
    {"queue_full", ErrorCode::kRateLimited},
};

TEST(RecordedVllm, RefusalsAreAllKnownForWhatTheyMean) {
    for (const json& entry : recorded()) {
        const int status = entry["status"];
        const std::string name = entry["name"];
        if (status < 400) {
            continue;
        }
        const auto expected = kRefusals.find(name);
        ASSERT_NE(expected, kRefusals.end()) << name << " is new: say what it means";

        const Verdict verdict =
            classify(EngineKind::kVllm, HttpStatusSignal{.status = status, .body = entry["body"]});

        EXPECT_EQ(verdict.code, expected->second) << name;
        const bool is_passing = expected->second == ErrorCode::kRateLimited;
        EXPECT_EQ(verdict.error_class, is_passing ? ErrorClass::kTransient : ErrorClass::kFatal)
            << name;
    }
}

const TaskApi& api_of(const json& entry) {
    static const std::map<std::string, Task> kTasks = {
        {"/v1/chat/completions", Task::kChat},
        {"/v1/completions", Task::kCompletion},
        {"/v1/embeddings", Task::kEmbed},
        {"/pooling", Task::kPooling},
        {"/score", Task::kScore},
        {"/rerank", Task::kRerank},
        {"/classify", Task::kClassify},
    };
    return *find_task_api(kTasks.at(entry["path"]));
}

std::variant<json, Signal> answer_of(const json& entry) {
    const TaskApi& api = api_of(entry);
    const auto expected = expected_results(api, entry["request"]);
    const std::string body = entry["body"];
    if (!entry["request"].value("stream", false)) {
        return read_answer(
            api,
            expected,
            HttpAnswer{
                .status = 200, .headers = {{"content-type", "application/json"}}, .body = body
            },
            {}
        );
    }
    ReplyStream stream(1 << 20, StreamAnswer(api, expected), ProgressMeter({}, {}));
    stream.take(body, {});
    return stream.finish();
}

TEST(RecordedVllm, AnswersAreAllTaken) {
    int taken = 0;
    for (const json& entry : recorded()) {
        if (entry["status"] == 200) {
            EXPECT_TRUE(std::holds_alternative<json>(answer_of(entry))) << entry["name"];
            ++taken;
        }
    }
    EXPECT_GE(taken, 10);
}

TEST(RecordedVllm, AStreamHoldsTheSameAnswerAsTheWhole) {
    std::map<std::string, json> answers;
    for (const json& entry : recorded()) {
        if (entry["status"] == 200) {
            answers[entry["name"]] = std::get<json>(answer_of(entry));
        }
    }

    for (const std::string name : {"chat", "completion_list"}) {
        const json& whole = answers.at(name);
        const json& streamed = answers.at(name + "_stream");
        const std::string text = name == "chat" ? "/message/content" : "/text";
        for (std::size_t i = 0; i < whole["choices"].size(); ++i) {
            const json::json_pointer place("/choices/" + std::to_string(i) + text);
            EXPECT_EQ(streamed[place], whole[place]) << name;
        }
        EXPECT_EQ(streamed["usage"]["completion_tokens"], whole["usage"]["completion_tokens"]);
    }
}

}  // namespace
}  // namespace inference
