#include "cli/batch_progress.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inference::cli {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

BatchProgress progress(
    std::int64_t total, std::int64_t succeeded, std::int64_t failed, std::chrono::milliseconds time
) {
    return {.counts = {.total = total, .succeeded = succeeded, .failed = failed}, .elapsed = time};
}

TEST(BatchProgress, HasDoneAndTotalPercentRateFailuresAndTheTimeLeft) {
    EXPECT_EQ(
        progress_text(progress(1000, 240, 10, 25s)),
        "250/1000  25 %  10.0 items/s  10 failed  1m 15s left"
    );
}

TEST(BatchProgress, WhatCannotBeKnownYetIsLeftOut) {
    EXPECT_EQ(progress_text(progress(1000, 0, 0, 0s)), "0/1000  0 %");
    EXPECT_EQ(progress_text(progress(1000, 0, 0, 9s)), "0/1000  0 %");
    EXPECT_EQ(progress_text(progress(0, 0, 0, 9s)), "0/0  0 %");
    EXPECT_EQ(progress_text(progress(10, 10, 0, 2s)), "10/10  100 %  5.0 items/s");
}

TEST(BatchProgress, TheRateIsOfTheTimeThatSomebodyWatched) {
    BatchProgress joined = progress(1000, 600, 0, 10s);
    joined.before = 500;
    EXPECT_EQ(progress_text(joined), "600/1000  60 %  10.0 items/s  40s left");
    joined.before = 600;
    EXPECT_EQ(progress_text(joined), "600/1000  60 %");
}

TEST(BatchProgress, ItIsAHundredPercentOnlyWhenAllAreDone) {
    EXPECT_THAT(progress_text(progress(1000, 999, 0, 0s)), HasSubstr(" 99 %"));
    EXPECT_THAT(progress_text(progress(1000, 990, 10, 0s)), HasSubstr(" 100 %"));
}

TEST(BatchProgress, CancelledItemsAreDoneToo) {
    EXPECT_EQ(progress_text({.counts = {.total = 4, .succeeded = 1, .canceled = 3}}), "4/4  100 %");
}

TEST(BatchProgress, LargeNumbersStayReadable) {
    EXPECT_THAT(
        progress_text(progress(10'000'000, 10'000, 0, 10s)), HasSubstr("1000 items/s  2h 46m left")
    );
    EXPECT_THAT(progress_text(progress(2, 1, 0, 500h)), HasSubstr("0.0 items/s  500h 0m left"));
}

TEST(ProgressLine, TheBarTakesTheRoomThatIsThereUpToItsLargest) {
    const BatchProgress half = progress(10, 5, 0, 0s);  // "5/10  50 %", 10 characters.
    EXPECT_EQ(progress_line(half, 25), "[#####.....]  5/10  50 %");
    EXPECT_EQ(progress_line(half, 27), "[######......]  5/10  50 %");
    EXPECT_EQ(
        progress_line(half, 500),
        "[" + std::string(20, '#') + std::string(20, '.') + "]  5/10  50 %"
    );
}

TEST(ProgressLine, NeverFillsTheLineSoThatItCannotWrap) {
    const BatchProgress busy = progress(1'000'000, 123'456, 7, 1234s);
    for (std::size_t width = 0; width < 120; ++width) {
        EXPECT_LE(progress_line(busy, width).size(), width == 0 ? 0 : width - 1);
    }
}

TEST(ProgressLine, WithoutRoomForABarThereIsTheTextAndNothingLonger) {
    const BatchProgress half = progress(10, 5, 0, 0s);
    EXPECT_EQ(progress_line(half, 24), "5/10  50 %");
    EXPECT_EQ(progress_line(half, 5), "5/10");
}

TEST(ProgressLine, MoreDoneThanThereAreOverflowsNothing) {
    EXPECT_THAT(progress_line(progress(2, 5, 0, 1s), 40), Not(HasSubstr("left")));
    EXPECT_THAT(progress_line(progress(2, 5, 0, 0s), 40), EndsWith("5/2  100 %"));
}

}  // namespace
}  // namespace inference::cli
