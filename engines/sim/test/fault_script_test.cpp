#include "fault_script.hpp"

#include "canned_answers.hpp"
#include "grpc_code.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <stdexcept>
#include <string>

namespace engine_sim {
namespace {

using nlohmann::json;
using testing::HasSubstr;

FaultScript script(const char* text) {
    return FaultScript::from_json(json::parse(text));
}

std::string complaint(const char* text) {
    try {
        script(text);
        return "";
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
}

TEST(FaultScript, ARuleWithoutMatchMeetsEveryCall) {
    auto faults = script(R"([{"action": {"status": 503}}])");

    EXPECT_EQ(faults.next({.path = "/health"})->http->status, 503);
    EXPECT_EQ(faults.next({.path = "ModelInfer"})->http->status, 503);
}

TEST(FaultScript, EveryKeyOfAMatchMustFit) {
    auto faults =
        script(R"([{"match": {"path": "/v1/completions", "model": "a", "request_id": "job-7-*",
                                        "batch_over": 4}, "action": {"die": true}}])");
    const CallFacts fits{
        .path = "/v1/completions", .model = "a", .request_id = "job-7-1", .batch = 5
    };

    EXPECT_TRUE(faults.next(fits));

    for (auto change : std::initializer_list<void (*)(CallFacts&)>{
             [](CallFacts& call) { call.path = "/v1/completion"; },
             [](CallFacts& call) { call.model = "b"; },
             [](CallFacts& call) { call.request_id = "job-8-1"; },
             [](CallFacts& call) { call.batch = 4; },
         }) {
        CallFacts other = fits;
        change(other);
        EXPECT_FALSE(faults.next(other));
    }
}

TEST(FaultScript, NthCountsTheCallsThatTheRuleMatches) {
    auto faults =
        script(R"([{"match": {"model": "a", "nth": [2, 3]}, "action": {"stall": true}}])");

    EXPECT_FALSE(faults.next({.model = "a"}));
    EXPECT_FALSE(faults.next({.model = "b"}));
    EXPECT_TRUE(faults.next({.model = "a"}));
    EXPECT_TRUE(faults.next({.model = "a"}));
    EXPECT_FALSE(faults.next({.model = "a"}));
}

TEST(FaultScript, TimesEndsARule) {
    auto faults = script(R"([{"times": 2, "action": {"truncate": true}}])");

    EXPECT_TRUE(faults.next({}));
    EXPECT_TRUE(faults.next({}));
    EXPECT_FALSE(faults.next({}));
}

TEST(FaultScript, TheFirstRuleThatFiresDecidesAndTheOthersStillCount) {
    auto faults = script(R"([{"times": 1, "action": {"status": 500}},
                             {"match": {"nth": [2]}, "action": {"status": 502}}])");

    EXPECT_EQ(faults.next({})->http->status, 500);
    EXPECT_EQ(faults.next({})->http->status, 502);
    EXPECT_FALSE(faults.next({}));
}

TEST(FaultScript, ACannedAnswerCanBeChangedInPart) {
    auto faults = script(
        R"([{"action": {"answer": "queue_full", "status": 429, "headers": {"Retry-After": "3"}}}])"
    );

    const auto action = faults.next({});

    EXPECT_EQ(action->http->status, 429);
    EXPECT_THAT(action->http->body, HasSubstr("currently busy"));
    EXPECT_EQ(action->headers, (decltype(action->headers){{"Retry-After", "3"}}));
    EXPECT_EQ(action->name, "answer+headers+status");
}

TEST(FaultScript, ATextCanBeDeadly) {
    auto faults =
        script(R"([{"match": {"text_contains": "poison"}, "action": {"down_for_ms": 5}}])");

    EXPECT_TRUE(faults.reads_text());
    EXPECT_FALSE(script(R"([{"action": {"die": true}}])").reads_text());
    EXPECT_FALSE(faults.next({.text = "food\n"}));
    EXPECT_EQ(faults.next({.text = "food\npoison\n"})->down_for, std::chrono::milliseconds(5));
}

TEST(FaultScript, AStreamBreaksOffAfterItsEvents) {
    const auto breaks_after = [](const char* text) {
        return script(text).next({})->breaks_stream_after();
    };
    EXPECT_EQ(breaks_after(R"([{"action": {"stall": true, "after_events": 3}}])"), 3U);
    EXPECT_EQ(breaks_after(R"([{"action": {"in_band_error": "no"}}])"), 0U);
    EXPECT_EQ(breaks_after(R"([{"action": {"garble": true}}])"), std::nullopt);

    EXPECT_FALSE(
        script(R"([{"action": {"die": true, "after_events": 1}}])").next({})->replaces_the_answer()
    );
    EXPECT_TRUE(script(R"([{"action": {"close": true}}])").next({})->replaces_the_answer());
}

