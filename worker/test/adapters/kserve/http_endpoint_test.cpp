#include "adapters/kserve/http_endpoint.hpp"

#include <gtest/gtest.h>

namespace inference {
namespace {

KserveHttpEndpoint resolved(
    std::string url, std::string engine_model, std::string server_name = {}
) {
    EndpointOptions options;
    options.model = "digits";
    options.url = std::move(url);
    options.engine_model = std::move(engine_model);
    if (!server_name.empty()) {
        options.tls = TlsFiles{};
        options.tls->server_name = std::move(server_name);
    }
    return resolve_kserve_http_endpoint(options).value();
}

TEST(KserveHttpEndpoint, IsAUrlInWhateverCase) {
    EXPECT_TRUE(is_http_endpoint("http://gpu1:8000"));
    EXPECT_TRUE(is_http_endpoint("HTTPS://gpu1"));
    EXPECT_FALSE(is_http_endpoint("gpu1:8001"));
    EXPECT_FALSE(is_http_endpoint("grpc://gpu1:8001"));
    EXPECT_FALSE(is_http_endpoint("http"));
}

TEST(KserveHttpEndpoint, HasTheModelBelowTheProtocolsPath) {
    EXPECT_EQ(resolved("http://gpu1:8000", "m").model_url, "http://gpu1:8000/v2/models/m");
    EXPECT_EQ(resolved("https://gw/team/", "m").model_url, "https://gw/team/v2/models/m");
}

TEST(KserveHttpEndpoint, EscapesWhatIsNotPlainInTheModelsName) {
    EXPECT_EQ(
        resolved("http://h:1", "a/b c?\xc3\xa9").model_url,
        "http://h:1/v2/models/a%2Fb%20c%3F%C3%A9"
    );
}

TEST(KserveHttpEndpoint, ExpectsTheCertificateOfAnotherNameByConnectingToTheHost) {
    const auto endpoint = resolved("https://10.0.0.1", "m", "engine.test");

    EXPECT_EQ(endpoint.model_url, "https://engine.test/v2/models/m");
    EXPECT_EQ(endpoint.connect_to, "10.0.0.1:443");
}

}  // namespace
}  // namespace inference
