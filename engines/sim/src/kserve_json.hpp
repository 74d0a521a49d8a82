/// @file kserve_json.hpp
/// @brief KServe v2 inferences as JSON, from and to the messages of gRPC.
#pragma once

#include "fault_script.hpp"
#include "kserve_v2.pb.h"
#include "tensor_signature.hpp"

#include <nlohmann/json_fwd.hpp>
#include <tl/expected.hpp>

#include <string>
#include <string_view>

namespace engine_sim {

/// The body of an infer call, with raw contents. `data` may be nested or flat.
/// Errors: the reply that Triton would give, over HTTP.
tl::expected<kserve::ModelInferRequest, GrpcReply> read_json_request(
    std::string_view body, const std::string& model, const std::string& version
);

nlohmann::ordered_json json_of(const kserve::ModelInferResponse& response);

/// The bodies of GET /v2/models/M and .../config.
nlohmann::ordered_json metadata_json(const TensorSignature& signature);
nlohmann::ordered_json config_json(const TensorSignature& signature);

}  // namespace engine_sim
