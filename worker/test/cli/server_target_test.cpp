#include "cli/server_target.hpp"

#include <gtest/gtest.h>

namespace inference::cli {
namespace {

TEST(ServerTarget, ReadsEveryFormOfAnAddress) {
    EXPECT_EQ(server_target("temporal:7233"), (ServerTarget{"temporal", "7233"}));
    EXPECT_EQ(server_target("temporal"), (ServerTarget{"temporal", "7233"}));
    EXPECT_EQ(server_target("[::1]:7233"), (ServerTarget{"::1", "7233"}));
    EXPECT_EQ(server_target("[::1]"), (ServerTarget{"::1", "7233"}));
    EXPECT_EQ(server_target("https://a.example"), (ServerTarget{"a.example", "443"}));
    EXPECT_EQ(server_target("https://a.example:9/path"), (ServerTarget{"a.example", "9"}));
    EXPECT_EQ(server_target("http://a.example/"), (ServerTarget{"a.example", "80"}));
}

TEST(ServerTarget, NeedsAHost) {
    for (const char* address : {"", ":7233", "https://", "[]:1", "[::1"}) {
        EXPECT_EQ(server_target(address), std::nullopt) << address;
    }
}

}  // namespace
}  // namespace inference::cli
