#include "adapters/openai/stream_answer.hpp"

#include "adapters/classify/classify.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace inference {
namespace {

using nlohmann::json;
using testing::HasSubstr;

using Strings = std::vector<std::string>;
using Answer = std::variant<json, Signal>;

StreamAnswer stream_of(Task task, std::optional<std::size_t> expected = 1) {
    return {*find_task_api(task), expected};
}

Answer assemble(Task task, std::optional<std::size_t> expected, const Strings& events) {
    StreamAnswer answer = stream_of(task, expected);
    for (const std::string& event : events) {
        answer.take({.type = {}, .data = event});
    }
    return answer.finish();
}

json whole(const Answer& answer) {
    if (!std::holds_alternative<json>(answer)) {
        ADD_FAILURE() << classify(EngineKind::kVllm, std::get<Signal>(answer)).reason;
        return {};
    }
    return std::get<json>(answer);
}

std::optional<Defect> defect(const Answer& answer) {
    const auto* signal = std::get_if<Signal>(&answer);
    const auto* defect = signal != nullptr ? std::get_if<DefectSignal>(signal) : nullptr;
    return defect != nullptr ? std::optional(defect->defect) : std::nullopt;
}

std::string in_band(const Answer& answer) {
    return std::get<InBandSignal>(std::get<Signal>(answer)).body;
}

// A chunk with one choice of a chat.
std::string chat(std::string_view delta, std::string_view more = R"("finish_reason":null)") {
    return R"({"id":"chatcmpl-1","object":"chat.completion.chunk","created":7,"model":"m","choices":[{"index":0,"delta":)" +
           std::string(delta) + "," + std::string(more) + "}]}";
}

// A chunk with one choice of a completion.
std::string text(int index, std::string_view text, std::string_view reason = "null") {
    return R"({"id":"cmpl-1","object":"text_completion","created":7,"model":"m","choices":[{"index":)" +
           std::to_string(index) + R"(,"text":")" + std::string(text) +
           R"(","logprobs":null,"finish_reason":)" + std::string(reason) +
           R"(,"stop_reason":null}],"usage":null})";
}

const std::string kDone = "[DONE]";
const std::string kRole = chat(R"({"role":"assistant","content":""})");
const std::string kStop = chat("{}", R"("finish_reason":"stop","stop_reason":null)");

TEST(StreamAnswer, HasTheFormOfAWholeChat) {
    const Answer answer = assemble(
        Task::kChat,
        1,
        {kRole,
         chat(R"({"content":"Hel"})"),
         chat(R"({"content":"lo"})"),
         kStop,
         R"({"id":"chatcmpl-1","object":"chat.completion.chunk","created":7,"model":"m","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}})",
         kDone}
    );

    EXPECT_EQ(
        whole(answer),
        json::parse(
            R"({"id":"chatcmpl-1","object":"chat.completion","created":7,"model":"m",
                "choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop","stop_reason":null}],
                "usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}})"
        )
    );
}

TEST(StreamAnswer, PutsInterleavedPromptsInTheirOrder) {
    const Answer answer = assemble(
        Task::kCompletion,
        3,
        {text(2, "c"),
         text(0, "a"),
         text(1, "b"),
         text(2, "C", R"("stop")"),
         text(1, "B", R"("stop")"),
         text(0, "A", R"("length")"),
         kDone}
    );

    EXPECT_EQ(
        whole(answer),
        json::parse(
            R"({"id":"cmpl-1","object":"text_completion","created":7,"model":"m","usage":null,"choices":[
                {"index":0,"text":"aA","logprobs":null,"finish_reason":"length","stop_reason":null},
                {"index":1,"text":"bB","logprobs":null,"finish_reason":"stop","stop_reason":null},
                {"index":2,"text":"cC","logprobs":null,"finish_reason":"stop","stop_reason":null}]})"
        )
    );
}

