#include "workflows/batch_workflow.hpp"

#include "contracts/fairness_key.hpp"
#include "contracts/priority.hpp"
#include "failure/application_failure.hpp"
#include "workflows/batch_steps.hpp"
#include "workflows/job_details.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace inference {
namespace {

constexpr std::chrono::hours kPrepareTimeout{1};
constexpr std::chrono::hours kChunkTimeout{24};
constexpr std::chrono::hours kFinishTimeout{1};
constexpr std::chrono::seconds kHeartbeat{10};
/// Of those that write: a disk may be full for a while.
constexpr int kStorageTries = 5;

constexpr temporal::RetryPolicy kEndRetry{
    .backoff_coefficient = 2.0, .maximum_interval = std::chrono::seconds{30}, .maximum_attempts = 5
};

/// What an activity says itself is for the workflow to judge; the server's part are the workers that were lost.
constexpr std::array<std::string_view, 4> kClasses{"Transient", "OOM", "Timeout", "Fatal"};
constexpr temporal::RetryPolicy kChunkRetry{
    .initial_interval = std::chrono::seconds{1},
    .backoff_coefficient = 1.0,
    .maximum_attempts = 1000,
    .non_retryable_error_types = kClasses
};

Timestamp now(const temporal::WorkflowContext& ctx) {
    return std::chrono::floor<std::chrono::milliseconds>(ctx.now());
}

Result<BatchRequest> decode(const temporal::Arguments& arguments) {
    if (arguments.values.empty()) {
        return tl::unexpected(fatal(
            ErrorCode::kValidation,
            "the workflow was started without an argument; give one batch request as a JSON object"
        ));
    }
    try {
        return parse_batch_request(temporal::from_payload<nlohmann::json>(arguments.values.front())
        );
    } catch (const temporal::ConversionError& error) {
        return tl::unexpected(fatal(
            ErrorCode::kValidation,
            std::string("the request is no JSON: ") + error.what() +
                "; give one batch request as json/plain"
        ));
    }
}

/// Of a run that goes on with another's batch.
Result<BatchState> decode_state(const temporal::Arguments& arguments) {
    try {
        return temporal::from_payload<BatchState>(arguments.values[1]);
    } catch (const std::exception& error) {
        return tl::unexpected(fatal(
            ErrorCode::kValidation,
            std::string("the second argument is no state of a batch: ") + error.what() +
                "; give one batch request and nothing else"
        ));
    }
}

std::string of_all(std::int64_t failed, std::int64_t items) {
    return std::to_string(failed) + " of " + std::to_string(items) + " items failed";
}

/// The batch's error is that of its first item, which is what there is to mend.
Error because_of(std::string what, const std::optional<Error>& first) {
    Error error = first.value_or(fatal(ErrorCode::kValidation, "see the errors file"));
    error.message = std::move(what) + "; the first: " + error.message;
    return error;
}

/// Which items a chunk has, beside its activity in Temporal's record.
std::string items_summary(const ChunkTask& task) {
    return "items " + std::to_string(task.first) + " to " +
           std::to_string(task.first + task.count - 1);
}

void add(TokenUsage& sum, const TokenUsage& more, const TokenUsage& less) {
    sum.prompt_tokens += more.prompt_tokens - less.prompt_tokens;
    sum.completion_tokens += more.completion_tokens - less.completion_tokens;
    sum.total_tokens += more.total_tokens - less.total_tokens;
}

}  // namespace

temporal::Task<BatchResponse> BatchWorkflow::run(
    temporal::WorkflowContext ctx, temporal::Arguments arguments
) {
    progress_.start(ctx.info().workflow_id, now(ctx));
    ctx.set_current_details([this] { return details(); });
    Result<BatchRequest> request = decode(arguments);
    if (!request) {
        fail(ctx, request.error());
    }
    request_ = *std::move(request);
    if (arguments.values.size() > 1) {
        Result<BatchState> state = decode_state(arguments);
        if (!state) {
            fail(ctx, state.error());
        }
        continues_ = true;
        state_ = *std::move(state);
        // A signal that came with the start is newer.
        state_.paused = signaled_paused_.value_or(state_.paused);
        progress_.continued(state_.chunks);
    }
    priority_ =
        request_.priority.value_or(priority_of_queue(ctx.info().task_queue).value_or(Priority::kLow)
        );
    if (ctx.info().priority.fairness_key.empty()) {
        fairness_key_ = fairness_key(request_.client_id);
    }
    progress_.accepted(request_.model.value_or(""), priority_, now(ctx));

    // An await cannot stand in a handler.
    bool is_canceled = false;
    try {
        co_return co_await run_request(ctx);
    } catch (const temporal::Failure& failure) {
        if (!temporal::is_canceled(failure)) {
            throw;
        }
        is_canceled = true;
    }
    if (is_canceled) {
        co_await finish_canceled(ctx);
    }
    throw temporal::CanceledFailure("the batch was cancelled");
}

