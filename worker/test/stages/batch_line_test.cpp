#include "stages/batch_line.hpp"

#include "contracts/arbitrary_json.hpp"
#include "contracts/batch_line_id.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

namespace inference {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// The request of a line that is an item.
InferRequest request_of(const std::string& line, const BatchDefaults& defaults = {}) {
    const auto item = parse_batch_line(line, defaults);
    EXPECT_TRUE(item) << line << ": " << item.error().message;
    return item ? item->request : InferRequest{};
}

/// The message about a line that is none.
std::string refusal_of(const std::string& line, const BatchDefaults& defaults = {}) {
    const auto item = parse_batch_line(line, defaults);
    EXPECT_FALSE(item) << line;
    if (item) {
        return {};
    }
    EXPECT_EQ(item.error().error_class, ErrorClass::kFatal);
    EXPECT_EQ(item.error().code, ErrorCode::kValidation);
    return item.error().message;
}

std::string line_for(const std::string& url, const std::string& body) {
    return R"({"custom_id":"a","method":"POST","url":")" + url + R"(","body":)" + body + "}";
}

InferRequest request(const char* model, const char* input, const char* parameters = "{}") {
    InferRequest expected;
    expected.model = model;
    expected.input = json::parse(input);
    expected.parameters = json::parse(parameters);
    return expected;
}

TEST(BatchLine, TheUrlSaysWhatTheBodyIs) {
    struct Row {
        const char* path;
        const char* body;
        const char* input;
    };
    const Row rows[] = {
        {"/chat/completions",
         R"({"model":"m","messages":[{"role":"user","content":"hi"}],"max_tokens":5})",
         R"({"messages":[{"role":"user","content":"hi"}]})"},
        {"/completions", R"({"model":"m","prompt":"hi","max_tokens":5})", R"({"prompt":"hi"})"},
        {"/embeddings",
         R"({"model":"m","input":["a","b"],"max_tokens":5})",
         R"({"texts":["a","b"],"task":"embed"})"},
        {"/classify",
         R"({"model":"m","input":"a","max_tokens":5})",
         R"({"texts":"a","task":"classify"})"},
        {"/pooling",
         R"({"model":"m","input":["a"],"max_tokens":5})",
         R"({"texts":["a"],"task":"pooling"})"},
        {"/score",
         R"({"model":"m","text_1":"q","text_2":["a"],"max_tokens":5})",
         R"({"text_1":"q","text_2":["a"]})"},
        {"/rerank",
         R"({"model":"m","query":"q","documents":["a"],"max_tokens":5})",
         R"({"query":"q","documents":["a"]})"},
    };
    for (const Row& row : rows) {
        for (const std::string version : {"", "/v1"}) {
            EXPECT_EQ(
                request_of(line_for(version + row.path, row.body)),
                request("m", row.input, R"({"max_tokens":5})")
            ) << version
              << row.path;
        }
    }
}

TEST(BatchLine, OfTensorsHasItsModelInTheUrl) {
    EXPECT_EQ(
        request_of(
            line_for(
                "/v2/models/digits/infer",
                R"({"inputs":[{"name":"x"}],"outputs":[{"name":"o"}],"parameters":{"p":1},"id":"7"})"
            ),
            {.model = "default"}
        ),
        request("digits", R"({"inputs":[{"name":"x"}],"outputs":[{"name":"o"}]})", R"({"p":1})")
    );
    EXPECT_EQ(
        request_of(line_for("/v2/models/digits/versions/1/infer", R"({"inputs":[]})")),
        request("digits", R"({"inputs":[]})")
    );
}

TEST(BatchLine, WithAUrlThatIsNoneOfTheseIsRefused) {
    for (const std::string url : {
             "",
             "/",
             "/v1",
             "/v1/",
             "/v1/chat",
             "v1/chat/completions",
             "/v1/chat/completions/",
             "/v1/responses",
             "/v1/v1/embeddings",
             "/v3/embeddings",
             "http://localhost/v1/chat/completions",
             "/v2/models/infer",
             "/v2/models//infer",
             "/v2/models//versions/1/infer",
             "/v2/models/digits",
             "/v1/models/digits/infer",
         }) {
        EXPECT_THAT(
            refusal_of(line_for(url, R"({"model":"m","inputs":[],"messages":[]})")),
            HasSubstr(
                "; it takes /v1/chat/completions, /v1/completions, /v1/embeddings, /v1/score, "
                "/v1/rerank, /classify, /pooling or /v2/models/NAME/infer"
            )
        ) << url;
    }
    EXPECT_THAT(
        refusal_of(line_for("/v1/responses", "{}")),
        StartsWith("field 'url' is '/v1/responses'; it takes ")
    );
}

TEST(BatchLine, TakesNoMethodButPost) {
    EXPECT_EQ(
        refusal_of(R"({"custom_id":"a","method":"GET","url":"/v1/completions","body":{}})"),
        "field 'method' is 'GET'; it takes 'POST'"
    );
    EXPECT_EQ(
        refusal_of(R"({"custom_id":"a","method":7,"url":"/v1/completions","body":{}})"),
        "field 'method' is a number; it takes a string"
    );
    EXPECT_EQ(
        request_of(R"({"custom_id":"a","url":"/v1/completions","body":{"model":"m","prompt":"x"}})"
        ),
        request("m", R"({"prompt":"x"})")
    ) << "which need not be said";
}

TEST(BatchLine, AsksForAWholeAnswer) {
    const std::string refusal =
        "field 'body.stream' is true; a batch has whole answers, so leave it out";
    EXPECT_EQ(
        refusal_of(line_for("/v1/completions", R"({"model":"m","prompt":"x","stream":true})")),
        refusal
    );
    EXPECT_EQ(
        refusal_of(line_for("/v1/completions", R"({"model":"m","prompt":"x","stream":1})")),
        "field 'body.stream' is a number; it takes true or false"
    );
    EXPECT_EQ(
        request_of(line_for(
            "/v1/completions",
            R"({"model":"m","prompt":"x","stream":false,"stream_options":{"include_usage":true}})"
        )),
        request("m", R"({"prompt":"x"})")
    ) << "and the engine is not told of it";
    EXPECT_EQ(
        request_of(line_for("/v1/completions", R"({"model":"m","prompt":"x","stream":null})")),
        request("m", R"({"prompt":"x"})")
    );
}

TEST(BatchLine, NamesWhatIsMissing) {
    struct Row {
        std::string line;
        const char* message;
    };
    const Row rows[] = {
        {"{}", "field 'custom_id' is missing"},
        {R"({"custom_id":null})", "field 'custom_id' is missing"},
        {R"({"custom_id":7})", "field 'custom_id' is a number; it takes a string"},
        {R"({"custom_id":""})", "field 'custom_id' is empty; it takes a name that no other item has"
        },
        {R"({"custom_id":"a"})", "field 'url' is missing"},
        {R"({"custom_id":"a","url":7})", "field 'url' is a number; it takes a string"},
        {R"({"custom_id":"a","url":"/v1/completions"})", "field 'body' is missing"},
        {line_for("/v1/completions", "null"), "field 'body' is missing"},
        {line_for("/v1/completions", "[]"), "field 'body' is an empty list; it takes an object"},
        {line_for("/v1/completions", R"({"model":"m"})"), "field 'body.prompt' is missing"},
        {line_for("/v1/completions", R"({"model":7,"prompt":"x"})"),
         "field 'body.model' is a number; it takes a string"},
        {line_for("/v1/chat/completions", R"({"model":"m"})"), "field 'body.messages' is missing"},
        {line_for("/v1/embeddings", R"({"model":"m"})"), "field 'body.input' is missing"},
        {line_for("/classify", R"({"model":"m"})"), "field 'body.input' is missing"},
        {line_for("/pooling", R"({"model":"m"})"), "field 'body.input' is missing"},
        {line_for("/score", R"({"model":"m","text_1":"q"})"), "field 'body.text_2' is missing"},
        {line_for("/score", R"({"model":"m","text_2":"q"})"), "field 'body.text_1' is missing"},
        {line_for("/rerank", R"({"model":"m","query":"q"})"), "field 'body.documents' is missing"},
        {line_for("/rerank", R"({"model":"m","documents":[]})"), "field 'body.query' is missing"},
        {line_for("/v2/models/digits/infer", "{}"), "field 'body.inputs' is missing"},
        {line_for("/v2/models/digits/infer", R"({"inputs":[],"parameters":[1]})"),
         "field 'body.parameters' is a list; it takes an object"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(refusal_of(row.line), row.message) << row.line;
    }
}

TEST(BatchLine, HasItsOwnModelOrThatOfTheBatch) {
    const BatchDefaults defaults{.model = "default"};
    for (const char* const body : {R"({"prompt":"x"})", R"({"prompt":"x","model":null})"}) {
        EXPECT_EQ(
            request_of(line_for("/v1/completions", body), defaults),
            request("default", R"({"prompt":"x"})")
        );
        EXPECT_EQ(
            refusal_of(line_for("/v1/completions", body)),
            "field 'body.model' is missing, and the batch names none either"
        );
    }
    EXPECT_EQ(
        request_of(line_for("/v1/completions", R"({"prompt":"x","model":"own"})"), defaults).model,
        "own"
    );
    EXPECT_EQ(request_of(R"({"custom_id":"a","input":{"prompt":"x"}})", defaults).model, "default");
    EXPECT_EQ(
        request_of(R"({"custom_id":"a","input":{"prompt":"x"},"model":"own"})", defaults).model,
        "own"
    );
    EXPECT_EQ(
        refusal_of(R"({"custom_id":"a","input":{"prompt":"x"}})"),
        "field 'model' is missing, and the batch names none either"
    );
}

TEST(BatchLine, ItsOwnParametersWinOverThoseOfTheBatch) {
    const BatchDefaults defaults{
        .model = "m", .parameters = {{"max_tokens", 5}, {"seed", 1}, {"nested", {{"a", 1}}}}
    };
    const json expected =
        json::parse(R"({"max_tokens":9,"seed":1,"nested":{"b":2},"temperature":0})");
    for (const std::string& line : {
             line_for(
                 "/v1/completions",
                 R"({"prompt":"x","max_tokens":9,"temperature":0,"nested":{"b":2}})"
             ),
             line_for(
                 "/v2/models/m/infer",
                 R"({"inputs":[],"parameters":{"max_tokens":9,"temperature":0,"nested":{"b":2}}})"
             ),
             std::string(
                 R"({"custom_id":"a","input":{},"parameters":{"max_tokens":9,"temperature":0,"nested":{"b":2}}})"
             ),
         }) {
        EXPECT_EQ(request_of(line, defaults).parameters, expected) << line;
    }
    EXPECT_EQ(
        request_of(R"({"custom_id":"a","input":{},"parameters":null})", defaults).parameters,
        defaults.parameters
    );
}

TEST(BatchLine, MayBeAnInlineItem) {
    EXPECT_EQ(
        request_of(
            R"({"custom_id":"a","input":{"messages":[1]},"parameters":{"seed":1},"model":"m","novelty":1})"
        ),
        request("m", R"({"messages":[1]})", R"({"seed":1})")
    );
    EXPECT_EQ(
        refusal_of(R"({"custom_id":"a","input":"x","model":"m"})"),
        "field 'input' is a string; it takes an object"
    );
    EXPECT_EQ(
        refusal_of(R"({"custom_id":"a","input":{},"parameters":7,"model":"m"})"),
        "field 'parameters' is a number; it takes an object"
    );
    EXPECT_EQ(
        refusal_of(R"({"custom_id":"a","input":{},"model":[]})"),
        "field 'model' is an empty list; it takes a string"
    );
    EXPECT_EQ(
        refusal_of(R"({"custom_id":"a","input":null,"model":"m"})"), "field 'url' is missing"
    );
}

TEST(BatchLine, KeepsTheCustomIdAsItIs) {
    const auto item = parse_batch_line(R"({"custom_id":"ä \"\n/..","input":{},"model":"m"})");
    ASSERT_TRUE(item);
    EXPECT_EQ(item->custom_id, "ä \"\n/..");
}

TEST(BatchLine, LeavesItToPreprocessWhatTheContentIs) {
    EXPECT_TRUE(parse_batch_line(line_for("/v1/chat/completions", R"({"model":"m","messages":7})"))
    );
    EXPECT_TRUE(parse_batch_line(R"({"custom_id":"a","input":{"novelty":7},"model":"m"})"));
}

TEST(BatchLine, ThatIsNoObjectIsRefused) {
    for (const char* const line :
         {"",
          "hello",
          "{",
          R"({"custom_id":"a")",
          R"({"custom_id":"a"} x)",
          "{'custom_id':'a'}",
          "{\"custom_id\":\"\xFF\"}"}) {
        EXPECT_EQ(
            refusal_of(line),
            "the line is no JSON, or nested too deep; each line is one JSON object"
        ) << line;
    }
    EXPECT_EQ(refusal_of("[]"), "the line is an empty list; each line is one JSON object");
    EXPECT_EQ(refusal_of("null"), "the line is null; each line is one JSON object");
    EXPECT_EQ(refusal_of("\"x\""), "the line is a string; each line is one JSON object");
}

TEST(BatchLine, IsRefusedWithoutQuotingContent) {
    const std::string secret = "a secret of the client";
    for (const std::string& line : std::vector<std::string>{
             secret,
             "\"" + secret + "\"",
             R"({"custom_id":")" + secret + "\"}",
             R"({"custom_id":["a secret of the client"]})",
             R"({"custom_id":"a","method":"a secret of the client","url":"/v1/completions","body":{}})",
             line_for(secret, "{}"),
             line_for("/v1/completions", "\"" + secret + "\""),
             line_for("/v1/completions", R"({"model":["a secret of the client"],"prompt":"x"})"),
             line_for("/v1/completions", R"({"model":"m","stream":"a secret of the client"})"),
             line_for(
                 "/v2/models/m/infer", R"({"inputs":[],"parameters":"a secret of the client"})"
             ),
             R"({"custom_id":"a","input":"a secret of the client"})",
         }) {
        EXPECT_THAT(refusal_of(line), Not(HasSubstr("secret"))) << line;
    }
}

