/// @file workflows/inference_workflow.hpp
/// @brief One job: preprocess, infer until it succeeds or its budget is used up, postprocess.
#pragma once

#include "contracts/attempts.hpp"
#include "contracts/error.hpp"
#include "contracts/infer_request.hpp"
#include "contracts/infer_response.hpp"
#include "contracts/inferred.hpp"
#include "contracts/job_status.hpp"
#include "contracts/names.hpp"
#include "contracts/processed.hpp"
#include "contracts/result.hpp"
#include "contracts/token_usage.hpp"
#include "resilience/retry_state.hpp"
#include "temporal/workflow.hpp"
#include "workflows/job_attributes.hpp"
#include "workflows/job_progress.hpp"

#include <string>
#include <variant>

namespace inference {

/// `InferenceWorkflow`, as clients in any language start it.
///
/// Takes one InferRequest as JSON. What cannot be decoded fails the job as Fatal VALIDATION and never the workflow task.
///
/// Where the CPU steps run is decided by the worker that has the job when it begins, and stays so.
///
/// Errors: a failed job is a failed workflow, see to_job_failure().
/// Cancel: asks the running activity to stop, which frees the engine, and ends the job as canceled at once.
class InferenceWorkflow {
public:
    explicit InferenceWorkflow(bool prefers_local_preprocess = false)
        : prefers_local_preprocess_(prefers_local_preprocess) {}

    temporal::Task<InferResponse> run(temporal::WorkflowContext ctx, temporal::Arguments arguments);
    [[nodiscard]] JobStatus status() const { return progress_.status(); }
    /// What the engine counted; zeros until the job is completed.
    [[nodiscard]] const TokenUsage& usage() const { return usage_; }
    /// The request's; of any content, and empty where it has none.
    [[nodiscard]] const std::string& traceparent() const { return traceparent_; }
    /// The job was handed to its model's fallback.
    [[nodiscard]] bool fell_back() const { return fell_back_; }

private:
    using Outcome = std::variant<Inferred, TryFailure>;

    temporal::Task<InferResponse> run_until_deadline(
        temporal::WorkflowContext ctx, InferRequest request
    );
    temporal::Task<InferResponse> run_steps(temporal::WorkflowContext ctx, InferRequest request);
    // References are to what lives in the frame that awaits the task.
    temporal::Task<Processed> preprocess(
        temporal::WorkflowContext ctx, const InferRequest& request
    );
    /// The answer of the request's model or, where that gives none, of its fallback.
    temporal::Task<Inferred> infer_or_fall_back(
        temporal::WorkflowContext ctx, InferRequest request
    );
    temporal::Task<Result<Inferred>> infer(temporal::WorkflowContext ctx, Processed processed);
    /// One activity.
    temporal::Task<Outcome> try_infer(temporal::WorkflowContext ctx, const Processed& part);
    temporal::Task<InferResponse> postprocess(temporal::WorkflowContext ctx, Inferred inferred);

    [[noreturn]] void fail(const temporal::WorkflowContext& ctx, const Error& error);
    [[nodiscard]] temporal::Duration infer_timeout(const Processed& processed) const;

    const bool prefers_local_preprocess_;
    bool is_postprocess_local_ = false;  // As preprocess said.
    std::string fairness_key_;  // Empty: as the workflow.
    JobProgress progress_;
    JobAttributes attributes_;
    TokenUsage usage_;
    std::string traceparent_;
    bool fell_back_ = false;
    RetryCounts retries_before_;  // of the model whose fallback answers now

public:
    // Last, for it names the members above.
    static constexpr auto definition = temporal::workflow<
        &InferenceWorkflow::
            run>(names::kInferenceWorkflow, temporal::query<names::kStatusQuery, &InferenceWorkflow::status, names::kStatusDescription>);
};

/// The same on a worker that prefers preprocess as a local activity.
class LeanInferenceWorkflow final : public InferenceWorkflow {
public:
    LeanInferenceWorkflow() : InferenceWorkflow(/*prefers_local_preprocess=*/true) {}
};

}  // namespace inference
