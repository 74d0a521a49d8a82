#include "workflows/inference_workflow.hpp"

#include "contracts/fairness_key.hpp"
#include "contracts/priority.hpp"
#include "contracts/summary_line.hpp"
#include "failure/application_failure.hpp"
#include "resilience/batch_plan.hpp"
#include "stages/call_parts.hpp"
#include "workflows/job_details.hpp"
#include "workflows/steps.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace inference {
namespace {

Timestamp now(const temporal::WorkflowContext& ctx) {
    return std::chrono::floor<std::chrono::milliseconds>(ctx.now());
}

std::chrono::milliseconds age(const temporal::WorkflowContext& ctx) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(ctx.now() - ctx.info().start_time);
}

Result<InferRequest> decode(const temporal::Arguments& arguments) {
    if (arguments.values.empty()) {
        return tl::unexpected(fatal(
            ErrorCode::kValidation,
            "the workflow was started without an argument; give one request as a JSON object"
        ));
    }
    try {
        return parse_infer_request(temporal::from_payload<nlohmann::json>(arguments.values.front())
        );
    } catch (const temporal::ConversionError& error) {
        return tl::unexpected(fatal(
            ErrorCode::kValidation,
            std::string("the request is no JSON: ") + error.what() +
                "; give one request as json/plain"
        ));
    }
}

/// What the pause before the try is for, as the timer's summary in Temporal's record.
std::string what_for(const TryAgain& again) {
    return again.waits_until
               ? "waiting for a ready endpoint until " + to_iso8601(*again.waits_until)
               : "next try of infer";
}

/// Which call of the engine it is, beside the activity in Temporal's record.
std::string try_summary(const Processed& part, int attempt) {
    return summary_line("infer, try " + std::to_string(attempt) + " of " + part.call.model);
}

/// Why another try follows, for the status.
Error reason(const TryFailure& failed, const TryAgain& again) {
    const auto* error = std::get_if<Error>(&failed);
    if (error == nullptr) {
        return {
            .error_class = ErrorClass::kTransient,
            .code = ErrorCode::kWorkerLost,
            .message = "the worker that ran infer was lost; another one takes over"
        };
    }
    if (!again.waits_until) {
        return *error;
    }
    Error waiting = *error;
    if (waiting.code != ErrorCode::kCircuitOpen) {
        waiting.code = ErrorCode::kEngineNotReady;
    }
    waiting.message = what_for(again) + ": " + error->message;
    return waiting;
}

Error deadline_passed(std::chrono::milliseconds deadline) {
    return {
        .error_class = ErrorClass::kTimeout,
        .code = ErrorCode::kDeadline,
        .message = "the job was not done within its deadline_ms of " +
                   std::to_string(deadline.count()) +
                   "; give it more time, or submit it with a higher priority"
    };
}

/// Whether another model may answer in place of the one that failed like this: not where the request itself is at fault,
/// and not after its watchers have seen a part of the first answer.
bool may_fall_back(const Error& error, bool is_watched) {
    return error.error_class != ErrorClass::kFatal && !(is_watched && error.partial);
}

Error both_failed(const Error& first, const std::string& fallback, const Error& second) {
    Error error = first;
    error.message += ". Its fallback '" + fallback + "' failed as well: " + second.message;
    return error;
}

RetryCounts sum(RetryCounts a, const RetryCounts& b) {
    a.transient += b.transient;
    a.timeout += b.timeout;
    a.oom += b.oom;
    a.worker_lost += b.worker_lost;
    return a;
}

constexpr temporal::RetryPolicy kStepRetry{
    .backoff_coefficient = 2.0, .maximum_attempts = numbers::kStepTries
};
// Every try of infer is an activity of its own, so that the workflow keeps the counts.
constexpr temporal::RetryPolicy kNoServerRetry{.maximum_attempts = 1};

}  // namespace

