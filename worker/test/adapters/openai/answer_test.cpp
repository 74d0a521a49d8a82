#include "adapters/openai/answer.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace inference {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr std::chrono::system_clock::time_point kNow{};

std::variant<json, Signal> read(
    Task task,
    std::optional<std::size_t> expected,
    std::string body,
    std::string content_type = "application/json"
) {
    return read_answer(
        *find_task_api(task),
        expected,
        HttpAnswer{
            .status = 200,
            .headers = {{"content-type", std::move(content_type)}},
            .body = std::move(body)
        },
        kNow
    );
}

std::optional<Defect> defect(const std::variant<json, Signal>& answer) {
    const auto* signal = std::get_if<Signal>(&answer);
    const auto* defect = signal != nullptr ? std::get_if<DefectSignal>(signal) : nullptr;
    return defect != nullptr ? std::optional(defect->defect) : std::nullopt;
}

std::string chat(std::string_view finish_reason, std::string_view usage = "{}") {
    return R"({"choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":)" +
           std::string(finish_reason) + R"(}],"usage":)" + std::string(usage) + "}";
}

TEST(Answer, IsTheBodyOfAFinishedChat) {
    for (const char* reason :
         {R"("stop")", R"("length")", R"("tool_calls")", R"("content_filter")", R"("repetition")"
         }) {
        const auto answer = read(Task::kChat, 1, chat(reason, R"({"completion_tokens":2})"));

        ASSERT_TRUE(std::holds_alternative<json>(answer)) << reason;
        EXPECT_EQ(std::get<json>(answer)["choices"][0]["message"]["content"], "hi");
    }
}

TEST(Answer, IsTheBodyOfCompletionsAndEmbeddings) {
    EXPECT_TRUE(std::holds_alternative<json>(read(
        Task::kCompletion,
        2,
        R"({"choices":[{"text":"a","finish_reason":"stop"},{"text":"","finish_reason":"stop"}]})"
    )));
    EXPECT_TRUE(
        std::holds_alternative<json>(read(Task::kEmbed, 1, R"({"data":[{"embedding":[1,2]}]})"))
    );
    EXPECT_TRUE(std::holds_alternative<json>(
        read(Task::kRerank, std::nullopt, R"({"results":[{"index":0}]})")
    ));
}

TEST(Answer, WithAnotherStatusKeepsBodyAndRetryAfter) {
    const auto answer = read_answer(
        *find_task_api(Task::kChat),
        1,
        HttpAnswer{.status = 429, .headers = {{"retry-after", "3"}}, .body = "slow"},
        kNow
    );

    const auto& signal = std::get<HttpStatusSignal>(std::get<Signal>(answer));
    EXPECT_EQ(signal.status, 429);
    EXPECT_EQ(signal.body, "slow");
    EXPECT_EQ(signal.retry_after, milliseconds{3000});
}

TEST(Answer, ThatIsAPageIsADefect) {
    EXPECT_EQ(
        defect(read(Task::kChat, 1, "<html></html>", "text/html; charset=utf-8")),
        Defect::kContentType
    );
    EXPECT_EQ(
        defect(read(Task::kChat, 1, chat(R"("stop")"), "text/event-stream")), Defect::kContentType
    );
    EXPECT_EQ(
        defect(read(Task::kChat, 1, chat(R"("stop")"), "application/problem+json; v=1")),
        std::nullopt
    );
    EXPECT_EQ(defect(read(Task::kChat, 1, chat(R"("stop")"), "")), std::nullopt);
}

TEST(Answer, ThatIsNoJsonIsADefect) {
    for (const std::string& body :
         {std::string(), std::string("{"), chat(R"("stop")") + "x", std::string("{\"a\":\"\xff\"}")
         }) {
        EXPECT_EQ(defect(read(Task::kChat, 1, body)), Defect::kMalformed) << body;
    }
}

TEST(Answer, ThatIsNullIsADefect) {
    EXPECT_EQ(defect(read(Task::kChat, 1, "null")), Defect::kNull);
}