temporal::Task<BatchResponse> BatchWorkflow::run_request(temporal::WorkflowContext ctx) {
    if (!continues_) {
        co_await prepare(ctx);
    }
    progress_.accepted(state_.outline.model, priority_, now(ctx));
    progress_.entered(Stage::kInfer, now(ctx));
    progress_.counted(state_.counts, now(ctx));
    attributes_.use(state_.outline.search_attributes);
    if (continues_) {
        attributes_.resume(ctx, state_.counts);
    } else {
        attributes_.begin(ctx, progress_.status());
    }
    co_await run_chunks(ctx);
    if (!verdict_ && has_items_left()) {
        continue_as_new(ctx);
    }

    BatchResponse response = co_await finish(ctx);
    if (!verdict_ && response.counts.succeeded == 0) {
        verdict_ =
            because_of(of_all(response.counts.failed, response.counts.total), state_.first_error);
    }
    if (verdict_) {
        response.status = JobState::kFailed;
        fail(ctx, *verdict_, response);
    }
    const bool with_errors = response.counts.failed > 0;
    response.status = with_errors ? JobState::kCompletedWithErrors : JobState::kCompleted;
    progress_.completed(now(ctx), with_errors);
    co_return response;
}

temporal::Task<void> BatchWorkflow::prepare(temporal::WorkflowContext ctx) {
    progress_.entered(Stage::kPreprocess, now(ctx));
    try {
        state_.outline = co_await preprocess_batch_step(
            ctx,
            request_,
            {.start_to_close = kPrepareTimeout,
             .heartbeat = kHeartbeat,
             .retry = kEndRetry,
             .priority = {.fairness_key = fairness_key_},
             .cancellation = temporal::ActivityCancellationType::kWaitCancellationCompleted}
        );
    } catch (const temporal::ActivityFailure& failure) {
        if (temporal::is_canceled(failure)) {
            throw;
        }
        fail(ctx, to_step_error(failure, names::kPreprocessBatch));
    }
    state_.counts.total = state_.outline.items;
    request_.items = nullptr;  // They are in the outline's file now.
}

std::string BatchWorkflow::details() const {
    std::string text = job_details(progress_.status());
    if (state_.paused) {
        text += "\nPaused: no more chunks begin until the signal `resume`.\n";
    }
    return text;
}

bool BatchWorkflow::has_items_left() const {
    return state_.next < state_.outline.items;
}

bool BatchWorkflow::is_long_enough(const temporal::WorkflowContext& ctx) const {
    return ctx.continue_as_new_suggested() ||
           static_cast<std::int64_t>(ctx.history_length()) >= state_.outline.history_limit;
}

bool BatchWorkflow::may_start(const temporal::WorkflowContext& ctx) const {
    return !state_.paused && !verdict_ && has_items_left() &&
           running_ < request_.max_parallel_chunks && !is_long_enough(ctx);
}

temporal::Task<void> BatchWorkflow::run_chunks(temporal::WorkflowContext ctx) {
    const temporal::CancellationScope scope = ctx.make_scope();
    const temporal::WorkflowContext chunks = ctx.within(scope);
    while (true) {
        co_await ctx.until([this, &ctx] {
            const bool is_done = !has_items_left() || is_long_enough(ctx);
            return verdict_ || may_start(ctx) || (running_ == 0 && is_done);
        });
        // What it waited for may have come together with a cancel.
        if (ctx.canceled()) {
            throw temporal::CanceledFailure("the batch was cancelled");
        }
        if (verdict_) {
            scope.cancel("the batch failed");
            co_await ctx.until([this] { return running_ == 0; });
            co_return;
        }
        if (!may_start(ctx)) {
            co_return;
        }
        start_next_chunk(chunks);
    }
}

void BatchWorkflow::start_next_chunk(const temporal::WorkflowContext& ctx) {
    ChunkTask task{
        .files = state_.outline.files,
        .first = state_.next,
        .count = std::min(request_.chunk_size, state_.outline.items - state_.next),
        .model = request_.model.value_or(""),
        .parameters = request_.parameters,
        .priority = priority_,
        .stops_at_failure = request_.failure_policy == FailurePolicy::kFailFast
    };
    state_.next += task.count;
    ++running_;
    (void)ctx.spawn(run_chunk(ctx, std::move(task)));
}

temporal::Task<void> BatchWorkflow::run_chunk(temporal::WorkflowContext ctx, ChunkTask task) {
    ChunkReport before;
    int storage_failures = 0;
    bool goes_on = true;
    while (goes_on) {
        goes_on = co_await try_chunk(ctx, task, before, storage_failures);
    }
    --running_;
}

