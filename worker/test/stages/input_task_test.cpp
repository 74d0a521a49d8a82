#include "stages/input_task.hpp"

#include "contracts/engine_call.hpp"
#include "contracts/error.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace inference {
namespace {

using nlohmann::json;

TEST(InputTask, IsTheOneKindOfContentThatTheInputHolds) {
    struct Row {
        const char* input;
        Task task;
    };
    const Row rows[] = {
        {R"({"messages":[]})", Task::kChat},
        {R"({"prompt":"x"})", Task::kCompletion},
        {R"({"texts":["x"]})", Task::kEmbed},
        {R"({"texts":["x"],"task":"embed"})", Task::kEmbed},
        {R"({"texts":["x"],"task":"classify"})", Task::kClassify},
        {R"({"texts":["x"],"task":"pooling"})", Task::kPooling},
        {R"({"query":"q","documents":[]})", Task::kRerank},
        {R"({"text_1":"a","text_2":"b"})", Task::kScore},
        {R"({"inputs":[]})", Task::kTensors},
        {R"({"prompt":"x","messages":null,"task":null,"unknown":1})", Task::kCompletion},
    };
    for (const Row& row : rows) {
        const auto task = task_of(json::parse(row.input));
        ASSERT_TRUE(task) << row.input << ": " << task.error().message;
        EXPECT_EQ(*task, row.task) << row.input;
    }
}

TEST(InputTask, IsRefusedWhereTheInputHoldsNoneSeveralOrHalfOfOne) {
    struct Row {
        const char* input;
        const char* message;
    };
    const Row rows[] = {
        {R"({})",
         "field 'input' holds no content; it takes exactly one of 'messages', 'prompt', 'texts', "
         "'query' with 'documents', "
         "'text_1' with 'text_2', 'inputs', 'ref'"},
        {R"({"prompt":"x","messages":[]})",
         "field 'input' holds both 'messages' and 'prompt'; keep one"},
        {R"({"query":"x"})", "field 'input.documents' is missing; give 'query' with 'documents'"},
        {R"({"text_2":"x"})", "field 'input.text_1' is missing; give 'text_1' with 'text_2'"},
        {R"({"texts":["x"],"task":"rank"})",
         "field 'input.task': 'rank' is not one of embed, classify, pooling"},
        {R"({"texts":["x"],"task":"chat"})",
         "field 'input.task': 'chat' is not one of embed, classify, pooling"},
        {R"({"texts":["x"],"task":5})", "field 'input.task' is a number; it takes a string"},
        {R"({"prompt":"x","task":"embed"})",
         "field 'input.task' goes with 'texts' only; remove it, or send 'texts'"},
    };
    for (const Row& row : rows) {
        const auto task = task_of(json::parse(row.input));
        ASSERT_FALSE(task) << row.input;
        EXPECT_EQ(task.error().message, row.message);
        EXPECT_EQ(task.error().code, ErrorCode::kValidation);
        EXPECT_EQ(task.error().error_class, ErrorClass::kFatal);
    }
}

TEST(InputTask, AReferenceIsToBeResolvedBefore) {
    const auto task = task_of(json::parse(R"({"ref":"file:///input.json"})"));
    ASSERT_FALSE(task);
    EXPECT_EQ(task.error().code, ErrorCode::kValidation);
    EXPECT_EQ(
        task.error().message,
        "field 'input.ref' stands beside other fields, or what it names is a reference itself; it "
        "takes one file:// of an input, alone"
    );
}

}  // namespace
}  // namespace inference
