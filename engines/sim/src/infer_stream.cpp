#include "infer_stream.hpp"

#include "grpc_code.hpp"
#include "kserve_facts.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <csignal>
#include <utility>

namespace engine_sim {

namespace {

constexpr char kFinalResponse[] = "triton_final_response";
constexpr char kEmptyFinalResponse[] = "triton_enable_empty_final_response";

}  // namespace

/// One request of the stream; held by the engine's call.
class InferStream::Call final : public Paced, public std::enable_shared_from_this<Call> {
public:
    Call(
        const std::shared_ptr<InferStream>& stream,
        std::shared_ptr<kserve::ModelInferRequest> request
    )
        : stream_(stream), parts_(stream->parts_), request_(std::move(request)) {}

    CallId id = 0;
    CallFacts facts;
    FaultAction fault;  // the empty one if there is none

    const kserve::ModelInferRequest& request() const { return *request_; }

    /// It has a slot: the responses come a latency apart.
    void start(TimePoint at, std::size_t responses, bool is_decoupled) {
        started_ = at;
        responses_ = responses;
        is_decoupled_ = is_decoupled;
        parts_.ticker.wake(shared_from_this(), at + parts_.latency);
    }

    std::optional<TimePoint> advance(TimePoint now) override {
        while (!is_over_ && sent_ < responses_ && due(sent_) <= now) {
            respond();
        }
        // The last response ends the slot's time, and is left to `finish`.
        return is_over_ || sent_ >= responses_ ? std::nullopt : std::optional(due(sent_));
    }

    /// It has been served.
    void finish() {
        while (!is_over_ && sent_ < responses_) {
            respond();
        }
        if (!is_over_ && breaks_here()) {
            break_off();
        }
        if (is_over_) {
            return;
        }
        if (is_decoupled_ && wants_empty_final()) {
            send(described(/*is_final=*/true));
        }
        end(grpc::StatusCode::OK);
    }

    /// Ends the call with an error in the stream.
    void fail(const GrpcReply& reply) {
        kserve::ModelStreamInferResponse response = described(/*is_final=*/true);
        response.set_error_message(reply.message);
        send(std::move(response));
        end(reply.code);
    }

    /// Ends the whole stream, as if its connection had gone.
    void reset() {
        const auto stream = stream_.lock();
        end(grpc::StatusCode::UNAVAILABLE);
        if (stream) {
            stream->reset();
        }
    }

private:
    TimePoint due(std::size_t response) const {
        return started_ + static_cast<Duration::rep>(response + 1) * parts_.latency;
    }

    bool wants_empty_final() const {
        const auto found = request_->parameters().find(kEmptyFinalResponse);
        return found != request_->parameters().end() && found->second.bool_param();
    }

    bool breaks_here() const { return fault.breaks_stream_after() == sent_; }

    void respond() {
        if (breaks_here()) {
            break_off();
            return;
        }
        auto inferred = parts_.models.infer(*request_, sent_);
        if (!inferred) {
            fail(inferred.error());
            return;
        }
        ++sent_;
        const bool is_garbled = sent_ == fault.garble_event || (fault.garble && sent_ == 1);
        if (is_garbled && inferred->raw_output_contents_size() > 0) {
            inferred->mutable_raw_output_contents()->rbegin()->pop_back();
        }
        kserve::ModelStreamInferResponse response;
        *response.mutable_infer_response() = *std::move(inferred);
        mark(response, /*is_final=*/!is_decoupled_);
        send(std::move(response));
    }

    void break_off() {
        if (fault.in_band_error) {
            fail({.code = grpc::StatusCode::INTERNAL, .message = fault.in_band_error->message});
            return;
        }
        is_over_ = true;
        if (fault.die) {
            std::raise(SIGKILL);
        } else if (fault.down_for) {
            parts_.engine.crash(*fault.down_for);
        } else if (fault.reset_after || fault.close || fault.truncate) {
            reset();
        }
        // What remains is a stall: the call ends when the client gives up.
    }

    void send(kserve::ModelStreamInferResponse response) {
        if (const auto stream = stream_.lock()) {
            stream->rpc_->send(std::move(response));
        }
    }

    /// A response without outputs that says whose it is.
    kserve::ModelStreamInferResponse described(bool is_final) const {
        kserve::ModelStreamInferResponse response;
        auto& described = *response.mutable_infer_response();
        described.set_id(request_->id());
        described.set_model_name(request_->model_name());
        described.set_model_version(request_->model_version());
        mark(response, is_final);
        return response;
    }

