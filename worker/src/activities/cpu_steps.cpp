#include "activities/cpu_steps.hpp"

#include "activities/step_span.hpp"
#include "activities/tell_stage.hpp"
#include "contracts/priority.hpp"
#include "failure/value_or_throw.hpp"
#include "stages/postprocess.hpp"
#include "stages/preprocess.hpp"

#include <utility>

namespace inference {
namespace {

using Clock = std::chrono::steady_clock;

std::chrono::milliseconds since(Clock::time_point start) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
}

}  // namespace

Processed PreprocessActivity::operator()(temporal::ActivityContext& ctx, InferRequest request)
    const {
    StepSpan span(spans_, ctx.info(), request.traceparent.value_or(""));
    return traced(std::move(span), [&] { return run(ctx.info(), std::move(request)); });
}

Processed PreprocessActivity::run(const temporal::ActivityInfo& step, InferRequest request) const {
    const auto start = Clock::now();
    const std::string& job_id = step.workflow_id;
    tell_stage(events_, step, 0, Stage::kPreprocess);
    const JobContext job{
        .job_id = job_id,
        .queue_priority = priority_of_queue(step.task_queue).value_or(Priority::kNormal),
    };
    value_or_throw(claims_.bring_back(request.input));
    auto processed = value_or_throw(preprocess(std::move(request), *registry_, job));
    value_or_throw(claims_.put_away(processed.call.body, job_id, "request.json"));

    const Model& model = registry_->lookup(processed.call.model)->get();
    processed.limits = {
        .timeout = model.timeout,
        .ready_timeout = model.ready_timeout,
        .heartbeat_timeout = heartbeat_timeout_,
        .batch_limit = engines_->batch_limit(model)
    };
    processed.local_postprocess = local_postprocess_;
    if (attributes_ != nullptr) {
        processed.search_attributes = attributes_->get(Clock::now());
    }
    processed.timings.preprocess = since(start);
    return processed;
}

InferResponse PostprocessActivity::operator()(temporal::ActivityContext& ctx, Inferred inferred)
    const {
    tell_stage(events_, ctx.info(), inferred.attempt, Stage::kPostprocess);
    StepSpan span(spans_, ctx.info(), inferred.traceparent);
    return traced(std::move(span), [&] {
        return run(ctx.info().workflow_id, std::move(inferred));
    });
}

InferResponse PostprocessActivity::run(const std::string& job_id, Inferred inferred) const {
    const auto start = Clock::now();
    value_or_throw(claims_.bring_back(inferred.reply.body));
    InferResponse response = value_or_throw(postprocess(std::move(inferred), job_id));
    value_or_throw(claims_.put_away(response.output, job_id, "output.json"));
    if (response.output.contains("ref")) {
        response.content.reset();  // It is a part of what was put away.
    }
    response.timings.postprocess = since(start);
    return response;
}

}  // namespace inference
