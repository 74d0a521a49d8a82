#include "files/s3/s3_url.hpp"

#include "files/storage_error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace inference {
namespace {

std::string url(S3Options options, const S3Request& request) {
    return s3_url(checked(std::move(options)), request);
}

TEST(S3Url, EncodesAllButWhatTheSignatureLeavesAsItIs) {
    EXPECT_EQ(percent_encoded("AZaz09-._~"), "AZaz09-._~");
    EXPECT_EQ(percent_encoded(" +%=&/ä"), "%20%2B%25%3D%26%2F%C3%A4");
    EXPECT_EQ(percent_encoded("a/b c", /*keeps_slashes=*/true), "a/b%20c");
}

TEST(S3Url, HasTheBucketInThePathOrInTheHostsName) {
    const S3Request request{.method = "GET", .doing = "read", .object = {"data", "a b/c"}};
    EXPECT_EQ(
        url({.endpoint = "http://127.0.0.1:7070"}, request), "http://127.0.0.1:7070/data/a%20b/c"
    );
    EXPECT_EQ(
        url({.endpoint = "https://s3.amazonaws.com/", .path_style = false}, request),
        "https://data.s3.amazonaws.com/a%20b/c"
    );
}

TEST(S3Url, OfABucketHasNoKey) {
    const S3Request request{.method = "HEAD", .doing = "look at", .object = {"data", ""}};
    EXPECT_EQ(url({.endpoint = "http://h"}, request), "http://h/data");
    EXPECT_EQ(url({.endpoint = "http://h", .path_style = false}, request), "http://data.h/");
}

TEST(S3Url, SortsTheQueryAndGivesEachNameAnEqualsSign) {
    const S3Request request{
        .method = "POST",
        .doing = "write",
        .object = {"data", "a"},
        .query = {{"uploads", ""}, {"prefix", "a/b c"}, {"list-type", "2"}}
    };
    EXPECT_EQ(
        url({.endpoint = "http://h"}, request),
        "http://h/data/a?list-type=2&prefix=a%2Fb%20c&uploads="
    );
}

TEST(S3Url, AnEndpointThatIsNoneIsNamedWithAnExample) {
    for (const char* endpoint :
         {"", "127.0.0.1:7070", "ftp://h", "http://", "http://h?a", "http://u@h"}) {
        try {
            static_cast<void>(checked({.endpoint = endpoint}));
            FAIL() << endpoint;
        } catch (const StorageError& error) {
            EXPECT_THAT(error.what(), ::testing::HasSubstr("'" + std::string(endpoint)));
            EXPECT_THAT(error.what(), ::testing::HasSubstr("https://s3.eu-west-1.amazonaws.com"));
        }
    }
}

TEST(S3Url, KnowsWhichEndpointsAreOnThisMachine) {
    for (const char* endpoint : {"http://127.0.0.1:7070", "http://localhost", "https://[::1]:1"}) {
        EXPECT_TRUE(is_on_loopback(endpoint)) << endpoint;
    }
    EXPECT_FALSE(is_on_loopback("https://s3.amazonaws.com"));
}

}  // namespace
}  // namespace inference
