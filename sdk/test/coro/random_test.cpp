#include "temporal/random.hpp"

#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <vector>

namespace temporal {
namespace {

// These numbers are in the histories of running workflows: a change here breaks their replay.
TEST(Random, TheNumbersOfASeedNeverChange) {
    Random random(42);

    EXPECT_EQ(random.next(), 1546998764402558742ULL);
    EXPECT_EQ(random.next(), 6990951692964543102ULL);
    EXPECT_EQ(random.next(), 12544586762248559009ULL);
}

TEST(Random, BelowStaysBelowItsBoundAndReachesEveryValue) {
    Random random(7);
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 1000; ++i) {
        seen.insert(random.below(6));
    }

    EXPECT_EQ(seen, (std::set<std::uint64_t>{0, 1, 2, 3, 4, 5}));
}

TEST(Random, UniformStaysInTheHalfOpenUnitInterval) {
    Random random(1);
    for (int i = 0; i < 1000; ++i) {
        const double drawn = random.uniform();
        EXPECT_GE(drawn, 0.0);
        EXPECT_LT(drawn, 1.0);
    }
}

TEST(Random, AUuidIsOfVersionFourAndVariantOne) {
    Random random(3);
    static const std::regex kForm(
        "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    );
    const std::string first = random.uuid();

    EXPECT_TRUE(std::regex_match(first, kForm)) << first;
    EXPECT_NE(first, random.uuid());
}

}  // namespace
}  // namespace temporal