const std::vector<std::string> kKeys{
    "custom_id",
    "method",
    "url",
    "body",
    "input",
    "inputs",
    "parameters",
    "model",
    "prompt",
    "messages",
    "stream"
};

RC_GTEST_PROP(BatchLine, IsReadOrRefusedWhateverComesAndNothingIsQuoted, ()) {
    json line = *testing::arbitrary_json(kKeys);
    if (line.is_object() && *rc::gen::arbitrary<bool>()) {
        line["custom_id"] = "a";
        line["url"] = *rc::gen::element<std::string>("/v1/completions", "/v2/models/m/infer");
    }
    const auto item = parse_batch_line(line.dump());
    // Not `item ||` within the macro: its operator evaluates both sides.
    if (!item) {
        RC_ASSERT(!item.error().message.empty());
        RC_ASSERT(item.error().message.find(testing::kCanary) == std::string::npos);
    }
}

TEST(CustomId, IsFoundInALineThatIsNoItem) {
    EXPECT_EQ(custom_id_of(R"({"custom_id":"a"})"), "a");
    EXPECT_EQ(custom_id_of(R"({"custom_id":"a","url":7})"), "a");
    for (const char* const line :
         {"",
          "hello",
          "[]",
          "{}",
          R"({"custom_id":7})",
          R"({"custom_id":null})",
          R"({"custom_id":"a")"}) {
        EXPECT_EQ(custom_id_of(line), "") << line;
    }
}

