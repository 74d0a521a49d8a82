#include "resilience/retry_state.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace inference {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr double kNoJitter = 0.5;
const Timestamp kNow{1'000'000ms};

Error transient() {
    return {
        .error_class = ErrorClass::kTransient,
        .code = ErrorCode::kEngine5xx,
        .message = "503",
        .sent = true
    };
}
Error timeout() {
    return {
        .error_class = ErrorClass::kTimeout,
        .code = ErrorCode::kEngineTimeout,
        .message = "slow",
        .sent = true
    };
}
Error out_of_memory() {
    return {
        .error_class = ErrorClass::kOutOfMemory,
        .code = ErrorCode::kEngineOom,
        .message = "oom",
        .sent = true
    };
}
Error refused() {
    return {
        .error_class = ErrorClass::kTransient,
        .code = ErrorCode::kConnection,
        .message = "connection refused"
    };
}
Error fatal() {
    return {
        .error_class = ErrorClass::kFatal,
        .code = ErrorCode::kModelNotFound,
        .message = "404",
        .sent = true
    };
}

Error death() {
    Error error = transient();
    error.engine_died = true;
    return error;
}
Error too_many(std::int64_t limit) {
    Error error = out_of_memory();
    error.batch_limit = limit;
    return error;
}

/// Feeds failures of a single item at one moment and writes down what is decided: a delay in ms, or a code.
std::vector<std::string> decide_all(RetryState& state, const std::vector<TryFailure>& failures) {
    std::vector<std::string> decisions;
    for (const TryFailure& failure : failures) {
        const RetryDecision decision = state.decide(failure, 1, kNow, kNoJitter);
        if (const auto* again = std::get_if<TryAgain>(&decision)) {
            decisions.push_back(std::to_string(again->delay.count()));
        } else {
            decisions.emplace_back(to_string(std::get<GiveUp>(decision).error.code));
        }
    }
    return decisions;
}

struct TableCase {
    std::string name;
    std::vector<TryFailure> failures;
    std::vector<std::string> decisions;
};

class RetryTable : public testing::TestWithParam<TableCase> {};

TEST_P(RetryTable, DecidesAsTheDesignSays) {
    RetryState state(10min);

    EXPECT_EQ(decide_all(state, GetParam().failures), GetParam().decisions);
}

INSTANTIATE_TEST_SUITE_P(
    Design,
    RetryTable,
    testing::Values(
        TableCase{
            "TransientEndsTheJobAtItsThird",
            {transient(), transient(), transient()},
            {"1000", "2000", "ENGINE_5XX"}
        },
        TableCase{
            "TimeoutEndsTheJobAtItsSecond", {timeout(), timeout()}, {"1000", "ENGINE_TIMEOUT"}
        },
        TableCase{
            "OutOfMemoryOfOneEndsTheJobAtItsSecond",
            {out_of_memory(), out_of_memory()},
            {"1000", "ENGINE_OOM"}
        },
        TableCase{
            "AnInputUnderWhichTheEngineDiesTwiceIsPoison", {death(), death()}, {"1000", "POISON"}
        },
        TableCase{
            "ADeathCountsAsTransient",
            {death(), transient(), transient()},
            {"1000", "2000", "ENGINE_5XX"}
        },
        TableCase{"FatalEndsTheJobAtOnce", {fatal()}, {"MODEL_NOT_FOUND"}},
        TableCase{
            "MixedClassesKeepTheirOwnBudgets",
            {transient(), timeout(), transient(), timeout()},
            {"1000", "2000", "4000", "ENGINE_TIMEOUT"}
        },
        TableCase{
            "LostWorkersUseUpNothingOfTheOthers",
            {WorkerLost{}, WorkerLost{}, transient(), WorkerLost{}, transient(), transient()},
            {"0", "0", "1000", "0", "2000", "ENGINE_5XX"}
        },
        TableCase{
            "AnEngineThatIsNotReadyUsesUpNothing",
            {refused(), refused(), refused(), refused(), transient(), transient(), transient()},
            {"1000", "2000", "4000", "5000", "1000", "2000", "ENGINE_5XX"}
        }
    ),
    [](const auto& info) { return info.param.name; }
);

TEST(RetryState, TheEleventhLostWorkerIsFatal) {
    RetryState state(10min);
    for (int i = 0; i < 10; ++i) {
        EXPECT_TRUE(std::holds_alternative<TryAgain>(state.decide(WorkerLost{}, 1, kNow, kNoJitter))
        );
    }

    const RetryDecision last = state.decide(WorkerLost{}, 1, kNow, kNoJitter);

    EXPECT_EQ(std::get<GiveUp>(last).error.code, ErrorCode::kWorkerLost);
    EXPECT_EQ(std::get<GiveUp>(last).error.error_class, ErrorClass::kFatal);
    EXPECT_EQ(state.retries().worker_lost, 10);
}

TEST(RetryState, WaitingForAReadyEngineSaysUntilWhenAndLooksOnceMoreAtTheEnd) {
    RetryState state(10s);

    const auto first = std::get<TryAgain>(state.decide(refused(), 1, kNow, kNoJitter));
    EXPECT_EQ(first.waits_until, kNow + 10s);
    const auto late = std::get<TryAgain>(state.decide(refused(), 1, kNow + 9500ms, kNoJitter));
    EXPECT_EQ(late.delay, 500ms);

    const auto over = std::get<GiveUp>(state.decide(refused(), 1, kNow + 10s, kNoJitter));
    EXPECT_EQ(over.error.code, ErrorCode::kEngineNotReady);
    EXPECT_EQ(over.error.error_class, ErrorClass::kTransient);
    EXPECT_THAT(over.error.message, HasSubstr("10 s (ready_timeout); last: connection refused"));
}

