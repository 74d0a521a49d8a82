#include "cli/progress_display.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <latch>
#include <sstream>
#include <string>

namespace inference::cli {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr ProgressDisplay::Pace kFast{.ask = 0ms, .redraw = 1ms, .line = 1ms};

std::optional<std::size_t> no_terminal() {
    return std::nullopt;
}

std::optional<std::size_t> narrow_terminal() {
    return 30;
}

/// What is on the stream after the worker has been asked four times, the answer being 1 of 8, then 2 of 8, ...
std::string shown_of_four(const ProgressDisplay::Width& width) {
    std::ostringstream err;
    std::latch asked(4);
    std::int64_t answers = 0;
    const auto ask = [&](const std::stop_token&) -> std::optional<ItemCounts> {
        if (answers < 4) {
            ++answers;
            asked.count_down();
        }
        return ItemCounts{.total = 8, .succeeded = answers};
    };
    {
        const ProgressDisplay display(ask, 8, err, width, kFast);
        asked.wait();
    }
    return err.str();
}

TEST(ProgressDisplay, OnATerminalItIsOneLineThatIsGoneAtTheEnd) {
    const std::string shown = shown_of_four(narrow_terminal);
    EXPECT_THAT(shown, StartsWith("\r[.................]  0/8  0 %\x1b[K\r"));
    EXPECT_THAT(shown, HasSubstr("3/8  37 %"));
    EXPECT_THAT(shown, EndsWith("\r\x1b[K"));
    EXPECT_EQ(std::ranges::count(shown, '\n'), 0);
}

TEST(ProgressDisplay, ElsewhereItIsALineEachTimeWithoutAnythingForATerminal) {
    const std::string shown = shown_of_four(no_terminal);
    EXPECT_THAT(shown, StartsWith("2/8  25 %"));
    EXPECT_THAT(shown, HasSubstr("\n3/8  37 %"));
    EXPECT_THAT(shown, Not(HasSubstr("\r")));
    EXPECT_THAT(shown, Not(HasSubstr("\x1b")));
}

TEST(ProgressDisplay, ABatchThatEndsBeforeTheFirstLineLeavesNothingElsewhere) {
    std::ostringstream err;
    {
        const ProgressDisplay display(
            [](const std::stop_token&) { return std::nullopt; }, 8, err, no_terminal
        );
    }
    EXPECT_THAT(err.str(), IsEmpty());
}

TEST(ProgressDisplay, NobodyIsAskedAboutABatchThatEndsAtOnce) {
    for (const auto& width : {ProgressDisplay::Width(no_terminal), {narrow_terminal}}) {
        std::ostringstream err;
        bool asked = false;
        {
            const ProgressDisplay display(
                [&asked](const std::stop_token&) {
                    asked = true;
                    return std::nullopt;
                },
                8,
                err,
                width,
                {.ask = 1h, .redraw = 1ms, .line = 1ms}
            );
        }
        EXPECT_FALSE(asked);
    }
}

TEST(ProgressDisplay, WhereNobodyAnswersWhatWasKnownStays) {
    std::ostringstream err;
    std::latch asked(4);
    int questions = 0;
    const auto ask = [&](const std::stop_token&) -> std::optional<ItemCounts> {
        ++questions;
        if (questions <= 4) {
            asked.count_down();
        }
        // First no worker, then one that has not counted yet, then an answer, then none again.
        return questions == 1   ? std::nullopt
               : questions == 2 ? std::optional(ItemCounts{})
               : questions == 3 ? std::optional(ItemCounts{.total = 9, .succeeded = 3})
                                : std::nullopt;
    };
    {
        const ProgressDisplay display(ask, 8, err, no_terminal, kFast);
        asked.wait();
    }
    EXPECT_THAT(err.str(), StartsWith("0/8  0 %\n3/9  33 %\n"));
}

TEST(ProgressDisplay, TheEndDoesNotWaitForAnAnswer) {
    std::ostringstream err;
    std::latch asked(1);
    bool stopped = false;
    const auto ask = [&](const std::stop_token& stop) -> std::optional<ItemCounts> {
        asked.count_down();
        std::latch over(1);
        const std::stop_callback when_stopped(stop, [&] { over.count_down(); });
        over.wait();
        stopped = true;
        return std::nullopt;
    };
    {
        const ProgressDisplay display(ask, 8, err, narrow_terminal, kFast);
        asked.wait();
    }
    EXPECT_TRUE(stopped);
}

TEST(ProgressDisplay, WhatIsSaidMeanwhileStaysOnALineOfItsOwn) {
    std::ostringstream err;
    {
        ProgressDisplay display(
            [](const std::stop_token&) { return std::nullopt; }, 8, err, narrow_terminal, kFast
        );
        display.say("the connection is lost");
    }
    EXPECT_THAT(err.str(), HasSubstr("\rthe connection is lost\x1b[K\n"));
    EXPECT_THAT(err.str(), EndsWith("\r\x1b[K"));
}

}  // namespace
}  // namespace inference::cli
