#include "activities/cpu_steps.hpp"

#include "contracts/priority.hpp"
#include "failure/application_failure.hpp"
#include "stages/postprocess.hpp"
#include "stages/preprocess.hpp"

namespace inference {
namespace {

using Clock = std::chrono::steady_clock;

std::chrono::milliseconds since(Clock::time_point start) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
}

}  // namespace

Processed PreprocessActivity::operator()(temporal::ActivityContext& ctx, InferRequest request)
    const {
    const auto start = Clock::now();
    const JobContext job{
        .job_id = ctx.info().workflow_id,
        .queue_priority = priority_of_queue(ctx.info().task_queue).value_or(Priority::kNormal),
    };
    Result<Processed> processed = preprocess(std::move(request), *registry_, job);
    if (!processed) {
        throw to_activity_failure(processed.error());
    }

    const Model& model = registry_->lookup(processed->call.model)->get();
    processed->limits = {
        .timeout = model.timeout,
        .ready_timeout = model.ready_timeout,
        .heartbeat_timeout = heartbeat_timeout_,
        .batch_limit = engines_->batch_limit(model)
    };
    processed->local_postprocess = local_postprocess_;
    processed->timings.preprocess = since(start);
    return *std::move(processed);
}

InferResponse postprocess_activity(temporal::ActivityContext& ctx, Inferred inferred) {
    const auto start = Clock::now();
    Result<InferResponse> response = postprocess(std::move(inferred), ctx.info().workflow_id);
    if (!response) {
        throw to_activity_failure(response.error());
    }
    response->timings.postprocess = since(start);
    return *std::move(response);
}

}  // namespace inference
