// What the TLS files of an endpoint mean, against a real TLS server.
#include "adapters/http/http_engine.hpp"
#include "support/certificates.hpp"
#include "support/https_server.hpp"
#include "support/outcome_box.hpp"

#include <gtest/gtest.h>

namespace inference {
namespace {

using namespace inference::testing;

class Https : public ::testing::Test {
protected:
    TlsFiles trusting(const char* authority) const {
        TlsFiles files;
        files.ca_file = certificates_.file(authority);
        return files;
    }

    TlsFiles with_client_certificate() const {
        TlsFiles files = trusting("ca.pem");
        files.cert_file = certificates_.file("client.pem");
        files.key_file = certificates_.file("client.key");
        return files;
    }

    HttpOutcome get(const std::string& url, TlsFiles tls, std::string connect_to = {}) {
        HttpRequest request{.method = HttpMethod::kGet, .url = url, .headers = {}, .body = {}};
        request.tls = std::move(tls);
        request.connect_to = std::move(connect_to);
        const OutcomeBox<HttpOutcome> box;
        engine_.start(
            std::move(request), std::chrono::steady_clock::now() + kPatience, {}, box.completion()
        );
        return box.wait();
    }

    static bool is_answered(const HttpOutcome& outcome) {
        const auto* answer = std::get_if<HttpAnswer>(&outcome);
        return answer != nullptr && answer->status == 200;
    }

    static bool is_refused(const HttpOutcome& outcome) {
        const auto* failure = std::get_if<HttpFailure>(&outcome);
        return failure != nullptr && failure->fault == TransportFault::kTlsRefused &&
               !failure->sent;
    }

    Certificates certificates_;
    HttpEngine engine_;
};

TEST_F(Https, TrustsTheAuthorityThatItIsTold) {
    const HttpsServer server(certificates_, ClientCertificate::kNotAsked);
    const std::string url = "https://127.0.0.1:" + server.port() + "/";

    EXPECT_TRUE(is_answered(get(url, trusting("ca.pem"))));
    EXPECT_TRUE(is_refused(get(url, trusting("other_ca.pem"))));
    EXPECT_TRUE(is_refused(get(url, TlsFiles{})));
}

TEST_F(Https, ExpectsTheServersNameInTheCertificate) {
    const HttpsServer server(certificates_, ClientCertificate::kNotAsked);
    const std::string address = "127.0.0.1:" + server.port();

    EXPECT_TRUE(
        is_answered(get("https://engine.test:" + server.port() + "/", trusting("ca.pem"), address))
    );
    EXPECT_TRUE(
        is_refused(get("https://other.test:" + server.port() + "/", trusting("ca.pem"), address))
    );
}

TEST_F(Https, ShowsItsOwnCertificate) {
    const HttpsServer server(certificates_, ClientCertificate::kRequired);
    const std::string url = "https://127.0.0.1:" + server.port() + "/";

    EXPECT_TRUE(is_answered(get(url, with_client_certificate())));
    EXPECT_FALSE(is_answered(get(url, trusting("ca.pem"))));
}

TEST_F(Https, DoesNotReuseAConnectionForAnotherTrust) {
    const HttpsServer server(certificates_, ClientCertificate::kNotAsked);
    const std::string url = "https://127.0.0.1:" + server.port() + "/";
    get(url, trusting("ca.pem"));

    EXPECT_TRUE(is_refused(get(url, trusting("other_ca.pem"))));
}

}  // namespace
}  // namespace inference
