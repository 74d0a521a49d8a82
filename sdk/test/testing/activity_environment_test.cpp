#include "temporal/testing/activity_environment.hpp"

#include "temporal/failure.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

namespace temporal::testing {
namespace {

using std::chrono_literals::operator""s;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

inline constexpr Activity<std::string(std::string)> greet{"greet"};
inline constexpr Activity<int(int)> count_to{"count_to"};
inline constexpr Activity<void()> work{"work"};

int count(ActivityContext& context, int end) {
    int done = context.heartbeat_details<int>().value_or(0);
    for (; done < end; ++done) {
        context.throw_if_canceled();
        context.heartbeat(done + 1);
    }
    return done;
}

TEST(ActivityEnvironment, GivesWhatTheActivityReturns) {
    ActivityEnvironment env;

    EXPECT_EQ(
        env.run(
            greet, [](const std::string& name) { return "hello " + name; }, "Ada"
        ),
        "hello Ada"
    );
}

TEST(ActivityEnvironment, ThrowsWhatTheActivityReports) {
    ActivityEnvironment env;

    try {
        env.run(work, [] { throw std::out_of_range("index 7"); });
        FAIL() << "nothing was thrown";
    } catch (const ApplicationFailure& failure) {
        EXPECT_EQ(failure.type(), "std::out_of_range");
        EXPECT_EQ(failure.message(), "index 7");
    }
}

TEST(ActivityEnvironment, KeepsHeartbeats) {
    ActivityEnvironment env;

    EXPECT_EQ(env.run(count_to, count, 3), 3);

    EXPECT_THAT(env.heartbeats(), ElementsAre(to_payloads(1), to_payloads(2), to_payloads(3)));
}

TEST(ActivityEnvironment, ASecondAttemptSeesTheDetailsOfTheFirst) {
    ActivityEnvironment env(ActivityEnvironment::default_info(), to_payloads(2));

    EXPECT_EQ(env.run(count_to, count, 3), 3);

    EXPECT_THAT(env.heartbeats(), ElementsAre(to_payloads(3)));
}

TEST(ActivityEnvironment, ACancelReachesTheActivity) {
    ActivityEnvironment env;
    auto result = std::async(std::launch::async, [&] {
        env.run(work, [](ActivityContext& context) {
            context.heartbeat();
            std::promise<void> stopped;
            const std::stop_callback on_stop(context.stop_token(), [&] { stopped.set_value(); });
            stopped.get_future().get();
            context.throw_if_canceled();
        });
    });
    ASSERT_TRUE(env.wait_for_heartbeats(1));

    env.cancel();

    EXPECT_THROW(result.get(), CanceledFailure);
}

TEST(ActivityEnvironment, AnAsynchronousActivityIsWaitedFor) {
    ActivityEnvironment env;
    std::thread engine;

    const int result = env.run(
        count_to,
        [&](ActivityContext context, int end, Completion<int> done) {
            context.heartbeat_every(3s);
            engine = std::thread([end, done = std::move(done)] { done.complete(end); });
        },
        8
    );

    engine.join();
    EXPECT_EQ(result, 8);
    EXPECT_EQ(env.heartbeat_interval(), Duration{3s});
}

TEST(ActivityEnvironment, ARepeatedHeartbeatIsUpToTheTest) {
    ActivityEnvironment env;
    env.context().heartbeat("loading");

    env.repeat_heartbeat();

    EXPECT_THAT(
        env.heartbeats(),
        ElementsAre(to_payloads(std::string("loading")), to_payloads(std::string("loading")))
    );
}

TEST(ActivityEnvironment, TheWorkersShutdownIsSeen) {
    ActivityEnvironment env;

    env.shut_down_worker();

    EXPECT_TRUE(env.context().worker_shutting_down().stop_requested());
    EXPECT_FALSE(env.context().stop_token().stop_requested());
    EXPECT_THAT(env.heartbeats(), IsEmpty());
}

}  // namespace
}  // namespace temporal::testing
