#include "activities/progress_pace.hpp"

#include <gtest/gtest.h>

namespace inference {
namespace {

using namespace std::chrono_literals;

constexpr ProgressPace::TimePoint kStart{1h};

TEST(ProgressPace, AShortCallTellsNothingNotEvenItsFirstToken) {
    ProgressPace pace(kStart);

    EXPECT_FALSE(pace.is_due(kStart));
    EXPECT_FALSE(pace.is_due(kStart + 999ms));
}

TEST(ProgressPace, ALongOneTellsOnceASecond) {
    ProgressPace pace(kStart);

    EXPECT_TRUE(pace.is_due(kStart + 1s));
    EXPECT_FALSE(pace.is_due(kStart + 1999ms));
    EXPECT_TRUE(pace.is_due(kStart + 2s));
    EXPECT_TRUE(pace.is_due(kStart + 1min));
    EXPECT_FALSE(pace.is_due(kStart + 1min + 1ms));
}

}  // namespace
}  // namespace inference
