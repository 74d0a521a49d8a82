/// @file workflows/batch_workflow.hpp
/// @brief One batch: preprocess_batch, the chunks side by side, postprocess_batch.
#pragma once

#include "contracts/batch_request.hpp"
#include "contracts/batch_response.hpp"
#include "contracts/batch_steps.hpp"
#include "contracts/error.hpp"
#include "contracts/job_status.hpp"
#include "contracts/names.hpp"
#include "contracts/token_usage.hpp"
#include "temporal/workflow.hpp"
#include "workflows/job_attributes.hpp"
#include "workflows/job_progress.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace inference {

/// `BatchWorkflow`, as clients in any language start it.
///
/// Takes one BatchRequest as JSON; a run that goes on with another's batch has its BatchState besides. As a chunk ends the next
/// begins: there is no time at which all wait for one.
///
/// Errors: a failed batch is a failed workflow, see to_job_failure(); the results that are there are in its files, and it says
///         where.
/// Cancel: stops the chunks, which frees the engines, puts together what is done, and ends canceled with the BatchResponse as
///         details.
/// Replay: the run continues as new when its history has grown to the outline's limit.
class BatchWorkflow {
public:
    temporal::Task<BatchResponse> run(temporal::WorkflowContext ctx, temporal::Arguments arguments);

    [[nodiscard]] JobStatus status() const { return progress_.status(); }
    /// No chunk begins until resume(); those that run go on.
    void pause() { signaled_paused_ = state_.paused = true; }
    void resume() { signaled_paused_ = state_.paused = false; }
    /// What the engines counted so far.
    [[nodiscard]] const TokenUsage& usage() const { return state_.usage; }

private:
    temporal::Task<BatchResponse> run_request(temporal::WorkflowContext ctx);
    temporal::Task<void> prepare(temporal::WorkflowContext ctx);
    /// Starts chunks until none is left, one has failed the batch, or the history is long enough.
    temporal::Task<void> run_chunks(temporal::WorkflowContext ctx);
    temporal::Task<void> run_chunk(temporal::WorkflowContext ctx, ChunkTask task);
    /// One activity; false once the chunk has nothing more to do.
    temporal::Task<bool> try_chunk(
        temporal::WorkflowContext ctx, ChunkTask& task, ChunkReport& before, int& storage_failures
    );
    temporal::Task<BatchResponse> finish(temporal::WorkflowContext ctx);
    temporal::Task<void> finish_canceled(temporal::WorkflowContext ctx);

    void start_next_chunk(const temporal::WorkflowContext& ctx);
    [[nodiscard]] bool may_start(const temporal::WorkflowContext& ctx) const;
    [[nodiscard]] bool is_long_enough(const temporal::WorkflowContext& ctx) const;
    [[nodiscard]] bool has_items_left() const;
    void count(const ChunkReport& report, const ChunkReport& before);
    [[nodiscard]] std::string details() const;
    void apply_policy();
    [[noreturn]] void fail(
        const temporal::WorkflowContext& ctx, const Error& error, nlohmann::json batch = nullptr
    );
    [[noreturn]] void continue_as_new(const temporal::WorkflowContext& ctx) const;

    BatchRequest request_;
    BatchState state_;
    bool continues_ = false;  // Another run began this batch.
    std::optional<bool> signaled_paused_;  // What the latest signal to this run wants.
    std::int64_t running_ = 0;
    std::optional<Error> verdict_;  // Why the batch fails: the first reason stands.
    std::string fairness_key_;  // Empty: as the workflow.
    Priority priority_ = Priority::kLow;
    JobProgress progress_;
    JobAttributes attributes_;

public:
    // Last, for it names the members above.
    static constexpr auto
        definition =
            temporal::workflow<
                &BatchWorkflow::
                    run>(names::kBatchWorkflow, temporal::query<names::kStatusQuery, &BatchWorkflow::status, names::kStatusDescription>, temporal::signal<names::kPauseSignal, &BatchWorkflow::pause, names::kPauseDescription>, temporal::signal<names::kResumeSignal, &BatchWorkflow::resume, names::kResumeDescription>);
};

}  // namespace inference
