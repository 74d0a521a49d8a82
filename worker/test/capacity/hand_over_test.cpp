#include "capacity/hand_over.hpp"

#include <gtest/gtest.h>

#include <array>
#include <optional>

namespace inference {
namespace {

TEST(HandOver, AsManyTasksGoAsSlotsAreOwedAndNoMore) {
    std::size_t owed = 0;
    HandOver hand_over([&owed](std::size_t queue) { return queue == 2 ? owed : 0; });
    std::optional<HandOver::Turn> first(std::in_place, hand_over, 2);
    HandOver::Turn second(hand_over, 2);
    HandOver::Turn other(hand_over, 1);
    EXPECT_FALSE(first->is_to_go());

    owed = 1;
    EXPECT_TRUE(first->is_to_go());
    EXPECT_FALSE(second.is_to_go()) << "one is on its way";
    EXPECT_FALSE(other.is_to_go()) << "of another queue";

    owed = 0;
    EXPECT_TRUE(first->is_to_go()) << "who has begun to go goes";
    first.reset();
    EXPECT_FALSE(second.is_to_go());
    owed = 1;
    EXPECT_TRUE(second.is_to_go());
}

}  // namespace
}  // namespace inference
