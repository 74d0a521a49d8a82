#include "resilience/batch_lane.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <set>

namespace inference {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

constexpr BatchLane::Time kStart{1h};

constexpr DepthOptions by_hand(std::int64_t depth) {
    return {.start = depth, .most = depth};
}

Error transient(ErrorCode code = ErrorCode::kEngine5xx) {
    return {.error_class = ErrorClass::kTransient, .code = code, .message = "m", .sent = true};
}
Error broken() {
    return transient(ErrorCode::kConnection);
}
Error refused() {
    Error error = transient(ErrorCode::kConnection);
    error.sent = false;
    return error;
}
Error out_of_memory() {
    return {.error_class = ErrorClass::kOutOfMemory, .code = ErrorCode::kEngineOom, .sent = true};
}
Error timeout() {
    return {.error_class = ErrorClass::kTimeout, .code = ErrorCode::kEngineTimeout, .sent = true};
}
Error bad_input() {
    Error error = fatal(ErrorCode::kValidation, "bad");
    error.sent = true;
    return error;
}

/// A lane with the items 0, 1, ... of chunk 7, and a clock.
class Lane {
public:
    explicit Lane(std::uint32_t items, LaneOptions options = {}, std::uint64_t kind = 1)
        : lane(options) {
        for (std::uint32_t item = 0; item < items; ++item) {
            lane.add({7, item}, kind);
        }
        send();
    }

    /// The items that go out now, call by call.
    std::vector<std::vector<std::uint32_t>> send() {
        std::vector<std::vector<std::uint32_t>> sent;
        for (const LaneCall& call : lane.take(now)) {
            sent.push_back(call.items);
            calls[call.items.front()] = call;
        }
        return sent;
    }
    std::vector<LaneLoss> fail(std::uint32_t item, const Error& error) {
        return lane.failed(calls.at(item).number, error, now, 0.5);
    }
    void answer(std::uint32_t item) { lane.answered(calls.at(item).number, now); }
    std::vector<std::vector<std::uint32_t>> after(std::chrono::milliseconds time) {
        now += time;
        return send();
    }