temporal::Task<InferResponse> InferenceWorkflow::run(
    temporal::WorkflowContext ctx, temporal::Arguments arguments
) {
    progress_.start(ctx.info().workflow_id, now(ctx));
    ctx.set_current_details([this] { return job_details(progress_.status()); });
    try {
        Result<InferRequest> request = decode(arguments);
        if (!request) {
            fail(ctx, request.error());
        }
        const auto queue_priority =
            priority_of_queue(ctx.info().task_queue).value_or(Priority::kNormal);
        progress_.accepted(request->model, request->priority.value_or(queue_priority), now(ctx));

        traceparent_ = request->traceparent.value_or("");
        // What the starter chose stands, and is inherited.
        if (ctx.info().priority.fairness_key.empty()) {
            fairness_key_ = fairness_key(request->client_id);
        }
        InferResponse response = co_await run_until_deadline(ctx, *std::move(request));
        usage_ = response.usage;
        progress_.completed(now(ctx));
        co_return response;
    } catch (const temporal::Failure& failure) {
        if (temporal::is_canceled(failure)) {
            progress_.canceled(now(ctx));
        }
        throw;
    }
}

temporal::Task<InferResponse> InferenceWorkflow::run_until_deadline(
    temporal::WorkflowContext ctx, InferRequest request
) {
    const std::chrono::milliseconds deadline = request.deadline;
    if (deadline <= std::chrono::milliseconds::zero()) {
        co_return co_await run_steps(ctx, std::move(request));
    }
    if (age(ctx) >= deadline) {
        fail(ctx, deadline_passed(deadline));
    }

    const temporal::CancellationScope scope = ctx.make_scope();
    const temporal::TimerHandle timer = ctx.sleep(deadline - age(ctx), "deadline");
    const auto steps = ctx.spawn(run_steps(ctx.within(scope), std::move(request)));
    const std::size_t first = co_await temporal::when_any(ctx, steps, timer);
    if (first == 1) {
        scope.cancel("deadline");
        fail(ctx, deadline_passed(deadline));
    }
    timer.cancel();
    InferResponse response = co_await steps;
    co_return response;
}

temporal::Task<InferResponse> InferenceWorkflow::run_steps(
    temporal::WorkflowContext ctx, InferRequest request
) {
    Inferred inferred = co_await infer_or_fall_back(ctx, std::move(request));
    InferResponse response = co_await postprocess(ctx, std::move(inferred));
    response.attempts = {
        .infer = progress_.status().attempt, .retries = progress_.status().retries
    };
    response.timings.total = age(ctx);
    co_return response;
}

temporal::Task<Inferred> InferenceWorkflow::infer_or_fall_back(
    temporal::WorkflowContext ctx, InferRequest request
) {
    const std::string model = request.model;
    Processed processed = co_await preprocess(ctx, request);
    attributes_.use(processed.search_attributes);
    attributes_.begin(ctx, progress_.status());
    const std::string fallback = processed.fallback;
    is_postprocess_local_ = processed.local_postprocess;
    Result<Inferred> answer = co_await infer(ctx, std::move(processed));
    if (answer) {
        co_return *std::move(answer);
    }
    const Error failed = answer.error();
    if (fallback.empty() || !may_fall_back(failed, request.stream)) {
        fail(ctx, failed);
    }

    fell_back_ = true;
    request.model = fallback;
    request.allow_fallback = false;  // One step, never a chain.
    retries_before_ = progress_.status().retries;
    processed = co_await preprocess(ctx, request);
    answer = co_await infer(ctx, std::move(processed));
    if (!answer) {
        fail(ctx, both_failed(failed, fallback, answer.error()));
    }
    answer->model = model;
    answer->fallback = true;
    co_return *std::move(answer);
}

temporal::Task<Processed> InferenceWorkflow::preprocess(
    // NOLINTNEXTLINE(cppcoreguidelines-avoid-reference-coroutine-parameters): see the declaration.
    temporal::WorkflowContext ctx,
    const InferRequest& request
) {
    progress_.entered(Stage::kPreprocess, now(ctx));
    const bool is_local = ctx.decide(names::kLocalPreprocess, prefers_local_preprocess_);
    const std::string summary = summary_line("for " + request.model);
    try {
        if (is_local) {
            co_return co_await preprocess_step.local(
                ctx, request, {.start_to_close = numbers::kPreprocessTimeout, .retry = kStepRetry}
            );
        }
        co_return co_await preprocess_step(
            ctx,
            request,
            {.start_to_close = numbers::kPreprocessTimeout,
             .retry = kStepRetry,
             .priority = {.fairness_key = fairness_key_},
             .summary = summary}
        );
    } catch (const temporal::ActivityFailure& failure) {
        if (temporal::is_canceled(failure)) {
            throw;
        }
        fail(ctx, to_step_error(failure, names::kPreprocess));
    }
}