TEST(FaultScript, AnInBandErrorIsANameOrAnObjectOrAMessage) {
    const auto error = [](const char* value) {
        return *script((R"([{"action": {"in_band_error": )" + std::string(value) + "}}]").c_str())
                    .next({})
                    ->in_band_error;
    };
    EXPECT_THAT(error(R"("queue_full")").data, HasSubstr("currently busy"));
    EXPECT_THAT(error(R"("triton_out_of_memory")").message, HasSubstr("CUDA out of memory"));
    EXPECT_EQ(error(R"({"code": 503})").data, R"({"error":{"code":503}})");
    EXPECT_EQ(
        json::parse(error(R"("no more")").data)["error"]["message"].get<std::string>(), "no more"
    );
}

TEST(FaultScript, ACannedAnswerOfTritonIsAGrpcStatus) {
    auto faults = script(R"([{"action": {"answer": "triton_loading"}}])");

    const auto action = faults.next({});

    EXPECT_EQ(action->grpc->code, grpc::StatusCode::NOT_FOUND);
    EXPECT_THAT(action->grpc->message, HasSubstr("has no available versions"));
    EXPECT_FALSE(action->http);
}

TEST(FaultScript, AnAnswerOrNoByteAtAllKeepsTheEngineOut) {
    EXPECT_TRUE(script(R"([{"action": {"status": 500}}])").next({})->replaces_the_answer());
    EXPECT_TRUE(script(R"([{"action": {"grpc_code": "INTERNAL"}}])").next({})->replaces_the_answer()
    );
    EXPECT_TRUE(
        script(R"([{"action": {"reset_before_byte": true}}])").next({})->replaces_the_answer()
    );
    EXPECT_TRUE(script(R"([{"action": {"stall": true}}])").next({})->replaces_the_answer());
    EXPECT_FALSE(
        script(R"([{"action": {"reset_after_bytes": 10}}])").next({})->replaces_the_answer()
    );
    EXPECT_FALSE(script(R"([{"action": {"garble": true}}])").next({})->replaces_the_answer());
    EXPECT_FALSE(script(R"([{"action": {"delay_ms": 10}}])").next({})->replaces_the_answer());
}

TEST(FaultScript, WhatIsNotUnderstoodIsRefusedByName) {
    EXPECT_THAT(complaint(R"({})"), HasSubstr("a list of rules"));
    EXPECT_THAT(
        complaint(R"([{"match": {"modle": "a"}, "action": {"die": true}}])"),
        HasSubstr("rule 0 has the unknown key 'modle'")
    );
    EXPECT_THAT(complaint(R"([{"action": {"die": 1}}])"), HasSubstr("a 'die' of the wrong type"));
    EXPECT_THAT(
        complaint(R"([{"action": {"answer": "nope"}}])"), HasSubstr("unknown answer 'nope'")
    );
    EXPECT_THAT(
        complaint(R"([{"action": {"answer": 7}}])"), HasSubstr("a 'answer' of the wrong type")
    );
    EXPECT_THAT(
        complaint(R"([{"action": {"grpc_code": "OK"}}])"), HasSubstr("unknown grpc_code 'OK'")
    );
    EXPECT_THAT(
        complaint(R"([{"action": {"die": true}}, {"times": 1}])"), HasSubstr("rule 1 has no action")
    );
}

TEST(CannedAnswers, AreWholeJsonIfTheySaySo) {
    for (const CannedAnswer& answer : canned_answers()) {
        if (answer.content_type == "application/json" && !answer.body.empty()) {
            EXPECT_TRUE(json::accept(answer.body)) << answer.name;
        }
        EXPECT_NE(answer.status == 0, answer.code == grpc::StatusCode::OK) << answer.name;
    }
}

TEST(GrpcCode, NamesAndCodesAreEachOthersInverse) {
    for (int code = 0; code <= 16; ++code) {
        const auto named = static_cast<grpc::StatusCode>(code);
        EXPECT_EQ(grpc_code_from(to_string(named)), named);
    }
    EXPECT_EQ(to_string(grpc::StatusCode::UNAVAILABLE), "UNAVAILABLE");
    EXPECT_EQ(grpc_code_from("NOPE"), std::nullopt);
}

}  // namespace
}  // namespace engine_sim
