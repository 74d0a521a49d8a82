#include "tensor_catalog.hpp"

#include "kserve_codec.hpp"

#include <utility>

namespace engine_sim {

TensorCatalog::TensorCatalog(std::vector<TensorModel> models) {
    for (TensorModel& model : models) {
        const std::string name = model.signature().name;
        models_.emplace(name, std::move(model));
    }
}

tl::expected<const TensorModel*, GrpcReply> TensorCatalog::find(
    const std::string& name, const std::string& version
) const {
    const auto model = models_.find(name);
    if (model == models_.end()) {
        return tl::unexpected(GrpcReply{
            .code = grpc::StatusCode::NOT_FOUND,
            .message = "Request for unknown model: '" + name + "' is not found",
        });
    }
    if (!version.empty() && version != "1") {
        return tl::unexpected(GrpcReply{
            .code = grpc::StatusCode::NOT_FOUND,
            .message =
                "Request for unknown model: '" + name + "' version " + version + " is not found",
        });
    }
    return &model->second;
}

tl::expected<kserve::ModelInferResponse, GrpcReply> TensorCatalog::infer(
    const kserve::ModelInferRequest& request, std::size_t response
) const {
    const auto model = find(request.model_name(), request.model_version());
    if (!model) {
        return tl::unexpected(model.error());
    }
    return read_inputs(request)
        .and_then([&](const std::vector<Tensor>& inputs) {
            return (*model)->infer(inputs, request.id(), response);
        })
        .and_then([&](std::vector<Tensor> outputs) {
            return write_outputs(request, std::move(outputs));
        });
}

std::size_t TensorCatalog::responses(const kserve::ModelInferRequest& request) const {
    const auto model = find(request.model_name(), request.model_version());
    const auto inputs = read_inputs(request);
    return model && inputs ? (*model)->responses(*inputs) : 0;
}

}  // namespace engine_sim
