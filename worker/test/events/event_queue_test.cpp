#include "events/event_queue.hpp"

#include "events/events.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inference {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

using Strings = std::vector<std::string>;

const EventQueue::Time kStart{1h};

/// "seq type text", and what else is in it.
Strings shown(const std::vector<Event>& events) {
    Strings lines;
    for (const Event& event : events) {
        std::string line = std::to_string(event.seq) + " " + std::string(to_string(event.type));
        if (event.type == EventType::kToken) {
            line += " " + event.data["text"].get<std::string>();
            line += event.data.contains("gap") ? " after a gap" : "";
        }
        lines.push_back(std::move(line));
    }
    return lines;
}

TEST(EventQueue, TellsTheFirstTextAtOnce) {
    EventQueue queue;
    queue.push(token("one"), kStart);
    EXPECT_EQ(queue.next_due(), kStart);
    EXPECT_THAT(shown(queue.take(kStart)), ElementsAre("1 token one"));
    EXPECT_EQ(queue.next_due(), std::nullopt);
}

TEST(EventQueue, PutsTextsTogetherThatComeWithinThePause) {
    EventQueue queue;
    queue.push(token("a"), kStart);
    queue.take(kStart);
    queue.push(token("b"), kStart + 5ms);
    queue.push(token("c"), kStart + 19ms);
    EXPECT_EQ(queue.next_due(), kStart + 20ms);
    EXPECT_THAT(queue.take(kStart + 19ms), IsEmpty());
    EXPECT_THAT(shown(queue.take(kStart + 20ms)), ElementsAre("2 token bc"));
    queue.push(token("d"), kStart + 90ms);
    EXPECT_EQ(queue.next_due(), kStart + 90ms)
        << "nothing waits after a pause that was long enough";
}

TEST(EventQueue, DoesNotWaitOnceThereAreEnoughPieces) {
    EventQueue queue({.pieces = 3});
    queue.push(token("a"), kStart);
    queue.take(kStart);
    queue.push(token("b"), kStart);
    queue.push(token("c"), kStart);
    EXPECT_THAT(queue.take(kStart), IsEmpty());
    queue.push(token("d"), kStart);
    EXPECT_THAT(shown(queue.take(kStart)), ElementsAre("2 token bcd"));
}

TEST(EventQueue, KeepsTheTextsOfChoicesApart) {
    EventQueue queue;
    queue.push(token("a"), kStart);
    queue.push(event(EventType::kToken, 1, 0, {{"index", 1}, {"text", "x"}}), kStart);
    queue.push(token("b"), kStart);
    EXPECT_THAT(shown(queue.take_all()), ElementsAre("1 token a", "2 token x", "3 token b"));
}

TEST(EventQueue, KeepsTheOrderOfTextsAndWhatIsNoText) {
    EventQueue queue;
    queue.push(event(EventType::kStage), kStart);
    queue.push(token("a"), kStart);
    queue.take(kStart);
    queue.push(token("b"), kStart);
    queue.push(event(EventType::kProgress), kStart);
    EXPECT_THAT(shown(queue.take(kStart)), ElementsAre("3 token b", "4 progress"))
        << "what is no text is due at once, with the text before it";
}

TEST(EventQueue, CountsEachEpochOfEachJobFromOne) {
    EventQueue queue;
    queue.push(event(EventType::kStage, 1), kStart);
    queue.push(event(EventType::kStage, 2), kStart);
    queue.push(event(EventType::kReset, 2), kStart);
    queue.push(event(EventType::kStage, 2, 0, {}, "another"), kStart);
    EXPECT_THAT(shown(queue.take(kStart)), ElementsAre("1 stage", "1 stage", "2 reset", "1 stage"));
}

TEST(EventQueue, MarksTheTextAfterOneThatFoundNoRoom) {
    EventQueue queue({.bytes = 4});
    queue.push(token("abcd"), kStart);
    queue.push(token("lost"), kStart);
    queue.push(token("lost"), kStart);
    EXPECT_THAT(shown(queue.take(kStart)), ElementsAre("1 token abcd"));
    queue.push(token("e"), kStart + 1s);
    queue.push(token("f"), kStart + 1s);
    EXPECT_THAT(shown(queue.take(kStart + 1s)), ElementsAre("3 token ef after a gap"));
    EXPECT_EQ(queue.counts().dropped, 2);
}

TEST(EventQueue, HoldsNoMoreEventsThanItMay) {
    EventQueue queue({.events = 3});
    for (int i = 0; i < 100; ++i) {
        queue.push(event(EventType::kProgress), kStart);
        queue.push(token("x", i), kStart);
    }
    EXPECT_EQ(queue.take_all().size(), 3);
    EXPECT_EQ(queue.counts().dropped, 197);
}

TEST(EventQueue, MarksTheTextAfterOneThatCouldNotBeWritten) {
    EventQueue queue;
    queue.push(token("a"), kStart);
    const auto taken = queue.take(kStart);
    queue.push(token("b"), kStart + 1ms);  // While it was being written.
    queue.lost(taken);
    EXPECT_THAT(shown(queue.take_all()), ElementsAre("2 token b after a gap"));
    queue.push(token("c"), kStart + 1s);
    queue.lost(queue.take_all());
    queue.push(token("d"), kStart + 2s);
    EXPECT_THAT(shown(queue.take_all()), ElementsAre("4 token d after a gap"));
    EXPECT_EQ(queue.counts().dropped, 2);
}

TEST(EventQueue, ForgetsAnEpochThatIsClosedOrEnded) {
    EventQueue queue;
    queue.push(token("a", 1), kStart);
    queue.take(kStart);
    queue.push(token("b", 1), kStart);
    queue.close("job", 1);
    EXPECT_THAT(shown(queue.take(kStart)), ElementsAre("2 token b")) << "due as it is closed";
    queue.push(event(EventType::kEnd, 2), kStart);
    EXPECT_EQ(queue.open_epochs(), 0);
    queue.close("job", 3);
}

TEST(EventQueue, AnEventOfAnotherKindThatHasATextTakesNoRoomFromTexts) {
    EventQueue queue;
    const EventQueue::Time now{};
    queue.push(event(EventType::kProgress, 1, 0, {{"text", "some"}}), now);
    EXPECT_EQ(queue.take(now).size(), 1);
    queue.push(token("more"), now);
    EXPECT_EQ(queue.take(now).size(), 1);
    EXPECT_EQ(queue.counts().dropped, 0);
}

}  // namespace
}  // namespace inference
