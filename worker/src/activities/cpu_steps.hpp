/// @file activities/cpu_steps.hpp
/// @brief The two steps that only compute, bound to what they need.
#pragma once

#include "activities/claim_check.hpp"
#include "activities/engine_pool.hpp"
#include "contracts/infer_request.hpp"
#include "contracts/infer_response.hpp"
#include "contracts/inferred.hpp"
#include "contracts/processed.hpp"
#include "registry/model_registry.hpp"
#include "temporal/activity_context.hpp"

#include <chrono>
#include <memory>
#include <utility>

namespace inference {

/// Errors: throws the ApplicationFailure of a classified error; a Fatal one is not retried.
class PreprocessActivity {
public:
    PreprocessActivity(
        std::shared_ptr<const ModelRegistry> registry,
        std::shared_ptr<const EnginePool> engines,
        ClaimCheck claims,
        std::chrono::milliseconds heartbeat_timeout,
        bool local_postprocess
    )
        : registry_(std::move(registry)),
          engines_(std::move(engines)),
          claims_(std::move(claims)),
          heartbeat_timeout_(heartbeat_timeout),
          local_postprocess_(local_postprocess) {}

    Processed operator()(temporal::ActivityContext& ctx, InferRequest request) const;

private:
    std::shared_ptr<const ModelRegistry> registry_;
    std::shared_ptr<const EnginePool> engines_;
    ClaimCheck claims_;
    std::chrono::milliseconds heartbeat_timeout_;
    bool local_postprocess_;
};

/// Errors: as PreprocessActivity.
class PostprocessActivity {
public:
    explicit PostprocessActivity(ClaimCheck claims) : claims_(std::move(claims)) {}

    InferResponse operator()(temporal::ActivityContext& ctx, Inferred inferred) const;

private:
    ClaimCheck claims_;
};

}  // namespace inference