TEST(StreamAnswer, TakesSeveralChoicesOfOneChunk) {
    const Answer answer = assemble(
        Task::kCompletion,
        2,
        {R"({"choices":[{"index":1,"text":"b","finish_reason":"stop"},{"index":0,"text":"a","finish_reason":"stop"}]})",
         kDone}
    );

    EXPECT_EQ(whole(answer)["choices"][0]["text"], "a");
    EXPECT_EQ(whole(answer)["choices"][1]["text"], "b");
}

TEST(StreamAnswer, PutsToolCallsTogether) {
    const Answer answer = assemble(
        Task::kChat,
        1,
        {kRole,
         chat(
             R"({"tool_calls":[{"index":0,"id":"call-a","type":"function","function":{"name":"add"}}]})"
         ),
         chat(
             R"({"tool_calls":[{"index":1,"id":"call-b","type":"function","function":{"name":"now","arguments":""}}]})"
         ),
         chat(R"({"tool_calls":[{"index":0,"function":{"arguments":"{\"x\":"}}]})"),
         chat(R"({"tool_calls":[{"index":0,"id":null,"function":{"name":null,"arguments":"1}"}}]})"
         ),
         chat("{}", R"("finish_reason":"tool_calls")"),
         kDone}
    );

    EXPECT_EQ(
        whole(answer)["choices"][0]["message"],
        json::parse(
            R"({"role":"assistant","content":null,"tool_calls":[
                {"id":"call-a","type":"function","function":{"name":"add","arguments":"{\"x\":1}"}},
                {"id":"call-b","type":"function","function":{"name":"now","arguments":""}}]})"
        )
    );
}

TEST(StreamAnswer, TellsToolCallsWithoutAnIndexApartByTheirIds) {
    const Answer answer = assemble(
        Task::kChat,
        1,
        {chat(R"({"tool_calls":[{"id":"a","function":{"name":"f","arguments":"1"}}]})"),
         chat(R"({"tool_calls":[{"function":{"arguments":"2"}}]})"),
         chat(R"({"tool_calls":[{"id":"b","function":{"name":"g","arguments":"3"}}]})"),
         chat("{}", R"("finish_reason":"tool_calls")"),
         kDone}
    );

    const json calls = whole(answer)["choices"][0]["message"]["tool_calls"];
    EXPECT_EQ(calls[0]["function"]["arguments"], "12");
    EXPECT_EQ(calls[1]["function"], json::parse(R"({"name":"g","arguments":"3"})"));
}

TEST(StreamAnswer, KeepsReasoningRefusalAndWhatIsNewInAMessage) {
    const Answer answer = assemble(
        Task::kChat,
        1,
        {chat(R"({"role":"assistant","reasoning_content":"a","reasoning":"b","refusal":null})"),
         chat(R"({"reasoning_content":"A","reasoning":"B","thinking":"c"})"),
         chat(R"({"reasoning_content":null,"refusal":"no","content":"yes"})"),
         kStop,
         kDone}
    );

    EXPECT_EQ(
        whole(answer)["choices"][0]["message"],
        json::parse(
            R"({"role":"assistant","content":"yes","reasoning_content":"aA","reasoning":"bB","refusal":"no","thinking":"c"})"
        )
    );
}