TEST(ResultLine, HasTheDocumentedShape) {
    EXPECT_EQ(
        json::parse(result_line("batch_req_1", "a", "req-1", {{"choices", json::array()}})),
        json::parse(
            R"({"id":"batch_req_1","custom_id":"a",
        "response":{"status_code":200,"request_id":"req-1","body":{"choices":[]}},"error":null})"
        )
    );
}

TEST(ErrorLine, HasTheDocumentedShape) {
    Error error = fatal(ErrorCode::kContextLength, "too long");
    error.endpoint = "http://engine";
    EXPECT_EQ(
        json::parse(error_line("batch_req_1", "a", error)),
        json::parse(
            R"({"id":"batch_req_1","custom_id":"a","response":null,
        "error":{"code":"CONTEXT_LENGTH","message":"too long","class":"Fatal"}})"
        )
    );
}

TEST(ResultLine, BeginsWithTheIdSoThatItsItemIsFound) {
    const std::string id = batch_line_id("batch-1", 42);
    const std::string line = result_line(id, "a", "r", {{"a", 1}});
    EXPECT_THAT(line, StartsWith(R"({"id":")" + id + R"(",)"));
    EXPECT_EQ(item_of_line(line), 42);
    EXPECT_EQ(item_of_line(result_line(id, "", "", nullptr)), 42);
    EXPECT_EQ(item_of_line(error_line(id, "a", fatal(ErrorCode::kPoison, "m"))), 42);
}

