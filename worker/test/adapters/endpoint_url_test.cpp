#include "adapters/endpoint_url.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inference {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(EndpointUrl, HasThePartsOfAnAddress) {
    const auto url = parse_endpoint_url("m", "HTTP://gpu1:8000/base/v1/", "grpc");

    ASSERT_TRUE(url);
    EXPECT_EQ(url->scheme, "http");
    EXPECT_EQ(url->host, "gpu1");
    EXPECT_EQ(url->port, "8000");
    EXPECT_EQ(url->path, "/base/v1");
    EXPECT_EQ(url->authority(), "gpu1:8000");
}

TEST(EndpointUrl, TakesHostAndPortAlone) {
    const auto url = parse_endpoint_url("m", "[::1]:8001", "grpc");

    ASSERT_TRUE(url);
    EXPECT_EQ(url->scheme, "grpc");
    EXPECT_EQ(url->authority(), "[::1]:8001");
    EXPECT_EQ(url->path, "");
}

TEST(EndpointUrl, IsRefusedWithTheModelsName) {
    const auto url = parse_endpoint_url("digits", "http://bad host/", "grpc");

    ASSERT_FALSE(url);
    EXPECT_EQ(url.error().error_class, ErrorClass::kFatal);
    EXPECT_EQ(url.error().code, ErrorCode::kValidation);
    EXPECT_THAT(url.error().message, HasSubstr("model 'digits'"));
    EXPECT_FALSE(url.error().sent);
}

TEST(EndpointUrl, MayHoldNoSecretsAndThenShowsNone) {
    for (const char* endpoint :
         {"http://user:hunter2@gpu1/v1", "http://gpu1/v1?key=hunter2", "http://gpu1/v1#hunter2"}) {
        const auto url = parse_endpoint_url("m", endpoint, "grpc");

        ASSERT_FALSE(url) << endpoint;
        EXPECT_THAT(url.error().message, Not(HasSubstr("hunter2")));
        EXPECT_THAT(url.error().message, HasSubstr("api_key_env"));
    }
}

}  // namespace
}  // namespace inference