    BatchLane lane;
    BatchLane::Time now = kStart;
    std::map<std::uint32_t, LaneCall> calls;
};

TEST(BatchLane, KeepsSoManyCallsUnderWayAndFillsEachPlaceAsItComesFree) {
    Lane lane(5, {.depth = by_hand(2)});
    EXPECT_THAT(lane.calls, SizeIs(2));
    EXPECT_THAT(lane.send(), IsEmpty());

    lane.answer(1);
    EXPECT_THAT(lane.send(), ElementsAre(ElementsAre(2)));
    lane.answer(0);
    lane.answer(2);
    EXPECT_THAT(lane.send(), ElementsAre(ElementsAre(3), ElementsAre(4)));
}

TEST(BatchLane, TheEndOfOneChunkAndTheBeginOfTheNextAreUnderWayTogether) {
    BatchLane lane({.depth = by_hand(2)});
    lane.add({1, 0});
    lane.add({2, 0});

    const auto calls = lane.take(kStart);
    ASSERT_THAT(calls, SizeIs(2));
    EXPECT_EQ(calls[0].chunk, 1U);
    EXPECT_EQ(calls[1].chunk, 2U);
}

TEST(BatchLane, ItemsOfOneKindShareACallUpToItsLimit) {
    BatchLane lane({.depth = by_hand(9), .group = 3});
    for (std::uint32_t item = 0; item < 4; ++item) {
        lane.add({1, item}, 5);
    }
    lane.add({1, 4}, 6);
    lane.add({2, 0}, 6);
    lane.add({2, 1}, 0);
    lane.add({2, 2}, 0);

    std::vector<std::vector<std::uint32_t>> groups;
    for (const LaneCall& call : lane.take(kStart)) {
        groups.push_back(call.items);
    }
    EXPECT_THAT(
        groups,
        ElementsAre(
            ElementsAre(0, 1, 2),
            ElementsAre(3),
            ElementsAre(4),
            ElementsAre(0),
            ElementsAre(1),
            ElementsAre(2)
        )
    );
}

TEST(BatchLane, AnEngineThatTakesNothingHoldsAllBackAndCostsNoTries) {
    Lane lane(3, {.depth = by_hand(2), .ready_timeout = 1min});
    for (int look = 0; look < 4; ++look) {
        EXPECT_THAT(lane.fail(0, refused()), IsEmpty());
        EXPECT_THAT(lane.fail(1, refused()), IsEmpty());
        EXPECT_THAT(lane.send(), IsEmpty());
        EXPECT_LE(lane.lane.held_until() - lane.now, 6s);
        lane.now = lane.lane.held_until();
        EXPECT_THAT(lane.send(), UnorderedElementsAre(ElementsAre(0), ElementsAre(1)));
    }
    EXPECT_FALSE(lane.lane.lost());
    lane.now += 1min;
    EXPECT_THAT(lane.fail(0, refused()), IsEmpty());
    ASSERT_TRUE(lane.lane.lost());
    EXPECT_EQ(lane.lane.lost()->code, ErrorCode::kEngineNotReady);

    lane.lane.dropped(lane.calls.at(1).number);
    lane.lane.remove(7);
    EXPECT_FALSE(lane.lane.lost());
}

TEST(BatchLane, ARetryAfterHoldsAllBackForSoLongAndHalvesTheCalls) {
    Lane lane(9, {.depth = by_hand(4)});
    Error busy = transient(ErrorCode::kRateLimited);
    busy.retry_after = 7s;
    for (std::uint32_t item = 0; item < 4; ++item) {
        EXPECT_THAT(lane.fail(item, busy), IsEmpty());
    }
    EXPECT_THAT(lane.after(6999ms), IsEmpty());
    EXPECT_EQ(lane.lane.next_look(lane.now), lane.now + 1ms);
    EXPECT_THAT(lane.after(1ms), SizeIs(2));
    EXPECT_EQ(lane.lane.depth(), 2) << "one wave of refusals halves once";
}

TEST(BatchLane, ThePoisonIsFoundAmongTheSuspectsWithASecondDeathAndTheOthersAreDone) {
    Lane lane(6, {.depth = by_hand(4)});
    for (std::uint32_t item = 0; item < 4; ++item) {
        EXPECT_THAT(lane.fail(item, broken()), IsEmpty());
    }
    // One by one, and nothing beside them; 2 is the poison.
    EXPECT_THAT(lane.send(), ElementsAre(ElementsAre(0)));
    EXPECT_THAT(lane.send(), IsEmpty());
    lane.answer(0);
    EXPECT_THAT(lane.send(), ElementsAre(ElementsAre(1)));
    lane.answer(1);
    EXPECT_THAT(lane.send(), ElementsAre(ElementsAre(2)));
    const auto losses = lane.fail(2, broken());
    ASSERT_THAT(losses, SizeIs(1));
    EXPECT_EQ(losses[0].item, (LaneItem{7, 2}));
    EXPECT_EQ(losses[0].error.code, ErrorCode::kPoison);
    EXPECT_EQ(losses[0].error.error_class, ErrorClass::kFatal);
    EXPECT_THAT(lane.send(), ElementsAre(ElementsAre(3)));
    EXPECT_THAT(lane.send(), IsEmpty()) << "the last suspect is alone, too";
    lane.answer(3);
    EXPECT_THAT(lane.send(), ElementsAre(ElementsAre(4), ElementsAre(5)));
}

TEST(BatchLane, WhileTheEngineComesBackTheSuspectsWait) {
    Lane lane(2, {.depth = by_hand(2)});
    EXPECT_THAT(lane.fail(0, broken()), IsEmpty());
    EXPECT_THAT(lane.fail(1, broken()), IsEmpty());
    lane.send();
    EXPECT_THAT(lane.fail(0, refused()), IsEmpty());
    EXPECT_THAT(lane.send(), IsEmpty());
    ASSERT_TRUE(lane.lane.next_look(lane.now));
    lane.now = *lane.lane.next_look(lane.now);
    EXPECT_THAT(lane.send(), ElementsAre(ElementsAre(0))) << "a refusal is no death";
}

TEST(BatchLane, OutOfMemoryHalvesWhatACallHolds) {
    Lane lane(32, {.depth = by_hand(1), .group = 32});
    EXPECT_THAT(lane.fail(0, out_of_memory()), IsEmpty());
    EXPECT_THAT(lane.send(), ElementsAre(SizeIs(16)));
    Error told = out_of_memory();
    told.batch_limit = 4;
    EXPECT_THAT(lane.fail(0, told), IsEmpty());
    for (std::uint32_t first = 0; first < 32; first += 4) {
        EXPECT_THAT(lane.send(), ElementsAre(SizeIs(4)));
        lane.answer(first);
    }
    EXPECT_THAT(lane.send(), IsEmpty());
}

TEST(BatchLane, OutOfMemoryOfSingleItemsHalvesTheCallsUnderWayUntilOneIsAlone) {
    Lane lane(8, {.depth = by_hand(8)});
    for (std::uint32_t item = 0; item < 8; ++item) {
        EXPECT_THAT(lane.fail(item, out_of_memory()), IsEmpty());
    }
    EXPECT_EQ(lane.lane.depth(), 4);
    for (const std::int64_t depth : {2, 1}) {
        for (const auto& items : lane.after(1min)) {
            EXPECT_THAT(lane.fail(items.front(), out_of_memory()), IsEmpty());
        }
        EXPECT_EQ(lane.lane.depth(), depth);
    }
    EXPECT_THAT(lane.after(1min), SizeIs(1));
}

TEST(BatchLane, OutOfMemoryOfASingleItemThatIsAloneIsTriedOnceMore) {
    Lane lane(1, {.depth = by_hand(8)});
    EXPECT_THAT(lane.fail(0, out_of_memory()), IsEmpty());
    EXPECT_THAT(lane.after(1s), SizeIs(1));
    EXPECT_THAT(lane.fail(0, out_of_memory()), SizeIs(1));
}

TEST(BatchLane, AnsweredCallsLetTheDepthGrowAgain) {
    Lane lane(40, {.depth = by_hand(4)});
    EXPECT_THAT(lane.fail(0, out_of_memory()), IsEmpty());
    EXPECT_EQ(lane.lane.depth(), 2);
    for (std::uint32_t item = 1; item < 30; ++item) {
        lane.answer(item);
        lane.send();
    }
    EXPECT_EQ(lane.lane.depth(), 4);
}

TEST(BatchLane, ATransientFailureIsTriedAgainAfterAWaitAndTheThirdIsFinal) {
    Lane lane(1);
    EXPECT_THAT(lane.fail(0, transient()), IsEmpty());
    EXPECT_EQ(lane.lane.next_look(lane.now), lane.now + 1s);
    EXPECT_THAT(lane.after(999ms), IsEmpty());
    EXPECT_THAT(lane.after(1ms), SizeIs(1));
    EXPECT_THAT(lane.fail(0, transient()), IsEmpty());
    EXPECT_THAT(lane.after(2s), SizeIs(1));
    EXPECT_THAT(lane.fail(0, transient()), SizeIs(1));
    EXPECT_EQ(lane.lane.next_look(lane.now), std::nullopt);
}

TEST(BatchLane, ATimeoutIsTriedOnceMore) {
    Lane lane(1);
    EXPECT_THAT(lane.fail(0, timeout()), IsEmpty());
    EXPECT_THAT(lane.after(1s), SizeIs(1));
    EXPECT_THAT(lane.fail(0, timeout()), SizeIs(1));
}

TEST(BatchLane, ATimeoutOfACallThatWaitedBehindTooManyIsNotCounted) {
    Lane lane(4, {.depth = by_hand(4)});
    lane.fail(0, out_of_memory());
    EXPECT_EQ(lane.lane.depth(), 2);
    EXPECT_THAT(lane.fail(1, timeout()), IsEmpty());
    lane.answer(2);
    lane.answer(3);
    lane.after(1min);
    EXPECT_THAT(lane.fail(1, timeout()), IsEmpty());
    lane.after(1min);
    EXPECT_THAT(lane.fail(1, timeout()), SizeIs(1));
}

TEST(BatchLane, ABadItemIsFoundInItsCallByHalves) {
    Lane lane(8, {.depth = by_hand(1), .group = 8});
    std::vector<std::uint32_t> lost;
    int calls = 0;
    for (std::vector<std::vector<std::uint32_t>> sent{lane.calls.at(0).items}; !sent.empty();
         sent = lane.send()) {
        ++calls;
        const auto& items = sent.front();
        if (std::ranges::find(items, 5U) == items.end()) {
            lane.answer(items.front());
            continue;
        }
        for (const LaneLoss& loss : lane.fail(items.front(), bad_input())) {
            lost.push_back(loss.item.item);
        }
    }
    EXPECT_THAT(lost, ElementsAre(5));
    EXPECT_LE(calls, 8);
}

TEST(BatchLane, AChunkThatIsGoneHasNothingSent) {
    BatchLane lane({.depth = by_hand(1)});
    lane.add({1, 0});
    lane.add({1, 1});
    lane.add({2, 0});
    const auto first = lane.take(kStart);
    lane.remove(1);
    lane.dropped(first.at(0).number);

    const auto next = lane.take(kStart);
    ASSERT_THAT(next, SizeIs(1));
    EXPECT_EQ(next[0].chunk, 2U);
    EXPECT_THAT(lane.failed(first.at(0).number, broken(), kStart, 0), IsEmpty())
        << "a call that was dropped is nobody's";
}

/// Every item ends exactly once, whatever happens to the calls; never more calls than the depth; a seed that fails is printed.
TEST(BatchLane, EveryItemEndsExactlyOnceWhateverFails) {
    for (unsigned seed = 0; seed < 300; ++seed) {
        SCOPED_TRACE(testing::Message() << "seed " << seed);
        std::mt19937 random(seed);
        const auto below = [&](unsigned end) { return static_cast<unsigned>(random() % end); };
        const LaneOptions options{
            .depth = by_hand(1 + below(8)), .group = 1 + below(6), .ready_timeout = 24h
        };
        BatchLane lane(options);
        const std::uint32_t items = 1 + below(60);
        for (std::uint32_t item = 0; item < items; ++item) {
            lane.add({1, item}, below(3));
        }
        auto now = kStart;
        std::map<std::uint64_t, LaneCall> under_way;
        std::set<std::uint32_t> ended;
        for (int step = 0; step < 100'000 && ended.size() < items; ++step) {
            for (const LaneCall& call : lane.take(now)) {
                under_way[call.number] = call;
            }
            ASSERT_LE(std::ssize(under_way), options.depth.start);
            if (under_way.empty()) {
                const auto look = lane.next_look(now);
                ASSERT_TRUE(look) << "items are left, and nothing would wake anybody";
                now = *look;
                continue;
            }
            const auto call = std::next(under_way.begin(), below(under_way.size()))->second;
            under_way.erase(call.number);
            const unsigned dice = below(12);
            if (dice >= 6) {
                lane.answered(call.number, now);
                for (const std::uint32_t item : call.items) {
                    ASSERT_TRUE(ended.insert(item).second) << item << " ended twice";
                }
                continue;
            }
            const std::array<Error, 6> errors{
                transient(), refused(), broken(), out_of_memory(), timeout(), bad_input()
            };
            for (const LaneLoss& loss : lane.failed(call.number, errors.at(dice), now, 0.5)) {
                ASSERT_TRUE(ended.insert(loss.item.item).second)
                    << loss.item.item << " ended twice";
            }
        }
        ASSERT_EQ(ended.size(), items);
    }
}

}  // namespace
}  // namespace inference