TEST(ResultLine, IsOneLineWhateverItHolds) {
    const std::string id = batch_line_id("batch-1", 0);
    const std::string odd("\n\r\0\"\\}\xE2\x80\xA8", 9);
    const std::string line = result_line(id, odd, odd, {{"text", odd}});
    EXPECT_EQ(line.find_first_of(std::string("\n\r\0", 3)), std::string::npos);
    EXPECT_EQ(json::parse(line).at("custom_id"), odd);
    EXPECT_EQ(json::parse(line).at("response").at("body").at("text"), odd);
    EXPECT_EQ(item_of_line(error_line(id, odd, fatal(ErrorCode::kPoison, odd))), 0);
}

TEST(ResultLine, ReplacesWhatIsNoUtf8) {
    const std::string id = batch_line_id("batch-1", 3);
    const std::string line = result_line(id, "a", "r", {{"text", "x\xFF\xC3y"}});
    EXPECT_EQ(json::parse(line).at("response").at("body").at("text"), "x\xEF\xBF\xBD\xEF\xBF\xBDy");
    EXPECT_EQ(item_of_line(line), 3);
    EXPECT_EQ(
        json::parse(error_line(id, "a", fatal(ErrorCode::kPoison, "x\xFF")))
            .at("error")
            .at("message"),
        "x\xEF\xBF\xBD"
    );
}

TEST(ParseBatchLine, ALineThatIsNestedWithoutEndIsRefusedAndNotFollowed) {
    const std::string deep =
        R"({"custom_id":"a","url":"/v1/completions","body":{"prompt":)" + std::string(100'000, '[');

    EXPECT_FALSE(parse_batch_line(deep + std::string(100'000, ']') + "}}"));
}

}  // namespace
}  // namespace inference
