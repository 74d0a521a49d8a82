#include "adapters/http/transport_fault.hpp"

#include <curl/curl.h>

namespace inference {

TransportFault fault_of(int curl_code) noexcept {
    switch (curl_code) {
        case CURLE_COULDNT_CONNECT:
        case CURLE_OPERATION_TIMEDOUT: return TransportFault::kNotConnected;
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_RESOLVE_PROXY: return TransportFault::kNoSuchHost;
        case CURLE_URL_MALFORMAT: return TransportFault::kBadUrl;
        case CURLE_SSL_CONNECT_ERROR: return TransportFault::kTlsHandshake;
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CIPHER:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_CRL_BADFILE:
        case CURLE_SSL_ISSUER_ERROR:
        case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
        case CURLE_SSL_INVALIDCERTSTATUS:
        case CURLE_SSL_CLIENTCERT: return TransportFault::kTlsRefused;
        case CURLE_UNSUPPORTED_PROTOCOL:  // also "this is HTTP/0.9", which is what any other protocol looks like
        case CURLE_WEIRD_SERVER_REPLY:
        case CURLE_BAD_CONTENT_ENCODING: return TransportFault::kUnintelligible;
        case CURLE_OUT_OF_MEMORY:
        case CURLE_FAILED_INIT: return TransportFault::kNoResources;
        default:  // CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_SEND_ERROR, CURLE_RECV_ERROR and their like
            return TransportFault::kBroken;
    }
}

}  // namespace inference