TEST(StreamAnswer, JoinsLogprobsAndTokenIds) {
    const Answer of_chat = assemble(
        Task::kChat,
        1,
        {chat(
             R"({"content":"a"})",
             R"("logprobs":{"content":[{"token":"a"}]},"token_ids":[1],"finish_reason":null)"
         ),
         chat(
             R"({"content":"b"})",
             R"("logprobs":{"content":[{"token":"b"}]},"token_ids":[2,3],"finish_reason":"stop")"
         ),
         R"({"prompt_token_ids":[9,8],"system_fingerprint":"fp","choices":[]})",
         kDone}
    );
    const Answer of_text = assemble(
        Task::kCompletion,
        1,
        {R"({"choices":[{"index":0,"text":"a","prompt_token_ids":[7],"logprobs":{"tokens":["a"],"token_logprobs":[-1.5],"text_offset":[0]}}]})",
         R"({"choices":[{"index":0,"text":"b","finish_reason":"stop","stop_reason":13,"logprobs":{"tokens":["b"],"token_logprobs":[null],"text_offset":[1]}}]})",
         kDone}
    );

    const json chat_choice = whole(of_chat)["choices"][0];
    EXPECT_EQ(chat_choice["logprobs"], json::parse(R"({"content":[{"token":"a"},{"token":"b"}]})"));
    EXPECT_EQ(chat_choice["token_ids"], json({1, 2, 3}));
    EXPECT_EQ(whole(of_chat)["prompt_token_ids"], json({9, 8}));
    EXPECT_EQ(whole(of_chat)["system_fingerprint"], "fp");
    EXPECT_EQ(
        whole(of_text)["choices"][0],
        json::parse(
            R"({"index":0,"text":"ab","prompt_token_ids":[7],"finish_reason":"stop","stop_reason":13,
                "logprobs":{"tokens":["a","b"],"token_logprobs":[-1.5,null],"text_offset":[0,1]}})"
        )
    );
}

TEST(StreamAnswer, TakesTheLastUsage) {
    const Answer answer = assemble(
        Task::kCompletion,
        1,
        {R"({"choices":[{"index":0,"text":"a"}],"usage":{"completion_tokens":1}})",
         R"({"choices":[{"index":0,"text":"b","finish_reason":"stop"}],"usage":{"completion_tokens":2}})",
         R"({"choices":[],"usage":null})",
         kDone}
    );

    EXPECT_EQ(whole(answer)["usage"]["completion_tokens"], 2);
}

TEST(StreamAnswer, CountsPiecesOfOutput) {
    StreamAnswer answer = stream_of(Task::kChat);
    const auto pieces_after = [&answer](const std::string& event) {
        answer.take({.type = {}, .data = event});
        return answer.pieces();
    };

    EXPECT_EQ(pieces_after(kRole), 0U);
    EXPECT_EQ(pieces_after(R"({"choices":[],"usage":{}})"), 0U);
    EXPECT_EQ(pieces_after(chat(R"({"reasoning_content":"a"})")), 1U);
    EXPECT_EQ(pieces_after(chat(R"({"content":"a"})")), 2U);
    EXPECT_EQ(pieces_after(chat(R"({"tool_calls":[{"index":0,"id":"a"}]})")), 3U);
    EXPECT_EQ(pieces_after(kStop), 4U);
    EXPECT_EQ(pieces_after(kDone), 4U);
}

TEST(StreamAnswer, ThatHidesAnErrorIsThatErrorWhateverFollows) {
    for (const std::string& error :
         {std::string(R"({"error":{"message":"Internal server error","code":500}})"),
          std::string(R"({"object":"error","message":"full","code":503})"),
          std::string(R"({"error":"stopped"})")}) {
        StreamAnswer answer = stream_of(Task::kChat);
        EXPECT_TRUE(answer.take({.type = {}, .data = chat(R"({"content":"a"})")}));
        EXPECT_FALSE(answer.take({.type = {}, .data = error}));
        EXPECT_FALSE(answer.take({.type = {}, .data = kStop}));
        EXPECT_FALSE(answer.take({.type = {}, .data = kDone}));

        EXPECT_EQ(in_band(answer.finish()), error);
    }
}

TEST(StreamAnswer, EventThatIsCalledAnErrorIsOne) {
    StreamAnswer answer = stream_of(Task::kChat);

    EXPECT_FALSE(answer.take({.type = "error", .data = "out of memory"}));

    EXPECT_EQ(in_band(answer.finish()), "out of memory");
}

