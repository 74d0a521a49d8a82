#include "stages/text_content.hpp"

#include "contracts/engine_call.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace inference {
namespace {

using nlohmann::json;

struct Row {
    Task task;
    const char* input;
    const char* complaint;
};

class TextContent : public ::testing::TestWithParam<Row> {};

TEST_P(TextContent, IsTakenOrRefused) {
    const Row& row = GetParam();
    EXPECT_EQ(check_text_content(row.task, json::parse(row.input)).value_or(""), row.complaint)
        << row.input;
}

INSTANTIATE_TEST_SUITE_P(
    Good,
    TextContent,
    ::testing::Values(
        Row{Task::kChat, R"({"messages":[{"role":"user","content":"x"}]})", ""},
        Row{Task::kChat,
            R"({"messages":[{"role":"user","content":[{"type":"text","text":"x"}]}]})",
            ""},
        Row{Task::kChat,
            R"({"messages":[{"role":"assistant","content":null,"tool_calls":[]},{"role":"tool","tool_call_id":"1"}]})",
            ""},
        Row{Task::kCompletion, R"({"prompt":""})", ""},
        Row{Task::kCompletion, R"({"prompt":["a","b"]})", ""},
        Row{Task::kEmbed, R"({"texts":["a"]})", ""},
        Row{Task::kRerank, R"({"query":"q","documents":["a","b"]})", ""},
        Row{Task::kScore, R"({"text_1":"a","text_2":"b"})", ""},
        Row{Task::kScore, R"({"text_1":"a","text_2":["b","c"]})", ""},
        Row{Task::kScore, R"({"text_1":["a"],"text_2":["b","c"]})", ""},
        Row{Task::kScore, R"({"text_1":["a","d"],"text_2":["b","c"]})", ""}
    )
);

INSTANTIATE_TEST_SUITE_P(
    Bad,
    TextContent,
    ::testing::Values(
        Row{Task::kChat,
            R"({"messages":"x"})",
            "field 'input.messages' is a string; it takes a list of at least one message"},
        Row{Task::kChat,
            R"({"messages":[]})",
            "field 'input.messages' is an empty list; it takes a list of at least one message"},
        Row{Task::kChat,
            R"({"messages":[{"role":"user","content":"x"},"y"]})",
            "field 'input.messages[1]' is a string; it takes an object with 'role' and 'content'"},
        Row{Task::kChat,
            R"({"messages":[{"content":"x"}]})",
            "field 'input.messages[0].role' is null; it takes a role such as system, user or "
            "assistant"},
        Row{Task::kChat,
            R"({"messages":[{"role":"","content":"x"}]})",
            "field 'input.messages[0].role' is a string; it takes a role such as system, user or "
            "assistant"},
        Row{Task::kChat,
            R"({"messages":[{"role":"user","content":5}]})",
            "field 'input.messages[0].content' is a number; it takes a string or a list of parts"},
        Row{Task::kCompletion,
            R"({"prompt":5})",
            "field 'input.prompt' is a number; it takes a string or a list of strings"},
        Row{Task::kCompletion,
            R"({"prompt":[]})",
            "field 'input.prompt' is an empty list; it takes a list of at least one string"},
        Row{Task::kCompletion,
            R"({"prompt":["a",[1,2]]})",
            "field 'input.prompt[1]' is a list; it takes a string"},
        Row{Task::kClassify,
            R"({"texts":"x"})",
            "field 'input.texts' is a string; it takes a list of at least one string"},
        Row{Task::kPooling,
            R"({"texts":["x",null]})",
            "field 'input.texts[1]' is null; it takes a string"},
        Row{Task::kRerank,
            R"({"query":["q"],"documents":["a"]})",
            "field 'input.query' is a list; it takes a string"},
        Row{Task::kRerank,
            R"({"query":"q","documents":[]})",
            "field 'input.documents' is an empty list; it takes a list of at least one string"},
        Row{Task::kScore,
            R"({"text_1":["a","b"],"text_2":["c"]})",
            "field 'input.text_1' has 2 texts and 'input.text_2' 1; give one in text_1, or as many "
            "in both"},
        Row{Task::kScore,
            R"({"text_1":{},"text_2":"b"})",
            "field 'input.text_1' is an object; it takes a string or a list of strings"}
    )
);

}  // namespace
}  // namespace inference
