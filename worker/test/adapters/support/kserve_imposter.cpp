#include "support/kserve_imposter.hpp"

#include "kserve_v2_service.grpc.pb.h"
#include "support/outcome_box.hpp"

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>

namespace inference::testing {

class KserveImposter::Service final : public GRPCInferenceService::CallbackService {
public:
    using Stream =
        grpc::ServerBidiReactor<kserve::ModelInferRequest, kserve::ModelStreamInferResponse>;

    Service(
        KserveScript script, const std::shared_ptr<grpc::ServerCredentials>& credentials, int port
    )
        : script_(std::move(script)) {
        grpc::ServerBuilder builder;
        builder.AddListeningPort("127.0.0.1:" + std::to_string(port), credentials, &port_);
        builder.SetMaxReceiveMessageSize(-1);
        builder.RegisterService(this);
        server_ = builder.BuildAndStart();
    }

    ~Service() override {
        server_->Shutdown(std::chrono::system_clock::now());
        server_->Wait();
    }

    int port() const { return port_; }

    template <class Read>
    auto read(Read read) const {
        const std::lock_guard lock(mutex_);
        return read(log_);
    }

    template <class Predicate>
    void wait_until(const char* what, Predicate predicate) const {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(lock, kPatience, [&] { return predicate(log_); })) {
            throw std::runtime_error(std::string("the server never saw ") + what);
        }
    }

    void release(const kserve::ModelInferResponse& response) {
        std::set<Held*> held;
        {
            const std::lock_guard lock(mutex_);
            held.swap(held_);
        }
        for (Held* call : held) {
            call->answer(response);
        }
    }

    grpc::ServerUnaryReactor* ModelMetadata(
        grpc::CallbackServerContext* context,
        const kserve::ModelMetadataRequest* request,
        kserve::ModelMetadataResponse* response
    ) override {
        note([](Log& log) { ++log.metadata_calls; });
        return finished(context, script_.metadata, *request, *response);
    }

    grpc::ServerUnaryReactor* ModelConfig(
        grpc::CallbackServerContext* context,
        const kserve::ModelConfigRequest* request,
        kserve::ModelConfigResponse* response
    ) override {
        return finished(context, script_.config, *request, *response);
    }

    grpc::ServerUnaryReactor* ModelReady(
        grpc::CallbackServerContext* context,
        const kserve::ModelReadyRequest* request,
        kserve::ModelReadyResponse* response
    ) override {
        return finished(context, script_.ready, *request, *response);
    }

    grpc::ServerUnaryReactor* ModelInfer(
        grpc::CallbackServerContext* context,
        const kserve::ModelInferRequest* request,
        kserve::ModelInferResponse* response
    ) override {
        Held* held = nullptr;
        if (!script_.infer) {
            held = new Held(*this, *response);  // owned by gRPC until OnDone
            const std::lock_guard lock(mutex_);
            held_.insert(held);
        }
        note([&](Log& log) {
            log.infer_requests.push_back(*request);
            log.keep(*context);
        });
        return held != nullptr ? held : finished(context, script_.infer, *request, *response);
    }

    Stream* ModelStreamInfer(grpc::CallbackServerContext* context) override {
        return new StreamCall(*this, *context);  // owned by gRPC until OnDone
    }

private:
    struct Log {
        void keep(const grpc::CallbackServerContext& context) {
            last_metadata.clear();
            for (const auto& [name, value] : context.client_metadata()) {
                last_metadata.emplace(
                    std::string(name.data(), name.size()), std::string(value.data(), value.size())
                );
            }
        }

        std::vector<kserve::ModelInferRequest> infer_requests;
        std::vector<kserve::ModelInferRequest> stream_requests;
        std::map<std::string, std::string> last_metadata;
        int metadata_calls = 0;
        int cancelled = 0;
        std::chrono::steady_clock::time_point last_cancelled;
    };

    class Held final : public grpc::ServerUnaryReactor {
    public:
        Held(Service& service, kserve::ModelInferResponse& response)
            : service_(service), response_(response) {}

        void answer(const kserve::ModelInferResponse& response) {
            response_ = response;
            Finish(grpc::Status::OK);
        }
        void OnCancel() override {
            if (service_.forget(this)) {
                Finish(grpc::Status::CANCELLED);
            }
        }
        void OnDone() override { delete this; }

    private:
        Service& service_;
        kserve::ModelInferResponse& response_;
    };

