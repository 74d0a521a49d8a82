#include "config/host_port.hpp"

#include <gtest/gtest.h>

namespace inference {
namespace {

TEST(HostPort, IsAHostAColonAndAPort) {
    for (const auto* text :
         {"127.0.0.1:7233",
          "localhost:1",
          "temporal-frontend.svc:65535",
          "[::1]:7233",
          "[fe80::1%0]:80"}) {
        EXPECT_TRUE(is_host_port(text)) << text;
    }
}

TEST(HostPort, IsNothingElse) {
    for (const auto* text :
         {"",
          "localhost",
          ":7233",
          "localhost:",
          "localhost:0",
          "localhost:65536",
          "localhost:-1",
          "localhost:70x",
          "http://localhost:7233",
          "local host:7233",
          "::1:7233",
          "[]:7233",
          "[x]:7233"}) {
        EXPECT_FALSE(is_host_port(text)) << text;
    }
}

TEST(HostPort, MayHavePortZeroWhereOneListens) {
    EXPECT_TRUE(is_host_port("127.0.0.1:0", 0));
}

}  // namespace
}  // namespace inference
