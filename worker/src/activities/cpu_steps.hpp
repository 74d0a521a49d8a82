/// @file activities/cpu_steps.hpp
/// @brief The two steps that only compute, bound to what they need.
#pragma once

#include "activities/claim_check.hpp"
#include "activities/engine_pool.hpp"
#include "activities/registered_attributes.hpp"
#include "contracts/infer_request.hpp"
#include "contracts/infer_response.hpp"
#include "contracts/inferred.hpp"
#include "contracts/processed.hpp"
#include "events/event_sink.hpp"
#include "registry/model_registry.hpp"
#include "telemetry/span.hpp"
#include "temporal/activity_context.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace inference {

/// Errors: throws the ApplicationFailure of a classified error; a Fatal one is not retried.
class PreprocessActivity {
public:
    /// @param attributes Null: jobs set no search attributes.
    PreprocessActivity(
        std::shared_ptr<const ModelRegistry> registry,
        std::shared_ptr<const EnginePool> engines,
        ClaimCheck claims,
        std::shared_ptr<EventSink> events,
        std::shared_ptr<RegisteredAttributes> attributes,
        std::chrono::milliseconds heartbeat_timeout,
        bool local_postprocess,
        SpanSink spans = {}
    )
        : registry_(std::move(registry)),
          engines_(std::move(engines)),
          claims_(std::move(claims)),
          events_(std::move(events)),
          attributes_(std::move(attributes)),
          heartbeat_timeout_(heartbeat_timeout),
          local_postprocess_(local_postprocess),
          spans_(std::move(spans)) {}

    Processed operator()(temporal::ActivityContext& ctx, InferRequest request) const;

private:
    [[nodiscard]] Processed run(const temporal::ActivityInfo& step, InferRequest request) const;

    std::shared_ptr<const ModelRegistry> registry_;
    std::shared_ptr<const EnginePool> engines_;
    ClaimCheck claims_;
    std::shared_ptr<EventSink> events_;
    std::shared_ptr<RegisteredAttributes> attributes_;
    std::chrono::milliseconds heartbeat_timeout_;
    bool local_postprocess_;
    SpanSink spans_;
};

/// Errors: as PreprocessActivity.
class PostprocessActivity {
public:
    PostprocessActivity(ClaimCheck claims, std::shared_ptr<EventSink> events, SpanSink spans = {})
        : claims_(std::move(claims)), events_(std::move(events)), spans_(std::move(spans)) {}

    InferResponse operator()(temporal::ActivityContext& ctx, Inferred inferred) const;

private:
    [[nodiscard]] InferResponse run(const std::string& job_id, Inferred inferred) const;

    ClaimCheck claims_;
    std::shared_ptr<EventSink> events_;
    SpanSink spans_;
};

}  // namespace inference