    static void mark(kserve::ModelStreamInferResponse& response, bool is_final) {
        auto& parameters = *response.mutable_infer_response()->mutable_parameters();
        parameters[kFinalResponse].set_bool_param(is_final);
    }

    void end(grpc::StatusCode code) {
        is_over_ = true;
        nlohmann::ordered_json outcome = {{"status", to_string(code)}, {"responses_sent", sent_}};
        if (!fault.name.empty()) {
            outcome["fault"] = fault.name;
        }
        const auto stream = stream_.lock();
        const CallId ended = id;
        parts_.engine.finish(ended, outcome);  // which may have been the last to hold this call
        if (stream) {
            stream->forget(ended);
        }
    }

    std::weak_ptr<InferStream> stream_;
    Parts parts_;
    std::shared_ptr<kserve::ModelInferRequest> request_;
    TimePoint started_;
    std::size_t responses_ = 0;
    std::size_t sent_ = 0;
    bool is_decoupled_ = false;
    bool is_over_ = false;
};

InferStream::InferStream(Parts parts, std::shared_ptr<StreamRpc> rpc, std::string traceparent)
    : parts_(parts), rpc_(std::move(rpc)), traceparent_(std::move(traceparent)) {}

void InferStream::attach() {
    // The rpc holds this object, which holds the rpc, until the requests and the call have ended.
    rpc_->on_request = [self = shared_from_this()](const auto& request) { self->receive(request); };
    rpc_->on_half_close = [self = shared_from_this()] {
        self->is_half_closed_ = true;
        if (self->calls_.empty()) {
            self->rpc_->finish(grpc::Status::OK);
        }
        self->rpc_->on_request = nullptr;
    };
    rpc_->on_cancel = [self = shared_from_this()] {
        self->abort_all();
        self->rpc_->drop(grpc::Status::CANCELLED);
    };
}

void InferStream::receive(const std::shared_ptr<kserve::ModelInferRequest>& request) {
    if (parts_.engine.is_down() || rpc_->is_finished()) {
        rpc_->drop(stopping());
        return;
    }
    const auto call = std::make_shared<Call>(shared_from_this(), request);
    call->facts = facts_of("ModelStreamInfer", *request, parts_.engine.reads_text());
    call->facts.traceparent = traceparent_;
    call->id = parts_.engine.receive(call->facts, [rpc = rpc_] { rpc->drop(stopping()); });
    calls_.insert(call->id);
    call->fault = parts_.engine.next_fault(call->facts).value_or(FaultAction{});
    parts_.engine.delay(call->id, call->fault.delay, [self = shared_from_this(), call] {
        self->go_on(call);
    });
}

void InferStream::go_on(const std::shared_ptr<Call>& call) {
    const FaultAction& fault = call->fault;
    if (!fault.replaces_the_answer() || fault.http || fault.not_ready) {
        serve(call);
    } else if (fault.grpc) {
        call->fail(*fault.grpc);
    } else if (fault.die) {
        std::raise(SIGKILL);
    } else if (fault.down_for) {
        parts_.engine.crash(*fault.down_for);
    } else if (fault.reset_after || fault.close) {
        call->reset();
    }
}

void InferStream::serve(const std::shared_ptr<Call>& call) {
    // What cannot be inferred is refused before it takes a slot.
    const auto model =
        parts_.models.find(call->request().model_name(), call->request().model_version());
    if (const auto first = parts_.models.infer(call->request()); !first) {
        call->fail(first.error());
        return;
    }
    const std::size_t responses = parts_.models.responses(call->request());
    const Duration service =
        static_cast<Duration::rep>(std::max<std::size_t>(responses, 1)) * parts_.latency;
    const bool has_room = parts_.engine.run(
        call->id,
        {service},
        call->facts.priority,
        [self = shared_from_this(), call] { call->finish(); },
        [call, responses, decoupled = (*model)->is_decoupled()](std::size_t, TimePoint at) {
            call->start(at, responses, decoupled);
        }
    );
    if (!has_room) {
        call->fail(queue_full(call->request().id()));
    }
}

void InferStream::abort_all() {
    for (const CallId call : std::exchange(calls_, {})) {
        parts_.engine.abort(call, "client closed");
    }
}

void InferStream::reset() {
    abort_all();
    rpc_->finish({grpc::StatusCode::UNAVAILABLE, "Socket closed"});
}

void InferStream::forget(CallId call) {
    calls_.erase(call);
    if (is_half_closed_ && calls_.empty()) {
        rpc_->finish(grpc::Status::OK);
    }
}

}  // namespace engine_sim
