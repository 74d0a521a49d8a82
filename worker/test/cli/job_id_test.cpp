#include "cli/job_id.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace inference::cli {
namespace {

using testing::MatchesRegex;
using testing::StartsWith;
using namespace std::chrono_literals;

TEST(JobId, IsTheExampleOfTheRfc) {
    // RFC 9562, appendix A.6: 2022-02-22T19:22:22Z, rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F.
    const Timestamp time{1'645'557'742'000ms};
    const UuidRandom random{0x0C, 0xC3, 0x18, 0xC4, 0xDC, 0x0C, 0x0C, 0x07, 0x39, 0x8F};
    EXPECT_EQ(uuid_v7(time, random), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

TEST(JobId, LaterOnesSortBehindEarlierOnes) {
    const UuidRandom low{};
    UuidRandom high{};
    high.fill(0xFF);
    EXPECT_LT(uuid_v7(Timestamp{1'000ms}, high), uuid_v7(Timestamp{1'001ms}, low));
}

TEST(JobId, HasItsPrefixAndIsNewEveryTime) {
    const std::string first = new_job_id("inf-");
    EXPECT_THAT(first, StartsWith("inf-"));
    EXPECT_THAT(
        first.substr(4),
        MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
    );
    EXPECT_NE(first, new_job_id("inf-"));
}

}  // namespace
}  // namespace inference::cli