temporal::Task<bool> BatchWorkflow::try_chunk(
    // NOLINTNEXTLINE(cppcoreguidelines-avoid-reference-coroutine-parameters): they live in the frame that awaits this.
    temporal::WorkflowContext ctx,
    ChunkTask& task,
    ChunkReport& before,
    int& storage_failures
) {
    // As its wait ended, or before it began.
    if (ctx.canceled()) {
        co_return false;
    }
    ++state_.chunks;
    progress_.tried(now(ctx));
    const std::string summary = items_summary(task);
    std::chrono::milliseconds wait{0};
    try {
        const ChunkReport report = co_await infer_batch_step(
            ctx,
            task,
            {.start_to_close = kChunkTimeout,
             .heartbeat = state_.outline.heartbeat_timeout,
             .retry = kChunkRetry,
             .priority = {.fairness_key = fairness_key_},
             .cancellation = temporal::ActivityCancellationType::kWaitCancellationCompleted,
             .summary = summary}
        );
        count(report, before);
        progress_.counted(state_.counts, now(ctx));
        attributes_.count(ctx, state_.counts);
        before = report;
        apply_policy();
        if (report.remaining == 0 || verdict_) {
            co_return false;
        }
        wait = report.wait;
    } catch (const temporal::ActivityFailure& failure) {
        if (temporal::is_canceled(failure)) {
            co_return false;
        }
        const Error error = to_step_error(failure, names::kInferBatch);
        if (error.code != ErrorCode::kStorage || ++storage_failures >= kStorageTries) {
            verdict_ = verdict_.value_or(error);
            co_return false;
        }
        wait = std::chrono::seconds{1 << storage_failures};
    }
    task.begun = true;
    try {
        co_await ctx.sleep(wait, "the rest of " + summary);
    } catch (const temporal::CanceledFailure&) {
        co_return false;
    }
    co_return true;
}

void BatchWorkflow::count(const ChunkReport& report, const ChunkReport& before) {
    state_.counts.succeeded += report.succeeded - before.succeeded;
    state_.counts.failed += report.failed - before.failed;
    add(state_.usage, report.usage, before.usage);
    if (!state_.first_error) {
        state_.first_error = report.first_error;
    }
}

void BatchWorkflow::apply_policy() {
    if (verdict_) {
        return;
    }
    const ItemCounts& counts = state_.counts;
    const std::string failed = of_all(counts.failed, counts.total);
    if (request_.failure_policy == FailurePolicy::kFailFast && counts.failed > 0) {
        verdict_ = because_of(failed + " (failure_policy is fail_fast)", state_.first_error);
        return;
    }
    const double allowed =
        request_.max_failed_ratio.value_or(1) * static_cast<double>(counts.total);
    if (static_cast<double>(counts.failed) > allowed) {
        verdict_ = because_of(failed + ", more than max_failed_ratio allows", state_.first_error);
    }
}

temporal::Task<BatchResponse> BatchWorkflow::finish(temporal::WorkflowContext ctx) {
    progress_.entered(Stage::kPostprocess, now(ctx));
    progress_.counted(state_.counts, now(ctx));
    try {
        // Not within the expression, where g++ 12 destroys an aggregate twice.
        const BatchEnd end{
            .files = state_.outline.files,
            .items = state_.outline.items,
            .returns_results = state_.outline.returns_results,
            .usage = state_.usage
        };
        BatchResponse response = co_await postprocess_batch_step(
            ctx,
            end,
            {.start_to_close = kFinishTimeout,
             .heartbeat = kHeartbeat,
             .retry = kEndRetry,
             .priority = {.fairness_key = fairness_key_},
             .cancellation = temporal::ActivityCancellationType::kWaitCancellationCompleted}
        );
        state_.counts = response.counts;
        progress_.counted(response.counts, now(ctx));
        attributes_.count_last(ctx, response.counts);
        co_return response;
    } catch (const temporal::ActivityFailure& failure) {
        if (temporal::is_canceled(failure)) {
            throw;
        }
        fail(ctx, to_step_error(failure, names::kPostprocessBatch));
    }
}

temporal::Task<void> BatchWorkflow::finish_canceled(temporal::WorkflowContext ctx) {
    const temporal::WorkflowContext shielded = ctx.shielded();
    co_await shielded.until([this] { return running_ == 0; });
    if (state_.outline.items == 0) {
        progress_.canceled(now(ctx));
        throw temporal::CanceledFailure("the batch was cancelled before it had read its items");
    }
    BatchResponse response = co_await finish(shielded);
    response.status = JobState::kCanceled;
    progress_.canceled(now(ctx));
    throw temporal::CanceledFailure("the batch was cancelled", temporal::to_payloads(response));
}

void BatchWorkflow::fail(
    const temporal::WorkflowContext& ctx, const Error& error, nlohmann::json batch
) {
    progress_.failed(error, now(ctx));
    attributes_.fail(ctx, error.error_class);
    throw to_job_failure(error, progress_.status().model, state_.chunks, std::move(batch));
}

void BatchWorkflow::continue_as_new(const temporal::WorkflowContext& ctx) const {
    BatchRequest request = request_;
    // One of the two has to be there; the items are read by the outline from now on.
    request.items = nullptr;
    const std::string& items = state_.outline.files.items;
    request.items_ref =
        request.items_ref.value_or(items.starts_with('/') ? "file://" + items : items);
    ctx.continue_as_new({}, request, state_);
}

}  // namespace inference
