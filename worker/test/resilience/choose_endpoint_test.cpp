#include "resilience/choose_endpoint.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace inference {
namespace {

using Endpoints = std::vector<EndpointLoad>;

TEST(ChooseEndpoint, TakesTheLeastLoaded) {
    EXPECT_EQ(
        choose_endpoint(Endpoints{{.under_way = 2}, {.under_way = 1}, {.under_way = 3}}, 0), 1U
    );
}

TEST(ChooseEndpoint, AmongEqualsTheTurnGoesRound) {
    const Endpoints equal(3);
    EXPECT_EQ(choose_endpoint(equal, 0), 0U);
    EXPECT_EQ(choose_endpoint(equal, 1), 1U);
    EXPECT_EQ(choose_endpoint(equal, 5), 2U);
}

TEST(ChooseEndpoint, LeavesOutWhatIsNotUsable) {
    EXPECT_EQ(choose_endpoint(Endpoints{{.usable = false}, {.under_way = 9}}, 0), 1U);
    EXPECT_EQ(choose_endpoint(Endpoints{{.usable = false}}, 0), std::nullopt);
    EXPECT_EQ(choose_endpoint(Endpoints{}, 3), std::nullopt);
}

TEST(ChooseEndpoint, OneThatStandsStillIsTakenOnlyIfThereIsNoOther) {
    EXPECT_EQ(
        choose_endpoint(Endpoints{{.stalled = true, .under_way = 1}, {.under_way = 9}}, 0), 1U
    );
    EXPECT_EQ(choose_endpoint(Endpoints{{.stalled = true, .under_way = 1}}, 0), 0U);
}

}  // namespace
}  // namespace inference
