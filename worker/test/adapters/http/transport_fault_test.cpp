#include "adapters/http/transport_fault.hpp"

#include <curl/curl.h>
#include <gtest/gtest.h>

#include <utility>

namespace inference {
namespace {

TEST(TransportFault, IsKnownForEachWayThatAnExchangeFails) {
    const std::pair<CURLcode, TransportFault> rows[] = {
        {CURLE_URL_MALFORMAT, TransportFault::kBadUrl},
        {CURLE_COULDNT_RESOLVE_HOST, TransportFault::kNoSuchHost},
        {CURLE_COULDNT_CONNECT, TransportFault::kNotConnected},
        {CURLE_OPERATION_TIMEDOUT, TransportFault::kNotConnected},
        {CURLE_SSL_CONNECT_ERROR, TransportFault::kTlsHandshake},
        {CURLE_PEER_FAILED_VERIFICATION, TransportFault::kTlsRefused},
        {CURLE_SSL_CERTPROBLEM, TransportFault::kTlsRefused},
        {CURLE_SSL_CIPHER, TransportFault::kTlsRefused},
        {CURLE_SSL_CACERT_BADFILE, TransportFault::kTlsRefused},
        {CURLE_SSL_ISSUER_ERROR, TransportFault::kTlsRefused},
        {CURLE_SSL_PINNEDPUBKEYNOTMATCH, TransportFault::kTlsRefused},
        {CURLE_SSL_INVALIDCERTSTATUS, TransportFault::kTlsRefused},
        {CURLE_GOT_NOTHING, TransportFault::kBroken},
        {CURLE_SEND_ERROR, TransportFault::kBroken},
        {CURLE_RECV_ERROR, TransportFault::kBroken},
        {CURLE_PARTIAL_FILE, TransportFault::kBroken},
        {CURLE_OUT_OF_MEMORY, TransportFault::kNoResources},
    };

    for (const auto& [code, fault] : rows) {
        EXPECT_EQ(fault_of(code), fault) << code;
    }
}

}  // namespace
}  // namespace inference
