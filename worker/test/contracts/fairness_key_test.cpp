#include "contracts/fairness_key.hpp"

#include <gtest/gtest.h>

namespace inference {
namespace {

TEST(FairnessKey, IsTheClient) {
    EXPECT_EQ(fairness_key("acme"), "acme");
    EXPECT_EQ(fairness_key(std::string(64, 'a')), std::string(64, 'a'));
}

TEST(FairnessKey, AJobWithoutAClientHasNone) {
    EXPECT_EQ(fairness_key(std::nullopt), "");
}

TEST(FairnessKey, AClientThatIsTooLongForTheServerIsItsHash) {
    EXPECT_EQ(fairness_key(std::string(65, 'a')), "client-8087e9a889f8a14c");
    EXPECT_NE(fairness_key(std::string(65, 'a')), fairness_key(std::string(66, 'a')));
}

}  // namespace
}  // namespace inference
