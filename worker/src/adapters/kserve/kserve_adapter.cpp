#include "adapters/kserve/kserve_adapter.hpp"

#include "adapters/classify/classify.hpp"
#include "adapters/endpoint_url.hpp"
#include "adapters/header_text.hpp"
#include "adapters/kserve/infer_answer.hpp"
#include "adapters/kserve/infer_request.hpp"
#include "adapters/kserve/kserve_channel.hpp"
#include "adapters/kserve/model_description.hpp"
#include "adapters/kserve/rpc_contexts.hpp"
#include "kserve_v2_service.grpc.pb.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace inference {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

class DescriptionCache {
public:
    std::shared_ptr<const ModelDescription> get() const {
        const std::lock_guard lock(mutex_);
        return description_;
    }
    void set(std::shared_ptr<const ModelDescription> description) {
        const std::lock_guard lock(mutex_);
        description_ = std::move(description);
    }

private:
    mutable std::mutex mutex_;
    std::shared_ptr<const ModelDescription> description_;
};

/// What the calls of one adapter share.
struct Target {
    Target(
        EngineKind kind,
        EndpointOptions endpoint_options,
        const std::shared_ptr<grpc::Channel>& channel
    )
        : engine(kind),
          options(std::move(endpoint_options)),
          stub(GRPCInferenceService::NewStub(channel)) {}

    Error classified(std::string_view model, const Signal& signal) const {
        return classify(engine, signal, model, options.url);
    }

    const EngineKind engine;
    const EndpointOptions options;
    const std::unique_ptr<GRPCInferenceService::Stub> stub;
    DescriptionCache description;
    std::stop_source closing;
};

/// Counts the calls that exist.
class Gate {
public:
    void enter() {
        const std::lock_guard lock(mutex_);
        ++inside_;
    }
    void leave() {
        const std::lock_guard lock(mutex_);
        --inside_;
        changed_.notify_all();
    }
    void wait_until_empty() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return inside_ == 0; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int inside_ = 0;
};

class Ticket {
public:
    explicit Ticket(std::shared_ptr<Gate> gate) : gate_(std::move(gate)) { gate_->enter(); }
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;
    ~Ticket() { gate_->leave(); }

private:
    std::shared_ptr<Gate> gate_;
};

RpcContexts::Metadata metadata_of(const Target& target, const EngineCall* call) {
    RpcContexts::Metadata metadata;
    const auto add = [&metadata](const char* name, const std::string& value) {
        if (!value.empty() && is_header_text(value)) {
            metadata.emplace_back(name, value);
        }
    };
    if (!target.options.api_key.empty()) {
        add("authorization", "Bearer " + target.options.api_key);
    }
    if (call != nullptr) {
        add("x-request-id", call->request_id);
        add("traceparent", call->traceparent);
    }
    return metadata;
}

/// A call from start() to its completion: several RPCs in a row, cancelled together.
///
/// The RPC under way owns the call, by the shared pointer in its callback. The adapter owns the target, and outlives the call.
template <class T>
class Call : public std::enable_shared_from_this<Call<T>> {
public:
    Call(
        Target& target,
        std::shared_ptr<Gate> gate,
        Deadline deadline,
        RpcContexts::Metadata metadata,
        Completion<T> done
    )
        : ticket_(std::move(gate)),
          target_(target),
          contexts_(deadline, std::move(metadata)),
          done_(std::move(done)) {}
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;
    virtual ~Call() = default;

    void start(const std::stop_token& cancel) {
        const Cancel on_stop{this->weak_from_this()};
        on_cancel_.emplace(cancel, on_stop);
        on_close_.emplace(target_.closing.get_token(), on_stop);
        run();
    }

protected:
    virtual void run() = 0;

    Target& target() noexcept { return target_; }
    grpc::ClientContext* next_context() { return contexts_.next(); }

    /// Completes the call, for an RPC that failed.
    void fail(std::string_view model, const grpc::Status& status) {
        const GrpcSignal signal{.code = status.error_code(), .message = status.error_message()};
        finish(target_.classified(model, signal));
    }

