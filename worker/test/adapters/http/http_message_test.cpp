#include "adapters/http/http_message.hpp"

#include <gtest/gtest.h>

namespace inference {
namespace {

using namespace std::chrono_literals;

// Wed, 21 Oct 2015 07:28:00 GMT
constexpr std::chrono::system_clock::time_point kNow{std::chrono::seconds{1445412480}};

std::optional<std::chrono::milliseconds> wish(std::vector<HttpHeader> headers) {
    return retry_after(HttpAnswer{.status = 503, .headers = std::move(headers), .body = {}}, kNow);
}

TEST(RetryAfter, ReadsSeconds) {
    EXPECT_EQ(wish({{"retry-after", "2"}}), 2s);
    EXPECT_EQ(wish({{"retry-after", "0.25"}}), 250ms);
}

TEST(RetryAfter, ReadsMillisecondsFirst) {
    EXPECT_EQ(wish({{"retry-after", "2"}, {"retry-after-ms", "150"}}), 150ms);
}

TEST(RetryAfter, ReadsDates) {
    EXPECT_EQ(wish({{"retry-after", "Wed, 21 Oct 2015 07:28:30 GMT"}}), 30s);
}

TEST(RetryAfter, IsAtMostAMinute) {
    EXPECT_EQ(wish({{"retry-after", "3600"}}), 60s);
    EXPECT_EQ(wish({{"retry-after", "Thu, 22 Oct 2015 07:28:00 GMT"}}), 60s);
    EXPECT_EQ(wish({{"retry-after", "1e300"}}), 60s);
}

TEST(RetryAfter, IsNoWishWhereItIsPastOrUnreadable) {
    EXPECT_EQ(wish({}), std::nullopt);
    EXPECT_EQ(wish({{"retry-after", "0"}}), std::nullopt);
    EXPECT_EQ(wish({{"retry-after", "-5"}}), std::nullopt);
    EXPECT_EQ(wish({{"retry-after", "soon"}}), std::nullopt);
    EXPECT_EQ(wish({{"retry-after", "nan"}}), std::nullopt);
    EXPECT_EQ(wish({{"retry-after", "Tue, 20 Oct 2015 07:28:00 GMT"}}), std::nullopt);
}

}  // namespace
}  // namespace inference
