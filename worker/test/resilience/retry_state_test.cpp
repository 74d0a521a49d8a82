#include "resilience/retry_state.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
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

/// Feeds failures at one moment and writes down what is decided: a delay in ms, or a code.
std::vector<std::string> decide_all(RetryState& state, const std::vector<TryFailure>& failures) {
    std::vector<std::string> decisions;
    for (const TryFailure& failure : failures) {
        const RetryDecision decision = state.decide(failure, kNow, kNoJitter);
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
        EXPECT_TRUE(std::holds_alternative<TryAgain>(state.decide(WorkerLost{}, kNow, kNoJitter)));
    }

    const RetryDecision last = state.decide(WorkerLost{}, kNow, kNoJitter);

    EXPECT_EQ(std::get<GiveUp>(last).error.code, ErrorCode::kWorkerLost);
    EXPECT_EQ(std::get<GiveUp>(last).error.error_class, ErrorClass::kFatal);
    EXPECT_EQ(state.retries().worker_lost, 10);
}

TEST(RetryState, WaitingForAReadyEngineSaysUntilWhenAndLooksOnceMoreAtTheEnd) {
    RetryState state(10s);

    const auto first = std::get<TryAgain>(state.decide(refused(), kNow, kNoJitter));
    EXPECT_EQ(first.waits_until, kNow + 10s);
    const auto late = std::get<TryAgain>(state.decide(refused(), kNow + 9500ms, kNoJitter));
    EXPECT_EQ(late.delay, 500ms);

    const auto over = std::get<GiveUp>(state.decide(refused(), kNow + 10s, kNoJitter));
    EXPECT_EQ(over.error.code, ErrorCode::kEngineNotReady);
    EXPECT_EQ(over.error.error_class, ErrorClass::kTransient);
    EXPECT_THAT(over.error.message, HasSubstr("10 s (ready_timeout); last: connection refused"));
}

TEST(RetryState, TheTimeToWaitStartsAgainAfterAnEngineHasAnswered) {
    RetryState state(10s);
    (void)state.decide(refused(), kNow, kNoJitter);
    (void)state.decide(transient(), kNow + 8s, kNoJitter);

    const auto again = std::get<TryAgain>(state.decide(refused(), kNow + 9s, kNoJitter));

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

    EXPECT_EQ(std::get<TryAgain>(state.decide(polite, kNow, kNoJitter)).delay, 7s);
    EXPECT_EQ(std::get<TryAgain>(state.decide(greedy, kNow, kNoJitter)).delay, 60s);
}

TEST(RetryState, JitterStaysWithinAFifth) {
    EXPECT_EQ(std::get<TryAgain>(RetryState(10min).decide(transient(), kNow, 0.0)).delay, 800ms);
    EXPECT_EQ(
        std::get<TryAgain>(RetryState(10min).decide(transient(), kNow, 0.999999)).delay, 1199ms
    );
}

TEST(RetryState, OnlyFailuresThatAreFollowedByATryAreCounted) {
    RetryState state(10min);
    (void)decide_all(state, {transient(), transient(), transient()});

    EXPECT_EQ(state.retries().transient, 2);
}

}  // namespace
}  // namespace inference
