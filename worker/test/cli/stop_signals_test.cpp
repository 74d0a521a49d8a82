#include "cli/stop_signals.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <future>
#include <stop_token>

namespace inference::cli {
namespace {

using namespace std::chrono_literals;

/// Waits until the stop was requested.
bool stopped(const StopSignals& signals) {
    std::promise<void> promise;
    const std::stop_callback callback(signals.token(), [&promise] { promise.set_value(); });
    return promise.get_future().wait_for(10s) == std::future_status::ready;
}

TEST(StopSignals, TheFirstSignalRequestsAStopAndIsKnown) {
    for (const int number : {SIGTERM, SIGINT}) {
        const StopSignals signals;
        EXPECT_EQ(signals.received(), std::nullopt);
        kill(getpid(), number);
        EXPECT_TRUE(stopped(signals));
        EXPECT_EQ(signals.received(), number);
    }
}

TEST(StopSignals, AStopThatIsAskedForIsNoSignal) {
    StopSignals signals;
    signals.request_stop();
    EXPECT_TRUE(stopped(signals));
    EXPECT_EQ(signals.received(), std::nullopt);
}

TEST(StopSignals, AHangupIsACallAndNoStop) {
    std::promise<void> called;
    const StopSignals signals([&called] { called.set_value(); });

    kill(getpid(), SIGHUP);

    EXPECT_EQ(called.get_future().wait_for(10s), std::future_status::ready);
    EXPECT_FALSE(signals.token().stop_requested());
    EXPECT_EQ(signals.received(), std::nullopt);
}

TEST(StopSignalsDeathTest, WithoutACallAHangupDoesWhatItDidBefore) {
    testing::FLAGS_gtest_death_test_style = "threadsafe";
    EXPECT_EXIT(
        {
            const StopSignals signals;
            kill(getpid(), SIGHUP);
            pause();
        },
        testing::KilledBySignal(SIGHUP),
        ""
    );
}

TEST(StopSignalsDeathTest, TheSecondSignalEndsTheProcessAtOnce) {
    testing::FLAGS_gtest_death_test_style = "threadsafe";
    EXPECT_EXIT(
        {
            const StopSignals signals;
            kill(getpid(), SIGTERM);
            stopped(signals);
            kill(getpid(), SIGINT);
            pause();
        },
        testing::ExitedWithCode(130),
        ""
    );
}

TEST(StopSignalsDeathTest, AfterwardsASignalDoesWhatItDidBefore) {
    testing::FLAGS_gtest_death_test_style = "threadsafe";
    EXPECT_EXIT(
        {
            {
                const StopSignals signals;
            }
            kill(getpid(), SIGTERM);
            pause();
        },
        testing::KilledBySignal(SIGTERM),
        ""
    );
}

}  // namespace
}  // namespace inference::cli