    void finish(Outcome<T> outcome) {
        // Whoever cancelled does not want to hear that cancelling made the RPC fail.
        if (contexts_.is_cancelled() && std::holds_alternative<Error>(outcome)) {
            outcome = Cancelled{};
        }
        on_cancel_.reset();
        on_close_.reset();
        done_(std::move(outcome));
    }

private:
    struct Cancel {
        std::weak_ptr<Call> call;
        void operator()() const {
            if (const auto alive = call.lock()) {
                alive->contexts_.cancel();
            }
        }
    };

    Ticket ticket_;  // first, and so the last to go: the contexts refer to the channel
    Target& target_;
    RpcContexts contexts_;
    Completion<T> done_;
    std::optional<std::stop_callback<Cancel>> on_cancel_;
    std::optional<std::stop_callback<Cancel>> on_close_;
};

class InferCall final : public Call<EngineReply> {
public:
    InferCall(
        Target& target,
        std::shared_ptr<Gate> gate,
        EngineCall call,
        Deadline deadline,
        Completion<EngineReply> done
    )
        : Call(target, std::move(gate), deadline, metadata_of(target, &call), std::move(done)),
          call_(std::move(call)) {}

private:
    std::shared_ptr<InferCall> self() {
        return std::static_pointer_cast<InferCall>(shared_from_this());
    }

    void run() override {
        if (const auto known = target().description.get()) {
            infer(*known, Age::kCached);
        } else {
            fetch_metadata();
        }
    }

    void fetch_metadata() {
        kserve::ModelMetadataRequest& request = metadata_request_;
        request.set_name(target().options.engine_model);
        target().stub->async()->ModelMetadata(
            next_context(),
            &request,
            &metadata_,
            [self = self()](const grpc::Status& status) { self->on_metadata(status); }
        );
    }

    void on_metadata(const grpc::Status& status) {
        if (status.error_code() == grpc::StatusCode::UNIMPLEMENTED) {
            infer(ModelDescription{}, Age::kFresh);
        } else if (!status.ok()) {
            fail(call_.model, status);
        } else {
            fetch_config();
        }
    }

    void fetch_config() {
        config_request_.set_name(target().options.engine_model);
        target().stub->async()->ModelConfig(
            next_context(),
            &config_request_,
            &config_,
            [self = self()](const grpc::Status& status) { self->on_config(status); }
        );
    }

    void on_config(const grpc::Status& status) {
        auto description = std::make_shared<const ModelDescription>(
            describe(metadata_, status.ok() ? &config_.config() : nullptr)
        );
        // KServe v2 as such has no ModelConfig; of any other failure the next call shall see whether it has passed.
        if (status.ok() || status.error_code() == grpc::StatusCode::UNIMPLEMENTED) {
            target().description.set(description);
        }
        infer(*description, Age::kFresh);
    }

    enum class Age { kCached, kFresh };

    void infer(const ModelDescription& description, Age age) {
        auto request = encode_request(call_.body, description, call_.model);
        if (!request && age == Age::kCached) {
            fetch_metadata();
            return;
        }
        if (!request) {
            finish(std::move(request.error()));
            return;
        }
        request_ = *std::move(request);
        request_.set_model_name(target().options.engine_model);
        request_.set_id(call_.request_id);
        call_.body = nullptr;
        target().stub->async()->ModelInfer(
            next_context(),
            &request_,
            &answer_,
            [self = self()](const grpc::Status& status) { self->on_answer(status); }
        );
    }

    void on_answer(const grpc::Status& status) {
        if (status.ok()) {
            finish(reply());
            return;
        }
        const auto code = status.error_code();
        if (code == grpc::StatusCode::NOT_FOUND || code == grpc::StatusCode::INVALID_ARGUMENT) {
            target().description.set(nullptr);
        }
        fail(call_.model, status);
    }

