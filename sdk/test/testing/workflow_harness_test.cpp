#include "temporal/testing/workflow_harness.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>

namespace temporal::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::SizeIs;

/// Sets a limit that takes a second to hold, and notes it.
struct Limiter {
    Task<void> run(WorkflowContext ctx) {
        ctx.upsert_memo({{"begun", to_payload(true)}, {"spare", to_payload(1)}});
        co_await ctx.until([this] { return limit_ > 5; });
    }
    Task<int> limit(WorkflowContext ctx, int limit) {
        co_await ctx.sleep(1s, "takes hold");
        ctx.upsert_memo({{"spare", to_payload(std::nullopt)}});
        co_return limit_ = limit;
    }
    void check(int limit) const {
        if (limit < 0) {
            throw ApplicationFailure("below zero");
        }
    }

private:
    int limit_ = 0;

public:
    static constexpr auto definition =
        workflow<&Limiter::run>("Limiter", update<"limit", &Limiter::limit, &Limiter::check>);
};

TEST(WorkflowHarness, AnUpdateIsAcceptedAndLaterDone) {
    auto run = WorkflowHarness::make<Limiter>();
    run.start();

    run.update("limit", to_payloads(6));
    ASSERT_THAT(run.updates(), SizeIs(1));
    EXPECT_TRUE(run.updates()[0].accepted);
    EXPECT_EQ(run.updates()[0].result, std::nullopt);
    EXPECT_EQ(run.timers().at(0).summary, "takes hold");
    run.advance(1s);

    EXPECT_EQ(from_payload<int>(run.updates()[0].result.value()), 6);
    EXPECT_TRUE(run.end().has_value());
}

TEST(WorkflowHarness, AnUpdateIsRefusedByItsValidator) {
    auto run = WorkflowHarness::make<Limiter>();
    run.start();

    run.update("limit", to_payloads(-1));

    EXPECT_FALSE(run.updates().at(0).accepted);
    EXPECT_EQ(run.updates()[0].failure->message(), "below zero");
}

TEST(WorkflowHarness, TheMemoIsWhatTheRunMadeOfIt) {
    auto run = WorkflowHarness::make<Limiter>();
    run.start();
    EXPECT_THAT(run.memo(), SizeIs(2));

    run.update("limit", to_payloads(1));
    run.advance(1s);

    EXPECT_THAT(run.memo(), SizeIs(1));
    EXPECT_TRUE(from_payload<bool>(run.memo().at("begun")));
}

}  // namespace
}  // namespace temporal::testing
