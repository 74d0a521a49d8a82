#include "activity/registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace temporal::activity {
namespace {

TEST(ActivityRegistry, FindsWhatWasAdded) {
    Registry registry;
    registry.add({.name = "infer", .asynchronous = true, .run = {}});

    ASSERT_NE(registry.find("infer"), nullptr);
    EXPECT_TRUE(registry.find("infer")->asynchronous);
    EXPECT_EQ(registry.find("Infer"), nullptr);
}

TEST(ActivityRegistry, RefusesANameThatIsTaken) {
    Registry registry;
    registry.add({.name = "infer", .run = {}});

    EXPECT_THROW(registry.add({.name = "infer", .run = {}}), std::invalid_argument);
    EXPECT_THAT(registry.names(), testing::ElementsAre("infer"));
}

TEST(ActivityRegistry, RefusesAnActivityWithoutAName) {
    Registry registry;

    EXPECT_THROW(registry.add({.name = "", .run = {}}), std::invalid_argument);
}

TEST(ActivityRegistry, ListsNamesInAlphabeticalOrder) {
    Registry registry;
    registry.add({.name = "preprocess", .run = {}});
    registry.add({.name = "infer", .run = {}});

    EXPECT_THAT(registry.names(), testing::ElementsAre("infer", "preprocess"));
}

}  // namespace
}  // namespace temporal::activity
