#include "config/slots.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

namespace inference {
namespace {

using Slots = std::vector<int>;

constexpr std::array kDesign{50, 35, 15};

TEST(Slots, OfTheDesignAreFiveThreeTwo) {
    EXPECT_EQ(slots_by_largest_remainder(10, kDesign), (Slots{5, 3, 2}));
    EXPECT_EQ(slots_by_largest_remainder(20, kDesign), (Slots{10, 7, 3}));
    EXPECT_EQ(slots_by_largest_remainder(100, kDesign), (Slots{50, 35, 15}));
}

TEST(Slots, GoToTheLargestRemainders) {
    EXPECT_EQ(slots_by_largest_remainder(7, std::array{1, 1, 2}), (Slots{2, 2, 3}))
        << "1.75, 1.75 and 3.5";
    EXPECT_EQ(slots_by_largest_remainder(11, kDesign), (Slots{5, 4, 2})) << "5.5, 3.85 and 1.65";
}

TEST(Slots, LeftOverByEqualRemaindersGoToTheSmallerShareThenToTheFirst) {
    EXPECT_EQ(slots_by_largest_remainder(10, std::array{35, 50, 15}), (Slots{3, 5, 2}))
        << "3.5 and 1.5";
    EXPECT_EQ(slots_by_largest_remainder(3, std::array{1, 1}), (Slots{2, 1}));
}

TEST(Slots, AreAtLeastOneEach) {
    EXPECT_EQ(slots_by_largest_remainder(3, kDesign), (Slots{1, 1, 1}));
    EXPECT_EQ(slots_by_largest_remainder(4, std::array{1000, 1, 1}), (Slots{2, 1, 1}));
    EXPECT_EQ(slots_by_largest_remainder(2, kDesign), (Slots{1, 1, 1}))
        << "too few for all: each gets its least all the same";
}

TEST(Slots, MayBeMoreThanOneAtLeast) {
    EXPECT_EQ(slots_by_largest_remainder(6, kDesign, 2), (Slots{2, 2, 2}));
    EXPECT_EQ(slots_by_largest_remainder(10, kDesign, 2), (Slots{5, 3, 2}));
}

TEST(Slots, TakeLargeNumbersWithoutOverflow) {
    constexpr int kMost = 2'147'483'647;
    EXPECT_EQ(
        slots_by_largest_remainder(kMost, std::array{kMost, kMost}),
        (Slots{1'073'741'824, 1'073'741'823})
    );
}

TEST(Slots, OfNobodyAreNone) {
    EXPECT_EQ(slots_by_largest_remainder(10, {}), Slots{});
}

struct Case {
    Slots shares;
    int least;
    int total;
};

Case arbitrary_case() {
    const auto shares =
        *rc::gen::resize(8, rc::gen::nonEmpty(rc::gen::container<Slots>(rc::gen::inRange(1, 200))));
    const int least = *rc::gen::inRange(1, 4);
    const int enough = least * static_cast<int>(shares.size());
    return {shares, least, *rc::gen::inRange(enough, enough + 300)};
}

RC_GTEST_PROP(Slots, AddUpAndLeaveNobodyShort, ()) {
    const Case given = arbitrary_case();
    const Slots slots = slots_by_largest_remainder(given.total, given.shares, given.least);

    RC_ASSERT(slots.size() == given.shares.size());
    RC_ASSERT(std::accumulate(slots.begin(), slots.end(), 0) == given.total);
    RC_ASSERT(std::ranges::all_of(slots, [&](int count) { return count >= given.least; }));
}

RC_GTEST_PROP(Slots, AreNeverFewerForALargerShare, ()) {
    const Case given = arbitrary_case();
    const Slots slots = slots_by_largest_remainder(given.total, given.shares, given.least);

    for (std::size_t a = 0; a < slots.size(); ++a) {
        for (std::size_t b = 0; b < slots.size(); ++b) {
            RC_ASSERT(given.shares[a] <= given.shares[b] || slots[a] >= slots[b]);
        }
    }
}

RC_GTEST_PROP(Slots, AreWithinOneOfWhatTheShareIsWorthWhereNobodyNeedsTheLeast, ()) {
    const Case given = arbitrary_case();
    const std::int64_t sum =
        std::accumulate(given.shares.begin(), given.shares.end(), std::int64_t{0});
    const auto is_rich = [&](int share) {
        return std::int64_t{given.total} * share >= given.least * sum;
    };
    RC_PRE(std::ranges::all_of(given.shares, is_rich));
    const Slots slots = slots_by_largest_remainder(given.total, given.shares, given.least);

    for (std::size_t i = 0; i < slots.size(); ++i) {
        const std::int64_t worth = std::int64_t{given.total} * given.shares[i] / sum;
        RC_ASSERT(slots[i] == worth || slots[i] == worth + 1);
    }
}

}  // namespace
}  // namespace inference
