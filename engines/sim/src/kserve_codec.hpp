/// @file kserve_codec.hpp
/// @brief KServe v2 messages from and to tensors.
#pragma once

#include "fault_script.hpp"
#include "kserve_v2.pb.h"
#include "tensor.hpp"
#include "tensor_signature.hpp"

#include <tl/expected.hpp>

#include <string_view>
#include <vector>

namespace engine_sim {

/// The inputs, from raw or from typed contents. Errors: the reply that Triton would give.
tl::expected<std::vector<Tensor>, GrpcReply> read_inputs(const kserve::ModelInferRequest& request);

/// The outputs that the request asks for (all, if it names none), as raw contents.
/// Errors: the reply that Triton would give to an unknown output.
tl::expected<kserve::ModelInferResponse, GrpcReply> write_outputs(
    const kserve::ModelInferRequest& request, std::vector<Tensor> outputs
);

kserve::ModelMetadataResponse metadata_of(const TensorSignature& signature);
kserve::ModelConfig config_of(const TensorSignature& signature);

}  // namespace engine_sim
