#include "adapters/openai/openai_endpoint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inference {
namespace {

using testing::HasSubstr;
using enum EngineKind;

OpenAiEndpoint resolve(EngineKind engine, std::string url, std::string server_name = {}) {
    EndpointOptions options{
        .model = "m", .url = std::move(url), .engine_model = "m", .api_key = {}, .tls = {}
    };
    options.tls = TlsFiles{
        .ca_file = {}, .cert_file = {}, .key_file = {}, .server_name = std::move(server_name)
    };
    return resolve_openai_endpoint(engine, options).value();
}

TEST(OpenAiEndpoint, HasTheVersionInItsBaseButNotInItsRoot) {
    const OpenAiEndpoint endpoint = resolve(kVllm, "http://gpu1:8000/v1/");

    EXPECT_EQ(endpoint.base, "http://gpu1:8000/v1");
    EXPECT_EQ(endpoint.root, "http://gpu1:8000");
    EXPECT_EQ(endpoint.ready_url, "http://gpu1:8000/health");
    EXPECT_EQ(endpoint.connect_to, "");
}

TEST(OpenAiEndpoint, GetsTheEnginesPathWhereItHasNone) {
    EXPECT_EQ(resolve(kVllm, "http://gpu1:8000").base, "http://gpu1:8000/v1");
    EXPECT_EQ(resolve(kOpenVino, "http://gpu1:8000").base, "http://gpu1:8000/v3");
}

TEST(OpenAiEndpoint, KeepsThePathOfAGateway) {
    const OpenAiEndpoint endpoint = resolve(kSglang, "https://gateway/llama/v1");

    EXPECT_EQ(endpoint.base, "https://gateway/llama/v1");
    EXPECT_EQ(endpoint.ready_url, "https://gateway/llama/health");
    EXPECT_EQ(resolve(kVllm, "https://gateway/llama").root, "https://gateway/llama");
}

TEST(OpenAiEndpoint, AsksEachEngineForReadinessWhereItAnswers) {
    EXPECT_EQ(resolve(kOpenVino, "http://a/v3").ready_url, "http://a/v2/health/ready");
    EXPECT_EQ(resolve(kOpenAi, "https://a/v1").ready_url, "https://a/v1/models");
    EXPECT_EQ(resolve(kTensorRtLlm, "http://a/v1").ready_url, "http://a/health");
}

TEST(OpenAiEndpoint, ConnectsToItsHostUnderTheServersName) {
    const OpenAiEndpoint plain = resolve(kVllm, "https://10.0.0.7:8443/v1", "gpu.example");

    EXPECT_EQ(plain.base, "https://gpu.example:8443/v1");
    EXPECT_EQ(plain.connect_to, "10.0.0.7:8443");
    EXPECT_EQ(resolve(kVllm, "https://10.0.0.7/v1", "gpu.example").connect_to, "10.0.0.7:443");
}

TEST(OpenAiEndpoint, MustBeHttp) {
    for (const char* url : {"127.0.0.1:8000", "grpc://a:1", "ftp://a/v1"}) {
        const auto endpoint = resolve_openai_endpoint(
            kVllm, {.model = "llama", .url = url, .engine_model = "", .api_key = "", .tls = {}}
        );

        ASSERT_FALSE(endpoint) << url;
        EXPECT_THAT(endpoint.error().message, HasSubstr("http://"));
        EXPECT_THAT(endpoint.error().message, HasSubstr("llama"));
    }
}

}  // namespace
}  // namespace inference