TEST(StreamAnswer, WithoutItsEndIsUnfinished) {
    EXPECT_EQ(defect(assemble(Task::kChat, 1, {kRole, kStop})), Defect::kUnfinished);
    EXPECT_EQ(defect(assemble(Task::kChat, 1, {})), Defect::kUnfinished);
}

TEST(StreamAnswer, WithFewerEndsThanChoicesAskedForIsUnfinished) {
    const std::string end = text(0, "a", R"("stop")");
    EXPECT_EQ(defect(assemble(Task::kChat, 1, {kRole, kDone})), Defect::kUnfinished);
    EXPECT_EQ(defect(assemble(Task::kCompletion, 2, {end, kDone})), Defect::kUnfinished);
    EXPECT_EQ(
        defect(assemble(Task::kCompletion, 2, {end, text(1, "b"), kDone})), Defect::kUnfinished
    );
    EXPECT_EQ(defect(assemble(Task::kChat, 1, {kDone})), Defect::kUnfinished);
}

TEST(StreamAnswer, ThatTheEngineBrokeOffIsNoAnswer) {
    const auto ending = [](std::string_view reason) {
        return chat(R"({"content":"a"})", R"("finish_reason":")" + std::string(reason) + "\"");
    };
    EXPECT_EQ(defect(assemble(Task::kChat, 1, {ending("abort"), kDone})), Defect::kAborted);
    EXPECT_EQ(defect(assemble(Task::kChat, 1, {ending("error"), kDone})), Defect::kFailed);
}

TEST(StreamAnswer, OfLengthWithoutATokenIsNothing) {
    const Strings events{
        kRole,
        chat("{}", R"("finish_reason":"length")"),
        R"({"choices":[],"usage":{"completion_tokens":0}})",
        kDone
    };
    EXPECT_EQ(defect(assemble(Task::kChat, 1, events)), Defect::kNothingGenerated);
}

TEST(StreamAnswer, WithAChoiceTooManyBreaksItsContract) {
    StreamAnswer answer = stream_of(Task::kCompletion, 2);

    EXPECT_FALSE(answer.take({.type = {}, .data = text(2, "a")}));

    const Answer result = answer.finish();
    EXPECT_EQ(defect(result), Defect::kWrongCount);
    EXPECT_THAT(
        classify(EngineKind::kVllm, std::get<Signal>(result)).reason, HasSubstr("number 2 where 2")
    );
}

TEST(StreamAnswer, NeedsNoIndexWhereThereIsOneChoice) {
    const std::string event = R"({"choices":[{"text":"a","finish_reason":"stop"}]})";

    EXPECT_EQ(whole(assemble(Task::kCompletion, 1, {event, kDone}))["choices"][0]["index"], 0);
    EXPECT_EQ(defect(assemble(Task::kCompletion, 2, {event, kDone})), Defect::kGarbled);
}

TEST(StreamAnswer, IsRefusedWhereAnEventCannotBeRead) {
    for (const char* event :
         {"",
          "{",
          "7",
          "null",
          "[]",
          "{\"a\":\"\xff\"}",
          R"({"choices":7})",
          R"({"choices":[7]})",
          R"({"choices":[{"index":-1}]})",
          R"({"choices":[{"index":"0"}]})",
          R"({"choices":[{"index":0,"delta":7}]})",
          R"({"choices":[{"index":0,"text":7}]})",
          R"({"choices":[{"index":0,"logprobs":7}]})",
          R"({"choices":[{"index":0,"logprobs":{"content":7}}]})",
          R"({"choices":[{"index":0,"token_ids":7}]})",
          R"({"choices":[{"index":0,"delta":{"content":{}}}]})",
          R"({"choices":[{"index":0,"delta":{"tool_calls":7}}]})",
          R"({"choices":[{"index":0,"delta":{"tool_calls":[7]}}]})",
          R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":-1}]}}]})",
          R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":7}]}}]})",
          R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":{}}}]}}]})"
         }) {
        StreamAnswer answer = stream_of(Task::kChat);
        EXPECT_FALSE(answer.take({.type = {}, .data = event})) << event;
        EXPECT_EQ(defect(answer.finish()), Defect::kGarbled) << event;
    }
}