    Outcome<EngineReply> reply() {
        std::vector<std::string> wanted;
        for (const auto& output : request_.outputs()) {
            wanted.push_back(output.name());
        }
        auto decoded = decode_answer(answer_, wanted);
        if (const auto* signal = std::get_if<Signal>(&decoded)) {
            return target().classified(call_.model, *signal);
        }
        return EngineReply{
            .body = std::get<nlohmann::json>(std::move(decoded)),
            .endpoint = target().options.url,
            .latency = std::chrono::duration_cast<milliseconds>(steady_clock::now() - started_),
        };
    }

    EngineCall call_;
    const steady_clock::time_point started_ = steady_clock::now();
    kserve::ModelMetadataRequest metadata_request_;
    kserve::ModelMetadataResponse metadata_;
    kserve::ModelConfigRequest config_request_;
    kserve::ModelConfigResponse config_;
    kserve::ModelInferRequest request_;
    kserve::ModelInferResponse answer_;
};

class ReadyCall final : public Call<Ready> {
public:
    ReadyCall(Target& target, std::shared_ptr<Gate> gate, Deadline deadline, Completion<Ready> done)
        : Call(target, std::move(gate), deadline, metadata_of(target, nullptr), std::move(done)) {}

private:
    void run() override {
        request_.set_name(target().options.engine_model);
        target().stub->async()->ModelReady(
            next_context(),
            &request_,
            &answer_,
            [self = std::static_pointer_cast<ReadyCall>(shared_from_this()
             )](const grpc::Status& status) { self->finish(self->outcome(status)); }
        );
    }

    Outcome<Ready> outcome(const grpc::Status& status) {
        const EndpointOptions& options = target().options;
        if (!status.ok()) {
            const GrpcSignal signal{.code = status.error_code(), .message = status.error_message()};
            return as_not_ready(target().classified(options.model, signal));
        }
        if (answer_.ready()) {
            return Ready{};
        }
        return Error{
            .error_class = ErrorClass::kTransient,
            .code = ErrorCode::kEngineNotReady,
            .message = "model '" + options.model + "' at " + options.url +
                       ": the engine says that it is not ready; " +
                       "load it there or wait until it is loaded",
            .endpoint = options.url,
            .sent = true,
        };
    }

    kserve::ModelReadyRequest request_;
    kserve::ModelReadyResponse answer_;
};

class KserveAdapter final : public Adapter {
public:
    KserveAdapter(
        EngineKind engine, EndpointOptions options, const std::shared_ptr<grpc::Channel>& channel
    )
        : target_(engine, std::move(options), channel) {}

    // The channel must go on this thread: gRPC's own threads are joined with their last channel, and one that joined itself
    // would run on in memory that is gone.
    ~KserveAdapter() override {
        target_.closing.request_stop();
        gate_->wait_until_empty();
    }

    void call(EngineCall call, CallOptions options, Completion<EngineReply> done) override {
        if (call.task != Task::kTensors) {
            done(Error{
                .error_class = ErrorClass::kFatal,
                .code = ErrorCode::kUnsupported,
                .message =
                    "model '" + call.model + "': its engine takes tensors only; send `inputs`",
            });
            return;
        }
        std::make_shared<InferCall>(
            target_, gate_, std::move(call), options.deadline, std::move(done)
        )
            ->start(options.cancel);
    }

    void ready(CallOptions options, Completion<Ready> done) override {
        std::make_shared<ReadyCall>(target_, gate_, options.deadline, std::move(done))
            ->start(options.cancel);
    }

    std::string_view endpoint() const noexcept override { return target_.options.url; }

private:
    Target target_;
    std::shared_ptr<Gate> gate_ = std::make_shared<Gate>();
};

}  // namespace

Result<std::unique_ptr<Adapter>> make_kserve_adapter(EngineKind engine, EndpointOptions options) {
    const auto channel = open_kserve_channel(options);
    if (!channel) {
        return tl::unexpected(channel.error());
    }
    if (!is_header_text(options.api_key)) {
        return tl::unexpected(bad_api_key(options.model));
    }
    return std::make_unique<KserveAdapter>(engine, std::move(options), *channel);
}

}  // namespace inference