    /// Reads one request, then writes what the script says.
    class StreamCall final : public Stream {
    public:
        StreamCall(Service& service, const grpc::CallbackServerContext& context)
            : service_(service), context_(context) {
            StartRead(&request_);
        }

        void OnReadDone(bool ok) override {
            if (!ok || !service_.script_.stream) {
                finish(grpc::Status(grpc::StatusCode::UNIMPLEMENTED, ""));
                return;
            }
            reply_ = service_.script_.stream(request_);
            service_.note([this](Log& log) {
                log.stream_requests.push_back(request_);
                log.keep(context_);
            });
            write_next();
        }
        void OnWriteDone(bool /*ok*/) override { write_next(); }
        void OnCancel() override {
            service_.note([](Log& log) {
                ++log.cancelled;
                log.last_cancelled = std::chrono::steady_clock::now();
            });
            finish(grpc::Status::CANCELLED);
        }
        void OnDone() override { delete this; }

    private:
        void write_next() {
            if (next_ < reply_.responses.size()) {
                StartWrite(&reply_.responses[next_++]);
            } else if (!reply_.is_held) {
                finish(reply_.end);
            }
        }
        // A cancel may race with the end.
        void finish(const grpc::Status& status) {
            if (!is_finished_.exchange(true)) {
                Finish(status);
            }
        }

        Service& service_;
        const grpc::CallbackServerContext& context_;
        kserve::ModelInferRequest request_;
        StreamReply reply_;
        std::size_t next_ = 0;
        std::atomic<bool> is_finished_ = false;
    };

    template <class Handler, class Request, class Response>
    static grpc::ServerUnaryReactor* finished(
        grpc::CallbackServerContext* context,
        const Handler& handler,
        const Request& request,
        Response& response
    ) {
        grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
        reactor->Finish(
            handler ? handler(request, response) : grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "")
        );
        return reactor;
    }

    /// False where release() has it already.
    bool forget(Held* held) {
        const std::lock_guard lock(mutex_);
        const bool was_held = held_.erase(held) == 1;
        log_.cancelled += was_held ? 1 : 0;
        log_.last_cancelled = std::chrono::steady_clock::now();
        changed_.notify_all();
        return was_held;
    }

    template <class Change>
    void note(Change change) {
        const std::lock_guard lock(mutex_);
        change(log_);
        changed_.notify_all();
    }

    const KserveScript script_;
    int port_ = 0;
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    Log log_;
    std::set<Held*> held_;
    std::unique_ptr<grpc::Server> server_;
};

KserveImposter::KserveImposter(
    KserveScript script, std::shared_ptr<grpc::ServerCredentials> credentials, int port
)
    : service_(std::make_unique<Service>(std::move(script), credentials, port)) {}

KserveImposter::~KserveImposter() = default;

std::string KserveImposter::address() const {
    return "127.0.0.1:" + std::to_string(port());
}

int KserveImposter::port() const {
    return service_->port();
}

std::vector<kserve::ModelInferRequest> KserveImposter::infer_requests() const {
    return service_->read([](const auto& log) { return log.infer_requests; });
}

std::string KserveImposter::last_metadata(const std::string& name) const {
    return service_->read([&name](const auto& log) {
        const auto found = log.last_metadata.find(name);
        return found == log.last_metadata.end() ? std::string() : found->second;
    });
}

int KserveImposter::metadata_calls() const {
    return service_->read([](const auto& log) { return log.metadata_calls; });
}

void KserveImposter::wait_for_infer_requests(std::size_t count) const {
    service_->wait_until("so many requests", [count](const auto& log) {
        return log.infer_requests.size() >= count;
    });
}

std::vector<kserve::ModelInferRequest> KserveImposter::stream_requests() const {
    return service_->read([](const auto& log) { return log.stream_requests; });
}

void KserveImposter::wait_for_stream_requests(std::size_t count) const {
    service_->wait_until("so many streams", [count](const auto& log) {
        return log.stream_requests.size() >= count;
    });
}

void KserveImposter::wait_for_cancelled(int count) const {
    service_->wait_until("a cancel", [count](const auto& log) { return log.cancelled >= count; });
}

std::chrono::steady_clock::time_point KserveImposter::last_cancelled() const {
    return service_->read([](const auto& log) { return log.last_cancelled; });
}

void KserveImposter::release(const kserve::ModelInferResponse& response) {
    service_->release(response);
}

}  // namespace inference::testing
