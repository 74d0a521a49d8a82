#include "config/check_endpoint.hpp"

#include "adapters/engine_kind.hpp"
#include "registry/model.hpp"

#include <gtest/gtest.h>

#include <string>

namespace inference {
namespace {

std::string complaint(EngineKind engine, const std::string& endpoint, bool has_tls = false) {
    Model model;
    model.name = "m";
    model.engine = engine;
    if (has_tls) {
        model.tls.emplace();
    }
    return check_endpoint(model, endpoint).value_or("");
}

TEST(Endpoint, OfATextEngineIsAUrl) {
    for (const auto* endpoint :
         {"http://127.0.0.1:8080/v1",
          "https://api.example.com/v1",
          "http://vllm",
          "http://[::1]:8000/v1"}) {
        EXPECT_EQ(complaint(EngineKind::kVllm, endpoint), "") << endpoint;
    }
    EXPECT_EQ(
        complaint(EngineKind::kVllm, "127.0.0.1:8080"),
        "has no scheme; vllm takes http:// or https://"
    );
    EXPECT_EQ(
        complaint(EngineKind::kOpenAi, "ftp://host/v1"),
        "has the scheme 'ftp'; openai takes http:// or https://"
    );
}

TEST(Endpoint, OfATensorEngineIsAHostWithAPortOrAUrl) {
    for (const auto* endpoint :
         {"127.0.0.1:8001",
          "triton.svc:8001",
          "[::1]:8001",
          "http://127.0.0.1:8000",
          "https://triton:8000"}) {
        EXPECT_EQ(complaint(EngineKind::kTriton, endpoint), "") << endpoint;
    }
    EXPECT_EQ(complaint(EngineKind::kTriton, "triton"), "has no port; triton takes host:port");
    EXPECT_EQ(
        complaint(EngineKind::kKserve, "http://host:8000/v2"),
        "has a path; kserve has its own, so write it without"
    );
    EXPECT_EQ(
        complaint(EngineKind::kKserve, "ftp://host:80"),
        "has the scheme 'ftp'; kserve takes host:port, http:// or https://"
    );
}

TEST(Endpoint, WithTlsIsNoPlainHttp) {
    EXPECT_EQ(
        complaint(EngineKind::kVllm, "http://h/v1", true),
        "is http:// while the model has 'tls'; write https://, or remove 'tls'"
    );
    EXPECT_EQ(complaint(EngineKind::kVllm, "https://h/v1", true), "");
    EXPECT_EQ(complaint(EngineKind::kTriton, "h:8001", true), "");
}

TEST(Endpoint, HasNoPasswordAndTheComplaintDoesNotRepeatIt) {
    const std::string said = complaint(EngineKind::kVllm, "http://user:secret@h/v1");
    EXPECT_NE(said, "");
    EXPECT_EQ(said.find("secret"), std::string::npos) << said;
}

TEST(Endpoint, IsAnAddress) {
    for (const auto* endpoint :
         {"http://", "not an address", "h:99999", "http://h/v1?x=1", "http://h/v1 "}) {
        EXPECT_NE(complaint(EngineKind::kVllm, endpoint), "") << endpoint;
        EXPECT_NE(complaint(EngineKind::kTriton, endpoint), "") << endpoint;
    }
}

}  // namespace
}  // namespace inference