TEST(StreamAnswer, CountsNothingAfterItsEnd) {
    StreamAnswer answer = stream_of(Task::kChat);
    answer.take({.type = {}, .data = kStop});
    answer.take({.type = {}, .data = kDone});

    EXPECT_TRUE(answer.is_done());
    EXPECT_TRUE(answer.take({.type = {}, .data = "{"}));
    EXPECT_TRUE(answer.take({.type = {}, .data = R"({"error":"late"})"}));
    EXPECT_TRUE(std::holds_alternative<json>(answer.finish()));
}

RC_GTEST_PROP(StreamAnswer, IsWhatWasCutUpHoweverItIsInterleaved, ()) {
    const auto texts = *rc::gen::nonEmpty(rc::gen::container<std::vector<Strings>>(
        rc::gen::container<Strings>(rc::gen::string<std::string>())
    ));
    std::vector<std::size_t> next(texts.size());
    StreamAnswer answer = stream_of(Task::kCompletion, texts.size());
    const auto send = [&answer](std::size_t index, const json& piece, const json& reason) {
        const json chunk{
            {"choices", {{{"index", index}, {"text", piece}, {"finish_reason", reason}}}}
        };
        const std::string data = chunk.dump(-1, ' ', false, json::error_handler_t::replace);
        answer.take({.type = {}, .data = data});
    };
    const auto order =
        *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, texts.size())
        );
    for (const std::size_t index : order) {
        if (next[index] < texts[index].size()) {
            send(index, texts[index][next[index]++], nullptr);
        }
    }
    for (std::size_t index = texts.size(); index-- > 0;) {
        while (next[index] < texts[index].size()) {
            send(index, texts[index][next[index]++], nullptr);
        }
        send(index, "", "stop");
    }
    answer.take({.type = {}, .data = kDone});

    const Answer result = answer.finish();

    RC_ASSERT(std::holds_alternative<json>(result));
    for (std::size_t index = 0; index < texts.size(); ++index) {
        std::string text;
        for (const std::string& piece : texts[index]) {
            text += json::parse(json(piece).dump(-1, ' ', false, json::error_handler_t::replace))
                        .get<std::string>();
        }
        RC_ASSERT(std::get<json>(result)["choices"][index]["text"] == text);
    }
}

TEST(StreamAnswer, ReportsTheTextOfEachChoiceAsItComes) {
    std::vector<std::pair<std::size_t, std::string>> heard;
    const auto listen = [&heard](std::size_t choice, std::string_view text) {
        heard.emplace_back(choice, text);
    };
    StreamAnswer completion(*find_task_api(Task::kCompletion), 2, listen);
    for (const std::string& event :
         {text(1, "b"), text(0, "a"), text(1, ""), text(1, "c", "\"stop\"")}) {
        completion.take({.type = {}, .data = event});
    }
    EXPECT_EQ(heard, (decltype(heard){{1, "b"}, {0, "a"}, {1, "c"}}));

    heard.clear();
    StreamAnswer a_chat(*find_task_api(Task::kChat), 1, listen);
    for (const std::string& event :
         {chat(R"({"role":"assistant","content":""})"),
          chat(R"({"reasoning_content":"hm"})"),
          chat(R"({"content":"yes"})"),
          chat(R"({"tool_calls":[{"index":0,"function":{"name":"f"}}]})"),
          chat(R"({"content":null})"),
          std::string(R"({"error":{"message":"no"}})"),
          chat(R"({"content":"after the end"})")}) {
        a_chat.take({.type = {}, .data = event});
    }
    EXPECT_EQ(heard, (decltype(heard){{0, "yes"}}))
        << "neither thoughts nor calls, and nothing after an error";
}

}  // namespace
}  // namespace inference
