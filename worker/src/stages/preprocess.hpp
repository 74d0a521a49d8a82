/// @file stages/preprocess.hpp
/// @brief The first step of a job: from the client's request to the engine's.
#pragma once

#include "contracts/infer_request.hpp"
#include "contracts/priority.hpp"
#include "contracts/processed.hpp"
#include "contracts/result.hpp"
#include "registry/model_registry.hpp"

#include <string>

namespace inference {

/// What the job knows that its request may not say.
struct JobContext {
    std::string job_id;  ///< The workflow's id.
    Priority queue_priority =
        Priority::kNormal;  ///< Counts if the request has no priority of its own.
};

/// Validates the request against the model and the task, applies the model's defaults and template, checks tensors, and
/// emits the request in the engine's form.
///
/// The call's request_id is the job's id. A traceparent that is none is dropped: tracing never fails a job.
///
/// Errors: Fatal MODEL_NOT_FOUND, UNSUPPORTED or VALIDATION. No text of the input is ever in the message.
/// Threads: a pure function, and reads no clock: the caller fills in the timing.
Result<Processed> preprocess(
    InferRequest request, const ModelRegistry& registry, const JobContext& job
);

}  // namespace inference
