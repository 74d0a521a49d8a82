#include "contracts/engine_call.hpp"
#include "contracts/reply_shape.hpp"
#include "registry/model.hpp"
#include "stages/engine_request.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <utility>

namespace inference {
namespace {

using nlohmann::json;

Model llama() {
    Model model;
    model.name = "llama";
    model.engine_model = "meta-llama/Llama-3-8B";
    return model;
}

EngineRequest request_of(
    const Model& model, Task task, const char* input, const char* parameters = "{}"
) {
    auto request = openai_request(model, task, json::parse(input), json::parse(parameters));
    EXPECT_TRUE(request) << request.error().message;
    return request ? *std::move(request) : EngineRequest{};
}

std::string message_of(Task task, const char* input, const char* parameters) {
    const auto request = openai_request(llama(), task, json::parse(input), json::parse(parameters));
    EXPECT_FALSE(request) << input << " " << parameters;
    return request ? "" : request.error().message;
}

TEST(OpenAiRequest, HasTheEnginesBodyForEachTask) {
    struct Row {
        Task task;
        const char* input;
        const char* body;
        ReplyShape shape;
    };
    const Row rows[] = {
        {Task::kChat,
         R"({"messages":[{"role":"user","content":"x"}]})",
         R"({"model":"meta-llama/Llama-3-8B","messages":[{"role":"user","content":"x"}]})",
         {Task::kChat, 1, false}},
        {Task::kCompletion,
         R"({"prompt":"x"})",
         R"({"model":"meta-llama/Llama-3-8B","prompt":"x"})",
         {Task::kCompletion, 1, false}},
        {Task::kCompletion,
         R"({"prompt":["x","y"]})",
         R"({"model":"meta-llama/Llama-3-8B","prompt":["x","y"]})",
         {Task::kCompletion, 2, true}},
        {Task::kEmbed,
         R"({"texts":["x","y"]})",
         R"({"model":"meta-llama/Llama-3-8B","input":["x","y"],"encoding_format":"float"})",
         {Task::kEmbed, 2, true}},
        {Task::kClassify,
         R"({"texts":["x"],"task":"classify"})",
         R"({"model":"meta-llama/Llama-3-8B","input":["x"]})",
         {Task::kClassify, 1, true}},
        {Task::kPooling,
         R"({"texts":["x"],"task":"pooling"})",
         R"({"model":"meta-llama/Llama-3-8B","input":["x"],"encoding_format":"float"})",
         {Task::kPooling, 1, true}},
        {Task::kRerank,
         R"({"query":"q","documents":["a","b","c"]})",
         R"({"model":"meta-llama/Llama-3-8B","query":"q","documents":["a","b","c"]})",
         {Task::kRerank, 3, true}},
        {Task::kScore,
         R"({"text_1":"a","text_2":["b","c"]})",
         R"({"model":"meta-llama/Llama-3-8B","text_1":"a","text_2":["b","c"]})",
         {Task::kScore, 2, true}},
    };
    for (const Row& row : rows) {
        const EngineRequest request = request_of(llama(), row.task, row.input);
        EXPECT_EQ(request.body, json::parse(row.body));
        EXPECT_EQ(request.shape, row.shape) << row.input;
    }
}

TEST(OpenAiRequest, PassesParametersOnAndTheyWinOverTheDefaults) {
    Model model = llama();
    model.defaults = json::parse(R"({"max_tokens":256,"temperature":0.7,"logit_bias":{"1":2}})");
    const EngineRequest request = request_of(
        model,
        Task::kCompletion,
        R"({"prompt":"x"})",
        R"({"temperature":0,"logit_bias":{"3":4},"seed":null,"vllm_xargs":{"a":1}})"
    );

    EXPECT_EQ(
        request.body,
        json::parse(
            R"({"model":"meta-llama/Llama-3-8B","prompt":"x","max_tokens":256,"temperature":0,
        "logit_bias":{"3":4},"seed":null,"vllm_xargs":{"a":1}})"
        )
    );
}

