#include "events/text_assembly.hpp"

#include "events/events.hpp"

#include <gtest/gtest.h>

namespace inference {
namespace {

using Change = TextAssembly::Change;

Event begun(std::int64_t epoch) {
    return event(EventType::kStage, epoch, 1);
}

TEST(TextAssembly, PutsTheTextTogether) {
    TextAssembly text;
    EXPECT_EQ(text.take(event(EventType::kStage, 0, 1)), Change::kNothing);
    EXPECT_EQ(text.take(begun(1)), Change::kNothing);
    EXPECT_EQ(text.take(token("one ", 1, 2)), Change::kGrown);
    EXPECT_EQ(text.take(token("two", 1, 3)), Change::kGrown);
    EXPECT_EQ(text.text(), "one two");
    EXPECT_FALSE(text.is_whole());
    text.take(event(EventType::kProgress, 1, 4));
    EXPECT_TRUE(text.is_whole());
    text.take(event(EventType::kStage, 1, 1));
    text.take(event(EventType::kEnd, 1, 1));
    EXPECT_TRUE(text.is_whole()) << "other steps count on their own";
    EXPECT_EQ(text.text(), "one two");
}

TEST(TextAssembly, BeginsAnewWithEachEpoch) {
    TextAssembly text;
    text.take(begun(1));
    text.take(token("lost", 1, 2));
    EXPECT_EQ(text.take(begun(2)), Change::kVoid);
    EXPECT_EQ(text.text(), "");
    EXPECT_EQ(text.take(event(EventType::kReset, 2, 2)), Change::kNothing);
    text.take(token("new", 2, 3));
    EXPECT_EQ(text.text(), "new");
}

TEST(TextAssembly, HearsNothingOfAnEpochThatIsOver) {
    TextAssembly text;
    text.take(begun(2));
    text.take(token("new", 2, 2));
    EXPECT_EQ(text.take(token("of a worker that was taken for lost", 1, 9)), Change::kNothing);
    EXPECT_EQ(text.take(event(EventType::kProgress, 1, 10)), Change::kNothing);
    EXPECT_EQ(text.text(), "new");
    EXPECT_FALSE(text.is_whole());
}

TEST(TextAssembly, GrowsNoMoreAfterAGapUntilTheNextEpoch) {
    for (const bool is_marked : {false, true}) {
        TextAssembly text;
        text.take(begun(1));
        text.take(token("one ", 1, 2));
        Event after = token("four", 1, is_marked ? 3 : 5);
        if (is_marked) {
            after.data["gap"] = true;
        }
        EXPECT_EQ(text.take(after), Change::kNothing);
        EXPECT_EQ(text.take(token("five", 1, after.seq + 1)), Change::kNothing);
        text.take(event(EventType::kProgress, 1, after.seq + 2));
        EXPECT_EQ(text.text(), "one ");
        EXPECT_TRUE(text.has_gap());
        EXPECT_FALSE(text.is_whole());
        text.take(begun(2));
        text.take(token("all", 2, 2));
        EXPECT_EQ(text.text(), "all");
        EXPECT_FALSE(text.has_gap());
    }
}

TEST(TextAssembly, KnowsThatItCameTooLateForTheBeginning) {
    TextAssembly text;
    EXPECT_EQ(text.take(token("the rest", 1, 7)), Change::kNothing);
    EXPECT_TRUE(text.has_gap());
}

TEST(TextAssembly, FollowsOneChoice) {
    TextAssembly text(1);
    text.take(begun(1));
    text.take(token("of the first", 1, 2));
    text.take(event(EventType::kToken, 1, 3, {{"index", 1}, {"text", "mine"}}));
    EXPECT_EQ(text.text(), "mine");
}

TEST(TextAssembly, TakesStrangeDataForNoText) {
    TextAssembly text;
    text.take(begun(1));
    text.take(event(EventType::kToken, 1, 2, {{"index", 0}, {"text", 5}}));
    text.take(event(EventType::kToken, 1, 3));
    EXPECT_EQ(text.text(), "");
}

}  // namespace
}  // namespace inference
