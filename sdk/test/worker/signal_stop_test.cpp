#include "worker/signal_stop.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <future>
#include <stdexcept>
#include <stop_token>

namespace temporal::worker {
namespace {

// Blocks until the token fires; false if it does not in time.
bool fires(const std::stop_token& token) {
    std::promise<void> fired;
    const std::stop_callback on_stop(token, [&] { fired.set_value(); });
    return fired.get_future().wait_for(std::chrono::seconds{20}) == std::future_status::ready;
}

TEST(SignalStop, TheFirstSignalRequestsAStop) {
    for (const int number : {SIGTERM, SIGINT}) {
        const SignalStop signals;
        EXPECT_FALSE(signals.token().stop_requested());

        std::raise(number);

        EXPECT_TRUE(fires(signals.token()));
    }
}

TEST(SignalStop, WithoutASignalItLeavesAsItCame) {
    struct sigaction before{};
    sigaction(SIGTERM, nullptr, &before);
    {
        const SignalStop signals;
        struct sigaction meanwhile{};
        sigaction(SIGTERM, nullptr, &meanwhile);
        EXPECT_NE(meanwhile.sa_handler, before.sa_handler);
    }

    struct sigaction after{};
    sigaction(SIGTERM, nullptr, &after);
    EXPECT_EQ(after.sa_handler, before.sa_handler);
}

TEST(SignalStop, ThereIsOneAtATime) {
    const SignalStop signals;

    EXPECT_THROW(SignalStop(), std::logic_error);
}

void raise_twice(int first, int second) {
    const SignalStop signals;
    std::raise(first);
    std::raise(second);
    _exit(1);
}

TEST(SignalStopDeathTest, TheSecondSignalEndsTheProcessWithItsNumber) {
    testing::FLAGS_gtest_death_test_style = "threadsafe";
    EXPECT_EXIT(raise_twice(SIGTERM, SIGTERM), testing::ExitedWithCode(128 + SIGTERM), "");
    EXPECT_EXIT(raise_twice(SIGTERM, SIGINT), testing::ExitedWithCode(128 + SIGINT), "");
}

}  // namespace
}  // namespace temporal::worker