TEST(OpenAiRequest, KeepsAnEncodingThatTheClientAskedFor) {
    EXPECT_EQ(
        request_of(llama(), Task::kEmbed, R"({"texts":["x"]})", R"({"encoding_format":"base64"})")
            .body["encoding_format"],
        "base64"
    );
}

TEST(OpenAiRequest, PutsTheTemplateAroundPromptsAndTextsButNotAroundMessages) {
    Model model = llama();
    model.prompt_template.prompt = "Q: {prompt}";
    EXPECT_EQ(request_of(model, Task::kCompletion, R"({"prompt":"x"})").body["prompt"], "Q: x");
    EXPECT_EQ(
        request_of(model, Task::kCompletion, R"({"prompt":["x","y"]})").body["prompt"],
        (json{"Q: x", "Q: y"})
    );
    EXPECT_EQ(
        request_of(model, Task::kEmbed, R"({"texts":["x"]})").body["input"], json::array({"Q: x"})
    );
    EXPECT_EQ(
        request_of(model, Task::kChat, R"({"messages":[{"role":"user","content":"x"}]})")
            .body["messages"][0]["content"],
        "x"
    );
}

TEST(OpenAiRequest, ExpectsAsManyAnswersAsTheParametersAskFor) {
    EXPECT_EQ(
        request_of(llama(), Task::kChat, R"({"messages":[{"role":"user"}]})", R"({"n":3})").shape,
        (ReplyShape{Task::kChat, 3, true})
    );
    EXPECT_EQ(
        request_of(llama(), Task::kCompletion, R"({"prompt":["x","y"]})", R"({"n":3})").shape,
        (ReplyShape{Task::kCompletion, 6, true})
    );
    EXPECT_EQ(
        request_of(llama(), Task::kCompletion, R"({"prompt":"x"})", R"({"n":1})").shape,
        (ReplyShape{Task::kCompletion, 1, false})
    );
    EXPECT_EQ(
        request_of(
            llama(), Task::kRerank, R"({"query":"q","documents":["a","b","c"]})", R"({"top_n":2})"
        )
            .shape.answers,
        2
    );
    EXPECT_EQ(
        request_of(
            llama(), Task::kRerank, R"({"query":"q","documents":["a","b","c"]})", R"({"top_n":9})"
        )
            .shape.answers,
        3
    );
    EXPECT_EQ(
        request_of(
            llama(), Task::kRerank, R"({"query":"q","documents":["a","b","c"]})", R"({"top_n":0})"
        )
            .shape.answers,
        3
    );

    Model model = llama();
    model.defaults = {{"n", 2}};
    EXPECT_EQ(request_of(model, Task::kChat, R"({"messages":[{"role":"user"}]})").shape.answers, 2)
        << "the model's defaults count too";
}

TEST(OpenAiRequest, RefusesParametersThatItWritesItselfOrCannotCountOn) {
    constexpr auto* kInput = R"({"prompt":"x"})";
    EXPECT_EQ(
        message_of(Task::kCompletion, kInput, R"({"stream":true})"),
        "field 'parameters.stream' is written by the worker itself; set the request's own 'stream' "
        "instead"
    );
    EXPECT_EQ(
        message_of(Task::kCompletion, kInput, R"({"model":"other"})"),
        "field 'parameters.model' is written by the worker itself; remove it, and use the "
        "request's 'model' and 'input'"
    );
    EXPECT_EQ(
        message_of(Task::kCompletion, kInput, R"({"n":0})"),
        "field 'parameters.n' is out of range; it takes a whole number from 1 to 16384"
    );
    EXPECT_EQ(
        message_of(Task::kCompletion, kInput, R"({"n":2147483647})"),
        "field 'parameters.n' is out of range; it takes a whole number from 1 to 16384"
    );
    EXPECT_EQ(
        message_of(Task::kCompletion, kInput, R"({"n":"two"})"),
        "field 'parameters.n' is a string; it takes a whole number from 0 to 2147483647"
    );
}

TEST(OpenAiRequest, RefusesContentOfTheWrongForm) {
    EXPECT_EQ(
        message_of(Task::kCompletion, R"({"prompt":[]})", "{}"),
        "field 'input.prompt' is an empty list; it takes a list of at least one string"
    );
}

}  // namespace
}  // namespace inference
