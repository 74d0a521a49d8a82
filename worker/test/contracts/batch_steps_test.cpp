#include "contracts/batch_steps.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <stdexcept>
#include <string>

namespace inference {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

const BatchFiles kFiles{
    .job_id = "batch-1",
    .items = "/d/items.jsonl",
    .index = "/d/index",
    .refused = "/d/refused",
    .output = "/d/out.jsonl",
    .errors = "/d/err.jsonl"
};
constexpr char kFilesOnTheWire[] =
    R"({"job_id":"batch-1","items":"/d/items.jsonl","index":"/d/index","refused":"/d/refused","output":"/d/out.jsonl",
 "errors":"/d/err.jsonl"})";

const TokenUsage kUsage{.prompt_tokens = 1, .completion_tokens = 2, .total_tokens = 3};
constexpr char kUsageOnTheWire[] = R"({"prompt_tokens":1,"completion_tokens":2,"total_tokens":3})";

json with(const char* text, const char* key, const char* value) {
    json object = json::parse(text);
    object[key] = json::parse(value);
    return object;
}

TEST(BatchOutline, ComesBackAsItWas) {
    const BatchOutline outline{
        .files = kFiles,
        .items = 1'000'000,
        .model = "m",
        .returns_results = true,
        .heartbeat_timeout = 2'500ms,
        .history_limit = 12
    };
    const json wire = with(
        R"({"items":1000000,"model":"m","returns_results":true,"heartbeat_timeout_ms":2500,"history_limit":12})",
        "files",
        kFilesOnTheWire
    );
    EXPECT_EQ(json(outline), wire);
    EXPECT_EQ(wire.get<BatchOutline>(), outline);
    EXPECT_EQ(json::object().get<BatchOutline>(), BatchOutline{});
}

TEST(ChunkTask, ComesBackAsItWas) {
    const ChunkTask task{
        .files = kFiles,
        .first = 512,
        .count = 256,
        .model = "m",
        .parameters = {{"max_tokens", 5}},
        .priority = Priority::kHigh,
        .stops_at_failure = true,
        .begun = true
    };
    const json wire = with(
        R"({"first":512,"count":256,"model":"m","parameters":{"max_tokens":5},"priority":"high",
        "stops_at_failure":true,"begun":true})",
        "files",
        kFilesOnTheWire
    );
    EXPECT_EQ(json(task), wire);
    EXPECT_EQ(wire.get<ChunkTask>(), task);
    EXPECT_EQ(json::object().get<ChunkTask>(), ChunkTask{});
    EXPECT_EQ(json(ChunkTask{}).get<ChunkTask>(), ChunkTask{});
}

const Error kError{
    .error_class = ErrorClass::kTransient,
    .code = ErrorCode::kConnection,
    .message = "no answer",
    .endpoint = "http://engine"
};

TEST(ChunkReport, ComesBackAsItWas) {
    ChunkReport report{
        .succeeded = 200,
        .failed = 6,
        .remaining = 50,
        .wait = 1'500ms,
        .usage = kUsage,
        .first_error = {}
    };
    json wire = with(
        R"({"succeeded":200,"failed":6,"remaining":50,"wait_ms":1500})", "usage", kUsageOnTheWire
    );
    EXPECT_EQ(json(report), wire);
    EXPECT_EQ(wire.get<ChunkReport>(), report);

    report.first_error = kError;
    wire["first_error"] = kError;
    EXPECT_EQ(json(report), wire);
    EXPECT_EQ(wire.get<ChunkReport>(), report);
    EXPECT_EQ(json::object().get<ChunkReport>(), ChunkReport{});
}

TEST(BatchState, ComesBackAsItWas) {
    BatchState state;
    state.outline.files = kFiles;
    state.outline.items = 9;
    state.next = 5;
    state.counts = {.total = 9, .succeeded = 3, .failed = 1, .canceled = 0};
    state.usage = kUsage;
    state.chunks = 2;
    state.paused = true;
    EXPECT_EQ(json(state).get<BatchState>(), state);
    state.first_error = kError;
    EXPECT_EQ(json(state).get<BatchState>(), state);
    EXPECT_EQ(json::object().get<BatchState>(), BatchState{});
}

TEST(BatchEnd, ComesBackAsItWas) {
    const BatchEnd end{.files = kFiles, .items = 7, .returns_results = true, .usage = kUsage};
    json wire = with(R"({"items":7,"returns_results":true})", "files", kFilesOnTheWire);
    wire["usage"] = json::parse(kUsageOnTheWire);
    EXPECT_EQ(json(end), wire);
    EXPECT_EQ(wire.get<BatchEnd>(), end);
    EXPECT_EQ(json::object().get<BatchEnd>(), BatchEnd{});
}

template <class Step>
std::string refusal_of(const char* text) {
    try {
        json::parse(text).get<Step>();
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return "none";
}

TEST(BatchSteps, AreNotReadFromWhatIsNone) {
    EXPECT_EQ(refusal_of<BatchOutline>("[]"), "the value is an empty list; it takes an object");
    EXPECT_EQ(
        refusal_of<BatchOutline>(R"({"files":{"index":7}})"),
        "field 'files.index' is a number; it takes a string"
    );
    EXPECT_EQ(
        refusal_of<ChunkTask>(R"({"first":-1})"),
        "field 'first' is a negative number; it takes a whole number from 0 to 9223372036854775807"
    );
    EXPECT_EQ(
        refusal_of<ChunkTask>(R"({"priority":"urgent"})"),
        "field 'priority': 'urgent' is not one of high, normal, low"
    );
    EXPECT_EQ(
        refusal_of<ChunkTask>(R"({"parameters":"x"})"),
        "field 'parameters' is a string; it takes an object"
    );
    EXPECT_EQ(
        refusal_of<ChunkReport>(R"({"usage":[]})"),
        "field 'usage' is an empty list; it takes an object"
    );
    EXPECT_EQ(refusal_of<BatchEnd>("null"), "the value is null; it takes an object");
}

}  // namespace
}  // namespace inference