TEST(Answer, ThatHidesAnErrorIsThatError) {
    const std::string body =
        R"({"error":{"message":"EngineCore encountered an issue.","code":500}})";

    const auto answer = read(Task::kChat, 1, body);

    EXPECT_EQ(std::get<InBandSignal>(std::get<Signal>(answer)).body, body);
}

TEST(Answer, WithoutWhatEveryAnswerHasIsADefect) {
    for (const char* body :
         {"{}",
          "[]",
          "7",
          R"({"choices":null})",
          R"({"choices":{}})",
          R"({"choices":[7]})",
          R"({"choices":[{"finish_reason":"stop"}]})",
          R"({"choices":[{"message":"hi","finish_reason":"stop"}]})"}) {
        EXPECT_EQ(defect(read(Task::kChat, 1, body)), Defect::kIncomplete) << body;
    }
    EXPECT_EQ(
        defect(read(Task::kCompletion, 1, R"({"choices":[{"text":null,"finish_reason":"stop"}]})")),
        Defect::kIncomplete
    );
    EXPECT_EQ(defect(read(Task::kEmbed, 1, R"({"choices":[]})")), Defect::kIncomplete);
}

TEST(Answer, ThatIsNotFinishedIsADefect) {
    EXPECT_EQ(defect(read(Task::kChat, 1, chat("null"))), Defect::kUnfinished);
    EXPECT_EQ(defect(read(Task::kChat, 1, R"({"choices":[{"message":{}}]})")), Defect::kUnfinished);
    EXPECT_EQ(defect(read(Task::kChat, 1, chat(R"("abort")"))), Defect::kAborted);
    EXPECT_EQ(defect(read(Task::kChat, 1, chat(R"("error")"))), Defect::kFailed);
    EXPECT_EQ(
        defect(read(
            Task::kCompletion,
            2,
            R"({"choices":[{"text":"a","finish_reason":"stop"},{"text":"","finish_reason":"abort"}]})"
        )),
        Defect::kAborted
    );
}

// As postprocess sees it too: an echo with max_tokens 0 has a text.
TEST(Answer, OfLengthWithoutATokenIsADefectUnlessATextCame) {
    for (const char* content : {R"("")", "null"}) {
        const std::string body = R"({"choices":[{"message":{"content":)" + std::string(content) +
                                 R"(},"finish_reason":"length"}],"usage":{"completion_tokens":0}})";
        EXPECT_EQ(defect(read(Task::kChat, 1, body)), Defect::kNothingGenerated) << content;
    }
    EXPECT_EQ(
        defect(read(
            Task::kCompletion,
            2,
            R"({"choices":[{"text":"a","finish_reason":"length"},{"text":"","finish_reason":"length"}],"usage":{"completion_tokens":0}})"
        )),
        Defect::kNothingGenerated
    );
    EXPECT_EQ(
        defect(read(
            Task::kCompletion,
            1,
            R"({"choices":[{"text":"a","finish_reason":"length"}],"usage":{"completion_tokens":0}})"
        )),
        std::nullopt
    );
    EXPECT_EQ(
        defect(read(Task::kChat, 1, chat(R"("length")", R"({"completion_tokens":0})"))),
        std::nullopt
    );
    EXPECT_EQ(
        defect(read(Task::kChat, 1, chat(R"("stop")", R"({"completion_tokens":0})"))), std::nullopt
    );
    EXPECT_EQ(defect(read(Task::kChat, 1, chat(R"("length")", "null"))), std::nullopt);
}

TEST(Answer, WithAnotherNumberOfResultsIsADefect) {
    EXPECT_EQ(defect(read(Task::kChat, 2, chat(R"("stop")"))), Defect::kWrongCount);
    EXPECT_EQ(defect(read(Task::kEmbed, 1, R"({"data":[]})")), Defect::kWrongCount);
}

RC_GTEST_PROP(Answer, IsReadWithoutACrashWhateverComes, (const std::string& body)) {
    for (const Task task : {Task::kChat, Task::kCompletion, Task::kEmbed}) {
        read(task, 1, body);
        read(task, 1, R"({"choices":)" + body + "}");
        read(task, 1, R"({"choices":[{"message":{},"finish_reason":)" + body + "}]}");
    }
}

}  // namespace
}  // namespace inference
