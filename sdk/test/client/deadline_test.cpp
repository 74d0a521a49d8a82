#include "client/deadline.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>

namespace temporal::client {
namespace {

using namespace std::chrono_literals;

constexpr Deadline::Clock::time_point kNow{100s};

TEST(Deadline, TellsWhatIsLeftOfIt) {
    const Deadline deadline(kNow, 10s);

    EXPECT_EQ(deadline.remaining(kNow + 3s, 1h), 7s);
    EXPECT_EQ(deadline.remaining(kNow + 3s, 2s), 2s);
    EXPECT_FALSE(deadline.passed(kNow + 9s));
    EXPECT_TRUE(deadline.passed(kNow + 10s));
}

TEST(Deadline, WithoutATimeoutNeverPasses) {
    for (const auto timeout :
         {std::optional<Duration>{}, std::optional<Duration>{Duration::max()}}) {
        const Deadline deadline(kNow, timeout);

        EXPECT_EQ(deadline.remaining(kNow, 60s), 60s);
        EXPECT_FALSE(deadline.passed(Deadline::Clock::time_point::max()));
    }
}

}  // namespace
}  // namespace temporal::client
