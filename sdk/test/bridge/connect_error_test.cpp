#include "bridge/connect_error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace temporal::bridge {
namespace {

using testing::HasSubstr;
using Kind = ConnectError::Kind;

struct Case {
    const char* error_json;
    Kind kind;
    std::vector<std::string> fragments;  ///< The address, the cause and the next step.
};

TEST(ConnectError, NamesTheAddressTheCauseAndTheNextStep) {
    const std::vector<Case> cases = {
        {R"({"kind":"unreachable","message":"connection refused"})",
         Kind::kUnreachable,
         {"temporal.example:7233", "connection refused", "check that the server runs", "turn TLS on"
         }},
        {R"({"kind":"tls","message":"invalid peer certificate"})",
         Kind::kTls,
         {"temporal.example:7233", "invalid peer certificate", "certificate authority"}},
        {R"({"kind":"auth","message":"no such key"})",
         Kind::kAuth,
         {"no such key", "API key", "namespace 'prod'"}},
        {R"({"kind":"invalid_options","message":"target: no port"})",
         Kind::kInvalidOptions,
         {"target: no port"}},
        {R"({"kind":"other","message":"odd"})", Kind::kOther, {"odd"}},
        {R"({"kind":"brand_new","message":"odd"})", Kind::kOther, {"odd"}},
        {R"({"kind":7})", Kind::kOther, {"temporal.example:7233"}},
        {"no JSON at all", Kind::kOther, {"no JSON at all"}},
    };
    ConnectOptions options;
    options.address = "temporal.example:7233";
    options.namespace_name = "prod";
    for (const Case& test : cases) {
        const ConnectError error = connect_error(options, test.error_json);
        EXPECT_EQ(error.kind(), test.kind) << test.error_json;
        for (const std::string& fragment : test.fragments) {
            EXPECT_THAT(error.what(), HasSubstr(fragment));
        }
    }
}

TEST(ConnectError, DoesNotAdviseTlsToWhoSpeaksIt) {
    ConnectOptions options;
    options.tls = TlsOptions{};

    EXPECT_THAT(
        connect_error(options, R"({"kind":"unreachable","message":"refused"})").what(),
        Not(HasSubstr("turn TLS on"))
    );
}

}  // namespace
}  // namespace temporal::bridge
