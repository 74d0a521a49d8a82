#include "kserve_service.hpp"

#include "grpc_code.hpp"
#include "infer_stream.hpp"
#include "kserve_codec.hpp"
#include "kserve_facts.hpp"

#include <boost/asio/post.hpp>

#include <csignal>
#include <utility>

namespace engine_sim {

namespace {

grpc::Status status_of(const GrpcReply& reply) {
    return {reply.code, reply.message};
}

const grpc::Status kSocketClosed(grpc::StatusCode::UNAVAILABLE, "Socket closed");

std::string metadata_value(const grpc::CallbackServerContext& context, const std::string& key) {
    const auto found = context.client_metadata().find(key);
    return found == context.client_metadata().end()
               ? ""
               : std::string(found->second.data(), found->second.size());
}

}  // namespace

grpc::ServerUnaryReactor* KserveService::ServerLive(
    grpc::CallbackServerContext*,
    const kserve::ServerLiveRequest*,
    kserve::ServerLiveResponse* response
) {
    return receive({.path = "ServerLive"}, [this, response](const Visit& visit) {
        response->set_live(true);
        finish(visit);
    });
}

grpc::ServerUnaryReactor* KserveService::ServerReady(
    grpc::CallbackServerContext*,
    const kserve::ServerReadyRequest*,
    kserve::ServerReadyResponse* response
) {
    return receive({.path = "ServerReady"}, [this, response](const Visit& visit) {
        response->set_ready(!visit.fault || !visit.fault->not_ready);
        finish(visit);
    });
}

grpc::ServerUnaryReactor* KserveService::ModelReady(
    grpc::CallbackServerContext*,
    const kserve::ModelReadyRequest* request,
    kserve::ModelReadyResponse* response
) {
    return receive({.path = "ModelReady", .model = request->name()}, [=, this](const Visit& visit) {
        const bool is_known = models_.find(request->name(), request->version()).has_value();
        response->set_ready(is_known && (!visit.fault || !visit.fault->not_ready));
        finish(visit);
    });
}

grpc::ServerUnaryReactor* KserveService::ServerMetadata(
    grpc::CallbackServerContext*,
    const kserve::ServerMetadataRequest*,
    kserve::ServerMetadataResponse* response
) {
    return receive({.path = "ServerMetadata"}, [this, response](const Visit& visit) {
        response->set_name("engine-sim");
        response->set_version("2");
        finish(visit);
    });
}

grpc::ServerUnaryReactor* KserveService::ModelMetadata(
    grpc::CallbackServerContext*,
    const kserve::ModelMetadataRequest* request,
    kserve::ModelMetadataResponse* response
) {
    return receive(
        {.path = "ModelMetadata", .model = request->name()},
        [=, this](const Visit& visit) {
            const auto model = models_.find(request->name(), request->version());
            if (model) {
                *response = metadata_of((*model)->signature());
            }
            finish(visit, model ? grpc::Status::OK : status_of(model.error()));
        }
    );
}

grpc::ServerUnaryReactor* KserveService::ModelConfig(
    grpc::CallbackServerContext*,
    const kserve::ModelConfigRequest* request,
    kserve::ModelConfigResponse* response
) {
    return receive(
        {.path = "ModelConfig", .model = request->name()},
        [=, this](const Visit& visit) {
            const auto model = models_.find(request->name(), request->version());
            if (model) {
                *response->mutable_config() = config_of((*model)->signature());
            }
            finish(visit, model ? grpc::Status::OK : status_of(model.error()));
        }
    );
}

grpc::ServerUnaryReactor* KserveService::ModelInfer(
    grpc::CallbackServerContext* context,
    const kserve::ModelInferRequest* request,
    kserve::ModelInferResponse* response
) {
    CallFacts facts = facts_of("ModelInfer", *request, /*with_text=*/true);
    facts.traceparent = metadata_value(*context, "traceparent");
    return receive(std::move(facts), [=, this](const Visit& visit) {
        infer(visit, *request, *response);
    });
}

StreamReactorBase* KserveService::ModelStreamInfer(grpc::CallbackServerContext* context) {
    auto* const reactor = new StreamReactor(io_);  // deletes itself
    const auto stream = std::make_shared<InferStream>(
        InferStream::Parts{engine_, ticker_, models_, latency_},
        reactor->rpc(),
        metadata_value(*context, "traceparent")
    );
    stream->attach();
    reactor->start();
    return reactor;
}

grpc::ServerUnaryReactor* KserveService::receive(
    CallFacts facts, std::function<void(const Visit&)> answer
) {
    auto* const reactor = new RpcReactor(io_);  // deletes itself
    const auto visit = std::make_shared<Visit>();
    visit->facts = std::move(facts);
    visit->rpc = reactor->rpc();
    visit->answer = std::move(answer);
    boost::asio::post(io_, [this, visit] { begin(visit); });
    return reactor;
}

void KserveService::begin(const std::shared_ptr<Visit>& visit) {
    if (engine_.is_down()) {
        visit->rpc->finish(stopping());
        return;
    }
    visit->id = engine_.receive(visit->facts, [rpc = visit->rpc] { rpc->finish(stopping()); });
    visit->rpc->on_cancel = [this, id = visit->id, rpc = visit->rpc.get()] {
        engine_.abort(id, "client closed");
        rpc->finish(grpc::Status::CANCELLED);
    };
    visit->fault = engine_.next_fault(visit->facts);
    const auto delay = visit->fault ? visit->fault->delay : std::chrono::milliseconds(0);
    engine_.delay(visit->id, delay, [this, visit] { go_on(*visit); });
}

void KserveService::go_on(const Visit& visit) {
    const auto& fault = visit.fault;
    if (!fault || !fault->replaces_the_answer() || fault->http || fault->not_ready) {
        visit.answer(visit);
    } else if (fault->grpc) {
        finish(visit, status_of(*fault->grpc));
    } else if (fault->die) {
        std::raise(SIGKILL);
    } else if (fault->down_for) {
        engine_.crash(*fault->down_for);
    } else if (fault->reset_after || fault->close) {
        // A single call of a connection cannot be reset from here; this is what its client would be told.
        finish(visit, kSocketClosed);
    }
    // What remains is a stall.
}

void KserveService::finish(const Visit& visit, const grpc::Status& status) {
    nlohmann::ordered_json outcome = {{"status", to_string(status.error_code())}};
    if (visit.fault) {
        outcome["fault"] = visit.fault->name;
    }
    engine_.finish(visit.id, outcome);
    visit.rpc->finish(status);
}

void KserveService::infer(
    const Visit& visit,
    const kserve::ModelInferRequest& request,
    kserve::ModelInferResponse& response
) {
    if (visit.fault && visit.fault->in_band_error) {
        finish(visit, {grpc::StatusCode::INTERNAL, visit.fault->in_band_error->message});
        return;
    }
    auto computed = compute(request);
    if (!computed) {
        finish(visit, status_of(computed.error()));
        return;
    }
    response = *std::move(computed);
    if (visit.fault && visit.fault->garble && response.raw_output_contents_size() > 0) {
        response.mutable_raw_output_contents()->rbegin()->pop_back();
    }
    const auto done = [this, visit] {
        // Damaged on its way out, an answer does not arrive at all.
        const bool is_lost = visit.fault && visit.fault->reset_after;
        if (!visit.fault || !visit.fault->stall_after) {
            finish(visit, is_lost ? kSocketClosed : grpc::Status::OK);
        }
    };
    if (!engine_.run(visit.id, {latency_}, visit.facts.priority, done)) {
        finish(visit, status_of(queue_full(request.id())));
    }
}

tl::expected<kserve::ModelInferResponse, GrpcReply> KserveService::compute(
    const kserve::ModelInferRequest& request
) const {
    const auto model = models_.find(request.model_name(), request.model_version());
    if (model && (*model)->is_decoupled()) {
        return tl::unexpected(GrpcReply{
            .code = grpc::StatusCode::UNIMPLEMENTED,
            .message = "ModelInfer RPC doesn't support models with decoupled transaction policy",
        });
    }
    return models_.infer(request);
}

}  // namespace engine_sim