TEST(RetryState, TheTimeToWaitStartsAgainAfterAnEngineHasAnswered) {
    RetryState state(10s);
    (void)state.decide(refused(), 1, kNow, kNoJitter);
    (void)state.decide(transient(), 1, kNow + 8s, kNoJitter);

    const auto again = std::get<TryAgain>(state.decide(refused(), 1, kNow + 9s, kNoJitter));

    EXPECT_EQ(again.waits_until, kNow + 19s);
    EXPECT_EQ(again.delay, 1s);
}

TEST(RetryState, AReadyTimeoutOfZeroMakesARefusedConnectionATransientFailure) {
    RetryState state(0ms);

    EXPECT_EQ(
        decide_all(state, {refused(), refused(), refused()}),
        (std::vector<std::string>{"1000", "2000", "CONNECTION"})
    );
}

TEST(RetryState, TheEnginesOwnWishReplacesTheBackoffUpToAMinute) {
    RetryState state(10min);
    Error polite = transient();
    polite.retry_after = 7s;
    Error greedy = transient();
    greedy.retry_after = 1h;

    EXPECT_EQ(std::get<TryAgain>(state.decide(polite, 1, kNow, kNoJitter)).delay, 7s);
    EXPECT_EQ(std::get<TryAgain>(state.decide(greedy, 1, kNow, kNoJitter)).delay, 60s);
}

TEST(RetryState, JitterStaysWithinAFifth) {
    EXPECT_EQ(std::get<TryAgain>(RetryState(10min).decide(transient(), 1, kNow, 0.0)).delay, 800ms);
    EXPECT_EQ(
        std::get<TryAgain>(RetryState(10min).decide(transient(), 1, kNow, 0.999999)).delay, 1199ms
    );
}

/// The size of the next try, as a test reads it: 0 where the job is given up, the same where nothing was said.
std::int64_t next_size(RetryState& state, const Error& error, std::int64_t items) {
    const RetryDecision decision = state.decide(error, items, kNow, kNoJitter);
    const auto* again = std::get_if<TryAgain>(&decision);
    return again == nullptr ? 0 : again->batch_limit.value_or(items);
}

TEST(RetryState, OutOfMemoryHalvesTheBatchDownToOneThenTriesOnceMore) {
    RetryState state(10min);

    EXPECT_EQ(next_size(state, out_of_memory(), 9), 4);
    EXPECT_EQ(next_size(state, out_of_memory(), 4), 2);
    EXPECT_EQ(next_size(state, out_of_memory(), 2), 1);
    EXPECT_EQ(next_size(state, out_of_memory(), 1), 1);
    EXPECT_EQ(next_size(state, out_of_memory(), 1), 0);
    EXPECT_EQ(state.retries().oom, 4);
}

TEST(RetryState, ALimitThatTheEngineNamesIsTakenAtItsWord) {
    RetryState state(10min);

    EXPECT_EQ(next_size(state, too_many(7), 64), 7);
}

TEST(RetryState, ALimitThatCannotBeTrueIsNotBelieved) {
    for (const std::int64_t limit : {std::int64_t{-1}, std::int64_t{0}, std::int64_t{8}}) {
        RetryState state(10min);
        EXPECT_EQ(next_size(state, too_many(limit), 8), 4) << limit;
    }
}

TEST(RetryState, WhatCannotBeCutHasTheBudgetOfOneItem) {
    RetryState state(10min);
    Error whole = out_of_memory();
    whole.indivisible = true;

    EXPECT_EQ(next_size(state, whole, 8), 8);
    EXPECT_EQ(next_size(state, whole, 8), 0);
}

TEST(RetryState, AnEngineThatDiesTwiceUnderABatchLeadsToTheItemThatKillsIt) {
    RetryState state(10min);

    EXPECT_EQ(next_size(state, death(), 4), 4) << "once is an accident";
    EXPECT_EQ(next_size(state, death(), 4), 2);
    state.succeeded();  // The first two.
    EXPECT_EQ(next_size(state, death(), 2), 1);
    EXPECT_EQ(next_size(state, death(), 1), 1);
    EXPECT_EQ(next_size(state, death(), 1), 0);
    EXPECT_EQ(state.retries(), (RetryCounts{.transient = 1, .oom = 3}));
}

TEST(RetryState, TwoItemsThatEachSurviveTheirSecondTryAreNoPoison) {
    RetryState state(10min);
    (void)next_size(state, death(), 2);
    EXPECT_EQ(next_size(state, death(), 2), 1);

    EXPECT_EQ(next_size(state, death(), 1), 1);
    state.succeeded();
    EXPECT_EQ(next_size(state, death(), 1), 1);
}

TEST(RetryState, PoisonIsFatalAndSaysHowOftenTheEngineDied) {
    RetryState state(10min);
    (void)state.decide(death(), 1, kNow, kNoJitter);

    const auto over = std::get<GiveUp>(state.decide(death(), 1, kNow, kNoJitter));

    EXPECT_EQ(over.error.error_class, ErrorClass::kFatal);
    EXPECT_THAT(over.error.message, HasSubstr("died 2 times under this input"));
}

TEST(RetryState, WhoKnowsWhenToLookAgainIsAskedThen) {
    RetryState state(10min);
    Error open = refused();
    open.code = ErrorCode::kCircuitOpen;
    open.retry_after = 12s;

    EXPECT_EQ(std::get<TryAgain>(state.decide(open, 1, kNow, kNoJitter)).delay, 12s);
}

TEST(RetryState, OnlyFailuresThatAreFollowedByATryAreCounted) {
    RetryState state(10min);
    (void)decide_all(state, {transient(), transient(), transient()});

    EXPECT_EQ(state.retries().transient, 2);
}

}  // namespace
}  // namespace inference
