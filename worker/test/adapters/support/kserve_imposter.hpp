/// @file support/kserve_imposter.hpp
/// @brief A real gRPC server of the KServe v2 protocol that answers as a test tells it.
#pragma once

#include "kserve_v2.pb.h"

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace inference::testing {

/// What the server does about one request of a stream.
struct StreamReply {
    std::vector<kserve::ModelStreamInferResponse> responses;
    grpc::Status end = grpc::Status::OK;
    bool is_held = false;  ///< Says no more after the responses, until the client gives up.
};

/// What the server knows and does. Handlers run on gRPC's threads.
struct KserveScript {
    template <class Request, class Response>
    using Handler = std::function<grpc::Status(const Request&, Response&)>;

    Handler<kserve::ModelMetadataRequest, kserve::ModelMetadataResponse> metadata;
    Handler<kserve::ModelConfigRequest, kserve::ModelConfigResponse> config;
    Handler<kserve::ModelReadyRequest, kserve::ModelReadyResponse> ready;
    /// Absent: the call is held until release(), or until the client gives it up.
    Handler<kserve::ModelInferRequest, kserve::ModelInferResponse> infer;
    /// Absent: a stream is refused as UNIMPLEMENTED.
    std::function<StreamReply(const kserve::ModelInferRequest&)> stream;
};

/// Listens on 127.0.0.1.
///
/// Threads: any.
class KserveImposter {
public:
    /// Range: port 0 is any that is free.
    explicit KserveImposter(
        KserveScript script,
        std::shared_ptr<grpc::ServerCredentials> credentials = grpc::InsecureServerCredentials(),
        int port = 0
    );
    KserveImposter(const KserveImposter&) = delete;
    KserveImposter& operator=(const KserveImposter&) = delete;
    ~KserveImposter();

    std::string address() const;
    int port() const;

    std::vector<kserve::ModelInferRequest> infer_requests() const;
    /// The value of a metadata entry of the last infer call; empty where it had none.
    std::string last_metadata(const std::string& name) const;
    int metadata_calls() const;
    /// Of all streams, in the order in which they came; they are not among infer_requests().
    std::vector<kserve::ModelInferRequest> stream_requests() const;

    /// Errors: each throws if it does not come to that.
    void wait_for_infer_requests(std::size_t count) const;
    void wait_for_stream_requests(std::size_t count) const;
    void wait_for_cancelled(int count) const;
    std::chrono::steady_clock::time_point last_cancelled() const;

    /// Answers every infer call that is held.
    void release(const kserve::ModelInferResponse& response);

private:
    class Service;
    std::unique_ptr<Service> service_;
};

}  // namespace inference::testing
