#include "registry/closest_names.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace inference {
namespace {

TEST(EditDistance, CountsEachKindOfSlip) {
    EXPECT_EQ(edit_distance("digits", "digits"), 0U);
    EXPECT_EQ(edit_distance("digit", "digits"), 1U) << "left out";
    EXPECT_EQ(edit_distance("diggits", "digits"), 1U) << "put in";
    EXPECT_EQ(edit_distance("dibits", "digits"), 1U) << "another letter";
    EXPECT_EQ(edit_distance("digist", "digits"), 1U) << "two swapped";
    EXPECT_EQ(edit_distance("", "abc"), 3U);
    EXPECT_EQ(edit_distance("abc", ""), 3U);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(ClosestName, IsWhatWasMeant) {
    EXPECT_EQ(closest_name("modles", {"jobs", "models", "files"}), "models");
    EXPECT_EQ(closest_name("fils", {"jobs", "models", "files"}), "files");
}

TEST(ClosestName, IsNoneWhereNothingIsClose) {
    EXPECT_EQ(closest_name("zebra", {"jobs", "models", "files"}), std::nullopt);
    EXPECT_EQ(closest_name("anything", {}), std::nullopt);
    EXPECT_EQ(closest_name(std::string(10'000, 'm'), {"models"}), std::nullopt);
}

TEST(ByCloseness, PutsTheClosestFirstAndEquallyCloseOnesByAlphabet) {
    EXPECT_EQ(
        by_closeness("b", {"ccc", "bb", "c", "a"}),
        (std::vector<std::string>{"a", "bb", "c", "ccc"})
    );
}

RC_GTEST_PROP(
    EditDistance,
    IsTheSameBothWaysAndZeroOnlyForTheSame,
    (const std::string& a, const std::string& b)
) {
    RC_ASSERT(edit_distance(a, b) == edit_distance(b, a));
    RC_ASSERT((edit_distance(a, b) == 0) == (a == b));
    RC_ASSERT(edit_distance(a, b) <= std::max(a.size(), b.size()));
}

}  // namespace
}  // namespace inference
