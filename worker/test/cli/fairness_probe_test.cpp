#include "cli/fairness_probe.hpp"

#include <gtest/gtest.h>

namespace inference::cli {
namespace {

std::vector<std::string> flood_with_others_at(std::initializer_list<std::size_t> places) {
    std::vector<std::string> served(28, "flood");
    for (const std::size_t place : places) {
        served.at(place) = "other";
    }
    return served;
}

TEST(FairnessProbe, OthersThatGetAheadOfTheFloodTookTurns) {
    EXPECT_TRUE(took_turns(flood_with_others_at({1, 2, 3, 4})));
    EXPECT_TRUE(took_turns(flood_with_others_at({1, 4, 9, 16})));
}

TEST(FairnessProbe, OthersThatWaitForTheFloodDidNot) {
    EXPECT_FALSE(took_turns(flood_with_others_at({24, 25, 26, 27})));
    EXPECT_FALSE(took_turns(flood_with_others_at({11, 18, 23, 27})));
}

TEST(FairnessProbe, NothingServedIsNoTurn) {
    EXPECT_FALSE(took_turns({}));
    EXPECT_FALSE(took_turns(std::vector<std::string>(28, "flood")));
}

}  // namespace
}  // namespace inference::cli