temporal::Task<Result<Inferred>> InferenceWorkflow::infer(
    temporal::WorkflowContext ctx, Processed processed
) {
    progress_.entered(Stage::kInfer, now(ctx));
    // Who has another model to go to does not wait long for this one.
    RetryState retry(
        processed.fallback.empty() ? processed.limits.ready_timeout : std::chrono::milliseconds{0}
    );
    BatchPlan plan(item_count(processed.call), processed.limits.batch_limit);
    std::vector<AnsweredPart> answered;
    while (const std::optional<ItemRange> items = plan.next()) {
        std::optional<Processed> part;
        if (!plan.is_whole()) {
            part = cut(processed, *items);
        }
        Processed& call = part ? *part : processed;
        call.attempt = progress_.status().attempt + 1;
        Outcome outcome = co_await try_infer(ctx, call);
        if (auto* answer = std::get_if<Inferred>(&outcome)) {
            answered.push_back({*items, std::move(*answer)});
            retry.succeeded();
            plan.done();
            continue;
        }
        const auto& failed = std::get<TryFailure>(outcome);
        const RetryDecision decision =
            retry.decide(failed, items->count, now(ctx), ctx.random().uniform());
        if (const auto* over = std::get_if<GiveUp>(&decision)) {
            co_return tl::unexpected(over->error);
        }
        const auto& again = std::get<TryAgain>(decision);
        plan.shrink(again.batch_limit.value_or(items->count));
        progress_.will_retry(
            reason(failed, again),
            sum(retries_before_, retry.retries()),
            now(ctx) + again.delay,
            now(ctx)
        );
        if (again.delay > std::chrono::milliseconds::zero()) {
            co_await ctx.sleep(again.delay, what_for(again));
        }
    }
    co_return join(processed, std::move(answered));
}

temporal::Task<InferenceWorkflow::Outcome> InferenceWorkflow::try_infer(
    // NOLINTNEXTLINE(cppcoreguidelines-avoid-reference-coroutine-parameters): see the declaration.
    temporal::WorkflowContext ctx,
    const Processed& part
) {
    progress_.tried(now(ctx));
    const std::string summary = try_summary(part, progress_.status().attempt);
    try {
        co_return co_await infer_step(
            ctx,
            part,
            {.start_to_close = infer_timeout(part),
             .heartbeat = part.limits.heartbeat_timeout,
             .retry = kNoServerRetry,
             .priority = {.fairness_key = fairness_key_},
             .summary = summary}
        );
    } catch (const temporal::ActivityFailure& failure) {
        if (temporal::is_canceled(failure)) {
            throw;
        }
        co_return to_try_failure(failure);
    }
}

temporal::Task<InferResponse> InferenceWorkflow::postprocess(
    temporal::WorkflowContext ctx, Inferred inferred
) {
    progress_.entered(Stage::kPostprocess, now(ctx));
    const std::string summary = summary_line("answer of " + inferred.served_model);
    try {
        if (is_postprocess_local_) {
            co_return co_await postprocess_step.local(
                ctx, inferred, {.start_to_close = numbers::kPostprocessTimeout, .retry = kStepRetry}
            );
        }
        co_return co_await postprocess_step(
            ctx,
            inferred,
            {.start_to_close = numbers::kPostprocessTimeout,
             .retry = kStepRetry,
             .priority = {.fairness_key = fairness_key_},
             .summary = summary}
        );
    } catch (const temporal::ActivityFailure& failure) {
        if (temporal::is_canceled(failure)) {
            throw;
        }
        fail(ctx, to_step_error(failure, names::kPostprocess));
    }
}

void InferenceWorkflow::fail(const temporal::WorkflowContext& ctx, const Error& error) {
    progress_.failed(error, now(ctx));
    attributes_.fail(ctx, error.error_class);
    throw to_job_failure(error, progress_.status().model, progress_.status().attempt);
}

temporal::Duration InferenceWorkflow::infer_timeout(const Processed& processed) const {
    return std::max<temporal::Duration>(
        numbers::kInferTimeout, processed.limits.timeout + 4 * numbers::kInferMargin
    );
}

}  // namespace inference
