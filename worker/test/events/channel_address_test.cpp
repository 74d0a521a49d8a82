#include "events/channel_address.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inference {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ParseChannel, ReadsEveryForm) {
    const std::pair<const char*, ChannelAddress> rows[] = {
        {"none", NoChannel{}},
        {"file:events", FileAddress{"events"}},
        {"file:/var/lib/events", FileAddress{"/var/lib/events"}},
        {"redis://localhost", RedisAddress{.host = "localhost"}},
        {"redis://10.0.0.1:7000/3", RedisAddress{.host = "10.0.0.1", .port = 7000, .database = 3}},
        {"redis://host/", RedisAddress{.host = "host"}},
        {"redis://[::1]:7000", RedisAddress{.host = "::1", .port = 7000}},
        {"redis://[::1]", RedisAddress{.host = "::1"}},
        {"redis://:secret@host", RedisAddress{.host = "host", .password = "secret"}},
        {"redis://me:p%40%2F%3A@host:1/0",
         RedisAddress{.host = "host", .port = 1, .user = "me", .password = "p@/:"}},
    };
    for (const auto& [text, address] : rows) {
        EXPECT_EQ(parse_channel(text), address) << text;
    }
}

TEST(ParseChannel, RefusesTheRestAndRepeatsNoPassword) {
    const std::pair<const char*, const char*> rows[] = {
        {"", "is no channel; it takes file:DIR"},
        {"file:", "is no channel"},
        {"kafka://secret", "is no channel"},
        {"redis://", "has no host and port"},
        {"redis://host:0", "has no host and port"},
        {"redis://host:65536", "has no host and port"},
        {"redis://host:port", "has no host and port"},
        {"redis://[::1", "has no host and port"},
        {"redis://[::1]7000", "has no host and port"},
        {"redis://host/first", "ends in no number of a database"},
        {"redis://:secret%@host", "has a wrong % in its user or password"},
        {"redis://:secret%4x@host", "has a wrong % in its user or password"},
        {"rediss://:secret@host", "asks for TLS"},
    };
    for (const auto& [text, problem] : rows) {
        const auto address = parse_channel(text);
        ASSERT_FALSE(address.has_value()) << text;
        EXPECT_THAT(address.error(), HasSubstr(problem)) << text;
        EXPECT_THAT(address.error(), Not(HasSubstr("secret"))) << text;
    }
}

TEST(ParseChannel, NamesARedisWithoutItsPassword) {
    const auto address = parse_channel("redis://me:secret@[::1]:7000/2");
    EXPECT_EQ(shown_place(std::get<RedisAddress>(*address)), "redis [::1]:7000");
}

}  // namespace
}  // namespace inference
