#include "kserve_service.hpp"

#include "grpc_code.hpp"
#include "kserve_codec.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <csignal>
#include <utility>
#include <vector>

namespace engine_sim {

namespace {

grpc::Status status_of(const GrpcReply& reply) {
    return {reply.code, reply.message};
}

const grpc::Status kStopping(
    grpc::StatusCode::UNAVAILABLE,
    "Server is stopping, scheduler for model has stopped accepting new inference requests"
);

std::string metadata_value(const grpc::CallbackServerContext& context, const std::string& key) {
    const auto found = context.client_metadata().find(key);
    return found == context.client_metadata().end()
               ? ""
               : std::string(found->second.data(), found->second.size());
}

CallFacts facts_of(
    const grpc::CallbackServerContext& context, const kserve::ModelInferRequest& request
) {
    CallFacts facts{
        .path = "ModelInfer", .model = request.model_name(), .request_id = request.id()
    };
    facts.traceparent = metadata_value(context, "traceparent");
    if (request.inputs_size() > 0 && request.inputs(0).shape_size() > 0) {
        facts.batch =
            static_cast<std::size_t>(std::max<std::int64_t>(request.inputs(0).shape(0), 0));
    }
    if (const auto priority = request.parameters().find("priority");
        priority != request.parameters().end()) {
        facts.priority = static_cast<int>(priority->second.uint64_param());
    }
    return facts;
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
        const bool is_known = find(request->name(), request->version()).has_value();
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
            const auto model = find(request->name(), request->version());
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
            const auto model = find(request->name(), request->version());
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
    return receive(facts_of(*context, *request), [=, this](const Visit& visit) {
        infer(visit, *request, *response);
    });
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
        visit->rpc->finish(kStopping);
        return;
    }
    visit->id = engine_.receive(visit->facts, [rpc = visit->rpc] { rpc->finish(kStopping); });
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
    if (fault && fault->die) {
        std::raise(SIGKILL);
    }
    if (fault && fault->grpc) {
        finish(visit, status_of(*fault->grpc));
    } else if (fault && fault->reset_after) {
        // A single call of a connection cannot be reset from here; this is what its client would be told.
        finish(visit, {grpc::StatusCode::UNAVAILABLE, "Socket closed"});
    } else if (!fault || !fault->stall_after) {
        visit.answer(visit);
    }
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
    auto computed = compute(request);
    if (!computed) {
        finish(visit, status_of(computed.error()));
        return;
    }
    response = *std::move(computed);
    if (visit.fault && visit.fault->garble && response.raw_output_contents_size() > 0) {
        response.mutable_raw_output_contents()->rbegin()->pop_back();
    }
    const bool has_room =
        engine_.run(visit.id, {latency_}, visit.facts.priority, [this, visit] { finish(visit); });
    if (!has_room) {
        const std::string id = request.id().empty() ? "<id_unknown>" : request.id();
        finish(
            visit,
            {grpc::StatusCode::UNAVAILABLE, "[request id: " + id + "] Exceeds maximum queue size"}
        );
    }
}

tl::expected<kserve::ModelInferResponse, GrpcReply> KserveService::compute(
    const kserve::ModelInferRequest& request
) const {
    const auto model = find(request.model_name(), request.model_version());
    if (!model) {
        return tl::unexpected(model.error());
    }
    return read_inputs(request)
        .and_then([&](const std::vector<Tensor>& inputs) {
            return (*model)->infer(inputs, request.id());
        })
        .and_then([&](std::vector<Tensor> outputs) {
            return write_outputs(request, std::move(outputs));
        });
}

tl::expected<const TensorModel*, GrpcReply> KserveService::find(
    const std::string& name, const std::string& version
) const {
    const auto model = models_.find(name);
    if (model != models_.end() && (version.empty() || version == "1")) {
        return &model->second;
    }
    const std::string which = model == models_.end() ? "" : " version " + version;
    return tl::unexpected(GrpcReply{
        .code = grpc::StatusCode::NOT_FOUND,
        .message = "Request for unknown model: '" + name + "'" + which + " is not found",
    });
}

}  // namespace engine_sim
