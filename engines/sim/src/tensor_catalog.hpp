/// @file tensor_catalog.hpp
/// @brief The tensor models by name, and a whole inference on one of them.
#pragma once

#include "fault_script.hpp"
#include "kserve_v2.pb.h"
#include "tensor_model.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace engine_sim {

/// Each model has one version, "1".
///
/// Errors: the reply that Triton would give.  Threads: immutable.
class TensorCatalog {
public:
    explicit TensorCatalog(std::vector<TensorModel> models);

    /// An empty version is the newest.
    tl::expected<const TensorModel*, GrpcReply> find(
        const std::string& name, const std::string& version
    ) const;

    /// The response of that number, from 0, of those that the model gives.
    tl::expected<kserve::ModelInferResponse, GrpcReply> infer(
        const kserve::ModelInferRequest& request, std::size_t response = 0
    ) const;

    /// How many responses a request gets that can be inferred.
    std::size_t responses(const kserve::ModelInferRequest& request) const;

private:
    std::map<std::string, TensorModel> models_;
};

}  // namespace engine_sim
