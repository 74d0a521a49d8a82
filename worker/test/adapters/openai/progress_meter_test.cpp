#include "adapters/openai/progress_meter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace inference {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

constexpr ProgressMeter::Time kStart{1h};

TEST(ProgressMeter, ReportsAtMostOnceIn100MillisecondsButTheFirstTokenAtOnce) {
    std::vector<std::size_t> reports;
    ProgressMeter meter(kStart, [&](const CallProgress& progress) {
        reports.push_back(progress.pieces);
    });

    meter.note(kStart + 10ms, 0);
    meter.note(kStart + 50ms, 0);
    meter.note(kStart + 60ms, 1);
    meter.note(kStart + 159ms, 2);
    meter.note(kStart + 160ms, 3);
    meter.note(kStart + 161ms, 4);
    meter.note(kStart + 1s, 5);

    EXPECT_THAT(reports, ElementsAre(0, 1, 3, 5));
}

TEST(ProgressMeter, TimesTheFirstTokenFromTheStart) {
    std::vector<std::optional<std::chrono::milliseconds>> times;
    ProgressMeter meter(kStart, [&](const CallProgress& progress) {
        times.push_back(progress.time_to_first_token);
    });

    meter.note(kStart + 10ms, 0);
    EXPECT_EQ(meter.time_to_first_token(), std::nullopt);
    meter.note(kStart + 300ms + 1us, 2);
    meter.note(kStart + 900ms, 3);

    EXPECT_EQ(meter.time_to_first_token(), 301ms);
    EXPECT_THAT(times, ElementsAre(std::nullopt, 301ms, 301ms));
}

TEST(ProgressMeter, NeverTimesTheFirstTokenAsNothing) {
    ProgressMeter meter(kStart, {});

    meter.note(kStart, 1);

    EXPECT_EQ(meter.time_to_first_token(), 1ms);
}

}  // namespace
}  // namespace inference
