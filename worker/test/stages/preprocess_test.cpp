#include "stages/preprocess.hpp"

#include "adapters/engine_kind.hpp"
#include "contracts/arbitrary_json.hpp"
#include "contracts/engine_call.hpp"
#include "contracts/error.hpp"
#include "contracts/infer_request.hpp"
#include "contracts/priority.hpp"
#include "contracts/processed.hpp"
#include "contracts/reply_shape.hpp"
#include "contracts/result.hpp"
#include "contracts/text_filter.hpp"
#include "registry/model.hpp"
#include "registry/model_registry.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace inference {
namespace {

using nlohmann::json;

constexpr char kTraceparent[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

ModelRegistry registry() {
    Model llama;
    llama.name = "llama";
    llama.engine = EngineKind::kVllm;
    llama.engine_model = "meta-llama/Llama-3-8B";
    llama.prompt_template.filters = {TextFilter::kStripReasoning};
    Model digits;
    digits.name = "digits";
    digits.engine = EngineKind::kTriton;
    digits.engine_model = "digits";
    return ModelRegistry({llama, digits});
}

Result<Processed> process(const char* request, Priority queue_priority = Priority::kNormal) {
    return preprocess(
        json::parse(request).get<InferRequest>(),
        registry(),
        {.job_id = "inf-1", .queue_priority = queue_priority}
    );
}

TEST(Preprocess, MakesTheEnginesCall) {
    const auto processed = process(
        R"({"model":"llama","input":{"prompt":["x","y"]},"parameters":{"max_tokens":5},"stream":true,
        "priority":"high","traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","metadata":{"user":"u1"}})"
    );

    ASSERT_TRUE(processed) << processed.error().message;
    EXPECT_EQ(
        processed->call,
        (EngineCall{
            .model = "llama",
            .task = Task::kCompletion,
            .body =
                json::parse(R"({"model":"meta-llama/Llama-3-8B","prompt":["x","y"],"max_tokens":5})"
                ),
            .request_id = "inf-1",
            .traceparent = kTraceparent,
            .priority = 0,
        })
    );
    EXPECT_EQ(processed->shape, (ReplyShape{Task::kCompletion, 2, true}));
    EXPECT_EQ(processed->filters, std::vector{TextFilter::kStripReasoning});
    EXPECT_TRUE(processed->stream);
    EXPECT_EQ(processed->metadata, (json{{"user", "u1"}}));
}

TEST(Preprocess, MakesATensorCallForATensorEngine) {
    const auto processed = process(
        R"({"model":"digits","input":{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[[1,2]]}]}})"
    );

    ASSERT_TRUE(processed) << processed.error().message;
    EXPECT_EQ(processed->call.task, Task::kTensors);
    EXPECT_EQ(
        processed->call.body,
        json::parse(R"({"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1,2]}]})")
    );
    EXPECT_FALSE(processed->stream);
}

TEST(Preprocess, TakesTheQueuesPriorityWhereTheRequestHasNone) {
    EXPECT_EQ(
        process(R"({"model":"llama","input":{"prompt":"x"}})", Priority::kLow)->call.priority, 20
    );
    EXPECT_EQ(
        process(R"({"model":"llama","input":{"prompt":"x"},"priority":"high"})", Priority::kLow)
            ->call.priority,
        0
    );
}

TEST(Preprocess, DropsATraceparentThatIsNone) {
    const auto processed =
        process(R"({"model":"llama","input":{"prompt":"x"},"traceparent":"hello"})");
    ASSERT_TRUE(processed);
    EXPECT_EQ(processed->call.traceparent, "");
}

TEST(Preprocess, RefusesWithTheCauseAndTheNextStep) {
    struct Row {
        const char* request;
        ErrorCode code;
        const char* message;
    };
    const Row rows[] = {
        {R"({"model":"lama","input":{"prompt":"x"}})",
         ErrorCode::kModelNotFound,
         "model 'lama' is not in the registry; known, the closest first: llama, digits; correct "
         "the request's 'model', or add the "
         "model under 'models' in the worker's configuration"},
        {R"({"model":"digits","input":{"messages":[{"role":"user","content":"x"}]}})",
         ErrorCode::kUnsupported,
         "model 'digits' is served by triton, which takes tensors; the request's input asks for "
         "chat. Choose another model, or send the "
         "input it takes"},
        {R"({"model":"llama","input":{"inputs":[]}})",
         ErrorCode::kUnsupported,
         "model 'llama' is served by vllm, which takes chat, completion, embed, classify, pooling, "
         "rerank, score; the request's input "
         "asks for tensors. Choose another model, or send the input it takes"},
        {R"({"model":"llama","input":{}})",
         ErrorCode::kValidation,
         "model 'llama': field 'input' holds no content; it takes exactly one of 'messages', "
         "'prompt', 'texts', 'query' with "
         "'documents', 'text_1' with 'text_2', 'inputs', 'ref'"},
        {R"({"model":"digits","input":{"inputs":[{"name":"x","shape":[1,64],"datatype":"FP32","data":[1]}]}})",
         ErrorCode::kValidation,
         "model 'digits': tensor 'x': shape [1,64] holds 64 elements, data has 1; make them agree"},
        {R"({"model":"llama","input":{"ref":"file:///x"}})",
         ErrorCode::kValidation,
         "model 'llama': field 'input.ref' stands beside other fields, or what it names is a "
         "reference itself; it takes one file:// of an input, alone"},
    };
    for (const Row& row : rows) {
        const auto processed = process(row.request);
        ASSERT_FALSE(processed) << row.request;
        EXPECT_EQ(processed.error(), fatal(row.code, row.message));
    }
}

const std::vector<std::string> kKeys{"messages",  "prompt", "texts",   "task",   "query",
                                     "documents", "text_1", "text_2",  "inputs", "outputs",
                                     "ref",       "role",   "content", "name",   "shape",
                                     "datatype",  "data",   "b64",     "n",      "top_n",
                                     "stream"};

RC_GTEST_PROP(Preprocess, AnswersOrRefusesWhateverComesAndQuotesNothing, ()) {
    InferRequest request;
    request.model = *rc::gen::element<std::string>("llama", "digits");
    request.input = *testing::arbitrary_object(kKeys, testing::arbitrary_json(kKeys));
    request.parameters = *testing::arbitrary_object(kKeys, testing::arbitrary_json(kKeys, 1));
    const auto processed = preprocess(std::move(request), registry(), {});
    if (!processed) {
        RC_ASSERT(processed.error().error_class == ErrorClass::kFatal);
        RC_ASSERT(processed.error().message.find(testing::kCanary) == std::string::npos);
    }
}

/// Mostly well-formed tensors, so that the deeper checks are reached.
RC_GTEST_PROP(Preprocess, AnswersOrRefusesAnyTensorAndQuotesNothing, ()) {
    const json data = *testing::arbitrary_json({"b64"}, 2);
    InferRequest request;
    request.model = "digits";
    request.input = {
        {"inputs",
         {{
             {"name", "x"},
             {"shape",
              *rc::gen::resize(
                  3,
                  rc::gen::container<std::vector<std::int64_t>>(
                      rc::gen::inRange<std::int64_t>(-1, 4)
                  )
              )},
             {"datatype",
              *rc::gen::element<std::string>("BOOL", "INT8", "UINT64", "FP16", "FP64", "BYTES")},
             {"data", data},
         }}}
    };
    const auto processed = preprocess(std::move(request), registry(), {});
    if (!processed) {
        RC_ASSERT(processed.error().message.find(testing::kCanary) == std::string::npos);
    }
}

}  // namespace
}  // namespace inference
