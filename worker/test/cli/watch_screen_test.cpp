#include "cli/watch_screen.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>

namespace inference::cli {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class WatchScreenTest : public testing::Test {
protected:
    void show(WatchScreen& screen, JobStatus status) {
        time_ += 1s;
        status.updated_at = *timestamp_from("2026-11-24T10:31:00Z") +
                            (time_ - WatchScreen::Clock::time_point{}) / 1ms * 1ms;
        screen.show(status, time_);
    }
    [[nodiscard]] std::ptrdiff_t lines() const { return std::ranges::count(out.str(), '\n'); }

    std::istringstream in;
    std::ostringstream out;
    std::ostringstream err;
    Invocation invocation{.common = {}, .in = in, .out = out, .err = err};

private:
    WatchScreen::Clock::time_point time_{};
};

std::optional<std::size_t> no_terminal() {
    return std::nullopt;
}

std::optional<std::size_t> terminal() {
    return 70;
}

JobStatus batch(std::int64_t done) {
    return {
        .job_id = "b1",
        .state = JobState::kRunning,
        .stage = Stage::kInfer,
        .counts = ItemCounts{.total = 8, .succeeded = done}
    };
}

TEST_F(WatchScreenTest, EachChangeIsALineAndWhatIsOnlyNewerIsNone) {
    WatchScreen screen(invocation, no_terminal);
    show(screen, {.state = JobState::kQueued});
    show(screen, {.state = JobState::kQueued});
    show(
        screen,
        {.state = JobState::kRunning, .stage = Stage::kInfer, .progress = 1.0 / 3, .attempt = 1}
    );
    show(
        screen,
        {.state = JobState::kRunning,
         .stage = Stage::kInfer,
         .progress = 1.0 / 3,
         .attempt = 2,
         .retries = {.transient = 1}}
    );
    show(screen, {.state = JobState::kCompleted, .progress = 1, .attempt = 2});
    EXPECT_EQ(
        out.str(),
        "2026-11-24T10:31:01.000Z  queued\n"
        "2026-11-24T10:31:03.000Z  running, infer, 33 %\n"
        "2026-11-24T10:31:04.000Z  running, infer, 33 %, try 2, retries: 1 Transient\n"
        "2026-11-24T10:31:05.000Z  completed, try 2\n"
    );
    EXPECT_THAT(err.str(), IsEmpty());
}

TEST_F(WatchScreenTest, WithoutATerminalTheItemsOfABatchAreLines) {
    WatchScreen screen(invocation, no_terminal);
    show(screen, batch(1));
    show(screen, batch(2));
    EXPECT_THAT(out.str(), HasSubstr("running, infer, 2/8\n"));
    EXPECT_THAT(err.str(), IsEmpty());
}

TEST_F(WatchScreenTest, OnATerminalTheItemsAreABarThatIsGoneAtTheEnd) {
    {
        WatchScreen screen(invocation, terminal);
        show(screen, batch(1));
        show(screen, batch(3));
        EXPECT_EQ(lines(), 1);
        EXPECT_THAT(err.str(), HasSubstr("3/8  37 %  2.0 items/s"));
        show(
            screen,
            {.state = JobState::kCompleted, .counts = ItemCounts{.total = 8, .succeeded = 8}}
        );
    }
    EXPECT_EQ(lines(), 2);
    EXPECT_THAT(out.str(), EndsWith("completed, 8/8\n"));
    EXPECT_THAT(err.str(), EndsWith("\r\x1b[K"));
}

TEST_F(WatchScreenTest, JsonIsALineAStatusAlsoOnATerminal) {
    invocation.common.format = Format::kJson;
    WatchScreen screen(invocation, terminal);
    show(screen, batch(1));
    show(screen, batch(2));
    show(screen, batch(2));
    EXPECT_EQ(lines(), 2);
    EXPECT_THAT(out.str(), HasSubstr(R"("succeeded":2)"));
    EXPECT_THAT(err.str(), Not(HasSubstr("\x1b")));
}

TEST_F(WatchScreenTest, ANoticeStandsOnALineOfItsOwn) {
    WatchScreen screen(invocation, terminal);
    show(screen, batch(1));
    screen.say("Temporal answers again");
    EXPECT_THAT(err.str(), EndsWith("\r\x1b[KTemporal answers again\n"));
}

}  // namespace
}  // namespace inference::cli
