#include "temporal/failure.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace temporal {
namespace {

FailurePtr canceled() {
    return std::make_shared<const CanceledFailure>();
}

TEST(Failure, OfAnActivityThatWasCanceledCountsAsCanceled) {
    EXPECT_TRUE(is_canceled(CanceledFailure()));
    EXPECT_TRUE(is_canceled(ActivityFailure("activity error", {}, canceled())));
    EXPECT_TRUE(is_canceled(ChildWorkflowFailure(
        "child error",
        {},
        std::make_shared<const ActivityFailure>(
            "activity error", ActivityFailure::Info{}, canceled()
        )
    )));
}

TEST(Failure, OfAnApplicationThatWasCausedByACancelIsItsOwn) {
    EXPECT_FALSE(is_canceled(ApplicationFailure("gave up", {.cause = canceled()})));
    EXPECT_FALSE(is_canceled(ActivityFailure("activity error", {}, nullptr)));
}

TEST(Failure, TheFirstApplicationFailureOfAChainIsFound) {
    const auto inner = std::make_shared<const ApplicationFailure>("inner");
    const auto outer = std::make_shared<const ApplicationFailure>(
        "outer", ApplicationFailure::Options{.cause = inner}
    );
    const ActivityFailure chain("activity error", {}, outer);

    EXPECT_EQ(find_application_failure(chain), outer.get());
    EXPECT_EQ(find_application_failure(TerminatedFailure("killed")), nullptr);
}

TEST(Failure, RaisesWithItsOwnType) {
    const FailurePtr failure =
        std::make_shared<const TimeoutFailure>("late", TimeoutType::kStartToClose);

    EXPECT_THROW(failure->raise(), TimeoutFailure);
}

}  // namespace
}  // namespace temporal
