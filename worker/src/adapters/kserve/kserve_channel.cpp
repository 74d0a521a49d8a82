#include "adapters/kserve/kserve_channel.hpp"

#include "adapters/endpoint_url.hpp"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <fstream>
#include <iterator>
#include <string>

namespace inference {
namespace {

constexpr int kConnectTimeoutMs = 2'000;
constexpr int kFirstReconnectMs = 200;
constexpr int kLongestReconnectMs = 2'000;

grpc::ChannelArguments arguments(const EndpointOptions& options, const EndpointUrl& url) {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(-1);
    arguments.SetMaxSendMessageSize(-1);
    // One layer retries, and it is not this one.
    arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
    // Keepalive pings stay off, which is gRPC's default: Triton takes them for an attack when they come more often than
    // every 300 s. A connection of its own for each channel, so that models on one server do not share a stream limit.
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    // gRPC's own pauses grow to two minutes; an engine that is back should be found sooner.
    arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectTimeoutMs);
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kFirstReconnectMs);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kLongestReconnectMs);
    const bool is_loopback =
        url.host == "localhost" || url.host == "[::1]" || url.host.starts_with("127.");
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, is_loopback ? 0 : 1);
    if (options.tls && !options.tls->server_name.empty()) {
        arguments.SetSslTargetNameOverride(options.tls->server_name);
    }
    return arguments;
}

Result<std::string> read_pem(const EndpointOptions& options, const std::filesystem::path& path) {
    if (path.empty()) {
        return std::string();
    }
    std::ifstream file(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    if (!file || text.empty()) {
        return tl::unexpected(Error{
            .error_class = ErrorClass::kFatal,
            .code = ErrorCode::kAuth,
            .message = "model '" + options.model + "': cannot read TLS file '" + path.string() +
                       "'; correct its path",
        });
    }
    return text;
}

Result<std::shared_ptr<grpc::ChannelCredentials>> credentials(
    const EndpointOptions& options, const EndpointUrl& url
) {
    if (!options.tls && url.scheme != "grpcs") {
        return grpc::InsecureChannelCredentials();
    }
    const TlsFiles files = options.tls.value_or(TlsFiles{});
    auto authorities = read_pem(options, files.ca_file);
    auto key = read_pem(options, files.key_file);
    auto certificate = read_pem(options, files.cert_file);
    for (auto* pem : {&authorities, &key, &certificate}) {
        if (!*pem) {
            return tl::unexpected(std::move(pem->error()));
        }
    }
    return grpc::SslCredentials({*std::move(authorities), *std::move(key), *std::move(certificate)}
    );
}

Result<EndpointUrl> grpc_address(const EndpointOptions& options) {
    auto url = parse_endpoint_url(options.model, options.url, "grpc");
    if (!url) {
        return url;
    }
    const bool is_grpc = url->scheme == "grpc" || url->scheme == "grpcs";
    if (!is_grpc || url->port.empty() || !url->path.empty()) {
        return tl::unexpected(
            bad_endpoint(options.model, options.url, "must be host:port of the engine's gRPC port")
        );
    }
    return url;
}

}  // namespace

Result<std::shared_ptr<grpc::Channel>> open_kserve_channel(const EndpointOptions& options) {
    const auto url = grpc_address(options);
    if (!url) {
        return tl::unexpected(url.error());
    }
    auto trust = credentials(options, *url);
    if (!trust) {
        return tl::unexpected(std::move(trust.error()));
    }
    return grpc::CreateCustomChannel(url->authority(), *trust, arguments(options, *url));
}

}  // namespace inference
