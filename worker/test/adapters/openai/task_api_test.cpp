#include "adapters/openai/task_api.hpp"

#include <gtest/gtest.h>

namespace inference {
namespace {

using nlohmann::json;

std::optional<std::size_t> expected(Task task, const char* request) {
    return expected_results(*find_task_api(task), json::parse(request));
}

TEST(TaskApi, ExistsForAllButTensors) {
    for (const Task task :
         {Task::kChat,
          Task::kCompletion,
          Task::kEmbed,
          Task::kClassify,
          Task::kPooling,
          Task::kRerank,
          Task::kScore}) {
        EXPECT_NE(find_task_api(task), nullptr);
    }
    EXPECT_EQ(find_task_api(Task::kTensors), nullptr);
}

TEST(ExpectedResults, OfAChatAreItsChoices) {
    EXPECT_EQ(expected(Task::kChat, R"({"messages":[{},{}]})"), 1U);
    EXPECT_EQ(expected(Task::kChat, R"({"messages":[],"n":3})"), 3U);
}

TEST(ExpectedResults, OfCompletionsAreChoicesForEachPrompt) {
    EXPECT_EQ(expected(Task::kCompletion, R"({"prompt":"a"})"), 1U);
    EXPECT_EQ(expected(Task::kCompletion, R"({"prompt":["a","b"],"n":2})"), 4U);
    EXPECT_EQ(expected(Task::kCompletion, R"({"prompt":[1,2,3]})"), 1U);
    EXPECT_EQ(expected(Task::kCompletion, R"({"prompt":[[1,2],[3]]})"), 2U);
}

TEST(ExpectedResults, OfOtherTasksAreOneForEachInput) {
    EXPECT_EQ(expected(Task::kEmbed, R"({"input":["a","b","c"]})"), 3U);
    EXPECT_EQ(expected(Task::kScore, R"({"text_1":"q","text_2":["a","b"]})"), 2U);
    EXPECT_EQ(expected(Task::kRerank, R"({"query":"q","documents":["a","b"]})"), 2U);
}

TEST(ExpectedResults, AreUnknownWhereOnlyTheBestAreWanted) {
    EXPECT_EQ(
        expected(Task::kRerank, R"({"query":"q","documents":["a","b"],"top_n":1})"), std::nullopt
    );
}

}  // namespace
}  // namespace inference
